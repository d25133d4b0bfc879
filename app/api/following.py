"""How do people stand between two results, what is done where they fall behind, and what is said, on the wire?"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status

from app.api import following_schemas as wire
from app.api.exchange import ApiRoute
from app.api.operations import WRITES, refusals
from app.api.paging import CycleCode, Part, Search
from app.api.schemas import Page
from app.api.wire import CODE, LARGEST_ID, ON
from app.i18n import Locale
from app.models import IncentiveBand, KpiCause, KpiNote
from app.routing import CurrentActor, DbSession, Needs, RowId, reading
from app.rules.following import Change
from app.rules.numbers import legible, shown
from app.rules.vocabulary import Action
from app.services import causes, incentives, notes, scorecard_lists, scorecards, team
from app.services.causes import CauseValues, KpiAt
from app.services.following import Following, KpiFollowing, follow
from app.services.notes import NoteValues
from app.services.scorecards import PeriodCard
from app.services.team import TeamFilter, TeamRow
from app.working import working_text

router = APIRouter(route_class=ApiRoute, tags=["following"])
_READ: Final = [Depends(Needs(Action.SCORECARD_READ))]
_WRITE: Final = [Depends(Needs(Action.NOTE_WRITE))]
_Period = Annotated[
    str | None,
    Query(min_length=4, max_length=10, pattern=ON, description="Left out: the last period that is over."),
]
_Cycle = Annotated[str, Query(min_length=1, max_length=40, pattern=CODE)]
_Row = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]
KpiCode = Annotated[str, Path(min_length=1, max_length=40, pattern=CODE)]


@router.get(
    "/scorecards/{person_id}/{cycle_code}/following",
    operation_id="get_following",
    summary="Get how a card stands and where it is going",
    dependencies=_READ,
    responses=refusals(404),
)
def get_following(
    request: Request, actor: CurrentActor, person_id: RowId, cycle_code: CycleCode, period: _Period = None
) -> wire.Following:
    """Status of objectives and card, changes, forecasts, causes and notes; a look at somebody else's is on record."""
    with reading(request) as session:
        found = scorecards.period_card(session, actor, person_id=person_id, cycle_code=cycle_code, period_code=period)
        answer = _following(
            found,
            follow(found),
            causes.causes_on_card(session, actor, found),
            notes.notes_on_card(session, actor, found),
            request.state.locale,
        )
        band = incentives.band_reached(session, found.cycle, found.card.result.total)
    scorecards.note_view(request.app.state.sessions, actor, person_id=person_id, period_id=found.period.id)
    if band is None:
        return answer
    return answer.model_copy(update={"incentive": band_shown(band)})


@router.post(
    "/scorecards/{person_id}/{cycle_code}/kpis/{kpi_code}/causes",
    operation_id="create_cause",
    summary="Say why a KPI is behind and what is done",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses=refusals(*WRITES),
)
def create_cause(
    session: DbSession,
    actor: CurrentActor,
    person_id: RowId,
    cycle_code: CycleCode,
    kpi_code: KpiCode,
    sent: wire.CauseSent,
) -> wire.Cause:
    """A cause with an action and its day. The employee, managers above and HR."""
    at = KpiAt(person_id, cycle_code, sent.period, kpi_code)
    values = CauseValues(sent.cause, sent.corrective_action, sent.due_on)
    made = causes.record_cause(session, actor, at=at, values=values)
    return _cause(made)


@router.get(
    "/actions", operation_id="list_open_actions", summary="List open actions", dependencies=_READ, responses=refusals()
)
def list_open_actions(session: DbSession, actor: CurrentActor, part: Part) -> Page[wire.OpenAction]:
    """The actions still open of everybody whose card the caller may see, those first that are due first."""
    listing = causes.open_actions(session, actor, offset=part.offset, limit=part.limit)
    items = [
        wire.OpenAction(
            person_id=each.person.id,
            person_name=each.person.name,
            cycle=each.cause.plan.cycle.code,
            kpi_name=each.kpi_name,
            is_late=each.is_late(actor.today),
            cause=_cause(each.cause),
        )
        for each in listing.items
    ]
    return Page(items=items, total=listing.total)


@router.post(
    "/actions/{cause_id}/done",
    operation_id="finish_action",
    summary="Say that an action is done",
    dependencies=_WRITE,
    responses=refusals(403, 404, 409),
)
def finish_action(session: DbSession, actor: CurrentActor, cause_id: RowId) -> wire.Cause:
    """It does not stand on later cards any more. The employee, managers above and HR."""
    return _cause(causes.finish_action(session, actor, cause_id=cause_id))


@router.post(
    "/scorecards/{person_id}/{cycle_code}/kpis/{kpi_code}/notes",
    operation_id="create_note",
    summary="Comment on a KPI or recognise it",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses=refusals(*WRITES),
)
def create_note(
    session: DbSession,
    actor: CurrentActor,
    person_id: RowId,
    cycle_code: CycleCode,
    kpi_code: KpiCode,
    sent: wire.NoteSent,
) -> wire.Note:
    """A comment or recognition. The employee, managers above and HR."""
    at = KpiAt(person_id, cycle_code, sent.period, kpi_code)
    note = notes.write_note(session, actor, at=at, values=NoteValues(sent.kind, sent.text))
    return _note(note)


@router.delete(
    "/notes/{note_id}",
    operation_id="remove_note",
    summary="Take back a note",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_WRITE,
    responses=refusals(403, 404, 409),
)
def remove_note(session: DbSession, actor: CurrentActor, note_id: RowId) -> Response:
    """Only one's own, within a day."""
    notes.remove_note(session, actor, note_id=note_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get(
    "/team", operation_id="list_team", summary="List how a team stands", dependencies=_READ, responses=refusals(404)
)
def list_team(  # noqa: PLR0913 - a list with filters
    session: DbSession,
    actor: CurrentActor,
    part: Part,
    *,
    cycle: _Cycle,
    period: _Period = None,
    search: Search = "",
    unit_id: _Row = None,
    manager_id: _Row = None,
) -> Page[wire.TeamRow]:
    """Everybody whose card the caller may see, with the status of each KPI."""
    in_cycle, in_period = scorecard_lists.find_period(session, actor, cycle_code=cycle, period_code=period)
    wanted = TeamFilter(search, unit_id, manager_id)
    listing = team.list_team(session, actor, in_cycle, in_period, wanted, offset=part.offset, limit=min(part.limit, 50))
    return Page(items=[_row(row) for row in listing.items], total=listing.total)


def band_shown(band: IncentiveBand) -> wire.Band:
    """A band on the wire."""
    percent = None if band.percent is None else shown(band.percent)
    return wire.Band(lower=shown(band.lower), text=band.text, percent=percent)


def _following(
    found: PeriodCard,
    following: Following,
    on_card: list[KpiCause],
    said: list[KpiNote],
    locale: Locale,
) -> wire.Following:
    explained = {cause.kpi_code for cause in on_card}
    total = following.total
    return wire.Following(
        person_id=found.person_id,
        cycle=found.cycle.code,
        period=found.period.code,
        whole=wire.Together.model_validate(following.whole),
        change=_change(following.change),
        forecast=None if total is None else wire.TotalForecast.model_validate(total),
        objectives=[
            wire.ObjectiveTogether(title=each.title, whole=wire.Together.model_validate(each.whole))
            for each in following.objectives
        ],
        kpis=[_kpi(each, locale, is_explained=each.kpi.code in explained) for each in following.kpis],
        weakest=[each.kpi.code for each in following.weakest],
        causes=[_cause(cause) for cause in on_card],
        notes=[_note(note) for note in said],
        incentive=None,
    )


def _kpi(each: KpiFollowing, locale: Locale, *, is_explained: bool) -> wire.KpiFollowed:
    forecast = each.prediction
    return wire.KpiFollowed(
        code=each.kpi.code,
        name=each.kpi.name,
        status=each.kpi.status,
        change=_change(each.change),
        lost=each.lost,
        forecast=None
        if forecast is None
        else wire.KpiForecast(
            actual=legible(forecast.actual),
            achievement=shown(forecast.achievement),
            explanation=working_text(forecast.working, locale.language),
        ),
        no_forecast=each.silence,
        missing_in_a_row=each.missing,
        asks_cause=each.is_behind and not is_explained,
    )


def _change(change: Change | None) -> wire.Change | None:
    return None if change is None else wire.Change.model_validate(change)


def _cause(cause: KpiCause) -> wire.Cause:
    return wire.Cause(
        id=cause.id,
        kpi_code=cause.kpi_code,
        period_code=cause.period.code,
        cause=cause.cause,
        corrective_action=cause.corrective_action,
        due_on=cause.due_on,
        recorded_by=cause.recorded_by.name,
        recorded_at=cause.recorded_at,
        done_at=cause.done_at,
    )


def _note(note: KpiNote) -> wire.Note:
    return wire.Note(
        id=note.id,
        kpi_code=note.kpi_code,
        period_code=note.period.code,
        kind=note.kind,
        text=note.text,
        author=note.author.name,
        written_at=note.written_at,
    )


def _row(row: TeamRow) -> wire.TeamRow:
    following = row.following
    return wire.TeamRow(
        person_id=row.person.id,
        number=row.person.number,
        name=row.person.name,
        total=row.total,
        is_published=row.is_published,
        status=following.whole.status if following else None,
        change=_change(following.change) if following else None,
        weakest=[each.kpi.code for each in following.weakest] if following else [],
        kpis=[
            wire.TeamKpi(code=each.kpi.code, name=each.kpi.name, status=each.kpi.status, is_missing=each.kpi.is_missing)
            for each in (following.kpis if following else ())
        ],
    )
