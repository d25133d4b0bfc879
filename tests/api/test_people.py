"""Can other programs read and write staff, units and positions, and does nobody see or write what is not theirs?"""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import schemas
from app.models import AuditEntry, Person
from tests.api.conftest import AsProgram, QueryCount
from tests.cards import sit
from tests.cast import Cast
from tests.factories import make_account, make_person

NEW = {"number": "K-77", "name": "Siti  Rahma", "joined_on": "2026-02-01", "email": "Siti@Example.com"}


def eli(**changes: object) -> dict[str, object]:
    whole = {
        "number": "4",
        "name": "Eli Effendi",
        "email": "eli@example.com",
        "joined_on": "2020-01-01",
        "left_on": None,
        "unit_id": None,
        "position_id": None,
        "manager_id": None,
    }
    return {**whole, **changes}


def test_a_person_is_shown_whole(session: Session, cast: Cast, program: AsProgram) -> None:
    sit(session, cast.eli)
    response = program(cast.eli).get(f"/people/{cast.eli.id}")
    placement = cast.eli.placements[0]
    assert response.json() == {
        "id": cast.eli.id,
        "number": "4",
        "name": "Eli Effendi",
        "email": "eli@example.com",
        "joined_on": "2020-01-01",
        "left_on": None,
        "unit": {"id": placement.unit_id, "code": "SAL", "name": "Penjualan"},
        "position": {"id": placement.position_id, "code": "AM", "name": "Account Manager"},
        "placed_on": "2020-01-01",
        "manager": {"id": cast.mona.id, "number": "2", "name": "Mona Maharani"},
        "reports_on": "2020-01-01",
        "roles": [],
        "version": 1,
    }
    assert response.headers["ETag"] == '"1"'


def test_me(cast: Cast, program: AsProgram) -> None:
    assert program(cast.mona).get("/me").json() == {
        "id": cast.mona.id,
        "number": "2",
        "name": "Mona Maharani",
        "email": "mona@example.com",
        "roles": [],
        "is_manager": True,
        "language": "en",
        "today": "2026-02-03",
    }


@pytest.mark.parametrize(
    ("who", "seen"),
    [("hana", "12345678"), ("audi", "12345678"), ("root", "1234567"), ("mona", "245"), ("eli", "4"), ("otto", "6")],
)
def test_everybody_lists_whom_they_may_see(cast: Cast, program: AsProgram, who: str, seen: str) -> None:
    answer = program(getattr(cast, who)).get("/people").json()
    assert sorted(person["number"] for person in answer["items"]) == list(seen)
    assert answer["total"] == len(seen)
    assert {frozenset(person) for person in answer["items"]} == {frozenset(schemas.Person.model_fields)}


def test_lists_are_narrowed_and_cut(cast: Cast, program: AsProgram) -> None:
    hana = program(cast.hana)
    assert [each["name"] for each in hana.get("/people", params={"number": "6"}).json()["items"]] == ["Otto Oktavian"]
    assert hana.get("/people", params={"number": "66"}).json() == {"items": [], "total": 0}
    assert program(cast.eli).get("/people", params={"number": "6"}).json() == {"items": [], "total": 0}
    part = hana.get("/people", params={"search": "e", "offset": 1, "limit": 2, "with_left": True}).json()
    assert ([each["number"] for each in part["items"]], part["total"]) == (["4", "5"], 9)


def test_hr_enters_a_person_and_changes_them(session: Session, cast: Cast, program: AsProgram) -> None:
    hana = program(cast.hana)
    made = hana.post("/people", json={**NEW, "manager_id": cast.mona.id})
    person = made.json()
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1/people/{person['id']}")
    assert (person["name"], person["email"], person["manager"]["number"]) == ("Siti Rahma", "siti@example.com", "2")
    path = made.headers["Location"]
    body = eli(number="K-77", name="Siti R.", email=None, joined_on="2026-02-01", manager_id=cast.omar.id)
    changed = hana.put(path, json={**body, "reports_on": "2026-03-01"}, headers={"If-Match": made.headers["ETag"]})
    assert changed.status_code == 200
    assert (changed.json()["name"], changed.headers["ETag"]) == ("Siti R.", '"2"')
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == person["id"])).all()
    assert acts == ["person.entered", "person.changed"]


def test_every_fault_stands_at_its_place(cast: Cast, program: AsProgram) -> None:
    wrong = {**NEW, "number": "4", "email": "nobody", "left_on": "2026-01-01", "unit_id": 99}
    answer = program(cast.hana).post("/people", json=wrong)
    assert answer.status_code == 400
    document = answer.json()
    assert {tuple(fault.values()) for fault in document.pop("errors")} == {
        ("left_on", "leaves_before_joining", "is before the day of joining"),
        ("unit_id", "choice_unknown", "choose one of the values offered"),
        ("position_id", "unit_without_position", "is needed as well: a place in a unit has a position"),
        ("email", "email_unreadable", "is not an e-mail address"),
        ("number", "already_taken", "is already in use"),
    }
    assert document == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Some values cannot be accepted.",
        "code": "invalid",
    }


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("number", 4, "not_text"),
        ("name", "", "required"),
        ("name", "x" * 201, "text_too_long"),
        ("name", "a\x00b", "text_unreadable"),
        ("name", "a\ud800b", "text_unreadable"),
        ("joined_on", 20260101, "not_a_day"),
        ("joined_on", "2026-02-30", "not_a_day"),
        ("joined_on", "1900-01-01", "not_a_day"),
        ("joined_on", "2026-01-01T00:00:00", "not_a_day"),
        ("manager_id", "1", "not_whole"),
        ("manager_id", True, "not_whole"),
        ("manager_id", 0, "too_small"),
        ("manager_id", 2**63, "too_large"),
        ("roles", ["hr"], "key_unknown"),
    ],
)
def test_what_the_schema_refuses(cast: Cast, program: AsProgram, field: str, value: object, code: str) -> None:
    body = json.dumps({**NEW, field: value})
    answer = program(cast.hana).post("/people", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert [(each["at"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]
    assert all(each["message"] for each in answer.json()["errors"])


def test_stale_and_missing_versions(cast: Cast, program: AsProgram) -> None:
    hana, path = program(cast.hana), f"/people/{cast.eli.id}"
    assert hana.put(path, json=eli()).status_code == 428
    for tag in ('"7"', '"x"', 'W/"1"', "*"):
        refused = hana.put(path, json=eli(name="Other"), headers={"If-Match": tag})
        assert (refused.status_code, refused.json()["code"]) == (412, "stale"), tag
    assert hana.get(path).json()["name"] == "Eli Effendi"


@pytest.mark.parametrize(("who", "status"), [("mona", 403), ("audi", 403), ("eli", 403), ("otto", 404)])
def test_only_hr_writes(cast: Cast, program: AsProgram, who: str, status: int) -> None:
    other = program(getattr(cast, who))
    assert other.put(f"/people/{cast.eli.id}", json=eli(), headers={"If-Match": '"1"'}).status_code == status
    assert other.post("/people", json=NEW).status_code == 403


def test_no_column_of_the_table_can_be_smuggled_in(session: Session, cast: Cast, program: AsProgram) -> None:
    hana = program(cast.hana)
    known = set(eli()) | {"placed_on", "reports_on"}
    columns = {column.key for column in Person.__mapper__.attrs} - known
    assert {"id", "version", "grants"} <= columns
    values: list[object] = [1, "hr", None, []]
    for name in sorted(columns):
        for value in values:
            body = {**eli(name="Smuggled"), name: value}
            answer = hana.put(f"/people/{cast.eli.id}", json=body, headers={"If-Match": '"1"'})
            assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, name)
    session.refresh(cast.eli)
    assert (cast.eli.name, cast.eli.version, cast.eli.grants) == ("Eli Effendi", 1, [])


def test_units_and_positions(cast: Cast, program: AsProgram) -> None:
    hana = program(cast.hana)
    top = hana.post("/units", json={"name": "Penjualan"}).json()
    below = hana.post("/units", json={"name": "Ekspor", "code": "EXP", "parent_id": top["id"]}).json()
    assert top == {"id": top["id"], "code": "PENJUALAN", "name": "Penjualan", "parent_id": None}
    assert hana.get(f"/units/{below['id']}").json() == below
    assert [(each["code"], each["depth"]) for each in hana.get("/units").json()["items"]] == [
        ("PENJUALAN", 0),
        ("EXP", 1),
    ]
    seen = hana.get(f"/units/{top['id']}").headers["ETag"]
    circular = {"name": "Penjualan", "parent_id": below["id"]}
    assert hana.put(f"/units/{top['id']}", json=circular).status_code == 428
    circle = hana.put(f"/units/{top['id']}", json=circular, headers={"If-Match": seen})
    assert (circle.status_code, circle.json()["errors"][0]["code"]) == (400, "unit_circle")
    assert hana.delete(f"/units/{top['id']}").json()["code"] == "unit_has_units"
    assert hana.delete(f"/units/{below['id']}").status_code == 204
    job = hana.post("/positions", json={"name": "Kasir"}).json()
    path, senior, tag = f"/positions/{job['id']}", {"name": "Kasir Senior"}, {"If-Match": '"1"'}
    changed = hana.put(path, json=senior, headers=tag)
    assert (changed.json()["name"], changed.headers["ETag"]) == ("Kasir Senior", '"2"')
    assert hana.put(path, json=senior, headers=tag).status_code == 412
    assert hana.get("/positions").json() == {"items": [{**job, "name": "Kasir Senior", "people": 0}], "total": 1}
    assert hana.delete(f"/positions/{job['id']}").status_code == 204
    assert hana.get(f"/positions/{job['id']}").status_code == 404
    assert program(cast.mona).get("/units").status_code == 403


def test_a_longer_list_needs_no_more_queries(
    session: Session, cast: Cast, program: AsProgram, queries: QueryCount
) -> None:
    sit(session, cast.eli)
    hana = program(cast.hana)
    one = queries.of(lambda: hana.get("/people", params={"search": "Eli"}))
    managers = [make_person(session, f"9{place}", f"Atasan{place} Eli") for place in range(2)]
    for place, manager in enumerate(managers):
        make_account(session, make_person(session, f"8{place}", f"Bawahan{place} Eli", manager=manager))
    session.flush()
    session.expire_all()
    assert queries.of(lambda: hana.get("/people", params={"search": "Eli"})) <= one + 1
