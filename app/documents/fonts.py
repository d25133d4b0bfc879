"""Which fonts may documents use? Three faces of Lato from a package; nothing of the machine's own."""

import base64
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import fontpkg

_WEIGHTS: Final = (400, 600, 700)
_FACE: Final = "@font-face {{ font-family: Lato; font-weight: {weight}; src: url({address}); }}\n"


def font_files() -> Mapping[str, Path]:
    """The address by which a style sheet names each face, and its file."""
    return {_address(weight): fontpkg.path("Lato", weight=weight) for weight in _WEIGHTS}


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
    with subset.load_font(str(fontpkg.path("Lato", weight=weight)), options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=text)
        subsetter.subset(font)
        subset.save_font(font, made, options)
    return base64.b64encode(made.getvalue()).decode()
