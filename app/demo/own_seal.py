"""With what are the PDFs of the demo sealed? With a certificate that the demo makes itself and nobody vouches for."""

import os
from datetime import timedelta
from importlib.util import find_spec
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509 import BasicConstraints, CertificateBuilder, KeyUsage, Name, NameAttribute, random_serial_number
from cryptography.x509.oid import NameOID

from app import clock
from app.sealing import SEAL_FILE
from app.settings import Settings

_BITS: Final = 3072
_TEN_YEARS: Final = timedelta(days=3650)
"""Before and after today: the demo has scorecards of past years."""
_LONGEST_NAME: Final = 64
_ONLY_SIGNATURES: Final = KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def make_seal(settings: Settings) -> None:
    """Make key and certificate in the data folder, unless the settings name others, or seals cannot be made here."""
    path = settings.data_dir / SEAL_FILE
    if settings.seal_pkcs12 or path.exists() or find_spec("pyhanko") is None:
        return
    key, now = rsa.generate_private_key(65537, _BITS), clock.now()
    organisation = settings.organisation_name[:_LONGEST_NAME] or "Kinerja"
    name = Name(
        [NameAttribute(NameOID.ORGANIZATION_NAME, organisation), NameAttribute(NameOID.COMMON_NAME, "Kinerja demo")]
    )
    certificate = (
        CertificateBuilder(name, name, key.public_key(), random_serial_number(), now - _TEN_YEARS, now + _TEN_YEARS)
        .add_extension(BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_ONLY_SIGNATURES, critical=True)
        .sign(key, SHA256())
    )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(serialize_key_and_certificates(None, key, certificate, None, NoEncryption()))
