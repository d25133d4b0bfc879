"""How are passwords, tokens and small messages kept safe? No database, no HTTP."""

import hashlib
import hmac
import itertools
import secrets
import string
from functools import cache
from threading import BoundedSemaphore
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadSignature, URLSafeSerializer

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 128

# OWASP's small setting: 0.05 s and 19 MiB a check, so that a morning's sign-ins do not exhaust a small machine
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_A_TIME: Final = BoundedSemaphore(4)

_WELL_KNOWN: Final = (
    "password", "passw0rd", "katasandi", "sandi", "rahasia", "qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "letmein",
    "welcome", "selamatdatang", "iloveyou", "sayang", "akucintakamu", "cintaku", "admin", "administrator", "indonesia",
    "merdeka", "bismillah", "garuda", "jakarta", "bandung", "surabaya", "sunshine", "princess", "dragon", "monkey",
    "football", "superman", "master", "login", "changeme", "gantisaya", "kinerja", "perusahaan", "karyawan", "company",
    "abc", "abcd", "abcdef", "test", "testing", "user", "default", "secret", "temporary", "sementara", "kartuskor",
)  # fmt: skip
_RUNS: Final = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn",
)


def hash_password(password: str) -> str:
    """The form in which a password is kept."""
    with _AT_A_TIME:
        return _HASHER.hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Whether this is the password; takes as long when there is none to compare with."""
    with _AT_A_TIME:
        try:
            _HASHER.verify(kept or _nobodys_hash(), password)
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe())


def password_fault(password: str, *about: str) -> str | None:
    """Why this password is refused, as a code; `about` is what a guesser would try first: name, e-mail, number."""
    if len(password) < SHORTEST_PASSWORD:
        return "password_too_short"
    if len(password) > LONGEST_PASSWORD:
        return "password_too_long"
    bare = _bare(password)
    if any(len(part) > 3 and part in bare and len(bare) - len(part) < 6 for part in _parts(about)):  # noqa: PLR2004
        return "password_about_you"
    if _is_common(password.lower()):
        return "password_common"
    return None


def _parts(about: tuple[str, ...]) -> set[str]:
    words = itertools.chain.from_iterable(text.replace("@", " ").replace(".", " ").split() for text in about)
    return {_bare(word) for word in words} | {_bare(text) for text in about}


def _bare(text: str) -> str:
    """Letters and digits alone, small, with the usual disguises undone."""
    plain = text.lower().strip(string.punctuation + " ").translate(str.maketrans("@$!|", "asil"))
    return "".join(sign for sign in plain if sign.isalnum())


def _is_common(password: str) -> bool:
    """Whether the password is a well-known one with some digits and signs around it, a repetition or a run of keys."""
    if len(set(password)) < 5:  # noqa: PLR2004 - aaaaaaaaaaaa, 121212121212
        return True
    if any(password == (password[:length] * 12)[: len(password)] for length in range(1, 7)):
        return True
    core = _bare(password).strip("0123456789")
    undisguised = core.translate(str.maketrans("013457", "oleast"))
    if any(word in _WELL_KNOWN for word in (core, undisguised)) or not core:
        return True
    halves = {core[:cut] for cut in range(3, len(core) - 2)}
    if any(half in _WELL_KNOWN and core[len(half) :] in _WELL_KNOWN for half in halves):
        return True
    return any(_bare(password) in run + run or _bare(password) in (run + run)[::-1] for run in _RUNS)


def new_token() -> str:
    """A token that cannot be guessed: 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """The form in which a token is kept; it has enough randomness to need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def same_text(one: str, other: str) -> bool:
    """Whether two secrets are the same, without telling by the time it takes where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def sign(secret: bytes, purpose: str, message: Any) -> str:
    """A small message that a browser may keep but not change."""
    return str(URLSafeSerializer(secret, salt=purpose).dumps(message))


def unsign(secret: bytes, purpose: str, signed: str) -> Any:
    """The message that was signed for this purpose; None if it was not."""
    try:
        return URLSafeSerializer(secret, salt=purpose).loads(signed)
    except BadSignature:
        return None
