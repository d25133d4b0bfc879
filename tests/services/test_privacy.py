"""Does a person get all their data and nobody else's, and is it gone when it was erased?"""

import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.database import make_sessions
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import Account, AuditEntry, AuditText, Base, Entry, Erasure, Person, PublishedScorecard
from app.rules.vocabulary import DataRequestKind, Role
from app.services import audit, erasure, own_data, privacy, verification
from app.services.appraisals import publish
from app.services.organisation import settings_of
from app.services.scorecards import note_view, published_id
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of
from tests.factories import TODAY, make_person

LATER = date(2032, 3, 1)


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    january = made.period("2026-01").id
    publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=january, comment="Kenari emas")
    return made


def test_every_table_is_either_about_people_or_known_not_to_be() -> None:
    owners = set(own_data.owners())
    others = own_data.IMPERSONAL | own_data.ELSEWHERE
    assert owners & others == set()
    assert owners | others == set(Base.metadata.tables)
    assert owners >= own_data.TECHNICAL | own_data.OF_OTHERS


def test_all_rows_of_a_person_are_found_and_no_others(session: Session, example: Example) -> None:
    cast = example.cast
    found = own_data.rows_about(session, cast.eli.id)
    assert [row["name"] for row in found["person"]] == ["Eli Effendi"]
    assert len(found["entry"]) == len(session.scalars(select(Entry)).all()) == 4
    assert {len(found[name]) for name in ("plan", "appraisal", "published_scorecard", "account")} == {1}
    assert (len(found["kpi"]), len(found["objective"])) == (6, 6)
    assert "password_hash" not in found["account"][0]
    of_eva = own_data.rows_about(session, cast.eva.id)
    assert (of_eva["plan"], of_eva["entry"], len(of_eva["person"])) == ([], [], 1)


def test_the_archive_holds_data_acts_and_papers(session: Session, example: Example) -> None:
    eli = actor_of(example.cast.eli)
    sessions = make_sessions(session.connection(), join_transaction_mode="create_savepoint", info=session.info)
    note_view(sessions, actor_of(example.cast.hana), person_id=eli.person_id, period_id=example.period("2026-01").id)
    archive = privacy.own_archive(sessions, eli)
    assert archive.file_name == f"kinerja-{example.cast.eli.number}.zip"
    with zipfile.ZipFile(io.BytesIO(archive.content)) as packed:
        names = packed.namelist()
        data = json.loads(packed.read("data.json"))
    assert [name.rpartition(".")[2] for name in names] == ["json", "pdf"]
    assert data["person"]["name"] == "Eli Effendi"
    assert {"action": "scorecard.viewed", "by": "Hana Hartati"} in [
        {key: act[key] for key in ("action", "by")} for act in data["acts"]
    ]
    said = json.dumps(data)
    assert "Eva Elvira" not in said
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == privacy.EXPORTED


def test_the_owner_sees_who_looked(session: Session, example: Example) -> None:
    eli = actor_of(example.cast.eli)
    sessions = make_sessions(session.connection(), join_transaction_mode="create_savepoint", info=session.info)
    for person in (example.cast.hana, example.cast.eli):
        note_view(sessions, actor_of(person), person_id=eli.person_id, period_id=example.period("2026-01").id)
    assert [(look.by, look.action) for look in privacy.looks_at(session, eli)] == [("Hana Hartati", "scorecard.viewed")]
    assert privacy.looks_at(session, actor_of(example.cast.eva)) == []


# --- Requests ---------------------------------------------------------------------------------------------------------


def test_a_request_is_answered_once_by_somebody_else(session: Session, example: Example) -> None:
    cast = example.cast
    eli, hana = actor_of(cast.eli), actor_of(cast.hana)
    asked = privacy.ask(session, eli, kind=DataRequestKind.CORRECTION, text="Jabatan saya salah")
    assert asked.due_at - asked.asked_at == timedelta(hours=72)
    assert [each.id for each in privacy.list_requests(session, hana, is_open=True)] == [asked.id]
    assert privacy.list_requests(session, actor_of(cast.mona), is_open=True) == []
    with pytest.raises(NotAllowed):
        privacy.answer(session, eli, request_id=asked.id, is_granted=True, text="Ya")
    with pytest.raises(Invalid):
        privacy.answer(session, hana, request_id=asked.id, is_granted=True, text=" ")
    privacy.answer(session, hana, request_id=asked.id, is_granted=True, text="Sudah diperbaiki")
    with pytest.raises(Conflict, match="data_request_answered"):
        privacy.answer(session, hana, request_id=asked.id, is_granted=False, text="Tidak")
    assert [(each.is_granted, each.answer) for each in privacy.own_requests(session, eli)] == [
        (True, "Sudah diperbaiki")
    ]
    own = privacy.ask(session, hana, kind=DataRequestKind.OBJECTION, text="Mohon ditinjau")
    with pytest.raises(NotAllowed):
        privacy.answer(session, hana, request_id=own.id, is_granted=True, text="Ya")


# --- Erasing ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def second(session: Session) -> Person:
    return make_person(session, "20", "Sari Sasmita", roles=(Role.HR,))


def left(session: Session, example: Example) -> Person:
    eli = example.cast.eli
    eli.left_on = date(2026, 6, 30)
    session.flush()
    return eli


def test_who_left_long_ago_is_due_unless_held(session: Session, example: Example) -> None:
    eli, hana = left(session, example), actor_of(example.cast.hana, LATER)
    assert [person.id for person in erasure.due(session, actor_of(example.cast.hana))] == []
    assert eli.id in [person.id for person in erasure.due(session, hana)]
    held = privacy.hold(session, hana, person_id=eli.id, reason="Sengketa", until=None)
    assert eli.id not in [person.id for person in erasure.due(session, hana)]
    with pytest.raises(Conflict, match="person_held"):
        erasure.ask_erasure(session, hana, person_id=eli.id, reason="Masa simpan habis")
    privacy.lift(session, hana, hold_id=held.id)
    assert privacy.holds(session, hana) == []
    assert eli.id in [person.id for person in erasure.due(session, hana)]


def test_nobody_erases_alone_nor_who_is_still_here(session: Session, example: Example) -> None:
    hana = actor_of(example.cast.hana, LATER)
    with pytest.raises(Conflict, match="person_still_here"):
        erasure.ask_erasure(session, hana, person_id=example.cast.eli.id, reason="Masa simpan habis")
    eli = left(session, example)
    asked = erasure.ask_erasure(session, hana, person_id=eli.id, reason="Masa simpan habis")
    with pytest.raises(Conflict, match="second_person_needed"):
        erasure.erase(session, hana, erasure_id=asked.id)
    with pytest.raises(NotAllowed):
        erasure.erase(session, actor_of(example.cast.mona, LATER), erasure_id=asked.id)


def test_what_was_erased_is_nowhere_and_the_chain_holds(session: Session, example: Example, second: Person) -> None:
    eli, hana = left(session, example), actor_of(example.cast.hana, LATER)
    before = session.scalars(select(PublishedScorecard)).one()
    total, digest = before.total, before.snapshot_digest
    asked = erasure.ask_erasure(session, hana, person_id=eli.id, reason="Masa simpan habis")
    erasure.erase(session, actor_of(second, LATER), erasure_id=asked.id)
    session.expire_all()
    said = json.dumps(everything(session), default=str)
    assert [word for word in ("Eli Effendi", "Kenari emas", "Masa simpan habis") if word in said] == []
    after = session.scalars(select(PublishedScorecard)).one()
    assert (after.total, after.snapshot_digest, after.snapshot) == (total, digest, "")
    assert session.scalars(select(Account).where(Account.person_id == eli.id)).all() == []
    assert audit.verify(session) is None
    assert [check.fault for check in verification.check_all(session)] == [""]
    with pytest.raises(NotFound):
        published_id(session, hana, person_id=eli.id, cycle_code="2026")
    with pytest.raises(Conflict, match="already_erased"):
        erasure.erase(session, actor_of(second, LATER), erasure_id=asked.id)


def everything(session: Session) -> list[list[tuple[object, ...]]]:
    return [
        [tuple(row) for row in session.execute(select(table))]
        for table in Base.metadata.sorted_tables
        if table.name != "audit_entry"
    ]


@pytest.mark.usefixtures("example")
def test_a_snapshot_cannot_be_emptied_without_an_erasure(session: Session) -> None:
    card = session.scalars(select(PublishedScorecard)).one()
    card.snapshot = ""
    with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
        session.flush()


def test_a_restored_backup_brings_nobody_back(session: Session, example: Example, second: Person) -> None:
    eli, hana = left(session, example), actor_of(example.cast.hana, LATER)
    ledger = settings_of(session).data_dir / erasure.LEDGER
    ledger.unlink(missing_ok=True)
    asked = erasure.ask_erasure(session, hana, person_id=eli.id, reason="Masa simpan habis")
    before = session.begin_nested()
    erasure.erase(session, actor_of(second, LATER), erasure_id=asked.id)
    before.rollback()
    session.expire_all()
    assert (eli.name, erasure.replay(session)) == ("Eli Effendi", 1)
    session.expire_all()
    assert eli.name == f"– {eli.id} –"
    assert session.scalars(select(Erasure.erased_at)).one() is not None
    assert erasure.replay(session) == 0
    ledger.unlink()


def test_days_of_leap_years() -> None:
    assert erasure.years_before(date(2032, 2, 29), 5) == date(2027, 2, 28)
    assert erasure.years_before(date(2032, 2, 29), 4) == date(2028, 2, 29)
    assert erasure.years_before(TODAY, 5) == date(2021, 2, 3)
    assert AuditText.__tablename__ in own_data.ELSEWHERE
