"""Does any page ask the database more often the more people there are?"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from app.models import Placement
from tests.cards import give_plan
from tests.cast import Cast, actor_of
from tests.everything import Company, make_company
from tests.factories import make_person
from tests.plans import make_draft
from tests.tools import Browser, SignIn
from tests.walks import walk

pytestmark = pytest.mark.slow

MOST = 60
"""Queries of one page, however much it shows; those that know who asks included."""


@pytest.fixture
def company(session: Session, cast: Cast) -> Company:
    return make_company(session, cast)


def grow(session: Session, company: Company, numbers: range) -> None:
    """More people in mona's team, with plans in force and drafts."""
    cast, cycle = company.example.cast, company.example.cycle
    seat = cast.eli.placements[0]
    hana = actor_of(cast.hana)
    for number in numbers:
        person = make_person(session, f"7{number:02}", f"Tim{number} Besar", manager=cast.mona)
        placement = Placement(unit_id=seat.unit_id, position_id=seat.position_id, starts_on=person.joined_on)
        person.placements.append(placement)
        session.flush()
        if number % 3:
            give_plan(session, person, cycle)
        else:
            make_draft(session, hana, person, cycle)


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", note)


def asked(browser: Browser, connection: Connection, addresses: list[str]) -> dict[str, int]:
    """How many queries each page takes, after a first look that fills what is kept."""
    found = {}
    for address in addresses:
        with counted(connection) as statements:
            assert browser.get(address).status_code == 200, address
        found[address] = len(statements)
    return found


@pytest.mark.parametrize("name", ["mona", "hana", "eli"])
def test_no_page_asks_more_often_for_more_people(
    company: Company, cast: Cast, as_: SignIn, session: Session, connection: Connection, name: str
) -> None:
    browser = as_(getattr(cast, name))
    addresses = [address for address, answer in walk(browser, twins=1).pages.items() if answer.status_code == 200]
    assert len(addresses) >= {"mona": 15, "hana": 25, "eli": 10}[name]
    grow(session, company, range(3))
    few = asked(browser, connection, addresses)
    grow(session, company, range(3, 12))
    many = asked(browser, connection, addresses)
    assert {address: count for address, count in few.items() if count > MOST} == {}
    grown = {address: (count, many[address]) for address, count in few.items() if many[address] > count}
    assert grown == {}
