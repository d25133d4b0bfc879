"""How do all published scorecards of a cycle become files in a folder, nothing done twice, all of it provable?"""

import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.database import Sessions, make_engine, make_sessions, transaction
from app.documents.manifest import Manifest
from app.errors import NotFound
from app.models import Appraisal, Cycle, Period, Person, PublishedScorecard
from app.rules.vocabulary import Language
from app.services import issued
from app.services.organisation import SETTINGS
from app.services.pdf_choice import latest_version
from app.services.pdf_making import hand_out, make_all
from app.settings import Settings

_AT_ONCE: Final = 20
"""Files that a process makes, puts on record and writes together."""


@dataclass(frozen=True, slots=True)
class Task:
    """A file that is to be written, and the scorecard that is to be in it."""

    scorecard_id: int
    version: int
    path: Path


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a task."""

    task: Task
    digest: str = ""
    reason: str = ""
    """Why the file could not be written; empty where it was."""


def look_into(
    sessions: Sessions, cycle_code: str, folder: Path, language: Language
) -> tuple[list[Written], list[Task]]:
    """The files that are there already just as they would be written now, and what is still to be written."""
    with transaction(sessions, writes=False) as session:
        if session.scalar(select(Cycle.id).where(Cycle.code == cycle_code)) is None:
            raise NotFound("cycle_unknown", {"code": cycle_code})
        rows = session.execute(
            select(PublishedScorecard.id, Person.number, Period.code, PublishedScorecard.version_number)
            .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
            .join(Person, Appraisal.person_id == Person.id)
            .join(Period, Appraisal.period_id == Period.id)
            .join(Cycle, Period.cycle_id == Cycle.id)
            .where(
                Cycle.code == cycle_code,
                PublishedScorecard.version_number == latest_version(),
                PublishedScorecard.snapshot != "",
            )
            .order_by(Period.starts_on, Person.number)
        )
        tasks = [
            Task(scorecard_id, version, folder / issued.name_of(number, period_code))
            for scorecard_id, number, period_code, version in rows
        ]
        found = [Written(task, _digest_there(session, task, language)) for task in tasks]
    return [each for each in found if each.digest], [each.task for each in found if not each.digest]


def write_all(settings: Settings, tasks: Sequence[Task], language: Language, workers: int) -> Iterator[Written]:
    """Write the files, each wholly or not at all, in processes that share the work; yields what came of each.

    Each process reads, makes and writes by itself: no PDF travels through this one.
    """
    parts = [tasks[start : start + _AT_ONCE] for start in range(0, len(tasks), _AT_ONCE)]
    if not parts:
        return
    # Never forked: a child must not inherit the database's connections and locks
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(parts)), mp_context=spawn) as pool:
        for future in as_completed([pool.submit(_write_part, settings, part, language) for part in parts]):
            yield from future.result()


def sign(settings: Settings, folder: Path, cycle_code: str, language: Language, written: Sequence[Written]) -> None:
    """End the folder with the signed list of what is in it, as a ZIP ends with it (ADR 0020).

    It says what was made, never what is found there: a file that was changed meanwhile is not signed.
    """
    about = {"organisation": settings.organisation_name, "cycle": cycle_code, "language": language.value}
    manifest = Manifest(clock.now(), about)
    for each in sorted(written, key=lambda one: one.task.path):
        manifest.add(each.task.path.relative_to(folder).as_posix(), each.digest, each.task.version)
    for name, content in manifest.signed(settings).items():
        _write(folder / name, content)


def _write_part(settings: Settings, tasks: Sequence[Task], language: Language) -> list[Written]:
    """A file is on record as issued before it exists, so that none can be found that we would not know again."""
    engine = make_engine(settings.database_url)
    sessions = make_sessions(engine, info={SETTINGS: settings})
    every = list(make_all(sessions, [task.scorecard_id for task in tasks], language))
    with transaction(sessions) as session:
        hand_out(session, every, language, actor_id=None)
    engine.dispose()
    for task, made in zip(tasks, every, strict=True):
        if made.pdf is not None:
            _write(task.path, made.pdf.content)
    return [
        Written(task, made.pdf.digest if made.pdf else "", made.reason) for task, made in zip(tasks, every, strict=True)
    ]


def _digest_there(session: Session, task: Task, language: Language) -> str:
    if not task.path.is_file():
        return ""
    digest = issued.digest_of(task.path.read_bytes())
    return digest if issued.is_issued_with_digest(session, task.scorecard_id, language, digest) else ""


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)
