"""How do all published scorecards of a cycle become files, without doing anything twice?"""

import multiprocessing
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.database import Sessions, transaction
from app.documents.scorecard_pdf import RenderFailed, scorecard_pdf
from app.errors import NotFound, Unavailable
from app.models import Appraisal, Cycle, Period, Person, PublishedScorecard
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import Language
from app.services import audit, issued
from app.services.issued import PdfFile
from app.services.organisation import settings_of
from app.services.scorecards import scorecard_of

_IN_FLIGHT: Final = 3
"""Pages that wait for each worker: enough that none is idle, few enough that memory stays flat."""
_AT_ONCE: Final = 20
"""Files that are put on record together."""


@dataclass(frozen=True, slots=True)
class Task:
    """A file that is to be written, and the scorecard that is to be in it."""

    scorecard_id: int
    person_id: int
    period_code: str
    path: Path


@dataclass(frozen=True, slots=True)
class Made:
    """A PDF for a task."""

    task: Task
    pdf: PdfFile


def tasks_of(sessions: Sessions, cycle_code: str, folder: Path, language: Language) -> tuple[list[Task], int]:
    """What is still to be written, and how many files are there already just as they would be written now."""
    with transaction(sessions, writes=False) as session:
        if session.scalar(select(Cycle.id).where(Cycle.code == cycle_code)) is None:
            raise NotFound("cycle_unknown", {"code": cycle_code})
        tasks = [
            Task(scorecard_id, person_id, period_code, folder / issued.name_of(number, period_code))
            for scorecard_id, person_id, number, period_code in session.execute(_latest_versions(cycle_code))
        ]
        still_open = [task for task in tasks if not _is_written(session, task, language)]
    return still_open, len(tasks) - len(still_open)


def write_all(sessions: Sessions, tasks: Sequence[Task], language: Language, workers: int) -> Iterator[Task]:
    """Write the files, each wholly or not at all; yields each task when its file is there.

    A file is on record as issued before it exists, so that none can be found that we would not know again.
    """
    made = _made(sessions, tasks, language, workers)
    while batch := list(islice(made, _AT_ONCE)):
        with transaction(sessions) as session:
            _put_on_record(session, batch, language)
        for each in batch:
            _write(each.task.path, each.pdf.content)
            yield each.task


def _latest_versions(cycle_code: str) -> Select[int, int, str, str]:
    latest = (
        select(PublishedScorecard.appraisal_id, func.max(PublishedScorecard.version_number).label("version_number"))
        .group_by(PublishedScorecard.appraisal_id)
        .subquery()
    )
    return (
        select(PublishedScorecard.id, Person.id, Person.number, Period.code)
        .join(
            latest,
            (latest.c.appraisal_id == PublishedScorecard.appraisal_id)
            & (latest.c.version_number == PublishedScorecard.version_number),
        )
        .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        .join(Person, Appraisal.person_id == Person.id)
        .join(Period, Appraisal.period_id == Period.id)
        .join(Cycle, Period.cycle_id == Cycle.id)
        .where(Cycle.code == cycle_code)
        .order_by(Period.starts_on, Person.number)
    )


def _is_written(session: Session, task: Task, language: Language) -> bool:
    if not task.path.is_file():
        return False
    digest = issued.digest_of(task.path.read_bytes())
    return issued.is_issued_with_digest(session, task.scorecard_id, language, digest)


def _made(sessions: Sessions, tasks: Iterable[Task], language: Language, workers: int) -> Iterator[Made]:
    """The PDFs in the order in which they get ready: stored copies at once, the others from the workers."""
    pending: dict[Future[bytes], tuple[Task, Scorecard]] = {}
    # Never forked: a child must not inherit the database's connections and locks
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for task in tasks:
            card, stored = _prepared(sessions, task, language)
            if stored is not None:
                yield Made(task, PdfFile(stored, task.path.name, issued.digest_of(stored), is_rendered=False))
                continue
            pending[pool.submit(scorecard_pdf, card, language)] = (task, card)
            if len(pending) >= workers * _IN_FLIGHT:
                yield from _ready(sessions, pending)
        while pending:
            yield from _ready(sessions, pending)


def _prepared(sessions: Sessions, task: Task, language: Language) -> tuple[Scorecard, bytes | None]:
    with transaction(sessions, writes=False) as session:
        card = scorecard_of(session.get_one(PublishedScorecard, task.scorecard_id))
        return card, issued.stored_copy(session, task.scorecard_id, language)


def _ready(sessions: Sessions, pending: dict[Future[bytes], tuple[Task, Scorecard]]) -> Iterator[Made]:
    """Those that are ready, waiting for at least one."""
    done, _ = wait(pending, return_when=FIRST_COMPLETED)
    for future in done:
        task, _card = pending.pop(future)
        try:
            content = future.result()
        except RenderFailed as failed:
            raise Unavailable("pdf_failed", {"reason": f"{failed.code}, {task.path.name}"}) from failed
        pdf = PdfFile(content, task.path.name, issued.digest_of(content))
        with transaction(sessions, writes=False) as session:
            issued.store(settings_of(session), pdf)
        yield Made(task, pdf)


def _put_on_record(session: Session, batch: Sequence[Made], language: Language) -> None:
    for made in batch:
        issued.enter(session, made.task.scorecard_id, language, made.pdf)
    acts = [
        issued.download_act(made.task.scorecard_id, made.task.person_id, made.task.period_code, language, made.pdf)
        for made in batch
    ]
    audit.record_many(session, acts, actor_id=None)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)
