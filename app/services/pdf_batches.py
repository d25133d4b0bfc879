"""Which batches of PDFs has somebody asked for, how far are they, and who may stop them or have them go on?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Select, case, func, insert, literal, select, update
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.access import Actor, may, note_question
from app.errors import Conflict, NotFound
from app.models import Appraisal, PdfBatch, PdfBatchItem, Period, Person, PublishedScorecard
from app.rules.issuing import PdfState
from app.rules.vocabulary import Action, Language
from app.services import audit, issued, telling
from app.services.listing import Listing
from app.services.pdf_choice import Wanted, cards_of, latest_version

_UNFINISHED: Final = (PdfState.WAITING, PdfState.WORKING)


class BatchState(StrEnum):
    """Where a batch stands, all in all."""

    CANCELLED = "cancelled"
    """Stopped before all was tried; it can go on."""
    RUNNING = "running"
    DONE = "done"
    """All was tried; what failed can be tried again."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch with its figures."""

    id: int
    row: PdfBatch
    state: BatchState
    counts: Mapping[PdfState, int]

    @property
    def total(self) -> int:
        """How many PDFs it has."""
        return sum(self.counts.values())

    @property
    def to_do(self) -> int:
        """How many have not been tried yet."""
        return sum(self.counts[state] for state in _UNFINISHED)

    @property
    def wanted(self) -> Wanted:
        """Whose scorecards it is about."""
        return Wanted(self.row.unit_id, self.row.manager_id)


@dataclass(frozen=True, slots=True)
class Item:
    """One PDF of a batch, for somebody who may see whose it is."""

    person_id: int
    number: str
    name: str
    version: int
    state: PdfState
    fault: str


def start(session: Session, actor: Actor, period: Period, wanted: Wanted, language: Language) -> Batch:
    """Have the PDFs made of all published scorecards that the actor may issue; those that are kept count as ready."""
    note_question(session, Action.SCORECARD_ISSUE)
    now = clock.now()
    row = PdfBatch(
        started_by_id=actor.person_id,
        started_at=now,
        served_at=now,
        period_id=period.id,
        language=language,
        unit_id=wanted.unit_id,
        manager_id=wanted.manager_id,
        is_cancelled=False,
    )
    session.add(row)
    session.flush()
    cards = cards_of(actor, Action.SCORECARD_ISSUE, period, wanted)
    is_ready = issued.has_copy(session, PublishedScorecard.id, language)
    state = case((is_ready, PdfState.READY.value), else_=PdfState.WAITING.value)
    chosen = cards.with_only_columns(
        literal(row.id), PublishedScorecard.id, state, literal(0), literal(""), literal("")
    ).order_by(Person.number)
    columns = ["batch_id", "scorecard_id", "state", "attempts", "lease", "fault"]
    session.execute(insert(PdfBatchItem).from_select(columns, chosen, include_defaults=False))
    batch = _counted(session, [row])[0]
    if not batch.total:
        raise Conflict("nothing_published")
    details = {"period": period.code, "language": language, "pdfs": batch.total}
    _record(session, actor, "scorecard.pdfs_started", row, details)
    return batch


def list_batches(session: Session, actor: Actor, *, offset: int = 0, limit: int = 20) -> Listing[Batch]:
    """The batches that the actor may see, the latest first: their own; HR sees all."""
    note_question(session, Action.SCORECARD_ISSUE)
    seen = _seen(actor)
    total = session.scalar(seen.with_only_columns(func.count()).order_by(None)) or 0
    rows = session.scalars(_with_all(seen).order_by(PdfBatch.id.desc()).offset(offset).limit(limit)).all()
    return Listing(_counted(session, rows), total)


def get_batch(session: Session, actor: Actor, batch_id: int) -> Batch:
    """One batch."""
    note_question(session, Action.SCORECARD_ISSUE)
    row = session.scalar(_with_all(_seen(actor)).where(PdfBatch.id == batch_id))
    if row is None:
        raise NotFound
    return _counted(session, [row])[0]


def list_items(
    session: Session, actor: Actor, batch: Batch, state: PdfState | None = None, *, offset: int = 0, limit: int = 50
) -> Listing[Item]:
    """Its PDFs of people whom the actor may issue for today, failed ones first, those in hand next."""
    note_question(session, Action.SCORECARD_ISSUE)
    order = case(
        {PdfState.FAILED.value: 0, PdfState.WORKING.value: 1, PdfState.WAITING.value: 2},
        value=PdfBatchItem.state,
        else_=3,
    )
    found = (
        select(
            Person.id,
            Person.number,
            Person.name,
            PublishedScorecard.version_number,
            PdfBatchItem.state,
            PdfBatchItem.fault,
        )
        .join(PublishedScorecard, PdfBatchItem.scorecard_id == PublishedScorecard.id)
        .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        .join(Person, Appraisal.person_id == Person.id)
        .where(PdfBatchItem.batch_id == batch.id, may(actor, Action.SCORECARD_ISSUE, Person.id))
    )
    if state is not None:
        found = found.where(PdfBatchItem.state == state)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(found.order_by(order, Person.name, Person.id).offset(offset).limit(limit))
    return Listing([Item(*row) for row in rows], total)


def replaced(session: Session, batch: Batch) -> int:
    """How many of its scorecards have a later version since."""
    items = (
        select(func.count())
        .select_from(PdfBatchItem)
        .join(PublishedScorecard, PdfBatchItem.scorecard_id == PublishedScorecard.id)
        .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        .where(PdfBatchItem.batch_id == batch.id, PublishedScorecard.version_number < latest_version())
    )
    return session.scalar(items) or 0


def cancel(session: Session, actor: Actor, batch_id: int) -> Batch:
    """Stop after what is in hand; what is ready stays."""
    row = _for_change(session, actor, batch_id)
    if _counted(session, [row])[0].state is not BatchState.RUNNING:
        raise Conflict("batch_not_running")
    row.is_cancelled = True
    _record(session, actor, "scorecard.pdfs_cancelled", row)
    batch = _counted(session, [row])[0]
    telling.pdfs_stopped(session, actor, row, batch.counts)
    return batch


def resume(session: Session, actor: Actor, batch_id: int) -> Batch:
    """Go on where a batch was stopped."""
    row = _for_change(session, actor, batch_id)
    if not row.is_cancelled:
        raise Conflict("batch_not_cancelled")
    row.is_cancelled = False
    _record(session, actor, "scorecard.pdfs_resumed", row)
    return _counted(session, [row])[0]


def retry(session: Session, actor: Actor, batch_id: int) -> Batch:
    """Try again what failed."""
    row = _for_change(session, actor, batch_id)
    failed = (
        update(PdfBatchItem)
        .where(PdfBatchItem.batch_id == row.id, PdfBatchItem.state == PdfState.FAILED)
        .values(state=PdfState.WAITING, attempts=0, fault="")
        .returning(PdfBatchItem.id)
        .execution_options(synchronize_session=False)
    )
    count = len(session.scalars(failed).all())
    if not count:
        raise Conflict("batch_without_faults")
    row.is_cancelled = False
    _record(session, actor, "scorecard.pdfs_retried", row, {"pdfs": count})
    return _counted(session, [row])[0]


def _seen(actor: Actor) -> Select[PdfBatch]:
    mine: ColumnElement[bool] = PdfBatch.started_by_id == actor.person_id
    return select(PdfBatch) if actor.is_hr else select(PdfBatch).where(mine)


def _with_all(batches: Select[PdfBatch]) -> Select[PdfBatch]:
    return batches.options(
        joinedload(PdfBatch.started_by),
        joinedload(PdfBatch.period).joinedload(Period.cycle),
        joinedload(PdfBatch.unit),
        joinedload(PdfBatch.manager),
    )


def _for_change(session: Session, actor: Actor, batch_id: int) -> PdfBatch:
    note_question(session, Action.SCORECARD_ISSUE)
    row = session.scalar(_seen(actor).where(PdfBatch.id == batch_id).with_for_update(of=PdfBatch))
    if row is None:
        raise NotFound
    return row


def tell_if_ended(session: Session, row: PdfBatch) -> None:
    """Tell whoever asked for it where nothing is left to do; called after a change of its PDFs, while it is locked."""
    batch = _counted(session, [row])[0]
    if batch.state is BatchState.DONE and not row.is_cancelled:
        telling.pdfs_prepared(session, row, batch.counts)


def _counted(session: Session, rows: Sequence[PdfBatch]) -> list[Batch]:
    session.flush()
    found = session.execute(
        select(PdfBatchItem.batch_id, PdfBatchItem.state, func.count())
        .where(PdfBatchItem.batch_id.in_([row.id for row in rows]))
        .group_by(PdfBatchItem.batch_id, PdfBatchItem.state)
    )
    numbers: dict[int, dict[PdfState, int]] = {row.id: dict.fromkeys(PdfState, 0) for row in rows}
    for batch_id, state, count in found:
        numbers[batch_id][state] = count
    return [Batch(row.id, row, _state(row, numbers[row.id]), numbers[row.id]) for row in rows]


def _state(row: PdfBatch, counts: Mapping[PdfState, int]) -> BatchState:
    if not any(counts[state] for state in _UNFINISHED):
        return BatchState.DONE
    return BatchState.CANCELLED if row.is_cancelled else BatchState.RUNNING


def _record(
    session: Session, actor: Actor, action: str, row: PdfBatch, details: Mapping[str, object] | None = None
) -> None:
    audit.record(session, action, actor_id=actor.person_id, about=("pdf_batch", row.id), details=details)
