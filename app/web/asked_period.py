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
    chosen = asked_cycle(session, actor, query, every)
    if chosen is None:
        return None
    wished = query.one_of("period", [period.code for period in chosen.periods], required=False) or None
    found = scorecard_lists.find_period(session, actor, cycle_code=chosen.code, period_code=wished)
    return AskedPeriod(*found, every)


def asked_cycle(session: DbSession, actor: Actor, query: Form, known: Sequence[Cycle]) -> Cycle | None:
    """The cycle that the address names, or else the present one, or else the latest; None where there is none yet."""
    code = query.one_of("cycle", [cycle.code for cycle in known], required=False)
    asked = next((cycle for cycle in known if cycle.code == code), None)
    return asked or cycles.current_cycle(session, actor.today) or (known[0] if known else None)
