"""Which answers of colleagues may be shown to whom, so that nobody is found out who was promised not to be?"""

from typing import Final

FEWEST_WITHOUT_NAMES: Final = 3
"""With fewer answers a reader could tell who wrote them."""


def may_be_shown(answers: int, *, is_named: bool) -> bool:
    """Whether answers are shown at all: with names always, without them from three on."""
    return answers > 0 and (is_named or answers >= FEWEST_WITHOUT_NAMES)
