"""The page on which HR says what a total may lead to in a cycle, and whether scorecards say it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from typing import Final

from fastapi import Depends, Request, Response

from app.i18n import mark
from app.models import Cycle
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.numbers import plain
from app.rules.vocabulary import Action
from app.services import cycles, incentives
from app.services.incentives import BandValues
from app.web.forms import Form, SentForm
from app.web.render import page, redirect

router = make_router()
_WRITE: Final = [Depends(Needs(Action.CYCLE_WRITE))]
_PARTS: Final = ("lower", "percent", "text")


@router.get("/cycles/{cycle_id}/incentives", dependencies=_WRITE)
def incentives_page(request: Request, session: DbSession, actor: CurrentActor, cycle_id: RowId) -> Response:
    """The bands of a cycle and the switch."""
    found = incentives.incentives_of(session, actor, cycle_id=cycle_id)
    shown: dict[str, object] = {"are_shown": found.are_shown, "version": str(found.cycle.version)}
    for row, band in enumerate(found.bands):
        percent = None if band.percent is None else Decimal(plain(band.percent))
        values = (Decimal(plain(band.lower)), percent, band.text)
        shown.update(zip(_names(row), values, strict=True))
    return _page(request, found.cycle, Form.showing(request.state.locale, **shown))


@router.post("/cycles/{cycle_id}/incentives", dependencies=_WRITE)
def set_incentives(
    request: Request, session: DbSession, actor: CurrentActor, cycle_id: RowId, form: SentForm
) -> Response:
    """The bands and the switch saved, or the form again."""
    cycles.check_may_write(session, actor)
    cycle = cycles.get_cycle(session, actor, cycle_id=cycle_id)
    rows = _filled(form)
    bands = [_band(form, row) for row in rows]
    version, are_shown = form.whole("version", minimum=1) or 0, form.checked("are_shown")
    saved = form.attempt(
        session,
        lambda: incentives.set_incentives(
            session, actor, cycle_id=cycle_id, version=version, are_shown=are_shown, bands=bands
        ),
    )
    if saved is None:
        _at_rows(form, rows)
        return _page(request, cycle, form)
    return redirect(request, f"/cycles/{cycle_id}", mark("The incentive bands are saved."))


def _band(form: Form, row: int) -> BandValues:
    lower, percent, text = _names(row)
    return BandValues(
        lower=form.number(lower, minimum=0, maximum=incentives.HIGHEST) or Decimal(0),
        percent=form.number(percent, minimum=0, maximum=incentives.HIGHEST, required=False),
        text=form.text(text, limit=incentives.LONGEST),
    )


def _names(row: int) -> tuple[str, str, str]:
    return f"band_{row}_lower", f"band_{row}_percent", f"band_{row}_text"


def _filled(form: Form) -> list[int]:
    return [row for row in range(incentives.MOST) if any(form.value(name).strip() for name in _names(row))]


def _at_rows(form: Form, rows: Sequence[int]) -> None:
    """Put faults that the service found in the n-th band beside the row in which it was typed."""
    names = {f"bands[{place}].{part}": f"band_{row}_{part}" for place, row in enumerate(rows) for part in _PARTS}
    names["bands"] = "are_shown"
    form.faults = [replace(fault, at=names.get(fault.at, fault.at)) for fault in form.faults]


def _page(request: Request, cycle: Cycle, form: Form) -> Response:
    rows = range(min(incentives.MOST, max(_filled(form), default=-1) + 3))
    status = HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST
    return page(request, "cycles/incentives.html", status, cycle=cycle, form=form, rows=rows)
