"""Is the key that signs releases made once, kept to its owner, and refused where it is no such key?"""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from app import signing
from app.settings import Settings


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    assert not signing.has_key(settings)
    path = signing.make_key(settings)
    assert path == tmp_path / "data" / "signing-key.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    assert signing.make_key(settings) is None
    key = signing.public_key(settings)
    assert key == signing.public_key(Settings(data_dir=tmp_path / "data"))
    assert signing.is_signed(key, b"x", signing.sign(settings, b"x"))
    assert not signing.is_signed(key, b"y", signing.sign(settings, b"x"))


def test_the_key_of_the_settings_comes_first(tmp_path: Path) -> None:
    private = Ed25519PrivateKey.generate()
    settings = Settings(data_dir=tmp_path, signing_key=pem_of(private))
    assert signing.make_key(settings) is None
    assert signing.sign(settings, b"x") == private.sign(b"x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("pem", ["x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_what_is_no_key_is_refused(tmp_path: Path, pem: str) -> None:
    with pytest.raises(signing.KeyUnusable, match="no private key as PEM"):
        signing.sign(Settings(data_dir=tmp_path, signing_key=pem), b"x")
    with pytest.raises(signing.KeyUnusable, match="no public key as PEM"):
        signing.is_signed(pem, b"x", b"0" * 64)


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(signing.KeyUnusable, match="none of Ed25519"):
        signing.sign(Settings(data_dir=tmp_path, signing_key=pem_of(other)), b"x")
    public = other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with pytest.raises(signing.KeyUnusable, match="none of Ed25519"):
        signing.fingerprint(public)


def test_a_fingerprint_can_be_read_out(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    shown = signing.fingerprint(signing.public_key(settings))
    assert [len(group) for group in shown.split(" ")] == [4] * 8


def pem_of(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> str:
    """A private key as it stands in settings."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
