"""Which ways can a request fail? Codes and values only: the text is found by the door that answers."""

from collections.abc import Mapping, Sequence

from app.rules.faults import Fault


class KinerjaError(Exception):
    """Something that was asked for cannot be done; `code` names why, `values` fill the message."""

    def __init__(self, code: str, values: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.values: Mapping[str, str] = values or {}


class NotFound(KinerjaError):
    """The object does not exist, or the actor may not know that it does (ADR 0006)."""

    def __init__(self, code: str = "not_found", values: Mapping[str, str] | None = None) -> None:
        super().__init__(code, values)


class NotAllowed(KinerjaError):
    """The actor sees the object but may not do this to it."""

    def __init__(self, code: str = "not_allowed", values: Mapping[str, str] | None = None) -> None:
        super().__init__(code, values)


class Conflict(KinerjaError):
    """The object is in a state, or at a version, in which this cannot be done."""


class Unavailable(KinerjaError):
    """A part that the service needs for this does not work at the moment; trying again may help."""


class Invalid(KinerjaError):
    """Values were refused; `faults` names every one with the field, row or path where it stands."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("invalid")
        self.faults = tuple(faults)
