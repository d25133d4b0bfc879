"""Where do browser tests find a whole service with a database of its own: an empty one, and the demo organisation?"""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page
from sqlalchemy import Engine, select

from app import clock, serving
from app.database import make_sessions, transaction
from app.demo import running
from app.demo.calendar import LIBRARY_READY, Calendar
from app.demo.chapters import Wish
from app.demo.content import company
from app.main import create_app
from app.models import Account
from app.rules.vocabulary import Language
from app.services import accounts
from app.settings import Settings
from app.web.session import cookie_name
from tests.factories import make_web_session
from tests.tools import Browser

WISH = Wish()


@contextmanager
def answering(app: FastAPI, bound: socket.socket | None = None) -> Iterator[str]:
    """The address under which the service answers, from a thread of its own."""
    with bound or socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", limit_concurrency=64))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 60
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@dataclass(frozen=True)
class Site:
    """A running service."""

    app: FastAPI
    engine: Engine
    settings: Settings
    address: str
    emails: dict[str, str]
    """One address to sign in with for each role, where the site has people."""

    def token(self, role: str, language: str) -> str:
        """A new session of the one with this role, who reads this language."""
        with transaction(make_sessions(self.engine)) as session:
            account = session.scalars(select(Account).where(Account.email == self.emails[role])).one()
            account.language = Language(language)
            return make_web_session(session, account, at=clock.now())[0]

    def enter(self, page: Page, role: str, language: str) -> None:
        """Let the page be that of somebody who is signed in."""
        token = self.token(role, language)
        page.context.add_cookies([{"name": cookie_name(self.settings), "value": token, "url": self.address}])

    def reader(self, role: str, language: str = "en") -> Browser:
        """Somebody who is signed in and reads pages without a browser's window."""
        client = Browser(self.app)
        client.cookies.set(cookie_name(self.settings), self.token(role, language))
        return client

    def first_hr_link(self) -> str:
        """What an empty service says when it starts."""
        with transaction(make_sessions(self.engine)) as session:
            link = accounts.first_hr_link(session)
        assert link is not None
        return f"{self.address}{link}"


@contextmanager
def empty_site(folder: Path, fonts: Path) -> Iterator[Site]:
    """A service as it is after the first start, with nobody in it."""
    with _standing(folder, fonts, "PT Nusantara Niaga", lambda _engine, _settings: {}) as site:
        yield site


@contextmanager
def demo_site(folder: Path, fonts: Path) -> Iterator[Site]:
    """The demo organisation."""
    with _standing(folder, fonts, company().name, _fill) as site:
        yield site


def _fill(engine: Engine, settings: Settings) -> dict[str, str]:
    return {login.role: login.email for login in running.make(engine, settings, WISH).logins}


def demo_now() -> datetime:
    """The moment at which the demo organisation's story ends."""
    return Calendar(WISH.months).now


@contextmanager
def _standing(
    folder: Path, fonts: Path, name: str, fill: Callable[[Engine, Settings], dict[str, str]]
) -> Iterator[Site]:
    shutil.copytree(fonts, folder / "cache")
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    settings = Settings(data_dir=folder, port=port, organisation_name=name, default_language="id", _env_file=None)
    with clock.stopped_at(LIBRARY_READY):
        engine = serving.prepared_engine(settings, lambda _: None)
    emails = fill(engine, settings)
    app = create_app(settings, engine)
    with answering(app, listening) as address:
        yield Site(app, engine, settings, address, emails)
    engine.dispose()
