"""Which period does a page show: the one that its address asks for, or else the present one?"""

from collections.abc import Sequence
from typing import NamedTuple

from app.models import Cycle, Period
from app.routing import Actor, DbSession
from app.services import cycles, scorecard_lists
from app.web.forms import Form


class AskedPeriod(NamedTuple):
    """A period with its cycle, and all cycles, so that another one may be chosen."""

    cycle: Cycle
    period: Period
    cycles: Sequence[Cycle]


def asked_period(session: DbSession, actor: Actor, query: Form) -> AskedPeriod | None:
    """The period of `cycle` and `period` in the address; None where there is no cycle yet."""
    scorecard_lists.note_reading(session)
    every = cycles.list_cycles(session, actor)
    code = query.one_of("cycle", [cycle.code for cycle in every], required=False)
    chosen = next((cycle for cycle in every if cycle.code == code), None)
    chosen = chosen or cycles.current_cycle(session, actor.today) or (every[0] if every else None)
    if chosen is None:
        return None
    wished = query.one_of("period", [period.code for period in chosen.periods], required=False) or None
    found = scorecard_lists.find_period(session, actor, cycle_code=chosen.code, period_code=wished)
    return AskedPeriod(*found, every)
