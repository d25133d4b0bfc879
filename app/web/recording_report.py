"""The page on which managers and HR see how well their people record, and the same as a file."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.downloads import as_file
from app.errors import NotFound
from app.i18n import mark
from app.models import Cycle, Period
from app.routing import CurrentActor, DbSession, Needs, make_router
from app.rules.vocabulary import Action
from app.services import actuals_grid, cycles, recording_report
from app.services.actuals_grid import GridFilter
from app.services.recording_report import CSV_TYPE, PAGE, RecordingReport
from app.web.entry_saving import address, cycle_of, period_in, period_tabs
from app.web.forms import Form, Query
from app.web.render import page

router = make_router()
_READ: Final = [Depends(Needs(Action.REPORT_READ))]
_PATH: Final = "/reports/recording"
_COUNTS: Final = {
    "due": mark("Due"),
    "there": mark("Recorded"),
    "missing": mark("Missing"),
    "late": mark("Late"),
    "changed": mark("Changed afterwards"),
    "verified": mark("Verified"),
    "questioned": mark("Questioned"),
}


@router.get("/reports/recording", dependencies=_READ)
def report_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """Everybody of whom figures are due, those first who lack most."""
    recording_report.note_reading(session)
    units = actuals_grid.units_of_grid(session, actor)
    cycle = cycle_of(session, actor, query)
    if cycle is None:
        return page(request, "reports/no_cycle.html")
    period = period_in(cycle, query, actor)
    wanted, number = _filter(query), query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    found = recording_report.recording_report(session, actor, period=period, wanted=wanted, offset=(number - 1) * PAGE)

    def entries_of(number: str) -> str:
        return "/entries?" + urlencode({"cycle": cycle.code, "period": period.code, "q": number})

    return page(
        request,
        "reports/recording.html",
        counts=_COUNTS,
        cycle=cycle,
        cycles=cycles.list_cycles(session, actor),
        entries_of=entries_of,
        file_address=_here(query, cycle, period, ".csv", page=""),
        filters=query,
        found=found,
        is_filtered=wanted != GridFilter(),
        paging=_paging(query, cycle, period, found, number),
        period=period,
        tabs=period_tabs(_PATH, cycle, query),
        units=[(str(unit.id), unit.name) for unit in units],
    )


@router.get("/reports/recording.csv", dependencies=_READ)
def report_file(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """The same people, all of them, as a file for a spreadsheet program."""
    recording_report.note_reading(session)
    cycle = cycle_of(session, actor, query)
    if cycle is None:
        raise NotFound
    period = period_in(cycle, query, actor)
    locale = request.state.locale
    headings = [locale.text(each) for each in (mark("Number"), mark("Employee"), mark("Unit"), *_COUNTS.values())]
    content = recording_report.recording_file(
        session, actor, period=period, wanted=_filter(query), headings=headings, counts=list(_COUNTS)
    )
    name = locale.text(mark("recording-%(period)s.csv"), period=period.code)
    return as_file(content, name, CSV_TYPE)


def _filter(query: Form) -> GridFilter:
    """Whom the address asks for; words that cannot be read ask for nobody special."""
    return GridFilter(
        search=query.text("q", required=False),
        unit_id=query.whole("unit", required=False, minimum=1, maximum=10**15),
        manager=query.text("manager", required=False),
    )


def _here(query: Form, cycle: Cycle, period: Period, ending: str = "", **changed: str) -> str:
    return address(_PATH + ending, query, cycle=cycle.code, period=period.code, view="", on="", **changed)


def _paging(
    query: Form, cycle: Cycle, period: Period, found: RecordingReport, number: int
) -> tuple[int, int, Callable[[int], Any]]:
    last = max(1, -(-found.total // PAGE))
    return number, last, lambda wanted: _here(query, cycle, period, page=str(wanted))
