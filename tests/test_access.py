"""Who may do what to whom? The question, the select beside it, and a table written by hand say the same."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import (
    NEVER_ON_ONESELF,
    TABLE,
    Relation,
    allow,
    has_team,
    managers_above,
    may,
    relations_to,
    require,
    visible_people,
)
from app.errors import NotAllowed, NotFound
from app.models import AppraiserAssignment, Person, ReportingLine
from app.rules.vocabulary import Action
from tests.cast import Cast, actor_of
from tests.factories import NOW, TODAY, make_person
from tests.teams import make_cycle

pytestmark = pytest.mark.database

EVERYBODY = {"root", "mona", "omar", "eli", "eva", "otto", "hana", "audi", "gone"}

# Who may do it to eli's case, in the words of product.md and scorecard-content: employees see their own, managers
# the line below, HR everything, auditors read, peers nothing; nobody plans, records or publishes for themselves.
TO_ELI = {
    Action.PERSON_READ: {"eli", "mona", "root", "hana", "audi"},
    Action.PLAN_READ: {"eli", "mona", "root", "hana", "audi"},
    Action.ENTRY_READ: {"eli", "mona", "root", "hana", "audi"},
    Action.SCORECARD_READ: {"eli", "mona", "root", "hana", "audi"},
    Action.PERSON_WRITE: {"hana"},
    Action.PERSON_IMPORT: {"hana"},
    Action.PLAN_WRITE: {"mona", "root", "hana"},
    Action.ENTRY_WRITE: {"mona", "root", "hana"},
    Action.SCORECARD_ISSUE: {"eli", "mona", "root", "hana"},
    Action.SCORECARD_LOCK: {"eli", "mona", "root", "hana", "audi"},
    Action.SCORECARD_PUBLISH: {"mona", "root", "hana"},
    Action.ENTRY_VERIFY: {"mona", "root", "hana"},
    Action.PLAN_DISCUSS: {"eli", "mona", "root", "hana"},
    Action.PLAN_ACCEPT: {"eli"},
    Action.PLAN_APPROVE: {"mona", "root", "hana"},
    Action.APPRAISAL_SELF_ASSESS: {"eli"},
    Action.APPRAISAL_SCORE: {"mona", "root", "hana"},
    Action.APPRAISAL_APPROVE: {"root", "hana"},
    Action.APPRAISAL_CALIBRATE: {"root", "hana"},
    Action.APPRAISAL_REASSIGN: {"hana"},
    Action.SCORECARD_ACKNOWLEDGE: {"eli"},
    Action.SCORECARD_CORRECT: {"root", "hana"},
    Action.SECOND_NAME: {"mona", "root", "hana"},
    Action.APPEAL_RAISE: {"eli"},
    Action.APPEAL_DECIDE: {"root", "hana"},
    Action.NOTE_WRITE: {"eli", "mona", "root", "hana"},
    Action.DEVELOPMENT_WRITE: {"eli", "mona", "root", "hana"},
    Action.FEEDBACK_GIVE: EVERYBODY,
    Action.GOAL_READ: EVERYBODY,
    Action.GOAL_WRITE: {"hana"},
    Action.PRIVACY_MANAGE: {"hana"},
    Action.PRIVACY_OWN: EVERYBODY,
    Action.AUDIT_READ: {"hana", "audi"},
    Action.BRANDING_WRITE: {"hana"},
    Action.CYCLE_WRITE: {"hana"},
    Action.LIBRARY_WRITE: {"hana"},
    Action.CYCLE_READ: EVERYBODY,
    Action.LIBRARY_READ: EVERYBODY,
    Action.HOME_READ: EVERYBODY,
    Action.REPORT_READ: EVERYBODY,
    Action.ACCOUNT_OWN: EVERYBODY,
    Action.PUBLIC: EVERYBODY,
}


def names(cast: Cast) -> dict[str, Person]:
    return {person.name.split()[0].lower(): person for person in cast}


def test_every_action_stands_in_both_tables() -> None:
    assert set(TABLE) == set(TO_ELI) == set(Action)


@pytest.mark.parametrize("action", Action)
def test_who_may_do_it_to_eli(session: Session, cast: Cast, action: Action) -> None:
    allowed = {
        name for name, person in names(cast).items() if allow(session, actor_of(person), action, cast.eli.id).is_allowed
    }
    assert allowed == TO_ELI[action]


@pytest.mark.parametrize("action", Action)
def test_question_and_select_agree_for_every_pair(session: Session, cast: Cast, action: Action) -> None:
    for asking in cast:
        actor = actor_of(asking)
        listed = set(session.scalars(select(Person.id).where(may(actor, action, Person.id))))
        asked = {person.id for person in cast if allow(session, actor, action, person.id).is_allowed}
        assert listed == asked, asking.name


@pytest.mark.parametrize("name", ["hana", "mona", "root"])
@pytest.mark.parametrize("action", sorted(NEVER_ON_ONESELF))
def test_nobody_decides_on_their_own_case(session: Session, cast: Cast, name: str, action: Action) -> None:
    person = names(cast)[name]
    with pytest.raises(NotAllowed):
        require(session, actor_of(person), action, person.id)


def test_who_appraises_in_the_managers_place_has_a_managers_rights_as_long_as_it_lasts(
    session: Session, cast: Cast
) -> None:
    january = make_cycle(session).periods[0]
    session.add(
        AppraiserAssignment(
            person_id=cast.eli.id,
            period_id=january.id,
            appraiser_id=cast.otto.id,
            starts_on=TODAY,
            ends_on=TODAY + timedelta(days=10),
            reason="Mona cuti melahirkan",
            by_id=cast.hana.id,
            at=NOW,
        )
    )
    session.flush()
    for days, is_line in ((-1, False), (0, True), (10, True), (11, False)):
        otto = actor_of(cast.otto, TODAY + timedelta(days=days))
        assert (Relation.LINE in relations_to(session, otto, cast.eli.id)) is is_line
        assert has_team(session, otto) is is_line
        for action in Action:
            listed = set(session.scalars(select(Person.id).where(may(otto, action, Person.id))))
            asked = {person.id for person in cast if allow(session, otto, action, person.id).is_allowed}
            assert listed == asked, (days, action)
    assert allow(session, actor_of(cast.otto), Action.APPRAISAL_SCORE, cast.eli.id).is_allowed
    assert not allow(session, actor_of(cast.otto), Action.SCORECARD_READ, cast.eva.id).is_visible


def test_a_changed_reporting_line_acts_at_once(session: Session, cast: Cast) -> None:
    line = session.scalars(select(ReportingLine).where(ReportingLine.person_id == cast.eli.id)).one()
    line.ends_on = TODAY - timedelta(days=1)
    session.add(ReportingLine(person_id=cast.eli.id, manager_id=cast.omar.id, starts_on=TODAY))
    session.flush()
    with pytest.raises(NotFound):
        require(session, actor_of(cast.mona), Action.SCORECARD_READ, cast.eli.id)
    assert cast.eli.id in set(session.scalars(visible_people(actor_of(cast.omar)).with_only_columns(Person.id)))
    yesterday = actor_of(cast.mona, TODAY - timedelta(days=1))
    assert require(session, yesterday, Action.SCORECARD_READ, cast.eli.id).is_allowed


def test_a_manager_without_the_line_below_sees_nothing_of_a_sibling_team(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        require(session, actor_of(cast.omar), Action.PERSON_READ, cast.eli.id)
    with pytest.raises(NotFound):
        require(session, actor_of(cast.eva), Action.PERSON_READ, cast.eli.id)


def test_absent_and_foreign_are_refused_alike(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound) as foreign:
        require(session, actor_of(cast.otto), Action.SCORECARD_READ, cast.eli.id)
    with pytest.raises(NotFound) as absent:
        require(session, actor_of(cast.otto), Action.SCORECARD_READ, 999_999)
    assert (foreign.value.code, foreign.value.values) == (absent.value.code, absent.value.values)


def test_a_circle_of_managers_ends(session: Session, cast: Cast) -> None:
    """Services refuse circles; should one ever stand in the table, nobody waits for ever."""
    session.add(ReportingLine(person_id=cast.root.id, manager_id=cast.eli.id, starts_on=date(2021, 1, 1)))
    session.flush()
    assert managers_above(session, cast.eli.id, TODAY) == [cast.mona.id, cast.root.id]
    below_eli = set(session.scalars(visible_people(actor_of(cast.eli)).with_only_columns(Person.id)))
    assert {cast.root.id, cast.mona.id} <= below_eli


def test_question_and_select_agree_however_long_the_line_is(session: Session, cast: Cast) -> None:
    people = [cast.root]
    for number in range(20):
        people.append(make_person(session, f"L{number}", f"Level{number} Panjang", manager=people[-1]))
    root = actor_of(cast.root)
    listed = set(session.scalars(visible_people(root).with_only_columns(Person.id)))
    assert {person.id for person in people} <= listed
    assert all(allow(session, root, Action.PERSON_READ, person.id).is_allowed for person in people)
    assert managers_above(session, people[-1].id, TODAY) == [person.id for person in people[-2::-1]]


def test_relations_are_named(session: Session, cast: Cast) -> None:
    assert {
        name: {str(r) for r in relations_to(session, actor_of(person), cast.eli.id)}
        for name, person in names(cast).items()
    } == {
        "root": {"signed_in", "above"},
        "mona": {"signed_in", "line"},
        "omar": {"signed_in"},
        "eli": {"signed_in", "self"},
        "eva": {"signed_in"},
        "otto": {"signed_in"},
        "hana": {"signed_in", "hr"},
        "audi": {"signed_in", "auditor"},
        "gone": {"signed_in"},
    }
