"""How well does a colour stand out on white paper, and which one near it stands out well enough? WCAG 2.2, exactly."""

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

ENOUGH: Final = Fraction(9, 2)
"""The contrast that WCAG asks of text: it serves as text on white and as ground under white text alike."""

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_FULL: Final = 255
_SCALE: Final = 10**15
"""Parts of the brightness of white that are told apart: far finer than any two colours differ."""


def is_colour(text: str) -> bool:
    """Whether it is written as `#0f5c62`, in small letters."""
    return _COLOUR.fullmatch(text) is not None


def contrast_on_white(colour: str) -> Fraction:
    """The ratio of WCAG between the colour and white, from 1 to 21."""
    red, green, blue = (_brightness(level) for level in _levels(colour))
    brightness = Fraction(2126 * red + 7152 * green + 722 * blue, 10_000 * _SCALE)
    return Fraction(21, 20) / (brightness + Fraction(1, 20))


def shown_contrast(colour: str) -> Decimal:
    """The same to two decimals, cut off: what does not pass must not look as if it did."""
    return Decimal(contrast_on_white(colour) * 100 // 1) / 100


def nearest_readable(colour: str) -> str:
    """The colour itself where its contrast is enough, or else the same hue only as much darker as it takes."""
    shades = (mixed(colour, step, _FULL, with_level=0) for step in range(_FULL, -1, -1))
    return next(shade for shade in shades if contrast_on_white(shade) >= ENOUGH)


def mixed(colour: str, share: int, whole: int, *, with_level: int) -> str:
    """So many parts of the colour, the rest white (level 255) or black (level 0)."""
    levels = ((2 * (share * level + (whole - share) * with_level) + whole) // (2 * whole) for level in _levels(colour))
    return "#" + "".join(f"{level:02x}" for level in levels)


def _levels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


@lru_cache(maxsize=_FULL + 1)
def _brightness(level: int) -> int:
    """How bright a channel shines at a level, in parts of its full brightness: the curve of sRGB."""
    share = Fraction(level, _FULL)
    if share <= Fraction(4045, 100_000):
        return int(share / Fraction(1292, 100) * _SCALE)
    power = ((share + Fraction(55, 1000)) / Fraction(1055, 1000)) ** 12
    return _fifth_root(int(power * _SCALE**5))


def _fifth_root(number: int) -> int:
    """The largest whole number whose fifth power is not beyond this one: 12/5, without leaving whole numbers."""
    low, high = 0, 2 * _SCALE
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**5 <= number else (low, middle)
    return low
