"""Does a copy of a PDF take every password that readers can type, in the form in which they try it, and no other?"""

import pytest

from app.rules.pdf_password import LONGEST, faults_of, prepared


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("kuda hijau", ""),
        ("kuda hija", "pdf_password_too_short"),
        ("", "pdf_password_too_short"),
        ("x" * LONGEST, ""),
        ("x" * (LONGEST + 1), "pdf_password_too_long"),
        ("é" * 63, ""),
        ("é" * 64, "pdf_password_too_long"),
        ("😀" * 10, ""),
        ("kuda \u00adhijau", ""),
        ("kuda\u00adhija", "pdf_password_too_short"),
        ("kuda hijau\n", "text_unreadable"),
        ("kuda hijau\x00", "text_unreadable"),
        ("kuda hijau\ue000", "text_unreadable"),
        ("kuda hijau\ud800", "text_unreadable"),
    ],
)
def test_what_is_taken(typed: str, code: str) -> None:
    assert [(fault.at, fault.code) for fault in faults_of(typed)] == ([("password", code)] if code else [])


def test_one_password_has_one_form_however_it_was_typed() -> None:
    assert prepared("Cafe\u0301 no\u00a0ﬁ\u00ad") == "Café no fi"
    assert prepared("  Kuda Hijau ") == "  Kuda Hijau "
