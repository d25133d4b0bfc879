"""Can the QR code of a scorecard be read from its page?"""

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from app.documents import scorecard_pdf
from app.documents.frozen.fill import fill
from app.documents.qr import qr_code
from app.rules.vocabulary import Language
from tests import samples
from tests.documents import pages

_QUIET = 4
"""So many light squares around a code, as the standard asks."""


def read(picture: object) -> list[str]:
    return [each.text for each in zxingcpp.read_barcodes(picture)]


@given(st.from_regex(r"https?://[a-z0-9.-]{3,60}(:[0-9]{2,5})?/verify/[A-Z0-9-]{8,24}", fullmatch=True))
def test_a_code_says_its_address(address: str) -> None:
    code = qr_code(address)
    side = code.size + 2 * _QUIET
    squares = bytearray(b"\xff" * side * side)
    for x, y, length in code.runs:
        start = (y + _QUIET) * side + x + _QUIET
        squares[start : start + length] = bytes(length)
    assert read(memoryview(squares).cast("B", (side, side))) == [address]


@pytest.mark.parametrize("make", [fill, scorecard_pdf.laid_out])
def test_the_code_on_the_last_page_leads_to_the_verification(make: object) -> None:
    card = samples.ten_kpis()
    assert card.verification
    pdf: bytes = make(card, Language.INDONESIAN)  # type: ignore[operator]
    assert read(pages.pictures(pdf, 150)[-1]) == [card.verification.url]
