"""The pages for following the work between two results: one KPI with its causes and notes, open actions, the team."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode

from fastapi import Depends, Request, Response

from app.errors import NotFound
from app.i18n import Locale, mark
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId, make_router, reading
from app.rules.forecast import Forecast
from app.rules.numbers import legible, plain
from app.rules.scorecard import ScorecardKpi
from app.rules.vocabulary import Action, NoteKind
from app.scorecard_view import ScorecardView
from app.services import causes, goals, incentives, notes, scorecards, team, units
from app.services.causes import CauseValues, KpiAt
from app.services.following import Following, follow
from app.services.notes import NoteValues
from app.services.scorecards import PeriodCard
from app.services.team import TeamFilter
from app.web.asked_period import asked_period
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect
from app.working import working_text

router = make_router()
_READ: Final = [Depends(Needs(Action.SCORECARD_READ))]
_WRITE: Final = [Depends(Needs(Action.NOTE_WRITE))]
PAGE: Final = 50
TEAM_PAGE: Final = 25
_KPI: Final = "/scorecards/{person_id}/{cycle_code}/kpis/{kpi_code}"


NOTHING_SAID: Final[Mapping[str, Any]] = {"causes": (), "incentive": None, "notes": (), "serves": {}}
"""For a page that is shown again because its form was refused."""


# --- What the page of a scorecard shows of it -------------------------------------------------------------------------


def shown_with(locale: Locale, found: PeriodCard) -> dict[str, Any]:
    """How a card stands, for its page; nothing of it needs the database again."""
    following = follow(found)
    return {
        "following": following,
        "predicted": predicted_by(locale, following),
        "workings": workings(locale, following),
    }


def said_of(session: DbSession, actor: Actor, found: PeriodCard) -> dict[str, Any]:
    """The causes and notes of a card, the goals it serves, and the incentive band where the policy lets it be seen."""
    band = incentives.band_reached(session, found.cycle, found.card.result.total)
    return {
        "causes": causes.causes_on_card(session, actor, found),
        "incentive": band,
        "incentive_percent": Decimal(plain(band.percent)) if band and band.percent is not None else None,
        "notes": notes.notes_on_card(session, actor, found),
        "serves": goals.goals_served(session, actor, plan_id=found.plan_id),
    }


def workings(locale: Locale, following: Following) -> dict[str, str]:
    """How each forecast comes about."""
    return {
        each.kpi.code: working_text(each.prediction.working, locale.language, is_grouped=True)
        for each in following.kpis
        if each.prediction
    }


def predicted_by(locale: Locale, following: Following) -> Callable[[Forecast], str]:
    """What a forecast says the actual comes to, with its unit of measure."""
    kpis: dict[int, ScorecardKpi] = {id(each.prediction): each.kpi for each in following.kpis}

    def predicted(forecast: Forecast) -> str:
        return locale.measure(legible(forecast.actual), kpis[id(forecast)].unit_of_measure)

    return predicted


# --- One KPI ----------------------------------------------------------------------------------------------------------


@router.get(_KPI, dependencies=_READ)
def kpi_page(
    request: Request, actor: CurrentActor, person_id: RowId, cycle_code: str, kpi_code: str, query: Query
) -> Response:
    """One KPI of somebody's card: how it stands, why, what is done about it, and what was said."""
    wished = query.text("period", required=False, limit=10) or None
    with reading(request) as session:
        found = scorecards.period_card(session, actor, person_id=person_id, cycle_code=cycle_code, period_code=wished)
        response = _kpi_page(request, session, actor, found, kpi_code)
    scorecards.note_view(request.app.state.sessions, actor, person_id=person_id, period_id=found.period.id)
    return response


def _kpi_page(
    request: Request,
    session: DbSession,
    actor: Actor,
    found: PeriodCard,
    kpi_code: str,
    *,
    cause_form: Form | None = None,
    note_form: Form | None = None,
) -> Response:
    locale: Locale = request.state.locale
    following = follow(found)
    each = following.of(kpi_code)
    if each is None:
        raise NotFound
    said = said_of(session, actor, found)
    line = next(line for line in ScorecardView(found.card, locale).lines if line.kpi.code == kpi_code)
    return page(
        request,
        "following/kpi.html",
        HTTPStatus.BAD_REQUEST if cause_form or note_form else HTTPStatus.OK,
        address=_address(found.person_id, found.cycle.code, kpi_code),
        cause_form=cause_form or Form.showing(locale),
        causes=[cause for cause in said["causes"] if cause.kpi_code == kpi_code],
        each=each,
        found=found,
        is_removable=lambda note: notes.is_removable(note, actor),
        line=line,
        may_write=notes.may_write(session, actor, person_id=found.person_id),
        note_form=note_form or Form.showing(locale, kind=NoteKind.COMMENT.value),
        notes=[note for note in said["notes"] if note.kpi_code == kpi_code],
        predicted=predicted_by(locale, following),
        workings=workings(locale, following),
    )


def _card_at(session: DbSession, actor: Actor, at: KpiAt) -> PeriodCard:
    return scorecards.period_card(
        session, actor, person_id=at.person_id, cycle_code=at.cycle_code, period_code=at.period_code
    )


def _address(person_id: int, cycle_code: str, kpi_code: str) -> str:
    return f"/scorecards/{person_id}/{quote(cycle_code, safe='')}/kpis/{quote(kpi_code, safe='')}"


@router.post(_KPI + "/causes", dependencies=_WRITE)
def record_cause(
    request: Request,
    session: DbSession,
    actor: CurrentActor,
    person_id: RowId,
    cycle_code: str,
    kpi_code: str,
    form: SentForm,
) -> Response:
    """A cause and an action on record, or the form again."""
    notes.check_may_write(session, actor, person_id=person_id)
    at = KpiAt(person_id, cycle_code, form.text("period", limit=10), kpi_code)
    values = CauseValues(
        form.text("cause", limit=causes.LONGEST, lines=True),
        form.text("corrective_action", limit=causes.LONGEST, lines=True),
        form.date("due_on"),
    )
    made = form.attempt(session, lambda: causes.record_cause(session, actor, at=at, values=values))
    if made is None:
        return _kpi_page(request, session, actor, _card_at(session, actor, at), kpi_code, cause_form=form)
    address = f"{_address(person_id, cycle_code, kpi_code)}?period={at.period_code}#causes"
    return redirect(request, address, mark("Cause and action are on record."))


@router.post(_KPI + "/notes", dependencies=_WRITE)
def write_note(
    request: Request,
    session: DbSession,
    actor: CurrentActor,
    person_id: RowId,
    cycle_code: str,
    kpi_code: str,
    form: SentForm,
) -> Response:
    """A comment or recognition added, or the form again."""
    notes.check_may_write(session, actor, person_id=person_id)
    at = KpiAt(person_id, cycle_code, form.text("period", limit=10), kpi_code)
    kind = form.choice("kind", NoteKind) or NoteKind.COMMENT
    values = NoteValues(kind, form.text("text", limit=notes.LONGEST, lines=True))
    made = form.attempt(session, lambda: notes.write_note(session, actor, at=at, values=values))
    if made is None:
        return _kpi_page(request, session, actor, _card_at(session, actor, at), kpi_code, note_form=form)
    address = f"{_address(person_id, cycle_code, kpi_code)}?period={at.period_code}#notes"
    return redirect(request, address, mark("Your note is there."))


@router.post("/notes/{note_id}/removal", dependencies=_WRITE)
def remove_note(
    request: Request,
    session: DbSession,
    actor: CurrentActor,
    note_id: RowId,
    form: SentForm,  # noqa: ARG001 - its token is checked
) -> Response:
    """A note of one's own taken back."""
    note = notes.remove_note(session, actor, note_id=note_id)
    address = f"{_address(note.plan.person_id, note.plan.cycle.code, note.kpi_code)}?period={note.period.code}#notes"
    return redirect(request, address, mark("The note is taken back."))


# --- Open actions -----------------------------------------------------------------------------------------------------


@router.get("/actions", dependencies=_READ)
def actions_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """What is done about KPIs that fell behind, of oneself and one's people."""
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    listing = causes.open_actions(session, actor, offset=(number - 1) * PAGE, limit=PAGE)
    return page(
        request,
        "following/actions.html",
        actions=listing.items,
        last=max(1, -(-listing.total // PAGE)),
        number=number,
    )


@router.post("/actions/{cause_id}/done", dependencies=_WRITE)
def finish_action(
    request: Request,
    session: DbSession,
    actor: CurrentActor,
    cause_id: RowId,
    form: SentForm,  # noqa: ARG001 - its token is checked
) -> Response:
    """An action done."""
    causes.finish_action(session, actor, cause_id=cause_id)
    return redirect(request, "/actions", mark("The action is done."))


# --- The team ---------------------------------------------------------------------------------------------------------


@router.get("/team", dependencies=_READ)
def team_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """How everybody stands whom the reader may see, KPI by KPI."""
    asked = asked_period(session, actor, query)
    if asked is None:
        return page(request, "scorecards/no_cycle.html")
    cycle, period, every = asked
    wanted = TeamFilter(
        search=query.text("search", required=False, limit=100),
        unit_id=query.whole("unit", required=False, minimum=1, maximum=2**62),
        manager_id=query.whole("manager", required=False, minimum=1, maximum=2**62),
    )
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    listing = team.list_team(session, actor, cycle, period, wanted, offset=(number - 1) * TEAM_PAGE, limit=TEAM_PAGE)

    def address(**changes: object) -> str:
        parts: dict[str, object] = {
            "cycle": cycle.code,
            "period": period.code,
            "search": wanted.search,
            "unit": wanted.unit_id,
        }
        parts |= {"manager": wanted.manager_id, **changes}
        return "/team?" + urlencode({name: value for name, value in parts.items() if value})

    return page(
        request,
        "following/team.html",
        address=address,
        cycle=cycle,
        cycles=every,
        last=max(1, -(-listing.total // TEAM_PAGE)),
        managers=team.managers_in_view(session, actor),
        number=number,
        period=period,
        query=query,
        rows=listing.items,
        units=[(unit.id, unit.name) for unit in units.units_in_view(session, actor)],
        weakest=team.weakest_of(listing.items),
    )
