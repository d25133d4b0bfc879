"""Are texts kept in one spelling, and are those refused that nothing can show?"""

import pytest

from app.rules.faults import Fault
from app.rules.texts import folded, is_email, search_words, text_faults, tidy, tidy_lines


def test_blanks_and_composition_are_made_one() -> None:
    assert tidy("  Siti \u00a0 Rahma\n") == "Siti Rahma"
    assert tidy("Ande\u0301") == "And\u00e9"
    assert tidy(None) == ""
    assert tidy_lines(" one\r\n\r\ntwo \n") == "one\n\ntwo"


def test_capitals_and_widths_make_no_difference_when_folded() -> None:
    assert folded("  \uff2b-01  Straße ") == folded("k-01 STRASSE")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Ana", []),
        ("", ["required"]),
        ("x" * 6, ["text_too_long"]),
        ("a\x00b", ["text_unreadable"]),
        ("a\ud800", ["text_unreadable"]),
    ],
)
def test_what_speaks_against_a_text(text: str, codes: list[str]) -> None:
    assert [fault.code for fault in text_faults("name", text, limit=5)] == codes


def test_an_empty_text_may_be_allowed_and_a_limit_is_named() -> None:
    assert text_faults("note", "", limit=5, required=False) == []
    assert text_faults("name", "x" * 6, limit=5) == [Fault("name", "text_too_long", {"limit": "5"})]


def test_words_to_look_for() -> None:
    assert search_words("  Budi \x00San\x00toso\ud800 ") == ["Budi", "Santoso"]


@pytest.mark.parametrize("address", ["a@b.co", "nama.panjang+x@sub.contoh.co.id"])
def test_addresses(address: str) -> None:
    assert is_email(address)


@pytest.mark.parametrize("address", ["", "a", "a@b", "a b@c.id", "a@@b.id", "a@b.c", "a@b.id\n", "@b.id", "a@-b.id"])
def test_no_addresses(address: str) -> None:
    assert not is_email(address)
