"""The page on which results are compared before they are released, and moved with a reason."""

from typing import Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.i18n import mark
from app.models import Cycle, Period
from app.routing import CurrentActor, DbSession, Needs, make_router
from app.rules.vocabulary import Action
from app.services import calibration, cycles, scorecard_lists, units
from app.services.released import LONGEST_WORDS
from app.web.asked_period import asked_period
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect

router = make_router()
_CALIBRATE: Final = [Depends(Needs(Action.APPRAISAL_CALIBRATE))]
PAGE: Final = 50


@router.get("/calibration", dependencies=_CALIBRATE)
def session_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """Distribution, raters and every result of a period that is not published yet."""
    asked = asked_period(session, actor, query)
    if asked is None:
        calibration.note_looking(session)
        return page(request, "scorecards/no_cycle.html")
    return _show(request, session, actor, (asked.cycle, asked.period), query, Form(request.state.locale))


@router.post("/calibration", dependencies=_CALIBRATE)
def move(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """Move one person's total, or take back what calibration set."""
    person_id = form.whole("person", minimum=1) or 0
    calibration.check_may_calibrate(session, actor, person_id=person_id)
    cycle_code, period_code = form.text("cycle", limit=40), form.text("period", limit=10)
    cycle, period = scorecard_lists.find_period(session, actor, cycle_code=cycle_code, period_code=period_code)
    is_taken_back = form.one_of("wish", ["move", "withdraw"]) == "withdraw"
    total = None if is_taken_back else form.number("total")
    seen = form.number("seen")
    reason = form.text("reason", limit=LONGEST_WORDS, lines=True)
    made = None
    if form.is_valid and seen is not None:
        made = form.attempt(
            session,
            lambda: calibration.move_total(
                session, actor, person_id=person_id, period_id=period.id, total=total, seen=seen, reason=reason
            ),
        )
    if made is None:
        return _show(request, session, actor, (cycle, period), form, form)
    kept = {name: form.value(name) for name in ("unit", "sort", "page") if form.value(name)}
    address = "/calibration?" + urlencode({"cycle": cycle.code, "period": period.code, **kept})
    return redirect(request, address, mark("The total is moved; reason and author are on record."))


def _show(
    request: Request,
    session: DbSession,
    actor: CurrentActor,
    where: tuple[Cycle, Period],
    query: Form,
    form: Form,
) -> Response:
    cycle, period = where
    unit_id = query.whole("unit", required=False, minimum=1, maximum=2**62)
    sort = query.one_of("sort", list(calibration.SORTS), required=False) or "name"
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    view = calibration.calibration_view(session, actor, cycle, period, unit_id=unit_id, sort=sort)
    last = max(1, -(-len(view.rows) // PAGE))
    number = min(number, last)

    def address(**changes: object) -> str:
        parts = {"cycle": cycle.code, "period": period.code, "unit": unit_id, "sort": sort, **changes}
        return "/calibration?" + urlencode({name: value for name, value in parts.items() if value})

    names = calibration.grade_names(cycle, request.state.locale.language)
    return page(
        request,
        "calibration/session.html",
        400 if form.faults else 200,
        address=address,
        chart=calibration.columns_of(view, names),
        cycle=cycle,
        cycles=cycles.list_cycles(session, actor),
        blank=Form(request.state.locale),
        form=form,
        grades=names,
        last=last,
        number=number,
        period=period,
        query=query,
        rows=view.rows[(number - 1) * PAGE : number * PAGE],
        sort=sort,
        unit_id=unit_id,
        units=[(unit.id, unit.name) for unit in units.units_in_view(session, actor)],
        view=view,
    )
