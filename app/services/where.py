"""Whose card of which period is meant? In the words of an address."""

from typing import NamedTuple


class Where(NamedTuple):
    """A person and a period, which need not exist."""

    person_id: int
    cycle_code: str
    period_code: str
