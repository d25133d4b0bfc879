"""With which password may a copy of a PDF be locked, and in which form does the file know it?"""

import stringprep
import unicodedata
from typing import Final

from app.rules.faults import Fault

SHORTEST: Final = 10
"""In signs: whoever has the file may try passwords as long as they like."""
LONGEST: Final = 127
"""In bytes of UTF-8: no reader looks at more (ISO 32000-2, 7.6.4.3.3)."""


def prepared(typed: str) -> str:
    """The password as a file knows it: readers prepare what is typed so before they try it (SASLprep, RFC 4013)."""
    mapped = "".join(
        " " if stringprep.in_table_c12(sign) else sign for sign in typed if not stringprep.in_table_b1(sign)
    )
    return unicodedata.normalize("NFKC", mapped)


def faults_of(typed: str) -> list[Fault]:
    """What is wrong with a password, as faults of the field `password`."""
    password = prepared(typed)
    if any(unicodedata.category(sign) in {"Cc", "Cs", "Cn", "Co"} for sign in password):
        return [Fault("password", "text_unreadable")]
    if len(password) < SHORTEST:
        return [Fault("password", "pdf_password_too_short", {"fewest": str(SHORTEST)})]
    if len(password.encode()) > LONGEST:
        return [Fault("password", "pdf_password_too_long", {"most": str(LONGEST)})]
    return []
