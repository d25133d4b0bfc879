"""Do people, their placements and their reporting lines say on every day what held on it?"""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, KinerjaError, NotAllowed, NotFound
from app.models import AuditEntry, Person, Position, RoleGrant, Unit
from app.rules.faults import Fault
from app.rules.vocabulary import Role
from app.services import people
from app.services.people import PersonValues
from tests.cast import Cast, actor_of
from tests.factories import LONG_AGO, TODAY, make_person

DAY = timedelta(days=1)


@pytest.fixture
def sales(session: Session) -> Unit:
    unit = Unit(code="SALES", name="Penjualan")
    session.add(unit)
    session.flush()
    return unit


@pytest.fixture
def rep(session: Session) -> Position:
    position = Position(code="REP", name="Tenaga Penjual")
    session.add(position)
    session.flush()
    return position


def values_for(person: Person, **changes: object) -> PersonValues:
    """The values of a form that shows a person as they are, with some of them changed."""
    placement, line = people.placement_on(person, TODAY), people.line_on(person, TODAY)
    shown = PersonValues(
        number=person.number,
        name=person.name,
        joined_on=person.joined_on,
        email=person.email,
        left_on=person.left_on,
        unit_id=placement.unit_id if placement else None,
        position_id=placement.position_id if placement else None,
        manager_id=line.manager_id if line else None,
    )
    return replace(shown, **changes)  # type: ignore[arg-type]


def change(session: Session, cast: Cast, person: Person, **changes: object) -> Person:
    values = values_for(person, **changes)
    return people.change_person(
        session, actor_of(cast.hana), person_id=person.id, version=person.version, values=values
    )


def refused(session: Session, cast: Cast, person: Person, **changes: object) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        change(session, cast, person, **changes)
    return [(fault.at, fault.code) for fault in refusal.value.faults]


def lines_of(person: Person) -> list[tuple[date, date | None, str]]:
    return [(line.starts_on, line.ends_on, line.manager.name.split()[0]) for line in person.reporting_lines]


def audited(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


# --- entering ---------------------------------------------------------------------------------------------------------


def test_enter_somebody_with_placement_and_manager(session: Session, cast: Cast, sales: Unit, rep: Position) -> None:
    values = PersonValues(
        "K-77", "  Siti   Rahma ", date(2026, 1, 5), " Siti@Contoh.ID ", None, sales.id, rep.id, cast.mona.id
    )
    person = people.enter_person(session, actor_of(cast.hana), values=values)
    assert (person.number, person.name, person.email) == ("K-77", "Siti Rahma", "siti@contoh.id")
    assert [(p.starts_on, p.ends_on, p.unit.name, p.position.name) for p in person.placements] == [
        (date(2026, 1, 5), None, "Penjualan", "Tenaga Penjual")
    ]
    assert lines_of(person) == [(date(2026, 1, 5), None, "Mona")]
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.subject_id) == ("person.entered", cast.hana.id, person.id)
    assert "Siti" not in entry.details
    assert json.loads(entry.details)["number"] == "K-77"


def test_the_line_begins_when_the_manager_has_joined(session: Session, cast: Cast) -> None:
    late = make_person(session, "20", "Late Laksana")
    late.joined_on = date(2026, 2, 1)
    values = PersonValues("21", "Early Erna", date(2025, 1, 1), manager_id=late.id)
    person = people.enter_person(session, actor_of(cast.hana), values=values)
    assert lines_of(person) == [(date(2026, 2, 1), None, "Late")]


def test_every_fault_at_once(session: Session, cast: Cast, sales: Unit) -> None:
    values = PersonValues(
        number=cast.eli.number,
        name="",
        joined_on=date(1900, 1, 1),
        email="ELI@example.com",
        left_on=date(1899, 1, 1),
        unit_id=sales.id,
        manager_id=999,
        placed_on=date(1890, 1, 1),
    )
    with pytest.raises(Invalid) as refusal:
        people.enter_person(session, actor_of(cast.hana), values=values)
    assert list(refusal.value.faults) == [
        Fault("number", "already_taken"),
        Fault("name", "required"),
        Fault("email", "already_taken"),
        Fault("joined_on", "date_out_of_range"),
        Fault("left_on", "leaves_before_joining"),
        Fault("placed_on", "before_joining"),
        Fault("position_id", "unit_without_position"),
        Fault("manager_id", "choice_unknown"),
    ]
    assert audited(session) == []


@pytest.mark.parametrize("number", ["k-1", "K-1", " K-1 ", "É-1"])
def test_numbers_are_unique_whatever_their_capitals(session: Session, cast: Cast, number: str) -> None:
    for each in ("K-1", "É-1"):
        people.enter_person(session, actor_of(cast.hana), values=PersonValues(each, "Ana", LONG_AGO))
    with pytest.raises(Invalid) as refusal:
        people.enter_person(session, actor_of(cast.hana), values=PersonValues(number, "Ani", LONG_AGO))
    assert refusal.value.faults == (Fault("number", "already_taken"),)


@pytest.mark.parametrize("name", ["eli", "mona", "audi"])
def test_only_hr_enters_and_changes(session: Session, cast: Cast, name: str) -> None:
    actor = actor_of(getattr(cast, name))
    with pytest.raises(NotAllowed):
        people.enter_person(session, actor, values=PersonValues("77", "Ana", LONG_AGO))
    with pytest.raises(NotAllowed):
        people.change_person(session, actor, person_id=cast.eli.id, version=1, values=values_for(cast.eli))
    with pytest.raises(NotAllowed):
        people.grant_role(session, actor, person_id=cast.eli.id, role=Role.HR)


def test_a_stranger_does_not_learn_that_somebody_exists(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        people.get_person(session, actor_of(cast.otto), person_id=cast.eli.id)
    with pytest.raises(NotFound):
        people.get_person(session, actor_of(cast.hana), person_id=999_999)


# --- changing ---------------------------------------------------------------------------------------------------------


def test_another_manager_from_today(session: Session, cast: Cast) -> None:
    person = change(session, cast, cast.eli, manager_id=cast.omar.id)
    assert lines_of(person) == [(LONG_AGO, TODAY - DAY, "Mona"), (TODAY, None, "Omar")]
    manager = people.manager_on(session, person.id, TODAY - DAY)
    assert manager is not None
    assert manager.name == cast.mona.name
    assert audited(session) == ["person.changed"]


def test_a_planned_change_survives_one_before_it(session: Session, cast: Cast) -> None:
    later = TODAY + 30 * DAY
    change(session, cast, cast.eli, manager_id=cast.omar.id, reports_on=later)
    person = change(session, cast, cast.eli, manager_id=cast.root.id, reports_on=TODAY + DAY)
    assert lines_of(person) == [
        (LONG_AGO, TODAY, "Mona"),
        (TODAY + DAY, later - DAY, "Root"),
        (later, None, "Omar"),
    ]


def test_what_is_not_touched_keeps_its_history(session: Session, cast: Cast, sales: Unit, rep: Position) -> None:
    lead = Position(code="LEAD", name="Kepala")
    session.add(lead)
    session.flush()
    change(session, cast, cast.eli, unit_id=sales.id, position_id=rep.id, placed_on=LONG_AGO)
    change(session, cast, cast.eli, unit_id=sales.id, position_id=lead.id, placed_on=date(2026, 1, 1))
    # a new manager from a day in the past does not move today's position there
    person = change(session, cast, cast.eli, manager_id=cast.omar.id, reports_on=date(2025, 6, 1))
    assert [(p.starts_on, p.ends_on, p.position.name) for p in person.placements] == [
        (LONG_AGO, date(2025, 12, 31), "Tenaga Penjual"),
        (date(2026, 1, 1), None, "Kepala"),
    ]
    assert lines_of(person) == [(LONG_AGO, date(2025, 5, 31), "Mona"), (date(2025, 6, 1), None, "Omar")]


def test_no_manager_any_more(session: Session, cast: Cast) -> None:
    person = change(session, cast, cast.eli, manager_id=None)
    assert lines_of(person) == [(LONG_AGO, TODAY - DAY, "Mona")]
    assert people.manager_on(session, person.id, TODAY) is None


def test_saving_what_is_there_records_nothing(session: Session, cast: Cast) -> None:
    person = change(session, cast, cast.eli)
    assert lines_of(person) == [(LONG_AGO, None, "Mona")]
    assert audited(session) == []


def test_a_version_that_is_not_the_present_one_is_refused(session: Session, cast: Cast) -> None:
    seen = cast.eli.version
    change(session, cast, cast.eli, name="Eli E.")
    with pytest.raises(Conflict) as conflict:
        people.change_person(
            session, actor_of(cast.hana), person_id=cast.eli.id, version=seen, values=values_for(cast.eli)
        )
    assert conflict.value.code == "stale"


def test_a_circle_is_refused_and_nothing_is_written(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        change(session, cast, cast.root, name="Raja", manager_id=cast.eli.id)
    path = "Raja → Eli Effendi → Mona Maharani → Raja"
    assert refusal.value.faults == (Fault("manager_id", "reporting_circle", {"path": path}),)
    session.expire_all()
    assert (cast.root.name, lines_of(cast.root)) == ("Root Raharja", [])


def test_a_circle_that_would_stand_on_one_later_day_only(session: Session, cast: Cast) -> None:
    later = TODAY + 10 * DAY
    change(session, cast, cast.mona, manager_id=cast.omar.id, reports_on=later)
    assert refused(session, cast, cast.omar, manager_id=cast.mona.id) == [("manager_id", "reporting_circle")]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"manager_id": "own"}, ("manager_id", "own_manager")),
        ({"manager_id": "gone"}, ("manager_id", "manager_left")),
        ({"email": "not an address"}, ("email", "email_unreadable")),
        ({"number": "x" * 41}, ("number", "text_too_long")),
        ({"name": "a\x00b"}, ("name", "text_unreadable")),
        ({"number": "a\x00b"}, ("number", "text_unreadable")),
        ({"email": "a\x00b@c.id"}, ("email", "text_unreadable")),
        ({"left_on": date(2026, 3, 1), "reports_on": date(2026, 3, 2)}, ("reports_on", "after_leaving")),
    ],
)
def test_what_cannot_be(session: Session, cast: Cast, changes: dict[str, object], fault: tuple[str, str]) -> None:
    ids = {"own": cast.eli.id, "gone": cast.gone.id}
    if isinstance(name := changes.get("manager_id"), str):
        changes = {**changes, "manager_id": ids[name]}
    assert refused(session, cast, cast.eli, **changes) == [fault]


# --- leaving ----------------------------------------------------------------------------------------------------------


def test_leaving_ends_what_holds_and_releases_the_team(session: Session, cast: Cast) -> None:
    last = TODAY - DAY
    mona = change(session, cast, cast.mona, left_on=last)
    assert lines_of(mona) == [(LONG_AGO, last, "Root")]
    for person in (cast.eli, cast.eva):
        assert lines_of(person) == [(LONG_AGO, last, "Mona")]
    assert [person.name for person in people.without_manager(session, actor_of(cast.hana))] == [
        cast.eli.name, cast.eva.name,
    ]  # fmt: skip
    # the third line is that of gone, which the cast leaves open
    assert audited(session) == ["person.manager_left", "person.manager_left", "person.manager_left", "person.changed"]


def test_staying_after_all_takes_everything_up_again(session: Session, cast: Cast) -> None:
    change(session, cast, cast.mona, left_on=TODAY + DAY)
    change(session, cast, cast.eva, manager_id=cast.omar.id, reports_on=TODAY + 2 * DAY)
    change(session, cast, cast.mona, left_on=None)
    assert lines_of(cast.mona) == [(LONG_AGO, None, "Root")]
    assert lines_of(cast.eli) == [(LONG_AGO, None, "Mona")]
    assert lines_of(cast.eva) == [(LONG_AGO, TODAY + DAY, "Mona"), (TODAY + 2 * DAY, None, "Omar")]
    assert people.without_manager(session, actor_of(cast.hana)) == []


def test_a_line_to_a_manager_that_was_to_begin_after_they_leave_is_dropped(session: Session, cast: Cast) -> None:
    change(session, cast, cast.otto, manager_id=cast.mona.id, reports_on=TODAY + 30 * DAY)
    change(session, cast, cast.mona, left_on=TODAY + 10 * DAY)
    assert lines_of(cast.otto) == [(LONG_AGO, TODAY + 29 * DAY, "Omar")]


def test_the_last_hr_cannot_leave(session: Session, cast: Cast) -> None:
    assert refused(session, cast, cast.hana, left_on=TODAY) == [("left_on", "last_hr")]
    cast.eva.grants.append(RoleGrant(role=Role.HR))
    session.flush()
    assert change(session, cast, cast.hana, left_on=TODAY).left_on == TODAY


# --- roles ------------------------------------------------------------------------------------------------------------


def test_grant_and_withdraw_a_role(session: Session, cast: Cast) -> None:
    actor = actor_of(cast.hana)
    people.grant_role(session, actor, person_id=cast.eva.id, role=Role.HR)
    assert [grant.role for grant in cast.eva.grants] == [Role.HR]
    people.withdraw_role(session, actor, person_id=cast.eva.id, role=Role.HR)
    assert cast.eva.grants == []
    assert audited(session) == ["role.granted", "role.withdrawn"]


def test_roles_that_nobody_may_change(session: Session, cast: Cast) -> None:
    actor = actor_of(cast.hana)
    code: dict[str, str] = {}

    def attempt(name: str, act: object) -> None:
        try:
            act()  # type: ignore[operator]
        except KinerjaError as error:
            code[name] = f"{type(error).__name__} {error.code}"

    attempt("own grant", lambda: people.grant_role(session, actor, person_id=cast.hana.id, role=Role.AUDITOR))
    attempt("own withdrawal", lambda: people.withdraw_role(session, actor, person_id=cast.hana.id, role=Role.HR))
    attempt("twice", lambda: people.grant_role(session, actor, person_id=cast.audi.id, role=Role.AUDITOR))
    attempt("not had", lambda: people.withdraw_role(session, actor, person_id=cast.eli.id, role=Role.HR))
    former = replace(actor_of(cast.root), roles=frozenset({Role.HR}))
    attempt("last", lambda: people.withdraw_role(session, former, person_id=cast.hana.id, role=Role.HR))
    assert code == {
        "own grant": "NotAllowed own_role",
        "own withdrawal": "NotAllowed own_role",
        "twice": "Conflict role_granted",
        "not had": "Conflict role_not_granted",
        "last": "Conflict last_hr",
    }
    assert audited(session) == []


# --- lists ------------------------------------------------------------------------------------------------------------


def first_names(listing: people.Listing[Person]) -> list[str]:
    return [person.name.split()[0] for person in listing.items]


def test_a_list_holds_whom_the_actor_may_see(session: Session, cast: Cast) -> None:
    seen = {
        person.name.split()[0]: first_names(people.list_people(session, actor_of(person), with_left=True))
        for person in cast
    }
    everybody = ["Audi", "Eli", "Eva", "Gone", "Hana", "Mona", "Omar", "Otto", "Root"]
    assert seen == {
        "Root": ["Eli", "Eva", "Gone", "Hana", "Mona", "Omar", "Otto", "Root"],
        "Mona": ["Eli", "Eva", "Gone", "Mona"],
        "Omar": ["Omar", "Otto"],
        "Eli": ["Eli"],
        "Eva": ["Eva"],
        "Otto": ["Otto"],
        "Hana": everybody,
        "Audi": everybody,
        "Gone": ["Gone"],
    }


def test_search_unit_and_pages(session: Session, cast: Cast, sales: Unit, rep: Position) -> None:
    hana = actor_of(cast.hana)
    team = Unit(code="TEAM", name="Tim A", parent_id=sales.id)
    session.add(team)
    session.flush()
    change(session, cast, cast.eli, unit_id=team.id, position_id=rep.id)
    change(session, cast, cast.eva, unit_id=sales.id, position_id=rep.id)
    assert first_names(people.list_people(session, hana, search="MAHA mona")) == ["Mona"]
    assert first_names(people.list_people(session, hana, search="%")) == []
    assert first_names(people.list_people(session, hana, search="mo\x00na \ud800")) == ["Mona"]
    assert first_names(people.list_people(session, hana, search="otto@")) == ["Otto"]
    assert first_names(people.list_people(session, hana, unit_id=sales.id)) == ["Eli", "Eva"]
    assert first_names(people.list_people(session, hana, unit_id=team.id)) == ["Eli"]
    page = people.list_people(session, hana, offset=2, limit=3)
    assert (first_names(page), page.total) == (["Eva", "Hana", "Mona"], 8)
    assert "Gone" in first_names(people.list_people(session, hana, with_left=True))


def test_team_and_accounts(session: Session, cast: Cast) -> None:
    team = people.team_of(session, actor_of(cast.hana), person_id=cast.mona.id)
    assert [person.name for person in team if person.left_on is None] == [cast.eli.name, cast.eva.name]
    accounts = people.accounts_of(session, [cast.eli])
    assert [(key, account.email) for key, account in accounts.items()] == [(cast.eli.id, "eli@example.com")]
