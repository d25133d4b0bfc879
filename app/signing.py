"""How does the organisation sign what it hands out, so that anybody can check it without asking us?"""

import hashlib
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from app.settings import Settings

KEY_FILE: Final = "signing-key.pem"
SIGNATURE_BYTES: Final = 64


class KeyUnusable(Exception):
    """There is no Ed25519 key as PEM where one is needed; the text says what is wrong, in one line."""


def has_key(settings: Settings) -> bool:
    """Whether there is a key to sign with."""
    return bool(settings.signing_key) or (settings.data_dir / KEY_FILE).exists()


def make_key(settings: Settings) -> Path | None:
    """Make the key of the data folder where there is none; where it lies, if it was made now."""
    if has_key(settings):
        return None
    path = settings.data_dir / KEY_FILE
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    except FileExistsError:  # another process was first
        return None
    return path


def sign(settings: Settings, content: bytes) -> bytes:
    """The signature of the organisation; the same content always gets the same one."""
    return _private_key(settings).sign(content)


def public_key(settings: Settings) -> str:
    """The half of the key that everybody may have, as PEM."""
    return _private_key(settings).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def fingerprint(public_pem: str) -> str:
    """By which people recognise a public key: the SHA-256 of its DER form, short enough to be read out."""
    der = _public_key(public_pem).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    signs = hashlib.sha256(der).hexdigest()[:32].upper()
    return " ".join(signs[start : start + 4] for start in range(0, len(signs), 4))


def is_signed(public_pem: str, content: bytes, signature: bytes) -> bool:
    """Whether this key signed these very bytes."""
    try:
        _public_key(public_pem).verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _private_key(settings: Settings) -> Ed25519PrivateKey:
    make_key(settings)
    pem = settings.signing_key.encode() or (settings.data_dir / KEY_FILE).read_bytes()
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as unreadable:
        raise KeyUnusable("the signing key is no private key as PEM without a password") from unreadable
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable("the signing key is none of Ed25519")
    return key


def _public_key(pem: str) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as unreadable:
        raise KeyUnusable("this is no public key as PEM") from unreadable
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnusable("this public key is none of Ed25519")
    return key
