"""Does a backup bring everything back, on either database, and is a broken one refused whole?"""

import tarfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from app import backup, schema
from app.access import Actor
from app.database import make_engine, make_sessions, transaction
from app.models import Base, EvidenceFile, Mail, Notice, Person, Unit
from app.rules.entries import Figure
from app.rules.noticing import MailState
from app.rules.vocabulary import EvidenceKind
from app.services import audit
from app.services.actuals import EntryValues, put_entry
from app.services.library import seed_library
from tests.cast import make_cast
from tests.factories import LONG_AGO, NOW, TODAY
from tests.postgres import create_database, drop_database, server_of
from tests.teams import make_cycle, make_kpi, make_plan
from tests.told import publish

pytestmark = pytest.mark.database


@pytest.fixture
def engines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """A database in use and an empty one."""
    is_postgresql = request.config.getoption("--database") == "postgresql"
    names = ["kept", "empty"]
    if is_postgresql:
        urls = [create_database(server_of(request.config), name) for name in names]
    else:
        urls = [f"sqlite:///{tmp_path / name}.sqlite3" for name in names]
    used, empty = (make_engine(url) for url in urls)
    schema.upgrade(used)
    with transaction(make_sessions(used)) as session:
        fill(session)
    yield used, empty
    for engine in (used, empty):
        engine.dispose()
    if is_postgresql:
        for name in names:
            drop_database(server_of(request.config), name)


def fill(session: Session) -> None:
    cast = make_cast(session)
    seed_library(session)
    first, second = Unit(code="A", name="Di bawah"), Unit(code="B", name="Di atas")
    session.add_all([first, second])
    session.flush()
    first.parent_id = second.id  # a parent with a higher id than its child
    audit.record(session, "unit.entered", actor_id=cast.hana.id, about=("unit", first.id), words={"why": "Ya."})


def fill_evidence(session: Session) -> None:
    """One file that is there and one that was lost."""
    eli = session.scalars(select(Person).where(Person.number == "4")).one()
    kpi = make_kpi("Sales")
    make_plan(session, eli, make_cycle(session), [kpi])
    values = EntryValues(Figure(Decimal(1)))
    entry = put_entry(session, Actor(1, frozenset(), TODAY), kpi_id=kpi.id, on="2026-01", values=values, version=None)
    for digest in ("a" * 64, "b" * 64):
        row = {"name": "a.txt", "kind": EvidenceKind.TXT, "size": 5, "uploaded_at": NOW, "uploaded_by_id": eli.id}
        session.add(EvidenceFile(entry_id=entry.id, digest=digest, **row))


def everything(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        table.name: [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]
        for table in Base.metadata.sorted_tables
    }


def nothing(_name: str) -> None:
    """No progress is shown."""


def test_what_was_kept_comes_back_the_same(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    used, empty = engines
    pdf = tmp_path / "from/pdf/ab/ab12.pdf"
    pdf.parent.mkdir(parents=True)
    pdf.write_bytes(b"%PDF")
    with transaction(make_sessions(used)) as session:
        fill_evidence(session)
    (tmp_path / "from/evidence").mkdir()
    for digest in ("a" * 64, "c" * 64):
        (tmp_path / "from/evidence" / digest).write_bytes(b"bukti")
    told: list[str] = []
    backup.backup(used, tmp_path / "from", tmp_path / "all.tar.gz", told.append)
    assert [line for line in told if "/" in line] == [f"evidence/{'b' * 64} is missing"]
    backup.restore(empty, tmp_path / "to", tmp_path / "all.tar.gz", nothing)
    with used.connect() as one, empty.connect() as other:
        assert everything(other) == everything(one)
    assert (tmp_path / "to/pdf/ab/ab12.pdf").read_bytes() == b"%PDF"
    assert {path.name: path.read_bytes() for path in (tmp_path / "to/evidence").iterdir()} == {"a" * 64: b"bukti"}
    with transaction(make_sessions(empty)) as session:
        assert audit.verify(session) is None
        session.add(Person(number="99", name="Baru", joined_on=LONG_AGO, changed_at=NOW))
        session.flush()  # ids go on where they were


def test_a_database_in_use_is_not_overwritten(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    used, _ = engines
    backup.backup(used, tmp_path, tmp_path / "all.tar.gz", nothing)
    with used.connect() as connection:
        before = everything(connection)
    with pytest.raises(backup.BackupRefused, match="not empty"):
        backup.restore(used, tmp_path, tmp_path / "all.tar.gz", nothing)
    with used.connect() as connection:
        assert everything(connection) == before


@pytest.mark.parametrize("kept", [0, 100, 2_000])
def test_a_torn_file_is_refused_and_leaves_no_rows(engines: tuple[Engine, Engine], tmp_path: Path, kept: int) -> None:
    used, empty = engines
    backup.backup(used, tmp_path, tmp_path / "all.tar.gz", nothing)
    torn = tmp_path / "torn.tar.gz"
    torn.write_bytes((tmp_path / "all.tar.gz").read_bytes()[:kept])
    with pytest.raises(backup.BackupRefused, match="cannot be read as a backup"):
        backup.restore(empty, tmp_path, torn, nothing)
    assert schema.is_empty(empty)


def test_a_backup_leaves_doors_closed(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    used, _ = engines
    (tmp_path / "secret").write_text("s3cret")
    backup.backup(used, tmp_path, tmp_path / "all.tar.gz", nothing)
    with tarfile.open(tmp_path / "all.tar.gz") as archive:
        names = set(archive.getnames())
    assert "tables/person.jsonl" in names
    assert names & {"secret", "tables/web_session.jsonl", "tables/sign_in_failure.jsonl"} == set()


def test_mail_that_waited_is_not_sent_by_who_restores(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    used, empty = engines
    with transaction(make_sessions(used)) as session:
        eli = session.scalars(select(Person).where(Person.number == "4")).one()
        mail = Mail(person_id=eli.id, made_at=NOW, next_try_at=NOW, token="t")
        session.add(mail)
        publish(session, eli)
        publish(session, eli, "2")
        session.flush()
        first, second = session.scalars(select(Notice).order_by(Notice.id))
        first.mail_id, second.is_for_mail = mail.id, True
    file = tmp_path / "kept.tar.gz"
    backup.backup(used, tmp_path, file, nothing)
    backup.restore(empty, tmp_path, file, nothing)
    with make_sessions(empty)() as session:
        assert session.scalars(select(Mail.state)).all() == [MailState.UNCLEAR]
        assert session.scalars(select(Notice.is_for_mail)).all() == [False, False]
