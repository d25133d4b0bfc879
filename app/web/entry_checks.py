"""The pages on which figures are verified or questioned by somebody who did not record them."""

import re
from typing import Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.errors import NotFound
from app.i18n import mark
from app.models import Entry
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import Action, CheckVerdict
from app.services import entry_checks
from app.services.entry_books import figure_of, form_of
from app.services.entry_checks import PAGE, CheckFilter, Finding, Wanted
from app.services.entry_quality import entry_flags
from app.web.entry_fields import SOURCES, figure_words, slot_name
from app.web.entry_saving import address, cycle_of, period_in, period_tabs
from app.web.forms import Query, SentForm
from app.web.render import page, redirect

router = make_router()
_VERIFY: Final = [Depends(Needs(Action.ENTRY_VERIFY))]
_PATH: Final = "/entries/checks"
_KEY: Final = re.compile(r"([1-9][0-9]{0,17}):([1-9][0-9]{0,8})")


@router.get("/entries/checks", dependencies=_VERIFY)
def list_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """The figures of a period that wait for a second look."""
    entry_checks.note_checking(session)
    cycle = cycle_of(session, actor, query)
    if cycle is None:
        return page(request, "actuals/no_cycle.html")
    period = period_in(cycle, query, actor)
    wanted = Wanted(
        only=query.choice("only", CheckFilter, required=False) or CheckFilter.WAITING,
        search=query.text("q", required=False),
    )
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    listing = entry_checks.list_to_check(session, actor, period, wanted, offset=(number - 1) * PAGE)
    locale = request.state.locale

    def figure(entry: Entry) -> str:
        return figure_words(form_of(entry.kpi), figure_of(entry), locale)

    def kept(**changed: str) -> str:
        words = {"cycle": cycle.code, "period": period.code, "q": wanted.search, "only": wanted.only, **changed}
        return f"{_PATH}?{urlencode({name: word for name, word in words.items() if word})}"

    return page(
        request,
        "actuals/checks.html",
        action=kept(page=str(number)),
        cycle=cycle,
        figure=figure,
        filters=query,
        flags=lambda entry: entry_flags([entry], cycle.entry_grace_days),
        listing=listing,
        paging=(number, max(1, -(-listing.total // PAGE)), lambda wanted_page: kept(page=str(wanted_page))),
        period=period,
        slot=lambda entry: slot_name(entry.kpi.frequency, entry.on, locale),
        source_names=SOURCES,
        tabs=period_tabs(_PATH, cycle, query),
        wanted=wanted,
    )


@router.post("/entries/checks", dependencies=_VERIFY)
def verify_chosen(request: Request, session: DbSession, actor: CurrentActor, query: Query, form: SentForm) -> Response:
    """All that were ticked verified at once; those that changed meanwhile are left for another look."""
    keys = [_key(text) for text in form.values("entry")]
    count = entry_checks.verify_many(session, actor, keys=keys)
    left = len(set(keys)) - count
    back = address(_PATH, query)
    only = query.value("only")
    if only:
        back += f"{'&' if '?' in back else '?'}{urlencode({'only': only})}"
    message = mark("Verified: %(count)s.")
    if left:
        message = mark("Verified: %(count)s. Changed in the meantime and left: %(left)s.")
    number = request.state.locale.number
    return redirect(request, back, message, kind="success" if count else "info", count=number(count), left=number(left))


@router.post("/entries/{kpi_id}/check", dependencies=_VERIFY)
def check(
    request: Request, session: DbSession, actor: CurrentActor, query: Query, form: SentForm, kpi_id: RowId
) -> Response:
    """One figure verified, or questioned with a note."""
    verdict = form.choice("verdict", CheckVerdict)
    version = form.whole("version", minimum=1)
    note = form.text("note", limit=entry_checks.LONGEST_NOTE, required=False, lines=True)
    entry_checks.may_ask(session, actor, kpi_id=kpi_id)
    if verdict is None or version is None:
        raise NotFound
    finding = Finding(verdict, note)
    entry_checks.check_entry(session, actor, kpi_id=kpi_id, on=form.value("on"), version=version, finding=finding)
    message = mark("The figure is verified.") if verdict is CheckVerdict.OK else mark("The figure is questioned.")
    return redirect(request, address(f"/entries/{kpi_id}", query) + "#check", message)


def _key(text: str) -> tuple[int, int]:
    found = _KEY.fullmatch(text)
    if found is None:
        raise NotFound
    return int(found[1]), int(found[2])
