"""What is wrong with a value, and where does it stand?"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One refused value: `at` is its field or path, `code` names the rule, `values` fill the message."""

    at: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)
