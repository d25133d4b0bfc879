"""Is the contrast that of WCAG, and is the proposed colour the nearest of its hue that passes?"""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.branding import HOUSE_ACCENT, colours
from app.rules.colours import ENOUGH, contrast_on_white, is_colour, mixed, nearest_readable, shown_contrast

LEVELS = st.integers(0, 255)
COLOURS = st.builds("#{:02x}{:02x}{:02x}".format, LEVELS, LEVELS, LEVELS)
MUTED = "#516468"


@pytest.mark.parametrize(
    ("colour", "contrast"),
    [
        ("#000000", "21"),
        ("#ffffff", "1"),
        ("#ff0000", "3.99"),
        ("#00ff00", "1.37"),
        ("#0000ff", "8.59"),
        ("#777777", "4.47"),
        ("#767676", "4.54"),
        ("#0f5c62", "7.69"),
    ],
)
def test_the_contrasts_that_others_publish(colour: str, contrast: str) -> None:
    assert shown_contrast(colour) == Decimal(contrast)


@pytest.mark.parametrize(
    ("colour", "nearest"),
    [("#ff0000", "#ee0000"), ("#777777", "#767676"), ("#ffffff", "#767676"), ("#0f5c62", "#0f5c62")],
)
def test_the_proposal_is_the_same_hue_only_darker(colour: str, nearest: str) -> None:
    assert nearest_readable(colour) == nearest


@given(COLOURS)
def test_every_proposal_passes_and_is_as_light_as_can_be(colour: str) -> None:
    nearest = nearest_readable(colour)
    assert contrast_on_white(nearest) >= ENOUGH
    if nearest != colour:
        assert contrast_on_white(colour) < ENOUGH
        lighter = [mixed(colour, step, 255, with_level=0) for step in range(256)]
        passing = [each for each in lighter if contrast_on_white(each) >= ENOUGH]
        assert contrast_on_white(nearest) == min(map(contrast_on_white, passing))


@given(COLOURS)
def test_what_does_not_pass_never_looks_as_if_it_did(colour: str) -> None:
    shown, exact = shown_contrast(colour), contrast_on_white(colour)
    assert Fraction(shown) <= exact < Fraction(shown) + Fraction(1, 100)
    assert (exact < ENOUGH) == (shown < Decimal("4.5"))


@given(COLOURS)
def test_every_accent_that_passes_leaves_all_texts_readable(colour: str) -> None:
    """White on the dark shade, grey and black on the tint: what the style puts on one another."""
    accent = nearest_readable(colour)
    shades = colours(accent) or {house: house for house in ("#0a444a", "#0c5056", "#eef4f4")}
    assert contrast_on_white(shades["#0a444a"]) >= ENOUGH
    assert contrast_on_white(shades["#0c5056"]) >= ENOUGH
    # The contrast of two colours is the quotient of their contrasts with white
    assert contrast_on_white(MUTED) / contrast_on_white(shades["#eef4f4"]) >= ENOUGH


def test_the_house_keeps_its_own_shades() -> None:
    assert colours(HOUSE_ACCENT) == {}


@pytest.mark.parametrize(
    "text", ["", "0f5c62", "#0f5c6", "#0F5C62", "#0f5c62 ", "#0f5c62\n", "red", "#gggggg", "url(x)"]
)
def test_nothing_else_is_a_colour(text: str) -> None:
    assert not is_colour(text)
