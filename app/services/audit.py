"""Who did what, and is the record whole? An append-only chain written in the transaction of the act itself."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row, insert, select, text
from sqlalchemy.orm import Session

from app import clock
from app.models import AuditEntry, AuditText

GENESIS = "0" * 64
SALTS = "salts"
"""Where data that must come out the same leave what makes the salts of words: `Session.info`."""
_POSTGRESQL_LOCK = 7_205_759
_LAST = select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)


def record(
    session: Session,
    action: str,
    *,
    actor_id: int | None,
    about: tuple[str, int | None],
    subject_id: int | None = None,
    details: Mapping[str, Any] | None = None,
    words: Mapping[str, str] | None = None,
) -> AuditEntry:
    """Append one act to the chain, in the transaction of the act.

    `about` is the kind and id of the object, `subject_id` the person whose data it concerns. `details` hold facts and
    figures (decimals as text); `words` hold what people wrote: the chain keeps their digest, the words stand beside it.
    """
    session.flush()
    last_id, previous = _head(session)
    facts = dict(details or {})
    for name, written in (words or {}).items():
        facts[name] = {"digest": _keep_words(session, written)}
    entry = AuditEntry(
        id=last_id + 1,
        at=clock.now(),
        actor_id=actor_id,
        action=action,
        object_kind=about[0],
        object_id=about[1],
        subject_id=subject_id,
        details=canonical(facts),
        previous_hash=previous,
        hash="",
    )
    entry.hash = hash_of(entry)
    session.add(entry)
    session.flush()
    return entry


@dataclass(frozen=True, slots=True)
class Act:
    """One of many acts that are recorded together; the fields are the arguments of `record`."""

    action: str
    about: tuple[str, int | None]
    subject_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


def record_many(session: Session, acts: Sequence[Act], *, actor_id: int | None) -> None:
    """Append many acts of one person at one moment: the same chain as by `record`, written in bulk."""
    session.flush()
    last_id, previous = _head(session)
    now = clock.now()
    entries = []
    for number, act in enumerate(acts, start=last_id + 1):
        facts = {**act.details, **{name: {"digest": _keep_words(session, words)} for name, words in act.words.items()}}
        entry = SimpleNamespace(
            id=number,
            at=now,
            actor_id=actor_id,
            action=act.action,
            object_kind=act.about[0],
            object_id=act.about[1],
            subject_id=act.subject_id,
            details=canonical(facts),
            previous_hash=previous,
        )
        entry.hash = previous = hash_of(entry)
        entries.append(vars(entry))
    session.flush()
    if entries:
        session.execute(insert(AuditEntry), entries)  # as rows: nobody needs these objects


def verify(session: Session) -> int | None:
    """Walk the whole chain; the id of the first row that is broken or missing, or None when all is whole."""
    expected, previous = 1, GENESIS
    # Columns, not objects: rows that this session has in hand already would not be read again
    chain = select(*AuditEntry.__table__.columns).order_by(AuditEntry.id).execution_options(yield_per=1000)
    with session.execute(chain) as entries:
        for entry in entries:
            if entry.id != expected or entry.previous_hash != previous or entry.hash != hash_of(entry):
                return expected
            expected, previous = entry.id + 1, entry.hash
    return None


def anchor(session: Session) -> tuple[int, str]:
    """Number and hash of the last row: written down elsewhere, they show a tail that was cut off."""
    row = session.execute(_LAST).one_or_none()
    return (row.id, row.hash) if row else (0, GENESIS)


def canonical(facts: Mapping[str, Any]) -> str:
    """One spelling for the same facts: sorted keys, no spaces, everything that is not JSON as its text."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def _head(session: Session) -> tuple[int, str]:
    # Two transactions must not read the same head: SQLite's writers already stand in line, PostgreSQL's do here.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRESQL_LOCK})
    return anchor(session)


def _random_salt() -> str:
    return secrets.token_hex(16)


def _keep_words(session: Session, written: str) -> str:
    salt = session.info.get(SALTS, _random_salt)()
    digest = hashlib.sha256((salt + written).encode()).hexdigest()
    session.add(AuditText(digest=digest, salt=salt, words=written))
    return digest


def hash_of(entry: AuditEntry | Row[Any] | SimpleNamespace) -> str:
    """What seals a row of the chain: the hash over its facts and the hash before it."""
    facts = {
        "id": entry.id,
        "at": _moment(entry.at),
        "actor": entry.actor_id,
        "action": entry.action,
        "object": [entry.object_kind, entry.object_id],
        "subject": entry.subject_id,
        "details": entry.details,
    }
    return hashlib.sha256((entry.previous_hash + canonical(facts)).encode()).hexdigest()


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
