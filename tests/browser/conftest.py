"""Where do browser tests find the service? On the test's own connection, empty, or full of the demo's people."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import make_sessions, transaction
from app.models import Account, Person
from app.rules.vocabulary import Language
from app.security import hash_password
from app.services.organisation import SETTINGS
from app.settings import Settings
from app.web import assets
from app.web.session import cookie_name
from tests import plans
from tests.browser.sites import Site, answering, demo_site, empty_site
from tests.browser.steps import PASSWORD
from tests.cast import actor_of, make_cast
from tests.factories import make_account, make_web_session
from tests.tools import Clock

PageOf = Callable[..., Page]


@pytest.fixture(scope="session")
def fonts(settings: Settings) -> Path:
    """The fonts are made before the first page asks for them: that takes longer than a page may."""
    folder = settings.data_dir / "cache"
    for path in assets.files().values():
        if path.suffix == ".ttf":
            assets.reduced_font(path, folder)
    return folder


@pytest.fixture
def address(app: FastAPI, fonts: Path) -> Iterator[str]:  # noqa: ARG001 - made before the service is asked
    """The service, answering one request after the other: all stand on one connection."""
    with answering(app) as address:
        yield address


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


@pytest.fixture
def empty(tmp_path: Path, fonts: Path) -> Iterator[Site]:
    """A service with a database of its own in which nobody is yet."""
    with empty_site(tmp_path / "data", fonts) as site:
        yield site


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> Iterator[Site]:
    """The demo organisation; tests look at it and change nothing."""
    with demo_site(tmp_path_factory.mktemp("demo"), fonts) as site:
        yield site


@pytest.fixture
def office(empty: Site) -> Site:
    """A company in which Eva's plan is complete but for its ratings; HR and her manager have passwords."""
    with transaction(make_sessions(empty.engine, info={SETTINGS: empty.settings})) as session:
        cast = make_cast(session)
        hr = actor_of(cast.hana)
        plan = plans.start(session, hr, cast.eva, plans.open_cycle(session, hr))
        for number in range(1, 7):
            objective = plans.add_objective(session, hr, plan, f"Objective {number}")
            plans.add_kpi(session, hr, plan, objective, replace(plans.VALUES, name=f"KPI {number}"))
        for person in (cast.hana, cast.mona):
            account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
            account.password_hash = hash_password(PASSWORD)
    return empty
