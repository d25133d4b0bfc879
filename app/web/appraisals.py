"""The pages on which scorecards are made final: what will be published is shown once more, then it is done."""

from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.errors import Invalid, KinerjaError
from app.i18n import Locale, mark
from app.messages import error_text, fault_text
from app.routing import CurrentActor, DbSession, Needs, make_router, writing
from app.rules.vocabulary import Action
from app.services import appraisals, scorecard_lists, scorecards
from app.services.appraisals import Outcome
from app.services.scorecard_lists import CardState, Wanted
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect
from app.web.scorecards import show_card, wanted_of

router = make_router()
_PUBLISH: Final = [Depends(Needs(Action.SCORECARD_PUBLISH))]
MOST: Final = 250
"""Scorecards that are shown and published in one step: whoever asks for it waits for all of them."""
_AT_ONCE: Final = 25
"""Of those, how many in one transaction: everybody else who writes waits for them."""
_NAMED: Final = 5


@router.get("/publications/new", dependencies=_PUBLISH)
def confirm_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """Everybody whose scorecard is about to be published, with what it comes to."""
    cycle_code, period_code = query.text("cycle", limit=40), query.text("period", limit=10)
    cycle, period = scorecard_lists.find_period(session, actor, cycle_code=cycle_code, period_code=period_code)
    wanted, after = wanted_of(query), query.whole("after", required=False, minimum=1, maximum=2**62)
    batch = scorecard_lists.next_batch(session, actor, period, wanted, limit=MOST, after=after)
    is_all, where = query.checked("all"), {"cycle": cycle_code, "period": period_code}
    ids = batch.ids if is_all else person_ids(query)
    rows = scorecard_lists.rows_of(session, actor, cycle, period, ids)
    return page(
        request,
        "appraisals/confirm.html",
        cycle=cycle,
        held_back=[(row, refusal_text(request.state.locale, row.refusal)) for row in rows if not is_ready(row)],
        later=batch.later if is_all else 0,
        next_step=_next_step(where, wanted, batch.ids[-1]) if is_all and batch.later else {},
        period=period,
        ready=[row for row in rows if is_ready(row)],
    )


@router.post("/publications", dependencies=_PUBLISH)
def publish(request: Request, actor: CurrentActor, form: SentForm) -> Response:
    """Publish the scorecards that were chosen, some in each transaction; what cannot be published is said by name."""
    cycle_code, period_code = form.text("cycle", limit=40), form.text("period", limit=10)
    if form.checked("from_card"):
        with writing(request) as session:
            return _publish_one(request, session, actor, form, cycle_code, period_code)
    outcomes: list[Outcome] = []
    names: dict[int, str] = {}
    people = person_ids(form)[:MOST]
    for start in range(0, max(len(people), 1), _AT_ONCE):
        with writing(request) as session:
            _, period = scorecard_lists.find_period(session, actor, cycle_code=cycle_code, period_code=period_code)
            some = people[start : start + _AT_ONCE]
            outcomes += appraisals.publish_many(session, actor, period_id=period.id, person_ids=some)
            names |= scorecard_lists.names_of(session, actor, some)
    where, after = {"cycle": cycle_code, "period": period_code}, form.whole("after", required=False, maximum=2**62)
    if after:  # one step of many: on to those who come next
        following = urlencode(_next_step(where, wanted_of(form), after))
        return _told(request, outcomes, names, f"/publications/new?{following}")
    return _told(request, outcomes, names, "/scorecards?" + urlencode(where))


def _next_step(where: dict[str, str], wanted: Wanted, after: int) -> dict[str, object]:
    """What the address of the next step says: the same choice, from those who come after this person."""
    narrowed = {"search": wanted.search, "unit": wanted.unit_id or ""}
    return {**where, **narrowed, "all": "on", "after": after}


def _told(request: Request, outcomes: list[Outcome], names: dict[int, str], address: str) -> Response:
    """On to the next page, with what came of it."""
    before = [outcome for outcome in outcomes if outcome.was_published]
    refused = [outcome for outcome in outcomes if outcome.refusal and not outcome.was_published]
    locale: Locale = request.state.locale
    if not outcomes:
        return redirect(request, address, mark("Nobody was chosen."), kind="warning")
    said = [
        locale.text(
            mark("Scorecards published: %(count)s."), count=locale.number(len(outcomes) - len(before) - len(refused))
        )
    ]
    if before:
        said.append(locale.text(mark("Published before: %(count)s."), count=locale.number(len(before))))
    if refused:
        said.append(locale.text(mark("Not published: %(names)s."), names=_reasons(locale, refused, names)))
    kind = "warning" if before or refused else "success"
    return redirect(request, address, "%(said)s", kind=kind, said=" ".join(said))


def _publish_one(
    request: Request, session: DbSession, actor: CurrentActor, form: Form, cycle_code: str, period_code: str
) -> Response:
    """Publish from the page of a scorecard; a refusal brings the page back with what was written."""
    comment = form.text("comment", required=False, limit=appraisals.LONGEST_COMMENT, lines=True)
    (person_id,) = person_ids(form)[:1] or (0,)
    appraisals.check_may_publish(session, actor, person_id=person_id)
    found = scorecards.period_card(session, actor, person_id=person_id, cycle_code=cycle_code, period_code=period_code)
    if form.is_valid:
        made = form.attempt(
            session,
            lambda: appraisals.publish(session, actor, person_id=person_id, period_id=found.period.id, comment=comment),
        )
        if made is not None:
            address = f"/scorecards/{person_id}/{cycle_code}?period={period_code}"
            return redirect(request, address, mark("This scorecard is published."))
    return show_card(request, found, Form(request.state.locale), form, HTTPStatus.BAD_REQUEST)


def is_ready(row: scorecard_lists.CardRow) -> bool:
    """Whether this reader can publish it now."""
    return row.state is CardState.READY and row.may_publish


def refusal_text(locale: Locale, refusal: KinerjaError | None) -> str:
    """Why a scorecard cannot be published, in one text."""
    if refusal is None:
        return ""
    if isinstance(refusal, Invalid):
        return "; ".join(f"{fault.at}: {fault_text(fault, locale)}" for fault in refusal.faults)
    return error_text(refusal, locale)


def person_ids(form: Form) -> list[int]:
    """The people who were ticked; what is no id of anybody is passed over."""
    texts = form.values("person")
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= 18]  # noqa: PLR2004


def _reasons(locale: Locale, refused: list[Outcome], names: dict[int, str]) -> str:
    said = [
        f"{names.get(outcome.person_id, '–')} ({refusal_text(locale, outcome.refusal)})" for outcome in refused[:_NAMED]
    ]
    return "; ".join(said) + (" …" if len(refused) > _NAMED else "")
