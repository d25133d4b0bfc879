"""Do the migrations lead an empty database to what the models say, and back, on both databases?"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, delete, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from app.database import make_engine, without_foreign_keys
from app.models import Base
from tests.postgres import create_database, drop_database, server_of

pytestmark = pytest.mark.database

ROOT = Path(__file__).parent.parent
CASE = {
    "person": "(id, number, name, joined_on, version, changed_at) VALUES (1, '1', 'A', '2026-01-01', 1, '2026-01-01')",
    "cycle": "(id, code, name, starts_on, ends_on, state, priority_share, difficulty_share, credibility_share,"
    " weight_step, weight_floor, weight_ceiling, score_floor, score_cap, missing, on_track_from, ahead_from,"
    " appeal_days, version, changed_at)"
    " VALUES (1, '2026', 'C', '2026-01-01', '2026-12-31', 'open', 5000, 3000, 2000, 100, 500, 4000, 0, 12000,"
    " 'exclude', 9000, 11000, 14, 1, '2026-01-01')",
    "period": "(id, cycle_id, code, starts_on, ends_on, state)"
    " VALUES (1, 1, '2026', '2026-01-01', '2026-12-31', 'open')",
    "plan": "(id, person_id, cycle_id, version_number, starts_on, ends_on, state, weighting, change_reason,"
    "  version, changed_at)"
    " VALUES (1, 1, 1, 1, '2026-01-01', '2026-12-31', 'active', 'computed', '', 1, '2026-01-01')",
    "appraisal": "(id, person_id, period_id, plan_id, state, comment, version, changed_at)"
    " VALUES (1, 1, 1, 1, 'published', '', 1, '2026-01-01')",
    "published_scorecard": "(id, appraisal_id, version_number, verification_code, snapshot, snapshot_digest, coverage,"
    " published_at, published_by_id) VALUES (1, 1, 1, 'A', '{}', 'd', 0, '2026-01-01', 1)",
}
OBJECTIVE = "(id, plan_id, place, title, description) VALUES (1, 1, 0, 'O', '')"
KEPT_ROWS = {
    "adjustment": "(id, appraisal_id, kind, total, computed_total, reason, by_id, at)"
    " VALUES (1, 1, 'manager', 9000, 8000, 'R', 1, '2026-01-01 00:00:00+00:00')",
    "plan_acceptance": "(id, person_id, cycle_id, version_number, name, at, digest, content)"
    " VALUES (1, 1, 1, 1, 'A', '2026-01-01 00:00:00+00:00', 'd', '{}')",
    "acknowledgement": "(id, scorecard_id, at, name, comment) VALUES (1, 1, '2026-01-01 00:00:00+00:00', 'A', '')",
}
ASKED = "(id, person_id, reason, asked_at, asked_by_id) VALUES (1, 1, '', '2026-01-01', 1)"


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on an empty database of this test's own."""
    if request.config.getoption("--database") == "postgresql":
        server, name = server_of(request.config), "migrations"
        engine = make_engine(create_database(server, name))
        yield engine
        engine.dispose()
        drop_database(server, name)
    else:
        engine = make_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        yield engine
        engine.dispose()


def migrate(engine: Engine, revision: str) -> None:
    """Bring the database up or down to a revision."""
    config = Config(ROOT / "alembic.ini")
    with engine.connect().execution_options(writes=True) as connection, without_foreign_keys(connection):
        config.attributes["connection"] = connection
        move = command.upgrade if revision == "head" or not tables(engine) else command.downgrade
        move(config, revision)
        connection.commit()


def insert(connection: Connection, rows: Mapping[str, str]) -> None:
    """Put a row into each table."""
    for table, values in rows.items():
        connection.exec_driver_sql(f"INSERT INTO {table} {values}")
    connection.commit()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_revisions_form_one_line() -> None:
    script = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    assert len(script.get_heads()) == 1
    assert [len(revision.nextrev) for revision in script.walk_revisions()][1:] == [1] * (
        len(list(script.walk_revisions())) - 1
    )


def test_revisions_never_import_the_models() -> None:
    assert [path.name for path in (ROOT / "migrations/versions").glob("*.py") if "app.models" in path.read_text()] == []


def test_up_leads_to_the_models_and_down_leaves_nothing(engine: Engine) -> None:
    migrate(engine, "head")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert tables(engine) == set(Base.metadata.tables)
    migrate(engine, "base")
    assert tables(engine) == set()
    migrate(engine, "head")
    assert tables(engine) == set(Base.metadata.tables)


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE audit_entry SET action = 'nothing'",
        "DELETE FROM audit_entry",
        pytest.param("TRUNCATE audit_entry", id="TRUNCATE (PostgreSQL)"),
    ],
)
def test_the_database_itself_refuses_to_rewrite_the_audit_chain(engine: Engine, act: str) -> None:
    if act.startswith("TRUNCATE") and engine.dialect.name == "sqlite":
        act = "DELETE FROM audit_entry WHERE 1 = 1"  # SQLite knows no TRUNCATE; this is what it would have been
    migrate(engine, "head")
    with engine.connect().execution_options(writes=True) as connection:
        connection.execute(
            text(
                "INSERT INTO audit_entry (id, at, action, object_kind, details, previous_hash, hash) "
                "VALUES (1, '2026-01-01 00:00:00', 'person.entered', 'person', '{}', '0', 'a')"
            )
        )
        connection.commit()
        with pytest.raises(DBAPIError, match="audit_entry is append-only"):
            connection.execute(text(act))
        connection.rollback()
        assert connection.execute(text("SELECT action FROM audit_entry")).scalars().all() == ["person.entered"]


@pytest.mark.parametrize("name", KEPT_ROWS)
def test_the_database_itself_keeps_what_people_have_put_their_name_to(engine: Engine, name: str) -> None:
    """Nobody changes it, and only the erasing of its person takes it away."""
    migrate(engine, "head")
    table = Base.metadata.tables[name]
    change = update(table).values(at=datetime(2026, 2, 2, tzinfo=UTC))
    empty = delete(table).where(table.c.id > 0) if engine.dialect.name == "sqlite" else text(f"TRUNCATE {name}")
    with engine.connect().execution_options(writes=True) as connection:
        insert(connection, CASE | {name: KEPT_ROWS[name], "erasure": ASKED})
        for act in (change, delete(table), empty):
            with pytest.raises(DBAPIError, match=f"{name} is append-only"):
                connection.execute(act)
            connection.rollback()
        assert connection.execute(select(table.c.at)).scalars().all() == [datetime(2026, 1, 1, tzinfo=UTC)]
        connection.exec_driver_sql("UPDATE erasure SET erased_at = '2026-01-02'")
        connection.commit()
        with pytest.raises(DBAPIError, match=f"{name} is append-only"):
            connection.execute(change)
        connection.rollback()
        assert connection.execute(delete(table)).rowcount == 1
        connection.commit()


def test_the_revision_before_lets_these_rows_be_changed(engine: Engine) -> None:
    migrate(engine, "head")
    migrate(engine, "0005")
    with engine.connect().execution_options(writes=True) as connection:
        insert(connection, CASE | KEPT_ROWS)
        for name in KEPT_ROWS:
            table = Base.metadata.tables[name]
            assert connection.execute(update(table).values(at=datetime(2026, 2, 2, tzinfo=UTC))).rowcount == 1
            assert connection.execute(delete(table)).rowcount == 1


def test_rows_survive_the_change_of_their_table(engine: Engine) -> None:
    """A table that is made anew must take its children along: objectives of a plan, scorecards of an appraisal."""
    migrate(engine, "0002")
    rows = {**{name: CASE[name] for name in ("person", "cycle", "plan")}, "objective": OBJECTIVE}
    with engine.connect().execution_options(writes=True) as connection:
        insert(connection, rows)
    migrate(engine, "head")
    for revision in ("0002", "head"):
        with engine.connect() as connection:
            found = connection.exec_driver_sql(
                "SELECT p.state, o.title FROM plan p JOIN objective o ON o.plan_id = p.id"
            )
            assert [tuple(row) for row in found] == [("active", "O")]
            with pytest.raises(DBAPIError):
                connection.exec_driver_sql("UPDATE plan SET state = 'unknown'")
        migrate(engine, revision)


def test_a_notice_of_a_kind_that_is_new_is_gone_after_the_way_back_and_the_others_stay(engine: Engine) -> None:
    migrate(engine, "head")
    with engine.connect().execution_options(writes=True) as connection:
        insert(connection, {"person": CASE["person"]})
        for number, kind in enumerate(("plan_approved", "pdfs_prepared"), 1):
            connection.execute(
                text(
                    'INSERT INTO notice (id, person_id, kind, key, about_kind, "values", told_at, is_for_mail)'
                    " VALUES (:id, 1, :kind, '1', '', '{}', '2026-01-01 00:00:00+00:00', false)"
                ),
                {"id": number, "kind": kind},
            )
        connection.commit()
    for revision in ("0008", "head"):
        migrate(engine, revision)
        with engine.connect().execution_options(writes=True) as connection:
            assert connection.execute(text("SELECT kind FROM notice")).scalars().all() == ["plan_approved"]
            with pytest.raises(DBAPIError):
                connection.execute(text("UPDATE notice SET kind = 'unknown'"))
