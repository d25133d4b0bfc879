"""How do other systems record results? One address for each KPI and day, month, quarter or year."""

from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Response, status

from app.api import schemas
from app.api.exchange import ApiRoute, OptionalVersion, with_tag
from app.api.operations import CHANGES, refusals, tagged
from app.api.wire import ON
from app.errors import Invalid
from app.models import Entry
from app.routing import CurrentActor, DbSession, Needs, RowId
from app.rules.entries import Figure
from app.rules.faults import Fault
from app.rules.texts import tidy, tidy_lines
from app.rules.vocabulary import Action, Channel, MeasureKind
from app.services import actuals, entry_checks
from app.services.actuals import Desk, EntryValues
from app.services.entry_books import Book, figure_of
from app.services.entry_checks import Finding
from app.services.entry_quality import entry_flags, first_recorded_on

router = APIRouter(route_class=ApiRoute, prefix="/kpis/{kpi_id}/entries", tags=["entries"])
_READ: Final = [Depends(Needs(Action.ENTRY_READ))]
_WRITE: Final = [Depends(Needs(Action.ENTRY_WRITE))]
_VERIFY: Final = [Depends(Needs(Action.ENTRY_VERIFY))]
_On = Annotated[
    str, Path(min_length=4, max_length=10, pattern=ON, description="Day, month, quarter, half-year or year.")
]


@router.get(
    "", operation_id="list_entries", summary="List the entries of a KPI", dependencies=_READ, responses=refusals(404)
)
def list_entries(session: DbSession, actor: CurrentActor, kpi_id: RowId) -> schemas.Page[schemas.Entry]:
    """All entries of a KPI in the order of their days."""
    book = actuals.get_book(session, actor, kpi_id=kpi_id)
    items = [shown(entry, book.kpi.measure) for entry in book.entries.values()]
    return schemas.Page(items=items, total=len(items))


@router.get(
    "/{on}",
    operation_id="get_entry",
    summary="Get an entry",
    dependencies=_READ,
    responses={**refusals(404), **tagged()},
)
def get_entry(response: Response, session: DbSession, actor: CurrentActor, kpi_id: RowId, on: _On) -> schemas.Entry:
    """One entry with its source and evidence."""
    entry = actuals.get_entry(session, actor, kpi_id=kpi_id, on=on)
    with_tag(response, entry.version)
    return shown(entry, entry.kpi.measure)


@router.put(
    "/{on}",
    operation_id="put_entry",
    summary="Record an entry",
    dependencies=_WRITE,
    responses={
        **refusals(*CHANGES),
        **tagged(),
        201: {"model": schemas.Entry, "description": "There was none before.", **tagged(201)[201]},
    },
)
def put_entry(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    kpi_id: RowId,
    on: _On,
    version: OptionalVersion,
    sent: schemas.EntrySent,
) -> schemas.Entry:
    """Record the figure, whatever was there before; sent again it changes nothing and leaves no trace.

    201 where there was no entry, else 200. With If-Match it is refused (412) where somebody has changed the entry
    since. Managers of the employee and HR; nobody for themselves.
    """
    book = actuals.book_for_change(session, actor, kpi_id=kpi_id)
    is_new = on not in book.entries
    desk = Desk(session, actor)
    entry = desk.write(book, on=on, values=_values(book, sent), version=version)
    desk.close()
    response.status_code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
    with_tag(response, entry.version)
    return shown(entry, book.kpi.measure)


@router.delete(
    "/{on}",
    operation_id="remove_entry",
    summary="Take an entry back",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_WRITE,
    responses=refusals(403, 404, 409, 412),
)
def remove_entry(session: DbSession, actor: CurrentActor, kpi_id: RowId, on: _On, version: OptionalVersion) -> None:
    """As if it had never been recorded; the audit keeps it. Managers of the employee and HR."""
    actuals.remove_entry(session, actor, kpi_id=kpi_id, on=on, version=version)


@router.put(
    "/{on}/check",
    operation_id="check_entry",
    summary="Verify or question an entry",
    dependencies=_VERIFY,
    responses={**refusals(*CHANGES), **tagged()},
)
def check_entry(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    kpi_id: RowId,
    on: _On,
    version: OptionalVersion,
    sent: schemas.CheckSent,
) -> schemas.Entry:
    """By a manager above the employee or HR, never by who recorded it. A later change makes it unverified again."""
    finding = Finding(sent.verdict, tidy_lines(sent.note))
    entry = entry_checks.check_entry(session, actor, kpi_id=kpi_id, on=on, version=version, finding=finding)
    with_tag(response, entry.version)
    return shown(entry, entry.kpi.measure)


def _values(book: Book, sent: schemas.EntrySent) -> EntryValues:
    if isinstance(sent.value, bool) and book.kpi.measure is not MeasureKind.YES_NO:
        raise Invalid([Fault("value", "not_a_number")])
    figure = Figure(
        value=None if sent.value is None else Decimal(sent.value),
        inputs={tidy(name): value for name, value in (sent.inputs or {}).items()},
        reached=frozenset(tidy(name) for name in sent.reached or ()),
    )
    return EntryValues(
        figure,
        source_kind=sent.source_kind,
        note=None if sent.note is None else tidy_lines(sent.note),
        evidence_link=sent.evidence_link,
        channel=Channel.API,
    )


def shown(entry: Entry, measure: MeasureKind) -> schemas.Entry:
    """An entry on the wire, with the figure under the name that its measure has for it."""
    figure = figure_of(entry)
    said: dict[str, Any] = {"value": figure.value}
    if measure is MeasureKind.YES_NO:
        said = {"value": bool(figure.value)}
    elif measure is MeasureKind.RATIO:
        said = {"inputs": dict(figure.inputs)}
    elif measure is MeasureKind.MILESTONE:
        said = {"reached": sorted(figure.reached)}
    return schemas.Entry(
        on=entry.on,
        starts_on=entry.starts_on,
        ends_on=entry.ends_on,
        source_kind=entry.source_kind,
        note=entry.note,
        evidence_link=entry.evidence_link,
        recorded_at=entry.recorded_at,
        recorded_by=schemas.PersonName.model_validate(entry.recorded_by),
        first_recorded_on=first_recorded_on(entry),
        changes=entry.changes,
        evidence_files=len(entry.files),
        flags=entry_flags([entry], entry.kpi.plan.cycle.entry_grace_days),
        version=entry.version,
        **said,
    )
