"""Does the chain hold every act, and does it show any later change?"""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.models import AuditEntry, AuditText
from app.services import audit

pytestmark = pytest.mark.database


def write_three(session: Session) -> None:
    for number in (1, 2, 3):
        audit.record(session, "unit.entered", actor_id=None, about=("unit", number), details={"code": f"U{number}"})


def unguard(session: Session) -> None:
    """Take the triggers away, as somebody with the database in their hands could."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
    else:
        session.execute(text("DROP TRIGGER IF EXISTS audit_entry_not_changed"))
        session.execute(text("DROP TRIGGER IF EXISTS audit_entry_not_deleted"))


def test_acts_are_chained_without_gaps(session: Session) -> None:
    write_three(session)
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(e.id, e.object_id, e.previous_hash) for e in entries] == [
        (1, 1, audit.GENESIS),
        (2, 2, entries[0].hash),
        (3, 3, entries[1].hash),
    ]
    assert audit.verify(session) is None


@pytest.mark.parametrize(
    ("tampering", "first_broken"),
    [
        ('UPDATE audit_entry SET details = \'{"code":"U9"}\' WHERE id = 2', 2),
        ("UPDATE audit_entry SET actor_id = NULL, action = 'unit.changed' WHERE id = 1", 1),
        ("DELETE FROM audit_entry WHERE id = 1", 1),
        ("DELETE FROM audit_entry WHERE id = 2", 2),
        ("UPDATE audit_entry SET object_id = 7 WHERE id = 3", 3),
        ("UPDATE audit_entry SET previous_hash = hash WHERE id = 3", 3),
    ],
)
def test_every_tampering_is_found_at_its_row(session: Session, tampering: str, first_broken: int) -> None:
    write_three(session)
    unguard(session)
    session.execute(text(tampering.replace(":", "\\:")))
    assert audit.verify(session) == first_broken


def test_the_same_facts_have_one_spelling() -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    assert audit.canonical({"b": 1, "a": moment, "c": "é"}) == '{"a":"2026-01-02 00:00:00+00:00","b":1,"c":"é"}'


def test_words_stand_beside_the_chain_and_can_be_erased_without_breaking_it(session: Session) -> None:
    entry = audit.record(
        session, "appraisal.commented", actor_id=None, about=("appraisal", 1), words={"comment": "Kerja bagus, Siti."}
    )
    assert "Siti" not in entry.details
    kept = session.scalars(select(AuditText)).one()
    assert (kept.words, json.loads(entry.details)) == ("Kerja bagus, Siti.", {"comment": {"digest": kept.digest}})
    session.delete(kept)
    session.flush()
    assert audit.verify(session) is None


def test_equal_words_leave_different_digests(session: Session) -> None:
    """So that what is left after an erasure cannot be compared or guessed."""
    for number in (1, 2):
        audit.record(session, "x.said", actor_id=None, about=("x", number), words={"said": "ya"})
    kept = session.scalars(select(AuditText)).all()
    assert [text.words for text in kept] == ["ya", "ya"]
    assert len({text.digest for text in kept}) == 2


def test_many_acts_make_the_same_chain_as_one_by_one(session: Session) -> None:
    write_three(session)
    acts = [
        audit.Act("person.entered", ("person", number), details={"number": f"P{number}"}, words={"name": "Ana"})
        for number in (1, 2)
    ]
    audit.record_many(session, acts, actor_id=None)
    audit.record(session, "unit.entered", actor_id=None, about=("unit", 4), words={"name": "Ana"})
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    facts = [json.loads(entry.details) for entry in entries[3:]]
    words = {text.digest: text.words for text in session.scalars(select(AuditText))}
    assert [(e.id, e.action, e.object_id) for e in entries[3:]] == [
        (4, "person.entered", 1),
        (5, "person.entered", 2),
        (6, "unit.entered", 4),
    ]
    assert [fact.get("number") for fact in facts] == ["P1", "P2", None]
    assert [words[fact["name"]["digest"]] for fact in facts] == ["Ana", "Ana", "Ana"]
    assert audit.verify(session) is None
