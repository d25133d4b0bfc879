"""How is JSON read without losing anything: numbers by their text, no key twice, no fault in the middle of the work?"""

import json
from collections import Counter
from typing import Any, Final

from app.rules.faults import Fault, Refused


class NumberText(str):
    """A JSON number as it is written; NaN and Infinity come as such a text too, and are no numbers."""

    __slots__ = ()


class RepeatedKeys(dict[str, Any]):
    """A JSON object in which a key stands twice; the value of the last one is kept."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated = tuple(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else RepeatedKeys(pairs)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=NumberText, parse_int=NumberText, parse_constant=NumberText
)


def parse_json(raw: bytes) -> Any:
    """The value that the bytes hold; raises `Refused` where they are no JSON in UTF-8."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(Fault("", "card_not_utf8", {"position": str(error.start + 1)})) from None
    if not text.strip():
        raise Refused(Fault("", "card_empty"))
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = {"line": str(error.lineno), "column": str(error.colno)}
        raise Refused(Fault("", "card_not_json", place)) from None
    except RecursionError:
        raise Refused(Fault("", "card_too_deep")) from None
