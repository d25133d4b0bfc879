"""Can HR keep its people on these pages, and does everybody else see theirs alone?"""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Account, AuditEntry, Person, Placement, Position, RoleGrant, Unit
from app.rules.vocabulary import Role
from tests.cast import Cast
from tests.factories import LONG_AGO, make_person
from tests.pages import Page, counted_queries
from tests.tools import Browser, SignIn


@pytest.fixture
def hana(cast: Cast, as_: SignIn) -> Browser:
    browser = as_(cast.hana)
    browser.headers["Accept-Language"] = "en"
    return browser


def english(as_: SignIn, person: Person) -> Browser:
    browser = as_(person)
    browser.headers["Accept-Language"] = "en"
    return browser


def show(browser: Browser, path: str, status: int = 200) -> Page:
    response = browser.get(path)
    assert response.status_code == status
    return Page(response.text)


def names(page: Page) -> list[str]:
    return [row[0] for row in page.rows[1:]]


def seat(session: Session, person: Person, unit: str = "Penjualan", position: str = "Staf") -> Placement:
    made = Placement(
        person_id=person.id, unit=Unit(code=unit.upper(), name=unit), position=Position(code=position, name=position),
        starts_on=LONG_AGO,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


FORM = {"name": "Siti Rahma", "number": "K-77", "email": "siti@contoh.id", "joined_on": "2026-01-05"}

# --- The list ---------------------------------------------------------------------------------------------------------


def test_the_list_says_who_where_and_under_whom(session: Session, cast: Cast, hana: Browser) -> None:
    seat(session, cast.eli)
    page = show(hana, "/people")
    assert page.rows[0] == ["Name", "Number", "Position", "Unit", "Manager", "Account"]
    assert ["Eli Effendi", "4", "Staf", "Penjualan", "Mona Maharani", "Invited"] in page.rows
    assert names(page) == [
        "Audi Aditya", "Eli Effendi", "Eva Elvira", "Hana Hartati", "Mona Maharani", "Omar Ondang", "Otto Oktavian",
        "Root Raharja",
    ]  # fmt: skip
    assert "8 people" in page.text


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("mona", ["Eli Effendi", "Eva Elvira", "Mona Maharani"]),
        ("omar", ["Omar Ondang", "Otto Oktavian"]),
        ("eli", ["Eli Effendi"]),
    ],
)
def test_others_see_their_line_and_themselves(cast: Cast, as_: SignIn, who: str, seen: list[str]) -> None:
    page = show(english(as_, getattr(cast, who)), "/people")
    assert names(page) == seen
    assert "Account" not in page.rows[0]
    assert "/people/import" not in page.text


def test_search_unit_and_those_who_left(session: Session, cast: Cast, hana: Browser) -> None:
    placement = seat(session, cast.eva)
    assert names(show(hana, "/people?search=eli")) == ["Eli Effendi"]
    assert names(show(hana, f"/people?unit={placement.unit_id}")) == ["Eva Elvira"]
    assert "Gone Gunawan left" in names(show(hana, "/people?left=on"))
    page = show(hana, "/people?search=nobody&unit=x")
    assert (page.fields["search"], names(page)) == ("nobody", [])
    assert "Nobody found" in page.text


def test_long_lists_come_in_pages(session: Session, hana: Browser) -> None:
    for number in range(60):
        make_person(session, f"N-{number}", f"Zz{number:02} Nama")
    assert len(names(show(hana, "/people"))) == 50
    page = show(hana, "/people?page=2")
    assert (len(names(page)), "Page 2 of 2" in page.text) == (18, True)
    assert "68 people" in page.text


def test_as_many_queries_for_many_as_for_one(session: Session, cast: Cast, hana: Browser) -> None:
    seat(session, cast.eli)
    with counted_queries(session) as few:
        show(hana, "/people?search=eli")
    for number in range(3):
        person = make_person(session, f"N-{number}", f"Eli{number} Nama", manager=cast.omar)
        seat(session, person, f"Unit {number}", f"Jabatan {number}")
    with counted_queries(session) as many:
        assert len(names(show(hana, "/people?search=eli"))) == 4
    assert len(many) == len(few)


def test_an_empty_organisation_is_shown_the_way(session: Session, as_: SignIn) -> None:
    alone = make_person(session, "1", "Hana", roles=(Role.HR,))
    page = show(english(as_, alone), "/people")
    assert "Your people come first" in page.text
    assert "Import people" in page.text
    assert "Add the first one" in page.text


def test_who_lost_their_manager_is_named(cast: Cast, hana: Browser) -> None:
    form = edit_form(hana, cast.omar)
    assert hana.submit(f"/people/{cast.omar.id}/edit", {**form, "left_on": "2026-02-02"}).status_code == 303
    page = show(hana, "/people")
    assert "1 person has no manager since theirs left" in page.text


# --- Entering and changing --------------------------------------------------------------------------------------------


def edit_form(browser: Browser, person: Person) -> dict[str, str]:
    page = show(browser, f"/people/{person.id}/edit")
    return {**page.fields, "version": str(person.version)}


def test_enter_somebody(session: Session, cast: Cast, hana: Browser) -> None:
    placement = seat(session, cast.eli)
    chosen = {"unit_id": str(placement.unit_id), "position_id": str(placement.position_id)}
    fields = {**FORM, **chosen, "manager": "mona maharani"}
    response = hana.submit("/people", fields)
    person = session.scalars(select(Person).where(Person.number == "K-77")).one()
    assert (response.status_code, response.headers["location"]) == (303, f"/people/{person.id}")
    page = show(hana, f"/people/{person.id}")
    assert "Siti Rahma is entered." in page.text
    assert "Staf , Penjualan since 5 Jan 2026" in page.text
    assert (person.joined_on, person.reporting_lines[0].manager_id) == (date(2026, 1, 5), cast.mona.id)


@pytest.mark.parametrize("typed", ["2", "2 · Mona Maharani", "MONA MAHARANI"])
def test_a_manager_is_found_by_number_and_by_name(session: Session, cast: Cast, hana: Browser, typed: str) -> None:
    assert hana.submit("/people", {**FORM, "manager": typed}).status_code == 303
    person = session.scalars(select(Person).where(Person.number == "K-77")).one()
    assert [line.manager_id for line in person.reporting_lines] == [cast.mona.id]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"name": "", "number": "x" * 41}, {"name": "is required", "number": "must have at most 40 characters"}),
        ({"email": "eli@example.com", "number": "4"}, {"number": "is already in use", "email": "is already in use"}),
        ({"email": "no address"}, {"email": "is not an e-mail address"}),
        ({"joined_on": "yesterday"}, {"joined_on": "is not a date; write it like 31/12/2026"}),
        ({"joined_on": "1900-01-01"}, {"joined_on": "must lie between 1940 and 2199"}),
        ({"manager": "Nobody"}, {"manager_id": "is the name or employee number of nobody"}),
        ({"unit_id": "77"}, {"unit_id": "choose one of the values offered"}),
        ({"placed_on": "2025-01-01"}, {"placed_on": "is before the day of joining"}),
    ],
)
def test_what_is_refused_comes_back_as_it_was_typed(
    session: Session, hana: Browser, changes: dict[str, str], faults: dict[str, str]
) -> None:
    typed = {**FORM, "manager": "2", **changes}
    response = hana.submit("/people", typed)
    page = Page(response.text)
    assert (response.status_code, page.faults) == (400, faults)
    expected = {name: text for name, text in typed.items() if name != "unit_id"}
    assert {name: page.fields[name] for name in expected} == expected
    assert session.scalars(select(Person).where(Person.number == "K-77")).all() == []


def test_a_name_that_several_have_is_no_manager(session: Session, hana: Browser) -> None:
    make_person(session, "20", "Nona Maharani").name = "Mona Maharani"
    session.flush()
    page = Page(hana.submit("/people", {**FORM, "manager": "Mona Maharani"}).text)
    assert page.faults == {"manager_id": "is the name of several people; use the employee number"}


def test_the_form_of_a_person_shows_them_as_they_are(session: Session, cast: Cast, hana: Browser) -> None:
    placement = seat(session, cast.eli)
    assert edit_form(hana, cast.eli) == {
        "name": "Eli Effendi",
        "number": "4",
        "email": "eli@example.com",
        "joined_on": "2020-01-01",
        "unit_id": str(placement.unit_id),
        "position_id": str(placement.position_id),
        "placed_on": "",
        "manager": "2 · Mona Maharani",
        "reports_on": "",
        "left_on": "",
        "version": "1",
    }


def test_change_somebody(session: Session, cast: Cast, hana: Browser) -> None:
    form = edit_form(hana, cast.eli)
    response = hana.submit(f"/people/{cast.eli.id}/edit", {**form, "manager": "3", "reports_on": "2026-02-01"})
    assert response.headers["location"] == f"/people/{cast.eli.id}"
    session.expire_all()
    assert [(line.starts_on, line.manager_id) for line in cast.eli.reporting_lines] == [
        (LONG_AGO, cast.mona.id),
        (date(2026, 2, 1), cast.omar.id),
    ]
    assert "1 Jan 2020 – 31 Jan 2026" in show(hana, f"/people/{cast.eli.id}").text


def test_a_circle_is_refused_in_words(session: Session, cast: Cast, hana: Browser) -> None:
    form = edit_form(hana, cast.root)
    response = hana.submit(f"/people/{cast.root.id}/edit", {**form, "manager": "Eli Effendi", "name": "Raja"})
    page = Page(response.text)
    assert (response.status_code, page.fields["name"], page.fields["manager"]) == (400, "Raja", "Eli Effendi")
    assert page.faults == {"manager_id": "would make a circle: Raja → Eli Effendi → Mona Maharani → Raja"}
    session.expire_all()
    assert (cast.root.name, cast.root.reporting_lines) == ("Root Raharja", [])


def test_a_form_that_is_overtaken_is_a_conflict(session: Session, cast: Cast, hana: Browser) -> None:
    form = edit_form(hana, cast.eli)
    hana.submit(f"/people/{cast.eli.id}/edit", {**form, "name": "First"})
    response = hana.submit(f"/people/{cast.eli.id}/edit", {**form, "name": "Second"})
    assert response.status_code == 409
    session.expire_all()
    assert cast.eli.name == "First"


# --- Account and roles ------------------------------------------------------------------------------------------------


def test_an_invitation_is_shown_once(session: Session, hana: Browser, client: Browser) -> None:
    person = make_person(session, "20", "Nova")
    response = hana.submit(f"/people/{person.id}/invitation")
    link = next(word for word in Page(response.text).text.split() if "/invitation/" in word)
    assert link.startswith("http://127.0.0.1:8000/invitation/")
    assert link not in hana.get(f"/people/{person.id}").text
    assert client.get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_no_invitation_without_an_address(session: Session, cast: Cast, hana: Browser) -> None:
    cast.eli.email = None
    session.flush()
    assert "An account needs an e-mail address." in show(hana, f"/people/{cast.eli.id}").text
    assert hana.submit(f"/people/{cast.eli.id}/invitation").status_code == 409


def test_stop_and_open_an_account(session: Session, cast: Cast, hana: Browser) -> None:
    account = session.scalars(select(Account).where(Account.person_id == cast.eli.id)).one()
    for state, is_disabled in (("stopped", True), ("open", False)):
        assert hana.submit(f"/people/{cast.eli.id}/account", {"state": state}).status_code == 303
        session.refresh(account)
        assert account.is_disabled is is_disabled
    assert hana.submit(f"/people/{cast.eli.id}/account", {"state": "nonsense"}).status_code == 400
    assert hana.submit(f"/people/{cast.hana.id}/account", {"state": "stopped"}).status_code == 403


def test_give_and_take_back_a_role(session: Session, cast: Cast, hana: Browser) -> None:
    path = f"/people/{cast.eva.id}/roles"
    assert hana.submit(path, {"role": "hr", "wish": "grant"}).status_code == 303
    assert session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == cast.eva.id)).all() == [Role.HR]
    assert hana.submit(path, {"role": "hr", "wish": "withdraw"}).status_code == 303
    assert session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == cast.eva.id)).all() == []
    assert [
        hana.submit(path, fields).status_code
        for fields in ({"role": "hr", "wish": "withdraw"}, {"role": "king", "wish": "grant"}, {"role": "hr"})
    ] == [409, 400, 400]
    assert hana.submit(f"/people/{cast.hana.id}/roles", {"role": "hr", "wish": "withdraw"}).status_code == 403


# --- Who may ----------------------------------------------------------------------------------------------------------


def test_a_profile_shows_hr_more_than_the_line(cast: Cast, as_: SignIn, hana: Browser) -> None:
    mona = english(as_, cast.mona)
    seen, by_hr = show(mona, f"/people/{cast.eli.id}"), show(hana, f"/people/{cast.eli.id}")
    assert ("Roles" in seen.text, "Roles" in by_hr.text) == (False, True)
    assert ("Change" in seen.text, "Change" in by_hr.text) == (False, True)
    own = show(mona, f"/people/{cast.mona.id}")
    # with gone, whose line the cast leaves open
    assert "3 people report here" in own.text


def test_whom_one_may_not_see_is_not_there(cast: Cast, as_: SignIn, hana: Browser) -> None:
    otto = english(as_, cast.otto)
    paths: list[Any] = [cast.eli.id, 999_999, 2**70, "eli", -1]
    assert [otto.get(f"/people/{each}").status_code for each in paths] == [404] * 5
    assert [hana.get(f"/people/{each}").status_code for each in paths[1:]] == [404] * 4


def test_only_hr_may_write(session: Session, cast: Cast, as_: SignIn) -> None:
    mona = english(as_, cast.mona)
    assert [mona.get(path).status_code for path in ("/people/new", f"/people/{cast.eli.id}/edit")] == [403, 403]
    answers = [
        mona.submit(path, fields).status_code
        for path, fields in (
            ("/people", FORM),
            (f"/people/{cast.eli.id}/edit", FORM),
            (f"/people/{cast.eli.id}/invitation", {}),
            (f"/people/{cast.eli.id}/account", {"state": "stopped"}),
            (f"/people/{cast.eli.id}/roles", {"role": "hr", "wish": "grant"}),
        )
    ]
    assert answers == [403] * 5
    assert session.scalars(select(AuditEntry)).all() == []


def test_a_manager_names_who_decides_where_nobody_else_can(cast: Cast, as_: SignIn) -> None:
    root, address = as_(cast.root), f"/people/{cast.hana.id}"
    assert f'action="{address}/second-people"' in root.get(address).text
    assert "second-people" not in as_(cast.hana).get(address).text
    assert "second-people" not in root.get(f"/people/{cast.eli.id}").text
    fields = {"who": "Mona Maharani", "ends_on": "2026-04-30", "reason": "HR hanya satu orang."}
    refused = root.submit(f"{address}/second-people", {**fields, "who": "Siapa"})
    assert (refused.status_code, 'value="Siapa"' in refused.text) == (400, True)
    assert root.submit(f"{address}/second-people", fields).headers["location"] == address
    page = root.get(address).text
    assert ("Mona Maharani" in page, "30 April 2026" in page, "HR hanya satu orang." in page) == (True, True, True)
    (end,) = re.findall(rf'action="({address}/second-people/[0-9]+/end)"', page)
    assert as_(cast.otto).submit(end).status_code == 404
    assert root.submit(end).headers["location"] == address
    assert "HR hanya satu orang." not in root.get(address).text
