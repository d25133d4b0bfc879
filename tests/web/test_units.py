"""Can HR shape the organisation on these pages?"""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Placement, Position, Unit
from tests.cast import Cast
from tests.factories import LONG_AGO
from tests.pages import Page, counted_queries
from tests.tools import Browser, SignIn


@pytest.fixture
def hana(cast: Cast, as_: SignIn) -> Browser:
    browser = as_(cast.hana)
    browser.headers["Accept-Language"] = "en"
    return browser


def enter(browser: Browser, path: str, **fields: str) -> None:
    assert browser.submit(path, fields).status_code == 303


def unit_id(session: Session, name: str) -> int:
    return session.scalars(select(Unit.id).where(Unit.name == name)).one()


def rows(browser: Browser, path: str) -> list[list[str]]:
    response = browser.get(path)
    assert response.status_code == 200
    return Page(response.text).rows[1:]


def test_units_from_the_first_to_a_tree(session: Session, cast: Cast, hana: Browser) -> None:
    assert "No units yet" in hana.get("/units").text
    enter(hana, "/units", name="Penjualan")
    enter(hana, "/units", name="Jawa Barat", code="JB", parent_id=str(unit_id(session, "Penjualan")))
    position = Position(code="S", name="Staf")
    session.add(position)
    session.flush()
    session.add(
        Placement(
            person_id=cast.eli.id, unit_id=unit_id(session, "Jawa Barat"), position_id=position.id, starts_on=LONG_AGO
        )
    )
    session.flush()
    assert rows(hana, "/units") == [["Penjualan", "PENJUALAN", "1"], ["Jawa Barat in Penjualan", "JB", "1"]]


def test_change_and_remove_a_unit(session: Session, hana: Browser) -> None:
    enter(hana, "/units", name="Penjualan")
    path = f"/units/{unit_id(session, 'Penjualan')}"
    assert Page(hana.get(path).text).fields == {"name": "Penjualan", "code": "PENJUALAN"}
    enter(hana, path, name="Sales", code="SAL", version="1")
    assert hana.submit(path, {"name": "Lain", "code": "SAL", "version": "1"}).status_code == 409
    assert rows(hana, "/units") == [["Sales", "SAL", "0"]]
    enter(hana, path, wish="remove")
    assert session.scalars(select(Unit)).all() == []


def test_what_is_refused_comes_back_as_it_was_typed(session: Session, hana: Browser) -> None:
    enter(hana, "/units", name="Penjualan")
    enter(hana, "/units", name="Bawah", parent_id=str(unit_id(session, "Penjualan")))
    response = hana.submit("/units", {"name": "penjualan", "code": "ä"})
    page = Page(response.text)
    assert (response.status_code, page.fields["name"], page.fields["code"]) == (400, "penjualan", "ä")
    assert page.faults == {
        "name": "is already in use",
        "code": "may hold letters without accents, digits and - _ . only",
    }
    below = unit_id(session, "Bawah")
    response = hana.submit(
        f"/units/{unit_id(session, 'Penjualan')}", {"name": "X", "code": "X", "parent_id": str(below), "version": "1"}
    )
    page = Page(response.text)
    assert (response.status_code, page.faults) == (400, {"parent_id": "cannot be below itself"})
    assert (page.fields["name"], page.fields["parent_id"]) == ("X", str(below))


def test_what_is_in_use_stays(session: Session, cast: Cast, hana: Browser) -> None:
    enter(hana, "/units", name="Penjualan")
    enter(hana, "/positions", name="Staf")
    position = session.scalars(select(Position)).one()
    unit = unit_id(session, "Penjualan")
    session.add(Placement(person_id=cast.eli.id, unit_id=unit, position_id=position.id, starts_on=LONG_AGO))
    session.flush()
    for path in (f"/units/{unit}", f"/positions/{position.id}"):
        assert hana.submit(path, {"wish": "remove"}).status_code == 409


def test_positions(session: Session, hana: Browser) -> None:
    assert "No positions yet" in hana.get("/positions").text
    enter(hana, "/positions", name="Staf")
    position = session.scalars(select(Position)).one()
    path = f"/positions/{position.id}"
    fields = Page(hana.get(path).text).fields
    assert {name: fields[name] for name in ("name", "code")} == {"name": "Staf", "code": "STAF"}
    enter(hana, path, name="Staf Senior", code="SS", version="1")
    assert hana.submit(path, {"name": "Lain", "code": "SS", "version": "1"}).status_code == 409
    assert rows(hana, "/positions") == [["Staf Senior", "SS", "0"]]
    response = hana.submit(path, {"name": "", "code": "SS", "version": "2"})
    assert (response.status_code, Page(response.text).faults) == (400, {"name": "is required"})
    response = hana.submit("/positions", {"name": "staf senior"})
    assert (response.status_code, Page(response.text).faults) == (400, {"name": "is already in use"})
    enter(hana, path, wish="remove")
    assert session.scalars(select(Position)).all() == []


@pytest.mark.parametrize("path", ["/units", "/positions"])
def test_as_many_queries_for_many_as_for_one(session: Session, hana: Browser, path: str) -> None:
    enter(hana, path, name="Satu")
    with counted_queries(session) as few:
        assert len(rows(hana, path)) == 1
    for name in ("Dua", "Tiga"):
        enter(hana, path, name=name, parent_id=str(unit_id(session, "Satu")) if path == "/units" else "")
    session.expire_all()
    with counted_queries(session) as many:
        assert len(rows(hana, path)) == 3
    assert len(many) == len(few)


def test_who_may(session: Session, cast: Cast, hana: Browser, as_: SignIn) -> None:
    enter(hana, "/units", name="Penjualan")
    enter(hana, "/positions", name="Staf")
    audi, mona = as_(cast.audi), as_(cast.mona)
    unit, position = unit_id(session, "Penjualan"), session.scalars(select(Position.id)).one()
    assert [audi.get(path).status_code for path in ("/units", "/positions", f"/units/{unit}")] == [200, 200, 403]
    assert "Tambah unit kerja" not in audi.get("/units").text
    assert [mona.get(path).status_code for path in ("/units", "/positions")] == [403, 403]
    assert [
        audi.submit(path, {"name": "X"}).status_code
        for path in ("/units", "/positions", f"/units/{unit}", f"/positions/{position}")
    ] == [403] * 4
    assert [hana.get(path).status_code for path in ("/units/999", "/positions/999", "/units/x")] == [404] * 3
