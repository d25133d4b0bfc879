"""How does a text become glyphs and lines, exactly as the engine of the full path would make them?"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
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
_KEPT: Final = 4_096
"""Texts of each kind that are kept as they were set: codes, names of KPIs and most numbers recur from card to card."""
_AS_NUMBERS: Final = hb.BufferSerializeFormat.TEXT
_BARE: Final = hb.BufferSerializeFlags.NO_GLYPH_NAMES | hb.BufferSerializeFlags.NO_CLUSTERS
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
        self._met: dict[str, tuple[str, int]] = {}
        self._known = _known[weight]

    def shaped(self, text: str) -> Shaped:
        """The glyphs of a line; Unfit where the face has none for a sign."""
        glyphs = self._glyphs(text)
        return Shaped(f"<{''.join([written for written, _ in glyphs])}>", sum([wide for _, wide in glyphs]) / _UNITS)

    def _glyphs(self, text: str) -> list[tuple[str, int]]:
        """Of each glyph: how it is written, and how far it moves on. A company's cards repeat a few hundred."""
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(self._font, buffer)
        named: list[str] = buffer.serialize(self._font, _AS_NUMBERS, _BARE)[1:-1].split("|")
        try:
            return [self._met[each] for each in named]
        except KeyError:
            self._met.update((each, self._read(each)) for each in named if each not in self._met)
            return [self._met[each] for each in named]

    def _read(self, named: str) -> tuple[str, int]:
        """Of `30+6107`, glyph and advance.

        The engine writes by how much a glyph is narrower than it says, in whole thousandths, cut off.
        """
        number, _, moves = named.partition("+")
        if not number.isdecimal() or not moves.isdecimal() or int(number) not in self._known:
            raise Unfit("sign")  # unknown, or set off from its place
        glyph, advance = int(number), int(moves)
        own = round(self._font.get_glyph_h_advance(glyph) * 1000 / self._size)
        shift = int(own - advance * 1000 / self._size)
        return (f"{glyph:04x}>{shift}<" if shift else f"{glyph:04x}"), advance


_known: Final[dict[int, frozenset[int]]] = {}


def know(glyphs: Mapping[int, frozenset[int]]) -> None:
    """From now on these glyphs of each weight may be used."""
    _known.update(glyphs)


@cache
def face(weight: int, pixels: float) -> Face:
    """The one face of a weight at a size."""
    return Face(weight, pixels)


@lru_cache(maxsize=_KEPT)
def lines(style: Style, text: str) -> tuple[Shaped, ...]:
    """The lines that a text takes."""
    if len(text) > _LONGEST:
        raise Unfit("long")
    if not text:
        return ()
    if style.keeps_breaks:
        return tuple(line for part in text.split("\n") for line in _wrapped(style, part))
    return _wrapped(style, text)


def _wrapped(style: Style, text: str) -> tuple[Shaped, ...]:
    """Each line holds as much as fits."""
    if not text or _ODD.search(text):
        raise Unfit("blanks")
    letters = face(style.weight, style.pixels)
    whole = letters.shaped(text)
    if leaves_room(style, whole.width):
        return (whole,)
    usual = int(style.room / whole.width * len(text))
    stops = [*ends(text), (len(text), len(text))]
    found: list[Shaped] = []
    start = first = 0
    while start < len(text):
        last, line = _longest(style, text[start:], [end - start for end, _ in stops[first:]], usual)
        found.append(line)
        start, first = stops[first + last][1], first + last + 1
    return tuple(found)


def ends(text: str) -> list[tuple[int, int]]:
    """Where a line may end, and where the next one would begin."""
    return [(each.start() if each[0].isspace() else each.end(), each.end()) for each in _BREAK.finditer(text)]


def _longest(style: Style, text: str, stops: Sequence[int], usual: int) -> tuple[int, Shaped]:
    """Which of the stops the first line reaches, and that line; the search begins where a line usually ends."""
    letters = face(style.weight, style.pixels)
    last = max(bisect_right(stops, usual) - 1, 0)
    line = letters.shaped(text[: stops[last]])
    if leaves_room(style, line.width):
        for end in range(last + 1, len(stops)):
            longer = letters.shaped(text[: stops[end]])
            if not leaves_room(style, longer.width):
                break
            last, line = end, longer
        return last, line
    for end in range(last - 1, -1, -1):
        line = letters.shaped(text[: stops[end]])
        if leaves_room(style, line.width):
            return end, line
    raise Unfit("word")


def leaves_room(style: Style, width: float) -> bool:
    """Whether a line fits; Unfit where that is too close to call."""
    rest = style.room - width
    if abs(rest) < _TOO_CLOSE:
        raise Unfit("close")
    return rest > 0
