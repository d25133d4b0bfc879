"""Do lines end where the engine would end them, without trying every end?"""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents import pdf_process
from app.documents.frozen import lettering
from app.documents.frozen.lettering import Shaped, Style
from app.documents.frozen.library import library
from app.documents.frozen.styles import STYLES
from app.documents.frozen.unfit import Unfit

WORDS = "target penjualan/pelanggan ke-2 akhir–awal 12/2026 di yang AVATAR WAWA tidak-tidak fi ffi Rp1.234.567,89 a I"
TEXTS = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=60).map(" ".join)


@pytest.fixture(scope="module", autouse=True)
def _faces() -> Iterator[None]:
    library()
    yield
    pdf_process.close()


def shaped(style: Style, text: str) -> Shaped:
    return lettering.face(style.weight, style.pixels).shaped(text)


def tried(style: Style, text: str) -> tuple[Shaped, ...]:
    """As `lines`, but every end is tried from the first to the one that is too far."""
    found: list[Shaped] = []
    while text:
        fitting = None
        for end, following in [*lettering.ends(text), (len(text), len(text))]:
            if not lettering.leaves_room(style, shaped(style, text[:end]).width):
                break
            fitting = (end, following)
        if fitting is None:
            raise Unfit("word")
        found.append(shaped(style, text[: fitting[0]]))
        text = text[fitting[1] :]
    return tuple(found)


def outcome(style: Style, text: str, way: object) -> object:
    try:
        return way(style, text)  # type: ignore[operator]
    except Unfit as fault:
        return fault.reason


@given(st.sampled_from(sorted(STYLES)), TEXTS)
def test_lines_end_where_trying_every_end_would_end_them(name: str, text: str) -> None:
    assert outcome(STYLES[name], text, lettering.lines) == outcome(STYLES[name], text, tried)
