"""The pages of reports: how complete a period is, unit by unit and person by person."""

from typing import Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.routing import CurrentActor, DbSession, Needs, make_router
from app.rules.vocabulary import Action
from app.services import reports
from app.services.plan_bulk import may_make_many
from app.web.asked_period import asked_period
from app.web.forms import Query
from app.web.render import page

router = make_router()
_READ: Final = [Depends(Needs(Action.REPORT_READ))]
PAGE: Final = 50


@router.get("/reports/completeness", dependencies=_READ)
def completeness_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """Who has no plan, whose entries are missing, whose scorecard is not published."""
    asked = asked_period(session, actor, query)
    if asked is None:
        reports.note_reading(session)
        return page(request, "reports/no_cycle.html")
    cycle, period, every = asked
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    missing = reports.list_missing(session, actor, period, offset=(number - 1) * PAGE, limit=PAGE)

    def address(number: int) -> str:
        return "/reports/completeness?" + urlencode({"cycle": cycle.code, "period": period.code, "page": number})

    return page(
        request,
        "reports/completeness.html",
        address=address,
        cycle=cycle,
        cycles=every,
        last=max(1, -(-missing.total // PAGE)),
        may_make_many=may_make_many(session, actor),
        managers=reports.progress_by_manager(session, actor, period),
        missing=missing,
        number=number,
        period=period,
        query=query,
        units=reports.progress_by_unit(session, actor, period),
        whole=reports.progress_of(session, actor, period),
    )
