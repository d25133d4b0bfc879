"""What does every test stand on? One migrated database a worker, undone after each test; a clock; browsers."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from app import clock as app_clock
from app import schema
from app.database import Sessions, make_engine, make_sessions
from app.main import create_app
from app.models import Account, Person
from app.services.organisation import SETTINGS
from app.settings import Settings
from app.web.session import cookie_name
from app.web.verification import look_ups
from tests.cast import Cast, make_cast
from tests.factories import make_account, make_web_session
from tests.tools import Browser, Clock, SignIn

# A busy machine is no fault of the code
hypothesis_settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("house")

_SERVICES = Path(__file__).parent / "services"

pytest_plugins = ["tests.postgres", "tests.chromium"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite", help="which database to test on")


@pytest.hookimpl(tryfirst=True)  # before -m chooses by the mark
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database, and what tries the services."""
    for item in items:
        if item.path.is_relative_to(_SERVICES):
            item.add_marker("service")
        if "connection" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


@pytest.fixture(scope="session", autouse=True)
def _no_foreign_network() -> Iterator[None]:
    """No test talks to anybody but this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise RuntimeError(f"a test wants to connect to {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_loop() -> Iterator[None]:
    """All browsers share one event loop, as those of a service do; to begin one takes longer than many an answer."""
    with start_blocking_portal() as portal, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Browser, "portal", portal)
        yield


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    moving = Clock()
    app_clock.use(lambda: moving.now)
    yield moving
    app_clock.use(None)


@pytest.fixture(autouse=True)
def _nobody_looked_anything_up() -> None:
    """The clock stands still between tests, so their look-ups would add up to too many."""
    look_ups.forget()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("data")
    return Settings(data_dir=folder, organisation_name="PT Contoh", default_language="id", _env_file=None)


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Engine]:
    """One database for all tests of this worker."""
    from tests.postgres import create_database, drop_database, server_of  # noqa: PLC0415 - a plugin, loaded after this

    is_postgresql = request.config.getoption("--database") == "postgresql"
    name = "kinerja"
    url = create_database(server_of(request.config), name) if is_postgresql else settings.database_url
    engine = make_engine(url)
    schema.upgrade(engine)
    yield engine
    engine.dispose()
    if is_postgresql:
        drop_database(server_of(request.config), name)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection whose outermost transaction is taken back at the end of the test."""
    with engine.connect().execution_options(writes=True) as connection:
        outermost = connection.begin()
        yield connection
        outermost.rollback()


@pytest.fixture
def sessions(connection: Connection, settings: Settings) -> Sessions:
    """What makes sessions: the test has one, each request of the service another, all on one connection."""
    return make_sessions(connection, join_transaction_mode="create_savepoint", info={SETTINGS: settings})


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def cast(session: Session) -> Cast:
    return make_cast(session)


@pytest.fixture(scope="session")
def _whole_app(settings: Settings, engine: Engine) -> FastAPI:
    return create_app(settings, engine)


@pytest.fixture
def app(_whole_app: FastAPI, sessions: Sessions) -> FastAPI:
    """The service, on this test's connection."""
    _whole_app.state.sessions = sessions
    return _whole_app


@pytest.fixture
def client(app: FastAPI) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(app, follow_redirects=False)


@pytest.fixture
def as_(app: FastAPI, session: Session, settings: Settings, clock: Clock) -> SignIn:
    """A browser in which a person is signed in: `as_(cast.hana).get("/people")`."""

    def sign_in(person: Person) -> Browser:
        account = session.scalar(select(Account).where(Account.person_id == person.id))
        token, row = make_web_session(session, account or make_account(session, person), at=clock.now)
        browser = Browser(app, follow_redirects=False)
        browser.cookies.set(cookie_name(settings), token)
        browser.csrf = row.csrf_token
        return browser

    return sign_in
