"""The page of the grid: the figures that a team owes for a period, filled like a spreadsheet."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from fastapi import Depends, Request, Response

from app.i18n import Locale
from app.routing import Actor, CurrentActor, DbSession, Needs, make_router
from app.rules.vocabulary import Action
from app.services import actuals_grid, cycles
from app.services.actuals_grid import PAGE, Grid, GridFilter
from app.web.entry_saving import Saved, address, cycle_of, period_in, period_tabs, save_cells
from app.web.entry_sheets import reader_of, sheets_of
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect

router = make_router()
_READ: Final = [Depends(Needs(Action.ENTRY_READ))]
_WRITE: Final = [Depends(Needs(Action.ENTRY_WRITE))]
_PATH: Final = "/entries"
TEAM: Final = "team"
OWN: Final = "own"
OTHERS: Final = "others"


@router.get("/entries", dependencies=_READ)
def show_grid(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """The grid with what is there."""
    return _grid_page(request, session, actor, query)


@router.post("/entries", dependencies=_WRITE)
def save_grid(request: Request, session: DbSession, actor: CurrentActor, query: Query, form: SentForm) -> Response:
    """What can be saved is saved; the rest comes back as it was typed, with the reason at each cell."""
    saved = save_cells(session, actor, form)
    if saved.refused:
        return _grid_page(request, session, actor, query, saved)
    return redirect(request, address(_PATH, query), saved.flash, kind=saved.kind, **saved.counts)


def _grid_page(request: Request, session: DbSession, actor: Actor, query: Form, saved: Saved | None = None) -> Response:
    locale: Locale = request.state.locale
    units = actuals_grid.units_of_grid(session, actor)
    cycle = cycle_of(session, actor, query)
    if cycle is None:
        return page(request, "actuals/no_cycle.html")
    period = period_in(cycle, query, actor)
    wanted, number = _filter(query)
    is_filtered = bool(wanted.search or wanted.unit_id or wanted.manager)
    grid = actuals_grid.team_grid(session, actor, period=period, wanted=wanted)
    view = _view(session, actor, query, has_team=bool(grid.total or grid.without_plan or is_filtered))
    if view.chosen == OWN:
        grid = actuals_grid.own_grid(session, actor, period=period)
    elif view.chosen == OTHERS:
        grid = actuals_grid.others_grid(session, actor, period=period)
    sheets = sheets_of(grid, reader_of(locale, saved))
    cells = [cell for sheet in sheets for row in sheet.rows for cell in row.cells if cell]
    return page(
        request,
        "actuals/grid.html",
        HTTPStatus.BAD_REQUEST if saved else HTTPStatus.OK,
        action=address(_PATH, query),
        can_save=any(cell.is_open for cell in cells),
        cycle=cycle,
        cycles=cycles.list_cycles(session, actor),
        file_address=address(f"{_PATH}/file", query, view="", page="", period=period.code, cycle=cycle.code),
        filters=query,
        grid=grid,
        is_filtered=is_filtered,
        paging=_paging(query, grid, number),
        period=period,
        tabs=period_tabs(_PATH, cycle, query),
        refused=[cell for cell in cells if cell.fault],
        saved=saved,
        sheets=sheets,
        units=[(str(unit.id), unit.name) for unit in units],
        view=view.chosen,
        views=[(address(_PATH, query, view=name, page="", q="", unit="", manager=""), name) for name in view.offered],
    )


@dataclass(frozen=True, slots=True)
class View:
    """Whose figures the page shows, and which others it offers."""

    chosen: str
    offered: tuple[str, ...]


def _view(session: DbSession, actor: Actor, query: Form, *, has_team: bool) -> View:
    """The team's figures, the reader's own, or those that the reader records for others."""
    offered = [OWN]
    if has_team:
        offered.insert(0, TEAM)
    if actuals_grid.records_for_others(session, actor):
        offered.append(OTHERS)
    asked = query.value("view")
    return View(asked if asked in offered else offered[0], tuple(offered))


def _filter(query: Form) -> tuple[GridFilter, int]:
    """Whom the address asks for, and the number of the page; words that cannot be read ask for nobody special."""
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    wanted = GridFilter(
        search=query.text("q", required=False),
        unit_id=query.whole("unit", required=False, minimum=1, maximum=10**15),
        manager=query.text("manager", required=False),
        offset=(number - 1) * PAGE,
    )
    return wanted, number


def _paging(query: Form, grid: Grid, number: int) -> tuple[int, int, Callable[[int], str]]:
    last = max(1, -(-grid.total // PAGE))
    return number, last, lambda wanted: address(_PATH, query, page=str(wanted))
