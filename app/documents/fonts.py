"""Which fonts may documents use? Three faces of Lato from a package; nothing of the machine's own."""

import base64
import io
import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import fontpkg

_WEIGHTS: Final = (400, 600, 700)
_FACE: Final = "@font-face {{ font-family: Lato; font-weight: {weight}; src: url({address}); }}\n"


def write_faces(folder: Path) -> Mapping[str, Path]:
    """Put the faces into a folder: the address by which a style sheet names each, and its file."""
    written = {_address(weight): folder / f"lato-{weight}.ttf" for weight in _WEIGHTS}
    for weight, path in zip(_WEIGHTS, written.values(), strict=True):
        path.write_bytes(even_face(weight))
    return written


@cache
def even_face(weight: int) -> bytes:
    """The face with each glyph as wide as a whole number of thousandths.

    PDF engines write widths as such numbers. Half of Lato's are no such number, and which way the engine rounds one
    depends on the size at which it met the glyph first, so that the same line lay differently from page to page.
    """
    face = bytearray(fontpkg.path("Lato", weight=weight).read_bytes())
    (count,) = struct.unpack_from(">H", face, 4)
    tables = {name: (entry, start, length) for name, entry, start, length in _tables(face, count)}
    _, head, _ = tables[b"head"]
    _, metrics_head, _ = tables[b"hhea"]
    entry, metrics, length = tables[b"hmtx"]
    (units,) = struct.unpack_from(">H", face, head + 18)
    (widths,) = struct.unpack_from(">H", face, metrics_head + 34)
    for place in range(metrics, metrics + 4 * widths, 4):
        (width,) = struct.unpack_from(">H", face, place)
        struct.pack_into(">H", face, place, round(width * 1000 / units) * units // 1000)
    padded = bytes(face[metrics : metrics + length]) + bytes(-length % 4)
    checked = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
    struct.pack_into(">I", face, entry + 4, checked)
    return bytes(face)


def _tables(face: bytearray, count: int) -> list[tuple[bytes, int, int, int]]:
    """Name, place of the entry, start and length of each table."""
    entries = (12 + 16 * number for number in range(count))
    return [(bytes(face[entry : entry + 4]), entry, *struct.unpack_from(">II", face, entry + 8)) for entry in entries]


def font_faces() -> str:
    """The rules that make the faces known to the PDF engine."""
    return "".join(_FACE.format(weight=weight, address=_address(weight)) for weight in _WEIGHTS)


def embedded_font_faces(text: str) -> str:
    """The same rules with the faces inside them, cut down to the signs of the text."""
    return "".join(
        _FACE.format(weight=weight, address=f"data:font/woff2;base64,{_subset(weight, text)}") for weight in _WEIGHTS
    )


def _address(weight: int) -> str:
    return f"kinerja:lato-{weight}"


def _subset(weight: int, text: str) -> str:
    from fontTools import subset  # noqa: PLC0415 - slow, and needed by one command only

    options = subset.Options(flavor="woff2", layout_features=["kern", "liga", "lnum", "tnum"], hinting=False)
    made = io.BytesIO()
    with subset.load_font(io.BytesIO(even_face(weight)), options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=text)
        subsetter.subset(font)
        subset.save_font(font, made, options)
    return base64.b64encode(made.getvalue()).decode()
