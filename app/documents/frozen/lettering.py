"""How does a text become glyphs and lines, exactly as the engine of the full path would make them?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import uharfbuzz as hb

from app.documents.fonts import even_face
from app.documents.frozen.unfit import Unfit

PIXELS_PER_POINT: Final = 4 / 3
PIXELS_PER_MILLIMETRE: Final = 96 / 25.4
_UNITS: Final = 1024
"""Of the text engine: so many in a pixel, and positions are whole numbers of them."""
_TOO_CLOSE: Final = 0.06
"""Pixels: whether a line fits is not ours to say where it is as near as this."""
_LONGEST: Final = 10_000
"""Signs of one text: what is longer nobody typed, and shaping it would take its time before it fits nowhere."""
_BREAK: Final = re.compile(r" +|(?<=[^\s\-/–])(?:-(?=[^\W\d])|/(?=[^\W\d])|–(?=\w))|(?<=[^\s\-/–\d])/(?=\d)")
"""Where a line may end: at blanks, and after a hyphen, stroke or dash within a word."""
_ODD: Final = re.compile(r"[\t\n\r\x0b\x0c]|  |^ | $")


@dataclass(frozen=True, slots=True, eq=False)  # each is made once; to be told apart by values would cost more
class Style:
    """How a slot is lettered: as the style sheet has it, which `compile` checks."""

    weight: int
    points: float
    millimetres: float
    is_right: bool = False
    keeps_breaks: bool = False

    @property
    def pixels(self) -> float:
        """The size of the letters."""
        return self.points * PIXELS_PER_POINT

    @property
    def room(self) -> float:
        """The width of a line in pixels."""
        return self.millimetres * PIXELS_PER_MILLIMETRE


@dataclass(frozen=True, slots=True)
class Shaped:
    """A line as the operand of `TJ`, and its width in pixels."""

    glyphs: str
    width: float


class Face:
    """A face at a size, with the glyphs that frozen documents hold."""

    def __init__(self, weight: int, pixels: float) -> None:
        face = hb.Face(even_face(weight))
        self._font = hb.Font(face)
        self._size = int(pixels * _UNITS)
        self._font.scale = (self._size, self._size)
        self._widths: dict[int, int] = {}
        self._known = _known[weight]

    def shaped(self, text: str) -> Shaped:
        """The glyphs of a line; Unfit where the face has none for a sign.

        The engine writes by how much a glyph is narrower than it says, in whole thousandths, cut off.
        """
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(self._font, buffer)
        written: list[str] = []
        whole = 0
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            glyph, advance = info.codepoint, position.x_advance
            if glyph not in self._known or position.x_offset or position.y_offset:
                raise Unfit("sign")
            shift = int(self._width(glyph) - advance * 1000 / self._size)
            written.append(f"{glyph:04x}>{shift}<" if shift else f"{glyph:04x}")
            whole += advance
        return Shaped(f"<{''.join(written)}>", whole / _UNITS)

    def _width(self, glyph: int) -> int:
        if glyph not in self._widths:
            self._widths[glyph] = round(self._font.get_glyph_h_advance(glyph) * 1000 / self._size)
        return self._widths[glyph]


_known: Final[dict[int, frozenset[int]]] = {}


def know(glyphs: Mapping[int, frozenset[int]]) -> None:
    """From now on these glyphs of each weight may be used."""
    _known.update(glyphs)


@cache
def face(weight: int, pixels: float) -> Face:
    """The one face of a weight at a size."""
    return Face(weight, pixels)


@lru_cache(maxsize=20_000)
def shaped(weight: int, pixels: float, text: str) -> Shaped:
    """The glyphs of a line."""
    return face(weight, pixels).shaped(text)


@lru_cache(maxsize=20_000)
def lines(style: Style, text: str) -> tuple[str, ...]:
    """The lines that a text takes."""
    if len(text) > _LONGEST:
        raise Unfit("long")
    if not text:
        return ()
    if style.keeps_breaks:
        return tuple(line for part in text.split("\n") for line in _wrapped(style, part))
    return _wrapped(style, text)


def _wrapped(style: Style, text: str) -> tuple[str, ...]:
    """Each line holds as much as fits."""
    if not text or _ODD.search(text):
        raise Unfit("blanks")
    if _fits(style, text):
        return (text,)
    found: list[str] = []
    ends = [(each.start() if each[0].isspace() else each.end(), each.end()) for each in _BREAK.finditer(text)]
    start, ends = 0, [*ends, (len(text), len(text))]
    while start < len(text):
        best = None
        for end, following in ends:
            if end <= start:
                continue
            if not _fits(style, text[start:end]):
                break
            best = (end, following)
        if best is None:
            raise Unfit("word")
        found.append(text[start : best[0]])
        start = best[1]
    return tuple(found)


def _fits(style: Style, line: str) -> bool:
    rest = style.room - shaped(style.weight, style.pixels, line).width
    if abs(rest) < _TOO_CLOSE:
        raise Unfit("close")
    return rest > 0
