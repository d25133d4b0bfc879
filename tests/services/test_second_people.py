"""Can somebody be named to decide where nobody else could, and is there then always another person than oneself?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Relation, allow, has_team, may, relations_to, seconds_named
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import AuditEntry, Person, RoleGrant, SecondPerson
from app.rules.vocabulary import Action, AppealOutcome, AppraisalState, CaseKind, Role
from app.services import audit, reviews
from app.services.appeals import Decision, decide_appeal, raise_appeal
from app.services.appraisals import publish
from app.services.cases import Asked, ask_case, decide_case
from app.services.second_people import SecondValues, end_second, name_second, seconds_of
from app.services.where import Where
from tests.cards import Example, add_bands, give_plan
from tests.cast import Cast, actor_of
from tests.factories import TODAY
from tests.reviews import ask_review, score
from tests.teams import make_cycle, period_of

pytestmark = pytest.mark.database

VALUES = SecondValues("Mona Maharani", TODAY + timedelta(days=90), "Hana satu-satunya HR.")


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    """The only person of HR has a plan, a January with figures, and a review that asks for approval."""
    cycle = make_cycle(session)
    add_bands(cycle)
    plan = give_plan(session, cast.hana, cycle)
    made = Example(cast, cycle, plan, {kpi.code: kpi for kpi in plan.kpis})
    root = replace(cast, mona=cast.root)
    Example(root, cycle, plan, made.kpis).record_january(session)
    ask_review(session, made, self_assessment=False, approval=True)
    return made


def january(example: Example) -> Where:
    return Where(example.cast.hana.id, example.cycle.code, "2026-01")


def name_mona(session: Session, cast: Cast) -> SecondPerson:
    return name_second(session, actor_of(cast.root), person_id=cast.hana.id, values=VALUES)


def test_hrs_own_appraisal_goes_its_way_with_a_second_person(session: Session, example: Example) -> None:
    cast, where = example.cast, january(example)
    root, mona, hana = actor_of(cast.root), actor_of(cast.mona), actor_of(cast.hana)
    score(session, example, by=cast.root, of=cast.hana, levels=())
    for actor, refusal in ((root, NotAllowed), (mona, NotFound), (hana, NotAllowed)):
        with pytest.raises(refusal):
            reviews.approve(session, actor, where=where)
    name_mona(session, cast)
    reviews.approve(session, mona, where=where)
    period = period_of(example.cycle, "2026-01").id
    published = publish(session, root, person_id=cast.hana.id, period_id=period)
    appeal = raise_appeal(session, hana, where=where, reason="Satu angka belum masuk.")
    with pytest.raises(NotAllowed):
        decide_appeal(
            session, root, appeal_id=appeal.id, version=1, decision=Decision(AppealOutcome.REJECTED, "Sudah masuk.")
        )
    second = decide_appeal(
        session, mona, appeal_id=appeal.id, version=1, decision=Decision(AppealOutcome.REJECTED, "Sudah masuk.")
    )
    assert (published.version_number, second.version_number) == (1, 2)
    assert audit.verify(session) is None


def test_a_correction_needs_two_who_are_named(session: Session, example: Example) -> None:
    cast, where = example.cast, january(example)
    name_mona(session, cast)
    score(session, example, by=cast.root, of=cast.hana, levels=())
    reviews.approve(session, actor_of(cast.mona), where=where)
    publish(session, actor_of(cast.root), person_id=cast.hana.id, period_id=period_of(example.cycle, "2026-01").id)
    request = ask_case(session, actor_of(cast.mona), where=where, asked=Asked(CaseKind.CORRECT, "Angka ganda."))
    with pytest.raises(Conflict, match="second_person_needed"):
        decide_case(session, actor_of(cast.mona), request_id=request.id, version=1, is_accepted=True)
    name_second(session, actor_of(cast.root), person_id=cast.hana.id, values=replace(VALUES, who="Omar Ondang"))
    decide_case(session, actor_of(cast.omar), request_id=request.id, version=1, is_accepted=True)
    assert request.appraisal.state is AppraisalState.OPEN
    with pytest.raises(Conflict, match="second_is_there"):
        name_second(session, actor_of(cast.root), person_id=cast.hana.id, values=replace(VALUES, who="Otto Oktavian"))


def test_nobody_is_named_where_two_can_decide(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict, match="second_is_there"):
        name_second(session, actor_of(cast.hana), person_id=cast.eli.id, values=VALUES)
    assert not seconds_of(session, actor_of(cast.mona), person_id=cast.eli.id).is_needed
    # With a second person of HR the first one needs nobody but one by name
    cast.eva.grants.append(RoleGrant(role=Role.HR))
    session.flush()
    found = seconds_of(session, actor_of(cast.root), person_id=cast.hana.id)
    assert (found.may_name, found.is_needed, list(found.named)) == (True, True, [])


@pytest.mark.parametrize(
    ("who", "ends", "code"),
    [
        ("Hana Hartati", 90, "own_manager"),
        ("Root Raharja", 90, "second_depends"),
        ("Gone Gunawan", 90, "nobody_so_named"),
        ("Mona Maharani", -1, "not_within_a_year"),
        ("Mona Maharani", 400, "not_within_a_year"),
    ],
)
def test_who_depends_or_is_not_there_cannot_be_named(
    session: Session, cast: Cast, who: str, ends: int, code: str
) -> None:
    values = SecondValues(who, TODAY + timedelta(days=ends), "Perlu orang kedua.")
    with pytest.raises(Invalid) as refused:
        name_second(session, actor_of(cast.root), person_id=cast.hana.id, values=values)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_who_reports_to_the_employee_cannot_be_named(session: Session, cast: Cast) -> None:
    values = replace(VALUES, who="Eli Effendi")
    with pytest.raises(Invalid) as refused:
        name_second(session, actor_of(cast.hana), person_id=cast.root.id, values=values)
    assert [fault.code for fault in refused.value.faults] == ["second_depends"]


def test_nobody_names_their_own_second_person(session: Session, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        name_second(session, actor_of(cast.hana), person_id=cast.hana.id, values=VALUES)
    with pytest.raises(NotFound):
        name_second(session, actor_of(cast.otto), person_id=cast.hana.id, values=VALUES)


def test_the_naming_is_on_record_and_ends(session: Session, cast: Cast) -> None:
    row = name_mona(session, cast)
    hana, mona = cast.hana.id, actor_of(cast.mona)
    assert seconds_named(session, hana, TODAY) == [cast.mona.id]
    with pytest.raises(NotFound):
        end_second(session, actor_of(cast.root), person_id=cast.mona.id, second_id=row.id)
    end_second(session, actor_of(cast.root), person_id=hana, second_id=row.id)
    assert Relation.ABOVE not in relations_to(session, mona, hana)
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == hana).order_by(AuditEntry.id))
    assert list(acts) == ["second_person.named", "second_person.ended"]


def test_question_and_select_agree_as_long_as_it_lasts(session: Session, cast: Cast) -> None:
    otto_names = replace(VALUES, who="Otto Oktavian", ends_on=TODAY + timedelta(days=10))
    name_second(session, actor_of(cast.root), person_id=cast.hana.id, values=otto_names)
    for days, is_above in ((-1, False), (0, True), (10, True), (11, False)):
        otto = actor_of(cast.otto, _day(days))
        assert (Relation.ABOVE in relations_to(session, otto, cast.hana.id)) is is_above
        assert has_team(session, otto) is is_above
        for action in Action:
            listed = set(session.scalars(select(Person.id).where(may(otto, action, Person.id))))
            asked = {person.id for person in cast if allow(session, otto, action, person.id).is_allowed}
            assert listed == asked, (days, action)


def _day(days: int) -> date:
    return TODAY + timedelta(days=days)
