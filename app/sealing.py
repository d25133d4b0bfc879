"""With which certificate does the organisation seal its PDFs, and what is its seal over some bytes?

A seal is the organisation's own electronic signature in a PDF (PAdES, baseline B-B). pyHanko writes its envelope once
for a certificate; what differs from file to file, a digest and the signature over it, is put into its place.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from cryptography.x509 import Certificate

from app import clock
from app.settings import Settings

SEAL_FILE: Final = "seal.p12"
"""Where the data folder may hold key and certificate; the service never makes one, only the demo does."""
DIGEST: Final = "sha256"
NOT_INSTALLED: Final = "seals need pyHanko: pip install 'kinerja[seal]'"
_DIGEST_PLACE: Final = bytes(range(32))
_log: Final = logging.getLogger(__name__)


class SealUnusable(Exception):
    """PDFs cannot be sealed as the settings want it; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A certificate with its key, ready to seal."""

    fingerprint: str
    """SHA-256 of the certificate."""
    begins_at: datetime
    ends_at: datetime
    _key: RSAPrivateKey = field(repr=False)
    _envelope: bytes = field(repr=False)
    _signed: bytes = field(repr=False)
    """What is signed of the envelope, the digest among it."""

    @property
    def size(self) -> int:
        """How many bytes a seal has, whatever it is over."""
        return len(self._envelope)

    def over(self, digest: bytes) -> bytes:
        """The seal over what has this SHA-256; the same always gets the same one."""
        signature = self._key.sign(self._signed.replace(_DIGEST_PLACE, digest), PKCS1v15(), SHA256())
        return self._envelope.replace(_DIGEST_PLACE, digest).replace(_signature_place(self._key), signature)


def usable_seal(settings: Settings) -> Seal | None:
    """The seal of the settings, or else of the data folder; none where there is neither."""
    path = Path(settings.seal_pkcs12) if settings.seal_pkcs12 else settings.data_dir / SEAL_FILE
    if not settings.seal_pkcs12 and not path.exists():
        return None
    seal = _read(path, settings.seal_passphrase)
    if not seal.begins_at <= clock.now() < seal.ends_at:
        raise SealUnusable(f"the certificate in {path} holds from {seal.begins_at:%Y-%m-%d} to {seal.ends_at:%Y-%m-%d}")
    return seal


def seal_of(settings: Settings) -> Seal | None:
    """The same where somebody waits for a PDF: one that cannot be sealed leaves without a seal, and the log says why.

    The start refuses what is wrong; this is for a certificate that runs out meanwhile.
    """
    try:
        return usable_seal(settings)
    except SealUnusable as unusable:
        _tell(str(unusable))
        return None


@cache
def _tell(reason: str) -> None:
    _log.error("PDFs leave without a seal: %s", reason)


@cache
def _read(path: Path, passphrase: str) -> Seal:
    """Key and certificate of a PKCS#12 file, once for each process."""
    try:
        content = path.read_bytes()
        key, certificate, chain = load_key_and_certificates(content, passphrase.encode() or None)
    except OSError as unreadable:
        raise SealUnusable(f"{path} cannot be read: {unreadable.strerror}") from unreadable
    except (ValueError, UnsupportedAlgorithm) as unreadable:
        raise SealUnusable(f"{path} is no PKCS#12 file, or this is not its passphrase") from unreadable
    if certificate is None or not isinstance(key, RSAPrivateKey) or certificate.public_key() != key.public_key():
        raise SealUnusable(f"{path} holds no RSA key with its certificate")
    envelope, signed = _enveloped(key, certificate, chain)
    return Seal(
        fingerprint=certificate.fingerprint(SHA256()).hex(),
        begins_at=certificate.not_valid_before_utc,
        ends_at=certificate.not_valid_after_utc,
        _key=key,
        _envelope=envelope,
        _signed=signed,
    )


def _enveloped(key: RSAPrivateKey, certificate: Certificate, chain: list[Certificate]) -> tuple[bytes, bytes]:
    """The envelope of every seal with places for digest and signature, and what of it is signed."""
    try:
        from asn1crypto import x509  # noqa: PLC0415 - an extra, and half a second that only sealing costs
        from pyhanko.sign.signers import Signer  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise SealUnusable(NOT_INSTALLED) from missing

    class Recorder(Signer):
        signed = b""

        async def async_sign_raw(self, data: bytes, *_: Any, **__: Any) -> bytes:
            self.signed = data
            return _signature_place(key)

    own, *others = [x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in (certificate, *chain)]
    recorder = Recorder(signing_cert=own)
    recorder.cert_registry.register_multiple(others)
    signing = recorder.async_sign(_DIGEST_PLACE, DIGEST, use_pades=True)
    with ThreadPoolExecutor(1) as aside:  # whoever asks may stand in a loop of their own
        envelope = aside.submit(asyncio.run, signing).result()
    return envelope.dump(), recorder.signed


def _signature_place(key: RSAPrivateKey) -> bytes:
    """As many bytes as a signature of this key has."""
    return b"\xa5" * (key.key_size // 8)
