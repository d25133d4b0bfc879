"""Of which types are the values on the wire? Exact numbers, days, texts and codes, each with its bounds."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, LiteralString

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, Strict, WithJsonSchema
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from app.rules.entries import DIGITS_AFTER, DIGITS_BEFORE

CLEAN: Final = r"^[^\u0000-\u001f\u007f-\u009f]*$"
"""One line: no control characters, which neither pages nor databases can hold."""
LINES: Final = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"
"""Several lines: the same with tabs and line breaks."""
CODE: Final = r"^[A-Za-z0-9._-]+$"
UNIT_CODE: Final = r"^[A-Za-z0-9_.&/ -]*$"
"""Codes of units and positions, which have never stood in an address."""
DAY: Final = r"^(19[4-9][0-9]|2[01][0-9]{2})-[0-9]{2}-[0-9]{2}$"
ON: Final = r"^[0-9]{4}(-([QH][1-4]|[0-9]{2}(-[0-9]{2})?))?$"
"""A day, month, quarter, half-year or year."""
NUMBER: Final = rf"^-?[0-9]{{1,{DIGITS_BEFORE}}}(\.[0-9]{{1,{DIGITS_AFTER}}})?$"
_ANY_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_LARGEST: Final = 10**DIGITS_BEFORE - 1
LARGEST_ID: Final = 2**63 - 1


def _refused(code: LiteralString, **values: str) -> PydanticCustomError:
    """A refusal in the product's own words, which the reader finds by its code."""
    return PydanticCustomError(code, "refused", values)


def read_number(value: object) -> object:
    """The number that a JSON value says exactly; a float would have lost digits already."""
    if isinstance(value, Decimal):
        return value
    if type(value) is int:
        if abs(value) > _LARGEST:
            raise _too_wide()
        return Decimal(value)
    if isinstance(value, float):
        raise _refused("float_not_exact")
    if type(value) is not str or _ANY_NUMBER.fullmatch(value) is None:
        raise _refused("not_a_number")
    if re.fullmatch(NUMBER, value) is None:
        raise _too_wide()
    number = Decimal(value)
    return number or Decimal(0)  # no minus before zero


def _too_wide() -> PydanticCustomError:
    return _refused("number_too_wide", before=str(DIGITS_BEFORE), after=str(DIGITS_AFTER))


def number_text(value: Decimal) -> str:
    """A number on the wire: all its digits, no exponent."""
    return format(value, "f")


def _read_day(value: object) -> object:
    if isinstance(value, date):
        return value
    try:
        if type(value) is str and re.fullmatch(DAY, value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _refused("not_a_day")


def is_left_out(value: object) -> bool:
    """Whether a part that may be missing is; then its name goes unsaid."""
    return value is None


_TEXT_IN: Final[dict[str, Any]] = {"type": "string", "pattern": NUMBER, "maxLength": 40, "examples": ["112.5"]}
NUMBER_OUT: Final[dict[str, Any]] = {**_TEXT_IN, "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "maxLength": 82}
NUMBER_IN: Final[dict[str, Any]] = {
    "anyOf": [_TEXT_IN, {"type": "integer", "minimum": -_LARGEST, "maximum": _LARGEST}],
    "description": "An exact number: a string, or an integer; never a JSON float.",
}

Number = Annotated[
    Decimal,
    BeforeValidator(read_number),
    PlainSerializer(number_text, return_type=str, when_used="json"),
    WithJsonSchema(NUMBER_IN, mode="validation"),
    WithJsonSchema(NUMBER_OUT, mode="serialization"),
]
"""An exact number: a string or an integer coming in, a string going out."""
Day = Annotated[
    date,
    BeforeValidator(_read_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": DAY, "maxLength": 10, "examples": ["2026-01-31"]}),
]
NO_OTHER_KEYS: Final[JsonDict] = {"additionalProperties": False}
"""Said of objects whose keys people choose: those that do not fit the pattern are refused."""
Flag = Annotated[bool, Strict()]
Id = Annotated[int, Strict(), Field(ge=1, le=LARGEST_ID)]
Whole = Annotated[int, Strict(), Field(ge=0, le=1_000_000_000)]
Rating = Annotated[int, Strict(), Field(ge=1, le=5)]
Levels = Annotated[int, Strict(), Field(ge=2, le=100)]


def line(longest: int, shortest: int = 1) -> Any:
    """The bounds of a text of one line."""
    return Field(min_length=shortest, max_length=longest, pattern=CLEAN)


def lines(longest: int) -> Any:
    """The bounds of a text of several lines, which may be empty."""
    return Field(max_length=longest, pattern=LINES)


Code = Annotated[str, Field(min_length=1, max_length=40, pattern=CODE)]
On = Annotated[str, Field(min_length=4, max_length=10, pattern=ON, examples=["2026-01"])]


class Sent(BaseModel):
    """What comes in: nothing but what is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shown(BaseModel):
    """What goes out: exactly what is named, read from rows and values."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)
