"""With which certificates do tests seal, and what does a seal say that is read without the library which made it?"""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID

BEGINS, ENDS = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
PASSPHRASE = "sampan-hijau"
_RANGES = re.compile(rb"/ByteRange\[(\d+) +(\d+) +(\d+) +(\d+) *\]")
_ISSUER = "Contoh CA"


@cache
def rsa_key(_number: int = 0) -> rsa.RSAPrivateKey:
    """A key; another for another number."""
    return rsa.generate_private_key(65537, 2048)


def write_pkcs12(
    path: Path,
    *,
    key: Any = None,
    name: str = "PT Contoh",
    passphrase: str = PASSPHRASE,
    begins: datetime = BEGINS,
    ends: datetime = ENDS,
) -> Path:
    """Key and certificate of a name, vouched for by an authority whose certificate is in the file, too."""
    own, authority = key or rsa_key(), ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(name, own, authority, begins, ends)
    root = _certificate(_ISSUER, authority, authority, begins, ends)
    lock = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    path.write_bytes(serialize_key_and_certificates(b"seal", own, certificate, [root], lock))
    return path


def _certificate(name: str, key: Any, issuer: Any, begins: datetime, ends: datetime) -> x509.Certificate:
    subject, by = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, _ISSUER))
    built = x509.CertificateBuilder(by, subject, key.public_key(), x509.random_serial_number(), begins, ends)
    return built.sign(issuer, SHA256())


def place_of_seal(pdf: bytes) -> tuple[int, int]:
    """From where to where the seal stands in a file; fails where it does not cover all the rest."""
    (found,) = _RANGES.findall(pdf)
    first, start, end, rest = map(int, found)
    assert (first, end + rest) == (0, len(pdf))
    assert (pdf[start : start + 1], pdf[end - 1 : end]) == (b"<", b">")
    return start, end


def covered(pdf: bytes) -> tuple[bytes, bytes]:
    """What the seal of a file covers, and the seal."""
    start, end = place_of_seal(pdf)
    return pdf[:start] + pdf[end:], bytes.fromhex(pdf[start + 1 : end - 1].decode())


def signers_of(pdf: bytes) -> Sequence[str]:
    """The names in the certificates of a seal, the one that signed first; fails where the signature is not over all."""
    content, seal = covered(pdf)
    signed = cms.ContentInfo.load(seal, strict=True)["content"]
    (signer,) = signed["signer_infos"]
    attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
    assert {"content_type", "message_digest", "signing_certificate_v2"} <= attributes.keys()
    assert "signing_time" not in attributes  # PAdES: the moment stands in the file
    assert attributes["message_digest"].native == [hashlib.sha256(content).digest()]
    certificates = [x509.load_der_x509_certificate(each.chosen.dump()) for each in signed["certificates"]]
    serial = signer["sid"].chosen["serial_number"].native
    certificates.sort(key=lambda each: each.serial_number != serial)
    (own,) = attributes["signing_certificate_v2"][0]["certs"]
    assert own["cert_hash"].native == certificates[0].fingerprint(SHA256())
    key = certificates[0].public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(signer["signature"].native, signer["signed_attrs"].untag().dump(), PKCS1v15(), SHA256())
    return [str(each.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value) for each in certificates]
