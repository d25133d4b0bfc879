"""Which PDF operators draw a drawing of plain shapes? Read from its SVG, without the engine's long way through it."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final
from xml.etree import ElementTree as ET

SVG: Final = "{http://www.w3.org/2000/svg}"
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_BAR: Final = re.compile(r"M([0-9]+) ([0-9]+)h([0-9]+)v1h-\3z")
_PIXELS_PER_MILLIMETRE: Final = 96 / 25.4
_ROUND: Final = 0.5522847498
"""How far the handles of a quarter of a circle reach."""
_PAINT: Final = frozenset({"class", "fill", "stroke", "stroke-width", "stroke-dasharray"})
_GEOMETRY: Final[Mapping[str, tuple[str, ...]]] = {
    "rect": ("x", "y", "width", "height"),
    "circle": ("cx", "cy", "r"),
    "line": ("x1", "y1", "x2", "y2"),
    "path": ("d",),
}


class Drawing:
    """A drawing of plain shapes, as the engine knows pictures: it says how large it is, and draws itself.

    The engine's own way costs a tenth of a page. ValueError where a drawing needs more than this.
    """

    def __init__(self, drawing: ET.Element) -> None:
        self.width, self.height = (_pixels(drawing.get(side, "")) for side in ("width", "height"))
        left, top, self.across, self.down = map(_number, drawing.get("viewBox", "").split())
        if left or top or min(self.width, self.height, self.across, self.down) <= 0:
            raise ValueError("another frame")
        title, *shapes = drawing
        if title.tag != f"{SVG}title":
            raise ValueError("no title")
        self.operators = "\n".join(operator for shape in shapes for operator in _shape(shape)).encode()

    def get_intrinsic_size(self, _resolution: object, _font_size: object) -> tuple[float, float, float]:
        """Width, height and what the one is of the other."""
        return self.width, self.height, self.width / self.height

    def draw(self, stream: Any, width: float, height: float, _style: object) -> None:
        """Put the shapes into the middle of this room, as large as fits."""
        scale = min(width / self.across, height / self.down)
        stream.transform(a=scale, d=scale, e=(width - self.across * scale) / 2, f=(height - self.down * scale) / 2)
        stream.stream.append(self.operators)


def _pixels(written: str) -> float:
    if not written.endswith("mm"):
        raise ValueError("not in millimetres")
    return _number(written.removesuffix("mm")) * _PIXELS_PER_MILLIMETRE


def _number(written: str) -> float:
    if not _NUMBER.fullmatch(written):
        raise ValueError("not a plain number")
    return float(written)


def _shape(shape: ET.Element) -> Iterator[str]:
    """What draws a shape."""
    kind = str(shape.tag).removeprefix(SVG)
    names = _GEOMETRY.get(kind, ())
    if not names or len(shape) or not _PAINT.issuperset(shape.attrib.keys() - set(names)):
        raise ValueError("another shape")
    fill, stroke = shape.get("fill", "none" if kind == "line" else "black"), shape.get("stroke", "none")
    if fill != "none":
        yield f"{colour(fill)} rg"
    if stroke != "none":
        width, dashes = shape.get("stroke-width", "1"), shape.get("stroke-dasharray", "")
        for written in (width, *dashes.split()):
            _number(written)
        yield f"{colour(stroke)} RG {width} w [{dashes}] 0 d"
    yield _outline(kind, [shape.get(name, "0") for name in names])
    yield {(True, True): "B", (True, False): "f", (False, True): "S"}.get((fill != "none", stroke != "none"), "n")


def _outline(kind: str, geometry: list[str]) -> str:
    """The path of a shape."""
    if kind == "path":
        if _BAR.sub("", geometry[0]):
            raise ValueError("another path")
        return _BAR.sub(r"\1 \2 \3 1 re\n", geometry[0]).rstrip()
    numbers = [_number(each) for each in geometry]
    if kind == "rect":
        return f"{' '.join(geometry)} re" if numbers[2] > 0 and numbers[3] > 0 else ""
    if kind == "line":
        return "{} {} m {} {} l".format(*geometry)
    return circle(*numbers)


def circle(x: float, y: float, radius: float) -> str:
    """Four curves from quarter to quarter, each pulled along the two ends' own directions."""
    corners = ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 0))
    return " ".join(
        [f"{x + radius:.6f} {y:.6f} m"]
        + [
            f"{x + radius * (a + _ROUND * c):.6f} {y + radius * (b + _ROUND * d):.6f}"
            f" {x + radius * (c + _ROUND * a):.6f} {y + radius * (d + _ROUND * b):.6f}"
            f" {x + radius * c:.6f} {y + radius * d:.6f} c"
            for (a, b), (c, d) in pairwise(corners)
        ]
    )


def colour(written: str) -> str:
    """The operands of a colour; ValueError for all but `#rrggbb`."""
    if not _COLOUR.fullmatch(written):
        raise ValueError("not a plain colour")
    return " ".join(f"{int(written[at : at + 2], 16) / 255:.6f}" for at in (1, 3, 5))
