"""Where do browser tests find the service? Under a real address, on the test's own connection."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Account, Person
from app.rules.vocabulary import Language
from app.settings import Settings
from app.web import assets
from app.web.session import cookie_name
from tests.factories import make_account, make_web_session
from tests.tools import Clock

PageOf = Callable[..., Page]


@pytest.fixture(scope="session")
def _fonts(settings: Settings) -> None:
    """The fonts are made before the first page asks for them: that takes longer than a page may."""
    for path in assets.files().values():
        if path.suffix == ".ttf":
            assets.reduced_font(path, settings.data_dir / "cache")


@pytest.fixture
def address(app: FastAPI, _fonts: None) -> Iterator[str]:
    """The service, answering one request after the other: all stand on one connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", limit_concurrency=64))
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        running.start()
        deadline = time.monotonic() + 10
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        running.join(10)


@pytest.fixture
def page_of(
    address: str,
    session: Session,
    settings: Settings,
    clock: Clock,
    language: str,
    open_page: Callable[..., Page],
) -> PageOf:
    """A page of a real browser in which a person is signed in."""

    def open_for(person: Person, **options: object) -> Page:
        account = session.scalar(select(Account).where(Account.person_id == person.id)) or make_account(session, person)
        account.language = Language(language)
        token, _ = make_web_session(session, account, at=clock.now)
        page = open_page(base_url=address, **options)
        page.context.add_cookies([{"name": cookie_name(settings), "value": token, "url": address}])
        return page

    return open_for
