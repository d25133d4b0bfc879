"""What do the keys of one JSON object hold, and which of them are refused? Paths are seen from the object."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any, Final, TypeVar
from unicodedata import category

from app.documents.json_text import RepeatedKeys
from app.rules.faults import Fault, key_path
from app.rules.numbers import NotANumber, exact, recorded

Choice = TypeVar("Choice", bound=StrEnum)

UNKNOWN_KEY: Final = ("key_unknown", "key_unknown_but_like")
"""The codes that refuse a key."""


def number_at(value: Any, at: str, faults: list[Fault]) -> Decimal | None:
    """The number that a JSON value holds, by its text."""
    try:
        if isinstance(value, str):
            return recorded(value)
    except NotANumber as refusal:
        faults.append(Fault(at, refusal.code))
        return None
    faults.append(Fault(at, "not_a_number"))
    return None


def fraction_at(value: Any, at: str, faults: list[Fault]) -> Fraction | None:
    """The number that a JSON value holds, by its text, for the rules."""
    try:
        if isinstance(value, str):
            return exact(value)
    except NotANumber as refusal:
        faults.append(Fault(at, refusal.code))
        return None
    faults.append(Fault(at, "not_a_number"))
    return None


def text_at(value: Any, at: str, faults: list[Fault]) -> str | None:
    """The text that a JSON value holds: not empty, one line, fit for every screen."""
    if type(value) is not str:  # a number is a text of its own type here
        faults.append(Fault(at, "not_text"))
    elif not value.strip():
        faults.append(Fault(at, "text_empty"))
    elif not value.isprintable() and any(category(sign) in {"Cc", "Cs"} for sign in value):
        faults.append(Fault(at, "text_unreadable"))
    else:
        return value
    return None


def word_at(value: Any, words: type[Choice] | tuple[Choice, ...]) -> Choice | None:
    """The word of a list that a JSON value holds, if it does."""
    return _by_text(words).get(value) if type(value) is str else None


@cache
def _by_text(words: type[Choice] | tuple[Choice, ...]) -> dict[str, Choice]:
    return {word.value: word for word in words}


def unsaid(faults: Iterable[Fault], said: Collection[Fault]) -> list[Fault]:
    """The faults at places about which nothing has been said yet, neither there nor further inside."""
    places = [fault.at for fault in said]
    return [f for f in faults if not any(at == f.at or at.startswith((f.at + ".", f.at + "[")) for at in places)]


class Fields:
    """A JSON object being read: every value is asked for by key and type, and what is wrong is gathered in `faults`."""

    def __init__(self, value: Any, known: Collection[str]) -> None:
        self.faults: list[Fault] = []
        self.is_object = isinstance(value, dict)
        self._values: dict[str, Any] = value if self.is_object else {}
        if not self.is_object:
            self.faults.append(Fault("", "not_an_object"))
            return
        if type(value) is RepeatedKeys:
            self.faults += [Fault(key_path(key), "key_twice") for key in value.repeated]
        for key in value:
            if key not in known:
                self.faults.append(_unknown(key, known))

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def get(self, key: str, default: Any = None) -> Any:
        """The value as it is; the default where the key is missing."""
        return self._values.get(key, default)

    def need(self, *keys: str) -> None:
        """Refuse the object where one of the keys is missing."""
        if self.is_object:
            self.faults += [Fault(key_path(key), "required") for key in keys if key not in self._values]

    def decimal(self, key: str) -> Decimal | None:
        """A number; none where the key is missing or refused."""
        return number_at(self._values[key], key, self.faults) if key in self._values else None

    def fraction(self, key: str) -> Fraction | None:
        """A number for the rules; none where the key is missing or refused."""
        return fraction_at(self._values[key], key, self.faults) if key in self._values else None

    def fraction_or(self, key: str, default: Fraction) -> Fraction:
        """A number for the rules; the default where the key is missing or refused."""
        found = self.fraction(key)
        return default if found is None else found

    def whole(self, key: str) -> int | None:
        """A whole number; none where the key is missing or refused."""
        found = self.decimal(key)
        if found is None:
            return None
        whole, parts = found.as_integer_ratio()
        if parts == 1:
            return whole
        self.faults.append(Fault(key, "not_whole"))
        return None

    def text(self, key: str) -> str | None:
        """A text; none where the key is missing or refused."""
        return text_at(self._values[key], key, self.faults) if key in self._values else None

    def choice(self, key: str, words: type[Choice] | tuple[Choice, ...]) -> Choice | None:
        """One of the words of a list; none where the key is missing or refused."""
        if key not in self._values:
            return None
        found = word_at(self._values[key], words)
        if found is None:
            self.faults.append(Fault(key, "not_one_of", {"choices": ", ".join(_by_text(words))}))
        return found

    def flag(self, key: str) -> bool | None:
        """True or false; none where the key is missing or refused."""
        value = self._values.get(key)
        if isinstance(value, bool) or key not in self._values:
            return value
        self.faults.append(Fault(key, "not_true_or_false"))
        return None

    def part(self, key: str, known: Collection[str]) -> "Fields":
        """An object inside this one; an empty one where the key is missing. Its faults are its own: see `take`."""
        return Fields(self._values.get(key, {}), known)

    def take(self, key: str, part: "Fields") -> None:
        """Make the faults of a part those of the whole."""
        self.faults += [fault.under(key) for fault in part.faults]

    def items(self, key: str) -> list[Any] | None:
        """A list; none where the key is missing or refused."""
        value = self._values.get(key)
        if isinstance(value, list) or key not in self._values:
            return value
        self.faults.append(Fault(key, "not_a_list"))
        return None


def _unknown(key: str, known: Collection[str]) -> Fault:
    like = get_close_matches(key, known, n=1)
    values = {"like": like[0]} if like else {}
    return Fault(key_path(key), UNKNOWN_KEY[bool(like)], values)
