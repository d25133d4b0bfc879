"""Which files prove an entry, who may add, read and remove them, and where do their contents lie?"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.access import Actor, note_question, require_kpi
from app.database import Sessions, transaction
from app.documents.evidence_files import MEDIA_TYPES, Evidence, read_evidence
from app.errors import Conflict, Invalid, NotFound
from app.models import Entry, EvidenceFile, Kpi
from app.rules.faults import Fault
from app.rules.texts import text_faults, tidy_lines
from app.rules.vocabulary import Action
from app.services import audit
from app.services.actuals import book_for_change
from app.services.entry_books import Book, span_of
from app.services.organisation import settings_of
from app.settings import Settings

FOLDER: Final = "evidence"
MOST_FILES: Final = 10
LONGEST_REASON: Final = 2_000
_YOUNG: Final = 3_600
"""Seconds in which a content may belong to a transaction that is not over yet."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as somebody sent it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it is handed out."""

    id: int
    kpi_id: int
    person_id: int
    on: str
    name: str
    media_type: str
    digest: str
    content: bytes


def add_evidence(
    session: Session, actor: Actor, *, kpi_id: int, on: str, files: Sequence[SentFile]
) -> list[EvidenceFile]:
    """Add files to an entry, all of them or none; what was verified before has to be verified again."""
    book, entry = _open_entry(session, actor, kpi_id, on)
    largest = settings_of(session).max_evidence_bytes
    read = [read_evidence(file.name, file.content, largest=largest) for file in files]
    if not read:
        raise Invalid([Fault("files", "file_missing")])
    if len(entry.files) + len(read) > MOST_FILES:
        raise Invalid([Fault("files", "too_many_evidence_files", {"most": str(MOST_FILES)})])
    digests = [hashlib.sha256(each.content).hexdigest() for each in read]
    if len({*digests, *(file.digest for file in entry.files)}) < len(digests) + len(entry.files):
        raise Invalid([Fault("files", "evidence_known")])
    made = []
    for each, digest in zip(read, digests, strict=True):
        _store(settings_of(session), digest, each.content)
        made.append(_row(actor, each, digest))
    entry.files.extend(made)
    _touch(entry)
    session.flush()
    acts = [_act("evidence.added", book, entry, file) for file in made]
    audit.record_many(session, acts, actor_id=actor.person_id)
    return made


def remove_evidence(session: Session, actor: Actor, *, file_id: int, reason: str) -> int:
    """Take a file away from its entry, with a reason that stays on record; the id of its KPI."""
    kpi_id, on = _place_of(session, file_id, Action.ENTRY_WRITE)
    reason = tidy_lines(reason)
    require_kpi(session, actor, Action.ENTRY_WRITE, kpi_id)
    if faults := text_faults("reason", reason, limit=LONGEST_REASON):
        raise Invalid(faults)
    book, entry = _open_entry(session, actor, kpi_id, on)
    file = next(file for file in entry.files if file.id == file_id)
    entry.files.remove(file)
    _touch(entry)
    session.flush()
    audit.record_many(session, [_act("evidence.removed", book, entry, file, reason)], actor_id=actor.person_id)
    return kpi_id


def get_evidence(session: Session, actor: Actor, *, kpi_id: int, on: str) -> list[EvidenceFile]:
    """The files of an entry."""
    require_kpi(session, actor, Action.ENTRY_READ, kpi_id)
    entry = session.scalars(select(Entry).where(Entry.kpi_id == kpi_id, Entry.on == on)).one_or_none()
    if entry is None:
        raise NotFound
    wanted = select(EvidenceFile).where(EvidenceFile.entry_id == entry.id).order_by(EvidenceFile.id)
    return list(session.scalars(wanted.options(joinedload(EvidenceFile.uploaded_by))))


def read_file(session: Session, actor: Actor, *, file_id: int) -> Download:
    """A file with its content, for who may read its entry; Conflict where the content is lost."""
    kpi_id, on = _place_of(session, file_id, Action.ENTRY_READ)
    require_kpi(session, actor, Action.ENTRY_READ, kpi_id)
    file = session.get_one(EvidenceFile, file_id)
    person_id = session.get_one(Kpi, kpi_id).plan.person_id
    try:
        content = path_of(settings_of(session), file.digest).read_bytes()
    except OSError as gone:
        raise Conflict("evidence_gone") from gone
    if hashlib.sha256(content).hexdigest() != file.digest:
        raise Conflict("evidence_gone")
    return Download(file.id, kpi_id, person_id, on, file.name, MEDIA_TYPES[file.kind], file.digest, content)


def note_download(sessions: Sessions, actor: Actor, file: Download) -> None:
    """Put a download on record, in a transaction of its own after the read has ended."""
    with transaction(sessions) as session:
        audit.record(
            session,
            "evidence.downloaded",
            actor_id=actor.person_id,
            about=("kpi", file.kpi_id),
            subject_id=file.person_id,
            details={"on": file.on, "digest": file.digest},
        )


def sweep(session: Session, data_dir: Path) -> int:
    """Delete contents that belong to no entry any more; how many there were."""
    folder = data_dir / FOLDER
    if not folder.is_dir():
        return 0
    needed = set(session.scalars(select(EvidenceFile.digest)))
    oldest = clock.now().timestamp() - _YOUNG
    gone = 0
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another process was faster
            if path.name not in needed and path.stat().st_mtime < oldest:
                path.unlink()
                gone += 1
    return gone


def path_of(settings: Settings, digest: str) -> Path:
    """Where a content lies."""
    return settings.data_dir / FOLDER / digest


def _open_entry(session: Session, actor: Actor, kpi_id: int, on: str) -> tuple[Book, Entry]:
    book = book_for_change(session, actor, kpi_id=kpi_id)
    entry = book.entries.get(on)
    if entry is None:
        raise NotFound
    if reason := book.closed_because(span_of(entry)):
        raise Conflict(reason)
    return book, entry


def _place_of(session: Session, file_id: int, action: Action) -> tuple[int, str]:
    """KPI and span of a file's entry; NotFound where there is none, as if the actor had asked."""
    note_question(session, action)
    place = session.execute(
        select(Entry.kpi_id, Entry.on).join(EvidenceFile).where(EvidenceFile.id == file_id)
    ).one_or_none()
    if place is None:
        raise NotFound
    return place.kpi_id, place.on


def _row(actor: Actor, evidence: Evidence, digest: str) -> EvidenceFile:
    return EvidenceFile(
        name=evidence.name,
        kind=evidence.kind,
        size=len(evidence.content),
        digest=digest,
        uploaded_at=clock.now(),
        uploaded_by_id=actor.person_id,
    )


def _touch(entry: Entry) -> None:
    """The entry gets its next version: its evidence is a part of what others looked over."""
    flag_modified(entry, "note")


def _act(action: str, book: Book, entry: Entry, file: EvidenceFile, reason: str = "") -> audit.Act:
    return audit.Act(
        action,
        about=("kpi", book.kpi.id),
        subject_id=book.plan.person_id,
        details={"on": entry.on, "kind": file.kind.value, "bytes": file.size, "digest": file.digest},
        words={"name": file.name, **({"reason": reason} if reason else {})},
    )


def _store(settings: Settings, digest: str, content: bytes) -> None:
    """Keep the content under its digest; a reader never meets half a file."""
    path = path_of(settings, digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileNotFoundError):
        os.utime(path)  # it is there, and no sweep takes it before this transaction is over
        return
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
