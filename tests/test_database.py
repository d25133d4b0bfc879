"""Is an acknowledged write kept, and does SQLite behave as ADR 0009 says?"""

import threading
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from app.database import make_engine, make_sessions, transaction, wal_is_safe
from app.models import AuditText, Base
from app.models.base import ExactNumber, Hundredths, UtcDateTime

DIALECT = make_engine("sqlite://").dialect


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_wal_is_used_only_where_the_library_is_free_of_the_race(version: tuple[int, ...], is_safe: bool) -> None:
    assert wal_is_safe(version) is is_safe


def test_every_connection_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "synchronous", "busy_timeout", "journal_mode")
        }
        library = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    engine.dispose()
    safe = wal_is_safe(tuple(int(part) for part in library.split(".")))
    assert pragmas == {
        "foreign_keys": 1,
        "synchronous": 2,
        "busy_timeout": 5000,
        "journal_mode": "wal" if safe else "delete",
    }


def test_a_transaction_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    Base.metadata.create_all(engine)
    sessions = make_sessions(engine)
    with transaction(sessions) as session:
        session.add(AuditText(digest="kept", salt="", words="kept"))

    def fail(session: Session) -> None:
        session.add(AuditText(digest="lost", salt="", words="lost"))
        session.flush()
        raise KeyError

    with pytest.raises(KeyError), transaction(sessions) as session:
        fail(session)
    with transaction(sessions, writes=False) as session:
        assert session.scalars(select(AuditText.digest)).all() == ["kept"]
    engine.dispose()


def test_writers_stand_in_line_and_none_is_refused(tmp_path: Path) -> None:
    """Deferred transactions that read and then write would be refused at once here."""
    engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    Base.metadata.create_all(engine)
    sessions = make_sessions(engine)
    refused: list[Exception] = []

    def write(name: str) -> None:
        for number in range(10):
            try:
                with transaction(sessions) as session:
                    session.scalars(select(AuditText.id)).all()
                    session.add(AuditText(digest=f"{name}-{number}", salt="", words=""))
            except Exception as refusal:  # noqa: BLE001 - any refusal is what the test is about
                refused.append(refusal)

    threads = [threading.Thread(target=write, args=(f"writer-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction(sessions, writes=False) as session:
        assert (refused, len(session.scalars(select(AuditText.id)).all())) == ([], 40)
    engine.dispose()


@pytest.mark.database
@pytest.mark.parametrize(
    "number", ["0", "-0.00", "1", "0.1", "2.675", "99999999999999999999.123456789", "-12.50", "1E+3", "1E-9"]
)
def test_an_exact_number_comes_back_digit_for_digit(session: Session, number: str) -> None:
    value = Decimal(number)
    back = session.execute(select(literal(value, ExactNumber))).scalar_one()
    assert (back, format(back, "f")) == (value, format(value, "f"))


def test_hundredths_refuse_what_they_cannot_hold() -> None:
    with pytest.raises(ValueError, match="more than two decimals"):
        Hundredths().process_bind_param(Decimal("33.333"), DIALECT)
    assert Hundredths().process_bind_param(Decimal("33.33"), DIALECT) == 3333
    assert str(Hundredths().process_result_value(3330, DIALECT)) == "33.30"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), DIALECT)  # noqa: DTZ001 - the point of the test
    moment = datetime(2026, 1, 1, 7, tzinfo=UTC)
    assert UtcDateTime().process_result_value(moment.replace(tzinfo=None), DIALECT) == moment
