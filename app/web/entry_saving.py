"""What becomes of the figures that were sent, and at which address does the page go on?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from app.i18n import mark
from app.models import Cycle, Entry, Period
from app.routing import Actor, DbSession
from app.rules.vocabulary import PeriodState
from app.services import actuals_grid, cycles
from app.services.actuals_grid import Cell
from app.web.entry_fields import Key, place_faults, read_cell, sent_cells
from app.web.forms import Form

_QUERY: Final = ("view", "cycle", "period", "q", "unit", "manager", "page", "on")


@dataclass(slots=True)
class Saved:
    """What became of the figures that were sent; those that were refused come back as they were typed."""

    form: Form
    saved: int = 0
    removed: int = 0
    refused: frozenset[Key] = frozenset()
    overtaken: Mapping[Key, Entry | None] = field(default_factory=dict)
    """Refused ones that somebody else changed meanwhile, with what is there now."""

    @property
    def flash(self) -> str:
        """What to say about it."""
        if self.removed:
            return mark("Figures saved: %(saved)s. Taken back: %(removed)s.")
        return mark("Figures saved: %(saved)s.") if self.saved else mark("Nothing was changed.")

    @property
    def kind(self) -> str:
        """How to say it."""
        return "success" if self.saved or self.removed else "info"

    @property
    def counts(self) -> dict[str, str]:
        """The numbers in it."""
        number = self.form.locale.number
        return {"saved": number(self.saved), "removed": number(self.removed)}


def save_cells(session: DbSession, actor: Actor, form: Form) -> Saved:
    """Save every figure that somebody wrote into, as far as that is possible."""
    touched = [cell for cell in sent_cells(form) if cell.is_touched]
    asked = actuals_grid.forms_of(session, actor, kpi_ids={cell.key[0] for cell in touched})
    cells: list[Cell] = []
    refused: set[Key] = set()
    for sent in touched:
        cell = read_cell(form, sent, asked[sent.key[0]])
        if cell is None:
            refused.add(sent.key)
        else:
            cells.append(cell)
    result = actuals_grid.save_grid(session, actor, cells=cells)
    for key, faults in result.faults.items():
        place_faults(form, key, asked[key[0]], faults)
    return Saved(form, result.saved, result.removed, frozenset(refused.union(result.faults)), result.overtaken)


def address(path: str, query: Form, **changed: str) -> str:
    """A page with the same words in its address, but for some."""
    words = {name: changed.get(name, query.value(name)) for name in _QUERY}
    kept = {name: word for name, word in words.items() if word}
    return f"{path}?{urlencode(kept)}" if kept else path


def cycle_of(session: DbSession, actor: Actor, query: Form) -> Cycle | None:
    """The cycle that the address names, else the present one."""
    code = query.value("cycle")
    if code:
        return cycles.cycle_by_code(session, actor, code=code)
    return cycles.current_cycle(session, actor.today)


def period_in(cycle: Cycle, query: Form, actor: Actor) -> Period:
    """The period that the address names; else the latest one that is over and still open, else the running one."""
    code = query.value("period")
    if code:
        return cycles.period_of(cycle, code)
    begun = [period for period in cycle.periods if period.starts_on <= actor.today]
    over = [period for period in begun if period.ends_on < actor.today and period.state is PeriodState.OPEN]
    return over[-1] if over else begun[-1] if begun else cycle.periods[0]


def period_tabs(path: str, cycle: Cycle, query: Form) -> list[tuple[str, str, Period]]:
    """All periods of the cycle with address and short name; the year is left out where all have the same."""
    names = [query.locale.period(period.code, short=True) for period in cycle.periods]
    endings = {name.rpartition(" ")[2] for name in names}
    if len(endings) == 1 and all(" " in name for name in names):
        names = [name.rpartition(" ")[0] for name in names]
    return [
        (address(path, query, period=period.code, page="", on=""), name, period)
        for name, period in zip(names, cycle.periods, strict=True)
    ]
