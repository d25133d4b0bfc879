"""Is the background work done once, by whoever comes first, and tried again where it failed?"""

import threading
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app import cli, jobs, schema
from app import clock as app_clock
from app.database import Sessions, make_engine, make_sessions, transaction
from app.main import create_app
from app.models import IdempotencyKey, Job, Notice, OneTimeLink, SignInFailure, WebSession
from app.services import uploads
from app.services.leases import Turn, finish, take
from app.services.organisation import SETTINGS
from app.settings import Settings
from tests.cards import make_example
from tests.cast import Cast, make_cast
from tests.factories import NOW, make_account, make_person, make_web_session
from tests.post_office import PostOffice, free_port, open_office
from tests.postgres import create_database, drop_database, server_of
from tests.told import publish
from tests.tools import Clock

pytestmark = pytest.mark.database


QUARTER = timedelta(minutes=15)


def work(sessions: Sessions, settings: Settings) -> dict[str, str]:
    return dict(jobs.do_due_work(sessions, settings))


def test_each_piece_is_done_once_in_its_time(
    session: Session, sessions: Sessions, settings: Settings, cast: Cast, clock: Clock
) -> None:
    make_example(session, cast)
    assert work(sessions, settings) == {
        "reminders": "1 reminders told",
        "mail": "no mail server is set",
        "closing": "0 appraisals closed",
        "expiry": "0 expired rows thrown away",
    }
    assert work(sessions, settings) == {}
    clock.advance(seconds=11)
    assert list(work(sessions, settings)) == ["mail"]
    clock.advance(hours=6)
    assert list(work(sessions, settings)) == ["mail", "expiry"]
    clock.set_day(date(2026, 2, 4))
    assert list(work(sessions, settings)) == ["reminders", "mail", "closing", "expiry"]


def test_the_first_day_floods_nobody_and_later_days_tell_once(
    session: Session, sessions: Sessions, settings: Settings, cast: Cast, clock: Clock
) -> None:
    make_example(session, cast)
    told = []
    for day in (date(2026, 2, 4), date(2026, 2, 9), date(2026, 2, 10), date(2026, 2, 11)):
        clock.set_day(day)  # the entries of January were overdue since the third
        work(sessions, settings)
        told.append([(each.person_id, each.kind.value) for each in session.scalars(select(Notice))])
    escalated = [(cast.root.id, "entries_escalated")]
    assert told == [[], [], escalated, escalated]


def test_what_has_expired_is_thrown_away_and_nothing_else(
    session: Session, sessions: Sessions, settings: Settings, clock: Clock
) -> None:
    account = make_account(session, make_person(session, "77", "Siti Rahma"))
    make_web_session(session, account)
    session.add_all(
        [
            OneTimeLink(token_hash="x", account_id=account.id, created_at=NOW, expires_at=NOW),
            SignInFailure(email="a@example.com", origin="1", at=NOW),
            IdempotencyKey(account_id=account.id, key="k", request_hash="h", status=200, body="", created_at=NOW),
        ]
    )
    session.flush()
    upload = uploads.keep(settings.data_dir, b"list")
    clock.advance(minutes=59)
    assert work(sessions, settings)["expiry"] == "0 expired rows thrown away"
    assert uploads.fetch(settings.data_dir, upload) == b"list"
    clock.advance(days=31)
    assert work(sessions, settings)["expiry"] == "4 expired rows thrown away"
    left = [session.scalar(select(func.count(each.id))) for each in (WebSession, OneTimeLink, SignInFailure)]
    assert left == [0, 0, 0]
    assert list((settings.data_dir / "uploads").iterdir()) == []


def test_a_piece_that_fails_lets_the_others_go_on_and_is_tried_again(
    sessions: Sessions,
    settings: Settings,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def work_on(shift: jobs.Shift, _turn: Turn) -> str:
        assert shift.sessions is sessions
        return f"{1 / len(tools)} done"

    def always(_settings: Settings) -> datetime:
        return app_clock.now()

    tools: list[str] = []
    names = ("first", "second")
    works = (work_on, lambda _shift, _turn: "fine")
    pieces = [jobs.Job(name, always, QUARTER, each) for name, each in zip(names, works, strict=True)]
    monkeypatch.setattr(jobs, "JOBS", pieces)
    assert work(sessions, settings) == {"second": "fine"}
    assert "the background work first failed" in caplog.text
    tools.append("hammer")
    clock.advance(minutes=14)
    assert work(sessions, settings) == {"second": "fine"}
    clock.advance(minutes=2)
    assert work(sessions, settings) == {"first": "1.0 done", "second": "fine"}


def test_a_lease_keeps_others_away_until_it_runs_out(sessions: Sessions, clock: Clock) -> None:
    today, lasts = date(2026, 2, 3), timedelta(minutes=15)

    def ask() -> object:
        return take(sessions, "x", today=today, done_before=clock.now - timedelta(hours=1), lasts=lasts)

    first = ask()
    assert first is not None
    assert ask() is None
    clock.advance(minutes=16)
    second = ask()
    assert second is not None
    finish(sessions, first)  # type: ignore[arg-type] # came too late: the second has it
    assert ask() is None
    finish(sessions, second)  # type: ignore[arg-type]
    assert ask() is None
    clock.advance(hours=2)
    assert ask() is not None


@pytest.fixture
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Sessions, Settings]]:
    """A database in which transactions of several threads meet."""
    is_postgresql = request.config.getoption("--database") == "postgresql"
    name = "kinerja_jobs"
    url = (
        create_database(server_of(request.config), name) if is_postgresql else f"sqlite:///{tmp_path / 'jobs.sqlite3'}"
    )
    engine = make_engine(url)
    schema.upgrade(engine)
    settings = Settings(data_dir=tmp_path, database_url=url, _env_file=None)
    yield make_sessions(engine, info={SETTINGS: settings}), settings
    engine.dispose()
    if is_postgresql:
        drop_database(server_of(request.config), name)


def test_many_processes_send_each_mail_once(own: tuple[Sessions, Settings], clock: Clock) -> None:
    sessions, settings = own
    with open_office(PostOffice(free_port())) as office:
        given = {
            "smtp_host": "127.0.0.1",
            "smtp_port": office.server.port,
            "smtp_tls": "none",
            "smtp_from": "a@example.com",
        }
        settings = settings.model_copy(update=given)
        sessions.configure(info={SETTINGS: settings})
        with transaction(sessions) as session:
            people = [person for person in make_cast(session) if person.left_on is None]
            for person in people:
                publish(session, person)
        clock.advance(minutes=3)
        workers = [threading.Thread(target=work, args=(sessions, settings)) for _ in range(4)]
        for each in workers:
            each.start()
        for each in workers:
            each.join()
        clock.advance(minutes=1)
        work(sessions, settings)
    assert office.recipients == sorted(person.email or "" for person in people)


def test_the_service_works_in_the_background_and_stops_cleanly(
    own: tuple[Sessions, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions, settings = own
    monkeypatch.setattr(jobs, "FIRST_LOOK", timedelta(0))
    with TestClient(create_app(settings, sessions.kw["bind"])):
        done: Sequence[str] = []
        for _ in range(100):
            with sessions() as session:
                done = session.scalars(select(Job.name).where(Job.done_at.is_not(None))).all()
            if len(done) == len(jobs.JOBS):
                break
            threading.Event().wait(0.05)
        assert sorted(done) == ["closing", "expiry", "mail", "reminders"]
        assert "kinerja-worker" in {thread.name for thread in threading.enumerate()}
    assert "kinerja-worker" not in {thread.name for thread in threading.enumerate()}


def test_told_not_to_the_service_leaves_the_work_to_others(own: tuple[Sessions, Settings]) -> None:
    sessions, settings = own
    with TestClient(create_app(settings.model_copy(update={"worker": "none"}), sessions.kw["bind"])):
        assert "kinerja-worker" not in {thread.name for thread in threading.enumerate()}


def test_the_command_does_what_is_due_and_ends(own: tuple[Sessions, Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    _, settings = own
    monkeypatch.setenv("KINERJA_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KINERJA_DATA_DIR", str(settings.data_dir))
    answer = CliRunner().invoke(cli.app, ["worker", "--once"])
    assert answer.exit_code == 0
    assert answer.stdout.splitlines() == [
        "reminders: 0 reminders told",
        "mail: no mail server is set",
        "closing: 0 appraisals closed",
        "expiry: 0 expired rows thrown away",
    ]
    assert CliRunner().invoke(cli.app, ["worker", "--once"]).stdout == ""
