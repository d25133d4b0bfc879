"""Do employee and manager come to agree on a plan, and is on record what exactly was accepted?"""

import json
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import AuditEntry, Cycle, Plan, PlanAcceptance, PlanRemark
from app.rules.plan_difference import Change
from app.rules.vocabulary import PlanState, RemarkKind
from app.rules.workflow import Step
from app.services import audit
from app.services.agreement import (
    RemarkValues,
    accept_plan,
    add_remark,
    approve_plan,
    counter_plan,
    list_acceptances,
    list_remarks,
    open_proposals,
    plan_steps,
    propose_plan,
    return_plan,
    take_proposal,
)
from app.services.plan_changes import difference_of
from app.services.plan_drafts import kpis_of
from app.services.plan_kpis import ObjectiveValues, put_objective, remove_kpi
from app.services.plan_weights import KpiRatings
from app.services.planning import discard_plan, plan_in_force, revise_plan, submit_plan
from tests.cast import Cast, actor_of
from tests.factories import NOW
from tests.plans import RATIO_VALUES, VALUES, add_objective, make_draft, open_cycle

pytestmark = pytest.mark.database


@pytest.fixture
def mona(cast: Cast) -> Actor:
    return actor_of(cast.mona)


@pytest.fixture
def eli(cast: Cast) -> Actor:
    return actor_of(cast.eli)


@pytest.fixture
def cycle(session: Session, cast: Cast) -> Cycle:
    return open_cycle(session, actor_of(cast.hana), asks_agreement=True)


@pytest.fixture
def plan(session: Session, cast: Cast, cycle: Cycle, mona: Actor) -> Plan:
    """Eli's complete draft by mona, the second KPI without a single target."""
    return make_draft(session, mona, cast.eli, cycle, [VALUES, RATIO_VALUES, VALUES, VALUES, VALUES, VALUES])


def propose(session: Session, actor: Actor, plan: Plan) -> Plan:
    return propose_plan(session, actor, plan_id=plan.id, version=plan.version)


def accept(session: Session, actor: Actor, plan: Plan) -> Plan:
    return accept_plan(session, actor, plan_id=plan.id, version=plan.version)


def approve(session: Session, actor: Actor, plan: Plan) -> Plan:
    return approve_plan(session, actor, plan_id=plan.id, version=plan.version)


def answer(session: Session, actor: Actor, plan: Plan, *remarks: RemarkValues) -> Plan:
    return counter_plan(session, actor, plan_id=plan.id, version=plan.version, remarks=remarks)


def refused(act: Any) -> str:
    with pytest.raises(Conflict) as conflict:
        act()
    return conflict.value.code


def faults(act: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as invalid:
        act()
    return [(fault.at, fault.code) for fault in invalid.value.faults]


def test_the_whole_way(session: Session, cycle: Cycle, plan: Plan, mona: Actor, eli: Actor) -> None:
    first = kpis_of(plan)[0]
    propose(session, mona, plan)
    lower = RemarkValues("Pasar turun.", kpi_code=first.code, target=Decimal(1000), ratings=KpiRatings(difficulty=5))
    whole = RemarkValues("Selebihnya setuju.")
    answer(session, eli, plan, lower, whole)
    assert plan.state is PlanState.COUNTERED
    wish = open_proposals(plan, list_remarks(session, mona, plan_id=plan.id))[first.code]
    take_proposal(session, mona, plan_id=plan.id, version=plan.version, remark_id=wish.id)
    assert (first.target, first.difficulty) == (Decimal(1000), 5)
    assert open_proposals(plan, list_remarks(session, mona, plan_id=plan.id)) == {}
    propose(session, mona, plan)
    accept(session, eli, plan)
    assert plan_in_force(session, plan.person_id, cycle.id, date(2026, 5, 1)) is None
    approve(session, mona, plan)
    assert plan_in_force(session, plan.person_id, cycle.id, date(2026, 5, 1)) is plan
    assert plan.submitted_by_id == mona.person_id
    told = [(each.kind.value, each.round_number, each.kpi_code) for each in list_remarks(session, eli, plan_id=plan.id)]
    assert told == [
        ("proposed", 1, ""),
        ("answered", 1, first.code),
        ("answered", 1, ""),
        ("taken", 1, first.code),
        ("proposed", 2, ""),
        ("accepted", 2, ""),
        ("approved", 2, ""),
    ]
    assert audit.verify(session) is None


def test_an_acceptance_holds_name_moment_and_exactly_what_was_accepted(
    session: Session, cast: Cast, plan: Plan, mona: Actor, eli: Actor
) -> None:
    propose(session, mona, plan)
    accept(session, eli, plan)
    cast.eli.name = "Eli Effendi Putra"
    session.flush()
    (acceptance,) = list_acceptances(session, mona, plan_id=plan.id)
    assert (acceptance.name, acceptance.at, acceptance.version_number) == ("Eli Effendi", NOW, 1)
    assert acceptance.digest == sha256(acceptance.content.encode()).hexdigest()
    content = json.loads(acceptance.content)
    assert [kpi["code"] for objective in content["objectives"] for kpi in objective["kpis"]] == [
        kpi.code for kpi in kpis_of(plan)
    ]
    (kpi,) = content["objectives"][0]["kpis"]
    assert (kpi["target"], kpi["weight"], kpi["priority"], kpi["method"]) == ("1200", "22", 5, "higher")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "plan.accepted")).one()
    assert (entry.actor_id, json.loads(entry.details)["digest"]) == (cast.eli.id, acceptance.digest)


def test_what_is_proposed_or_accepted_cannot_be_written_on(
    session: Session, plan: Plan, mona: Actor, eli: Actor
) -> None:
    def write() -> None:
        add_objective(session, mona, plan)

    propose(session, mona, plan)
    assert refused(write) == "plan_proposed"
    assert refused(lambda: discard_plan(session, mona, plan_id=plan.id, version=plan.version)) == "plan_proposed"
    accept(session, eli, plan)
    assert refused(write) == "plan_accepted"
    assert refused(lambda: propose(session, mona, plan)) == "plan_accepted"


def test_what_is_returned_must_be_accepted_again(session: Session, plan: Plan, mona: Actor, eli: Actor) -> None:
    propose(session, mona, plan)
    accept(session, eli, plan)
    return_plan(session, mona, plan_id=plan.id, version=plan.version, reason="Target kunjungan keliru")
    assert plan.state is PlanState.DRAFT
    assert refused(lambda: approve(session, mona, plan)) == "plan_in_draft"
    put_objective(
        session, mona, plan_id=plan.id, version=plan.version, values=ObjectiveValues("Mutu"),
        objective_id=plan.objectives[0].id,
    )  # fmt: skip
    propose(session, mona, plan)
    assert refused(lambda: approve(session, mona, plan)) == "plan_proposed"
    accept(session, eli, plan)
    approve(session, mona, plan)
    one, other = list_acceptances(session, eli, plan_id=plan.id)
    assert one.digest != other.digest


def test_nothing_comes_into_force_but_what_was_accepted(session: Session, plan: Plan, mona: Actor, eli: Actor) -> None:
    """Should anything have changed the rows in another way."""
    propose(session, mona, plan)
    accept(session, eli, plan)
    kpis_of(plan)[0].target = Decimal(9999)
    session.flush()
    assert refused(lambda: approve(session, mona, plan)) == "acceptance_outdated"
    assert plan.state is PlanState.ACCEPTED


def test_where_agreement_is_asked_nothing_is_submitted(session: Session, plan: Plan, mona: Actor) -> None:
    assert refused(lambda: submit_plan(session, mona, plan_id=plan.id, version=plan.version)) == "agreement_asked"
    plan.cycle.asks_agreement = False
    assert plan_steps(session, mona, plan) == {Step.SUBMIT}
    submit_plan(session, mona, plan_id=plan.id, version=plan.version)
    assert plan.state is PlanState.ACTIVE


def test_an_incomplete_plan_is_not_proposed(session: Session, plan: Plan, mona: Actor) -> None:
    remove_kpi(session, mona, plan_id=plan.id, version=plan.version, kpi_id=kpis_of(plan)[0].id)
    assert faults(lambda: propose(session, mona, plan)) == [("objectives[0].kpis", "too_few")]


def test_nobody_accepts_for_somebody_else_and_nobody_approves_their_own(
    session: Session, cast: Cast, plan: Plan, mona: Actor, eli: Actor
) -> None:
    propose(session, mona, plan)
    for person in (cast.mona, cast.root, cast.hana, cast.audi):
        with pytest.raises(NotAllowed):
            accept(session, actor_of(person), plan)
        with pytest.raises(NotAllowed):
            answer(session, actor_of(person), plan, RemarkValues("Saya"))
    for person in (cast.otto, cast.eva):
        with pytest.raises(NotFound):
            accept(session, actor_of(person), plan)
    accept(session, eli, plan)
    for person, refusal in ((cast.eli, NotAllowed), (cast.audi, NotAllowed), (cast.omar, NotFound)):
        with pytest.raises(refusal):
            approve(session, actor_of(person), plan)
    assert approve(session, actor_of(cast.root), plan).state is PlanState.ACTIVE


def test_who_may_do_what_next(session: Session, cast: Cast, plan: Plan, mona: Actor, eli: Actor) -> None:
    def steps() -> list[set[Step]]:
        return [set(plan_steps(session, actor_of(who), plan)) for who in (cast.eli, cast.mona, cast.audi)]

    assert steps() == [set(), {Step.PROPOSE}, set()]
    propose(session, mona, plan)
    assert steps() == [{Step.ACCEPT, Step.COUNTER}, {Step.RETURN}, set()]
    answer(session, eli, plan, RemarkValues("Terlalu tinggi"))
    assert steps() == [set(), {Step.PROPOSE}, set()]
    propose(session, mona, plan)
    accept(session, eli, plan)
    assert steps() == [set(), {Step.APPROVE, Step.RETURN}, set()]


def test_an_answer_says_what_should_be_different(session: Session, plan: Plan, mona: Actor, eli: Actor) -> None:
    sales, ratio, *_ = kpis_of(plan)
    propose(session, mona, plan)
    assert faults(lambda: answer(session, eli, plan)) == [("remarks", "nothing_answered")]
    assert faults(
        lambda: answer(
            session,
            eli,
            plan,
            RemarkValues("  "),
            RemarkValues("x", kpi_code="NO"),
            RemarkValues(kpi_code=ratio.code, target=Decimal(20)),
            RemarkValues(kpi_code=sales.code, target=Decimal(0)),
            RemarkValues(kpi_code=sales.code, ratings=KpiRatings(priority=6)),
            RemarkValues("x", objective_number=77),
            RemarkValues(target=Decimal(5)),
        )
    ) == [
        ("remarks[0].text", "required"),
        ("remarks[1].kpi", "not_of_this_plan"),
        ("remarks[2].target", "not_scored_by_target"),
        ("remarks[3].target", "target_is_0"),
        ("remarks[4].priority", "rating_out_of_range"),
        ("remarks[5].objective", "not_of_this_plan"),
        ("remarks[6].kpi", "required"),
    ]
    assert plan.state is PlanState.PROPOSED
    many = [RemarkValues("Ya")] * 61
    assert faults(lambda: answer(session, eli, plan, *many)) == [("remarks", "too_many_parts")]


def test_everybody_concerned_discusses_until_the_plan_is_in_force(
    session: Session, cast: Cast, plan: Plan, mona: Actor, eli: Actor
) -> None:
    number = plan.objectives[1].number
    for who, values in (
        (cast.eli, RemarkValues("Mengapa?", kpi_code=kpis_of(plan)[2].code)),
        (cast.mona, RemarkValues("Karena pasar.", kpi_code=kpis_of(plan)[2].code)),
        (cast.hana, RemarkValues("Perjelas.", objective_number=number)),
    ):
        add_remark(session, actor_of(who), plan_id=plan.id, values=values)
    for who, refusal in ((cast.audi, NotAllowed), (cast.eva, NotFound)):
        with pytest.raises(refusal):
            add_remark(session, actor_of(who), plan_id=plan.id, values=RemarkValues("Saya juga"))
    said = list_remarks(session, actor_of(cast.audi), plan_id=plan.id)
    assert [(each.author.name, each.about, each.text) for each in said] == [
        ("Eli Effendi", "Pendapatan penjualan", "Mengapa?"),
        ("Mona Maharani", "Pendapatan penjualan", "Karena pasar."),
        ("Hana Hartati", "Sasaran 2", "Perjelas."),
    ]
    propose(session, mona, plan)
    accept(session, eli, plan)
    approve(session, mona, plan)
    assert refused(lambda: add_remark(session, eli, plan_id=plan.id, values=RemarkValues("x"))) == "discussion_closed"


def test_a_proposal_that_asks_for_no_figures_cannot_be_taken(
    session: Session, cast: Cast, plan: Plan, mona: Actor, eli: Actor
) -> None:
    remark = add_remark(session, eli, plan_id=plan.id, values=RemarkValues("?", kpi_code=kpis_of(plan)[0].code))

    def take(remark_id: int) -> None:
        take_proposal(session, mona, plan_id=plan.id, version=plan.version, remark_id=remark_id)

    assert refused(lambda: take(remark.id)) == "nothing_to_take"
    with pytest.raises(NotFound):
        take(remark.id + 1)
    other = make_draft(session, mona, cast.eva, plan.cycle)
    foreign = add_remark(session, mona, plan_id=other.id, values=RemarkValues("x", kpi_code=kpis_of(other)[0].code))
    with pytest.raises(NotFound):
        take(foreign.id)


def test_a_change_in_mid_cycle_is_agreed_before_it_replaces_what_is_in_force(
    session: Session, cycle: Cycle, plan: Plan, mona: Actor, eli: Actor
) -> None:
    propose(session, mona, plan)
    accept(session, eli, plan)
    approve(session, mona, plan)
    draft = revise_plan(
        session, mona, plan_id=plan.id, version=plan.version, starts_on=date(2026, 7, 1), reason="Pasar berubah"
    )
    first = kpis_of(draft)[0]
    first.target = Decimal(900)
    session.flush()
    assert refused(lambda: submit_plan(session, mona, plan_id=draft.id, version=draft.version)) == "agreement_asked"
    propose(session, mona, draft)
    assert (plan.state, plan.ends_on) == (PlanState.ACTIVE, date(2026, 12, 31))
    accept(session, eli, draft)
    approve(session, mona, draft)
    assert (plan.state, plan.ends_on, draft.state) == (PlanState.REPLACED, date(2026, 6, 30), PlanState.ACTIVE)
    assert plan_in_force(session, plan.person_id, cycle.id, date(2026, 6, 30)) is plan
    assert [each.version_number for each in list_acceptances(session, eli, plan_id=draft.id)] == [2]
    found = difference_of(session, eli, plan_id=draft.id)
    changed = {each.code: each.facts for each in found.difference.kpis if each.change is not Change.SAME}
    assert [(fact.name, fact.before, fact.after) for fact in changed[first.code]] == [("target", "1200", "900")]
    assert found.before is plan


def test_the_discussion_outlives_a_draft(session: Session, cast: Cast, plan: Plan, mona: Actor, eli: Actor) -> None:
    number = plan.objectives[-1].number
    add_remark(session, eli, plan_id=plan.id, values=RemarkValues("Mengapa?", objective_number=number))
    discard_plan(session, mona, plan_id=plan.id, version=plan.version)
    again = make_draft(session, mona, cast.eli, plan.cycle)
    assert [each.text for each in list_remarks(session, eli, plan_id=again.id)] == ["Mengapa?"]
    # What was said about an objective that is gone is not said about another one
    assert number is not None
    assert {each.number for each in again.objectives}.isdisjoint({number})
    assert session.scalars(select(PlanAcceptance)).all() == []
    assert {each.kind for each in session.scalars(select(PlanRemark))} == {RemarkKind.REMARK}


def test_two_people_do_not_overwrite_each_other(session: Session, plan: Plan, mona: Actor, eli: Actor) -> None:
    seen = plan.version
    propose(session, mona, plan)
    assert refused(lambda: accept_plan(session, eli, plan_id=plan.id, version=seen)) == "stale"
    proposed = plan.version
    return_plan(session, mona, plan_id=plan.id, version=plan.version, reason="Sebentar")
    assert refused(lambda: accept_plan(session, eli, plan_id=plan.id, version=proposed)) == "stale"
