"""What is wrong with a value, and where does it stand?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from json import dumps


@dataclass(frozen=True, slots=True)
class Fault:
    """One refused value: `at` is its field or path, `code` names the rule, `values` fill the message."""

    at: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    def under(self, path: str) -> "Fault":
        """The same fault seen from outside: `low` under `kpis[1].scoring` stands at `kpis[1].scoring.low`."""
        joint = "." if path and self.at and not self.at.startswith("[") else ""
        return Fault(f"{path}{joint}{self.at}", self.code, self.values)


def key_path(key: str) -> str:
    """A name that somebody chose, as part of a path; one that could be misread or break the line is quoted."""
    return key if key and key.isprintable() and not set(key) & set('."[]:') else f"[{dumps(key)}]"


class Refused(ValueError):
    """The values are well-formed one by one and still give no result; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault
