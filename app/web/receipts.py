"""The pages on which employees confirm that their scorecard came, and on which others see who has not yet."""

from typing import Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.i18n import mark
from app.routing import CurrentActor, DbSession, Needs, make_router
from app.rules.vocabulary import Action
from app.services import card_links, receipts, scorecard_lists, scorecards
from app.services.released import LONGEST_WORDS
from app.services.where import Where
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect
from app.web.scorecards import show_card
from app.web.where import ONE, At

router = make_router()
PAGE: Final = 50


@router.post(
    f"/scorecards/{ONE}/acknowledgement",
    dependencies=[Depends(Needs(Action.SCORECARD_ACKNOWLEDGE))],
)
def acknowledge(request: Request, session: DbSession, actor: CurrentActor, where: At, form: SentForm) -> Response:
    """Confirm the receipt of one's own scorecard."""
    receipts.check_may_acknowledge(session, actor, person_id=where.person_id)
    comment = form.text("receipt_comment", required=False, limit=LONGEST_WORDS, lines=True)
    made = form.attempt(
        session,
        lambda: receipts.acknowledge(session, actor, where=where, comment=comment),
    )
    if made is None:
        found = scorecards.period_card(session, actor, **where._asdict())
        return show_card(request, found, Form(request.state.locale), form, 400)
    address = f"/scorecards/{where.person_id}/{where.cycle_code}?period={where.period_code}"
    return redirect(request, address, mark("Thank you: the receipt of this scorecard is on record."))


@router.post("/acknowledgements/links", dependencies=[Depends(Needs(Action.SCORECARD_PUBLISH))])
def send_links(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """Lead one person, or all who have not confirmed, to their scorecard once more."""
    person_id = form.whole("person", required=False, minimum=1)
    if person_id is not None:
        card_links.check_may_send(session, actor, person_id=person_id)
    cycle_code, period_code = form.text("cycle", limit=40), form.text("period", limit=10)
    cycle, period = scorecard_lists.find_period(session, actor, cycle_code=cycle_code, period_code=period_code)
    address = "/acknowledgements?" + urlencode({"cycle": cycle.code, "period": period.code})
    if person_id is not None:
        card_links.send_link(session, actor, where=Where(person_id, cycle.code, period.code))
        return redirect(request, address, mark("The link is sent again."))
    sent, left = card_links.send_links(session, actor, period)
    number = request.state.locale.number
    if left:
        told = mark("%(sent)s people are told again; %(left)s are left: send once more to tell them, too.")
        return redirect(request, address, told, kind="info", sent=number(sent), left=number(left))
    return redirect(request, address, mark("%(sent)s people are told again."), sent=number(sent))


@router.get("/acknowledgements", dependencies=[Depends(Needs(Action.SCORECARD_READ))])
def list_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """Who has confirmed the receipt of a period's scorecard, and who has not yet."""
    cycle_code, period_code = query.text("cycle", limit=40), query.text("period", limit=10, required=False)
    cycle, period = scorecard_lists.find_period(session, actor, cycle_code=cycle_code, period_code=period_code or None)
    only_open = query.value("only") != "all"
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    listing = receipts.list_receipts(
        session, actor, period, only_open=only_open, offset=(number - 1) * PAGE, limit=PAGE
    )

    def address(**changes: object) -> str:
        parts = {"cycle": cycle.code, "period": period.code, "only": "" if only_open else "all", **changes}
        return "/acknowledgements?" + urlencode({name: value for name, value in parts.items() if value})

    return page(
        request,
        "cases/receipts.html",
        address=address,
        cycle=cycle,
        last=max(1, -(-listing.total // PAGE)),
        number=number,
        only_open=only_open,
        period=period,
        rows=listing.items,
        total=listing.total,
        waiting=card_links.count_waiting(session, actor, period),
    )
