"""Is a text fit to be kept and shown?"""

import re
import unicodedata
from typing import Final

from app.rules.faults import Fault

_EMAIL: Final = re.compile(r"[^@\s<>\"(),:;\[\]\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")


def tidy(text: str | None) -> str:
    """One line in one spelling: composed letters, no blanks around it, single blanks within."""
    return " ".join(unicodedata.normalize("NFC", text or "").split())


def tidy_lines(text: str | None) -> str:
    """The same for text of several lines, which keep their breaks."""
    return unicodedata.normalize("NFC", (text or "").replace("\r\n", "\n")).strip()


def folded(text: str) -> str:
    """The text as it is compared where capitals and blanks make no difference."""
    return tidy(unicodedata.normalize("NFKC", text)).casefold()


def search_words(text: str) -> list[str]:
    """The words to look for, without signs that no database could hold."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in {"Cc", "Cs"}).split()


def text_faults(at: str, text: str, *, limit: int, required: bool = True) -> list[Fault]:
    """What speaks against a tidied text: missing, too long, or with signs that no page and no database can hold."""
    if not text:
        return [Fault(at, "required")] if required else []
    if len(text) > limit:
        return [Fault(at, "text_too_long", {"limit": str(limit)})]
    if any(sign not in "\n\t" and unicodedata.category(sign) in {"Cc", "Cs"} for sign in text):
        return [Fault(at, "text_unreadable")]
    return []


def is_email(text: str) -> bool:
    """Whether the text has the form of an e-mail address that mail can be sent to."""
    return _EMAIL.fullmatch(text) is not None
