"""How does a plan begin, come into force and get its next version?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import Appraisal, AuditEntry, Cycle, Entry, Plan
from app.rules.faults import Fault
from app.rules.vocabulary import AppraisalState, CycleState, Method, PlanState, SourceKind
from app.services import audit
from app.services.cycles import period_of
from app.services.plan_drafts import kpis_of
from app.services.plan_kpis import ObjectiveValues, put_kpi, put_objective, remove_kpi
from app.services.planning import (
    copy_plan,
    discard_plan,
    findings,
    get_plan,
    plan_in_force,
    revise_plan,
    start_plan,
    submit_plan,
    versions_of,
)
from tests.cast import Cast, actor_of
from tests.factories import NOW
from tests.plans import RATIO_VALUES, VALUES, add_kpi, add_objective, make_active, make_draft, open_cycle, rate, start

pytestmark = pytest.mark.database


@pytest.fixture
def hr(cast: Cast) -> Actor:
    return actor_of(cast.hana)


@pytest.fixture
def cycle(session: Session, hr: Actor) -> Cycle:
    return open_cycle(session, hr)


def codes(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(fault.at, fault.code) for fault in refused.value.faults]


def test_a_plan_begins_empty_for_the_days_of_the_cycle(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = start(session, hr, cast.eli, cycle)
    assert (plan.state, plan.version_number, plan.starts_on, plan.ends_on, plan.objectives) == (
        PlanState.DRAFT,
        1,
        date(2026, 1, 1),
        date(2026, 12, 31),
        [],
    )


def test_a_plan_holds_only_while_its_employee_is_employed(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor
) -> None:
    cast.eli.joined_on, cast.eli.left_on = date(2026, 3, 16), date(2026, 9, 30)
    plan = start(session, hr, cast.eli, cycle)
    assert (plan.starts_on, plan.ends_on) == (date(2026, 3, 16), date(2026, 9, 30))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda eli, _cycle: setattr(eli, "left_on", date(2025, 12, 31)), "not_employed_in_cycle"),
        (lambda _eli, cycle: setattr(cycle, "state", CycleState.CLOSED), "cycle_closed"),
    ],
)
def test_a_plan_that_cannot_hold_is_refused(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor, change: Any, code: str
) -> None:
    change(cast.eli, cycle)
    with pytest.raises(Conflict) as refused:
        start(session, hr, cast.eli, cycle)
    assert refused.value.code == code


def test_nobody_has_two_plans_for_a_cycle(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    start(session, hr, cast.eli, cycle)
    with pytest.raises(Conflict) as refused:
        start(session, hr, cast.eli, cycle)
    assert refused.value.code == "plan_exists"


def test_an_empty_draft_says_what_it_lacks(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = start(session, hr, cast.eli, cycle)
    assert findings(plan) == [
        Fault("objectives", "too_few", {"count": "0", "fewest": "5", "most": "8"}),
        Fault("kpis", "too_few", {"count": "0", "fewest": "5", "most": "10"}),
    ]


def test_every_reason_is_given_at_once(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = start(session, hr, cast.eli, cycle)
    first, second = add_objective(session, hr, plan), add_objective(session, hr, plan)
    add_kpi(session, hr, plan, first, replace(VALUES, target=None))
    add_kpi(session, hr, plan, first, replace(RATIO_VALUES, numerator=(), low=None))
    add_kpi(session, hr, plan, first)
    with pytest.raises(Invalid) as refused:
        submit_plan(session, hr, plan_id=plan.id, version=plan.version)
    assert codes(refused) == [
        ("objectives", "too_few"),
        ("kpis", "too_few"),
        ("objectives[0].kpis", "too_many"),
        ("objectives[1].kpis", "too_few"),
        ("kpis[0].target", "required"),
        ("kpis[1].low", "required"),
        ("kpis[1].numerator", "no_inputs"),
        ("kpis[0].ratings", "ratings_missing"),
        ("kpis[1].ratings", "ratings_missing"),
        ("kpis[2].ratings", "ratings_missing"),
    ]
    assert (plan.state, second.kpis) == (PlanState.DRAFT, [])


def test_a_complete_plan_comes_into_force(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = make_draft(session, hr, cast.eli, cycle)
    assert plan_in_force(session, cast.eli.id, cycle.id, date(2026, 5, 1)) is None
    submit_plan(session, hr, plan_id=plan.id, version=plan.version)
    assert (plan.state, plan.submitted_by_id, findings(plan)) == (PlanState.ACTIVE, cast.hana.id, [])
    assert plan_in_force(session, cast.eli.id, cycle.id, date(2026, 5, 1)) is plan
    assert plan_in_force(session, cast.eli.id, cycle.id, date(2027, 1, 1)) is None
    assert plan_in_force(session, cast.eva.id, cycle.id, date(2026, 5, 1)) is None


def test_a_plan_is_weighed_by_the_policy_of_the_day_on_which_it_is_submitted(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor
) -> None:
    plan = make_draft(session, hr, cast.eli, cycle)
    cycle.priority_share, cycle.credibility_share = Decimal(20), Decimal(50)
    submit_plan(session, hr, plan_id=plan.id, version=plan.version)
    assert [kpi.weight for kpi in kpis_of(plan)] == [21, 18, 19, 18, 12, 12]


def test_what_is_in_force_is_no_draft(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = make_active(session, hr, cast.eli, cycle)
    for act in (
        lambda: submit_plan(session, hr, plan_id=plan.id, version=plan.version),
        lambda: discard_plan(session, hr, plan_id=plan.id, version=plan.version),
        lambda: add_objective(session, hr, plan),
        lambda: rate(session, hr, plan),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "plan_not_draft"


def test_a_stale_version_changes_nothing(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = start(session, hr, cast.eli, cycle)
    seen = plan.version
    add_objective(session, hr, plan, "Der erste")
    with pytest.raises(Conflict) as refused:
        put_objective(session, hr, plan_id=plan.id, version=seen, values=ObjectiveValues("Der zweite"))
    assert refused.value.code == "stale"
    assert [objective.title for objective in plan.objectives] == ["Der erste"]


def test_a_draft_can_be_thrown_away(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = make_draft(session, hr, cast.eli, cycle)
    discard_plan(session, hr, plan_id=plan.id, version=plan.version)
    assert session.scalars(select(Plan)).all() == []
    assert start(session, hr, cast.eli, cycle).version_number == 1


def test_a_plan_is_copied_as_a_draft(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    milestone = replace(VALUES, name="Proyek")
    source = make_active(session, hr, cast.eli, cycle, (milestone, RATIO_VALUES, VALUES, VALUES, VALUES, VALUES))
    plan = copy_plan(session, hr, person_id=cast.eva.id, cycle_id=cycle.id, source_id=source.id)

    def content(of: Plan) -> list[object]:
        return [
            (o.title, [(k.code, k.name, k.target, k.low, k.weight, [i.name for i in k.inputs]) for k in o.kpis])
            for o in of.objectives
        ]

    assert (plan.state, plan.person_id, content(plan)) == (PlanState.DRAFT, cast.eva.id, content(source))
    assert not {kpi.id for kpi in kpis_of(plan)} & {kpi.id for kpi in kpis_of(source)}


# --- The next version -------------------------------------------------------------------------------------------------


def revise(session: Session, hr: Actor, plan: Plan, starts_on: date, reason: str = "Target baru") -> Plan:
    return revise_plan(session, hr, plan_id=plan.id, version=plan.version, starts_on=starts_on, reason=reason)


def enter(session: Session, cast: Cast, kpi_id: int, month: int) -> Entry:
    entry = Entry(
        kpi_id=kpi_id,
        on=f"2026-{month:02}",
        starts_on=date(2026, month, 1),
        ends_on=date(2026, month, 28),
        value=Decimal(month),
        source_kind=SourceKind.SYSTEM_OF_RECORD,
        recorded_at=NOW,
        recorded_by_id=cast.mona.id,
    )
    session.add(entry)
    session.flush()
    return entry


def test_a_revision_changes_nothing_until_it_is_submitted(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor
) -> None:
    plan = make_active(session, hr, cast.eli, cycle)
    draft = revise(session, hr, plan, date(2026, 4, 1))
    assert (draft.state, draft.version_number, draft.change_reason) == (PlanState.DRAFT, 2, "Target baru")
    assert [kpi.code for kpi in kpis_of(draft)] == [kpi.code for kpi in kpis_of(plan)]
    assert [kpi.weight for kpi in kpis_of(draft)] == [kpi.weight for kpi in kpis_of(plan)]
    assert plan_in_force(session, cast.eli.id, cycle.id, date(2026, 5, 1)) is plan
    with pytest.raises(Conflict) as refused:
        revise(session, hr, plan, date(2026, 5, 1))
    assert refused.value.code == "revision_exists"


def test_a_revision_replaces_from_its_first_day(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = make_active(session, hr, cast.eli, cycle)
    draft = revise(session, hr, plan, date(2026, 4, 1))
    submit_plan(session, hr, plan_id=draft.id, version=draft.version)
    assert (plan.state, plan.starts_on, plan.ends_on) == (PlanState.REPLACED, date(2026, 1, 1), date(2026, 3, 31))
    in_force = [plan_in_force(session, cast.eli.id, cycle.id, date(2026, month, 1)) for month in (1, 3, 4, 12)]
    assert in_force == [plan, plan, draft, draft]
    assert versions_of(session, hr, person_id=cast.eli.id, cycle_id=cycle.id) == [draft, plan]


def test_a_correction_from_the_first_day_takes_the_whole_place(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor
) -> None:
    plan = make_active(session, hr, cast.eli, cycle)
    entry = enter(session, cast, kpis_of(plan)[0].id, 1)
    draft = revise(session, hr, plan, date(2026, 1, 1))
    submit_plan(session, hr, plan_id=draft.id, version=draft.version)
    assert plan_in_force(session, cast.eli.id, cycle.id, date(2026, 1, 1)) is draft
    assert entry.kpi_id == kpis_of(draft)[0].id


def test_later_entries_go_to_the_same_kpi_of_the_new_version(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor
) -> None:
    plan = make_active(session, hr, cast.eli, cycle)
    first, second, third = kpis_of(plan)[:3]
    entries = [enter(session, cast, kpi.id, month) for kpi in (first, second, third) for month in (3, 4)]
    draft = revise(session, hr, plan, date(2026, 4, 1))
    heir, changed, removed = kpis_of(draft)[:3]
    values = replace(VALUES, method=Method.HIGHER, target=Decimal(5))
    put_kpi(
        session,
        hr,
        plan_id=draft.id,
        version=draft.version,
        objective_id=changed.objective_id,
        kpi_id=changed.id,
        values=replace(RATIO_VALUES, name="Kini rasio"),
    )
    remove_kpi(session, hr, plan_id=draft.id, version=draft.version, kpi_id=removed.id)
    add_kpi(session, hr, draft, draft.objectives[2], values)
    rate(session, hr, draft)
    submit_plan(session, hr, plan_id=draft.id, version=draft.version)
    assert [entry.kpi_id for entry in entries] == [first.id, heir.id, second.id, second.id, third.id, third.id]


def test_a_revision_says_why_and_from_a_day_that_can_be(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = make_active(session, hr, cast.eli, cycle)
    with pytest.raises(Invalid) as refused:
        revise(session, hr, plan, date(2026, 4, 2), reason="  ")
    assert codes(refused) == [("reason", "required"), ("starts_on", "not_a_period_start")]


def test_what_was_published_stays(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = make_active(session, hr, cast.eli, cycle)
    session.add(
        Appraisal(
            person_id=cast.eli.id,
            period_id=period_of(cycle, "2026-02").id,
            plan_id=plan.id,
            state=AppraisalState.PUBLISHED,
            changed_at=NOW,
        )
    )
    session.flush()
    with pytest.raises(Invalid) as refused:
        revise(session, hr, plan, date(2026, 2, 1))
    assert refused.value.faults == (Fault("starts_on", "period_published", {"period": "2026-02"}),)
    assert revise(session, hr, plan, date(2026, 3, 1)).starts_on == date(2026, 3, 1)


def test_no_entry_is_cut_in_two(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = make_active(session, hr, cast.eli, cycle)
    entry = enter(session, cast, kpis_of(plan)[0].id, 1)
    entry.on, entry.ends_on = "2026-Q1", date(2026, 3, 31)
    session.flush()
    with pytest.raises(Invalid) as refused:
        revise(session, hr, plan, date(2026, 2, 1))
    assert refused.value.faults == (Fault("starts_on", "entry_crosses_start", {"on": "2026-Q1"}),)
    assert revise(session, hr, plan, date(2026, 4, 1)).version_number == 2


def test_a_draft_is_not_revised(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = make_draft(session, hr, cast.eli, cycle)
    with pytest.raises(Conflict) as refused:
        revise(session, hr, plan, date(2026, 4, 1))
    assert refused.value.code == "plan_not_active"


# --- Who may ---------------------------------------------------------------------------------------------------------


def test_who_may_read_a_plan(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = make_draft(session, hr, cast.eli, cycle)
    for person in (cast.eli, cast.mona, cast.root):
        assert get_plan(session, actor_of(person), plan_id=plan.id) is plan
    assert get_plan(session, actor_of(cast.audi), plan_id=plan.id) is plan
    for person in (cast.omar, cast.otto, cast.eva):
        with pytest.raises(NotFound):
            get_plan(session, actor_of(person), plan_id=plan.id)
    with pytest.raises(NotFound):
        get_plan(session, hr, plan_id=plan.id + 1)


@pytest.mark.parametrize(
    ("name", "refusal"),
    [("eli", NotAllowed), ("audi", NotAllowed), ("omar", NotFound), ("eva", NotFound)],
)
def test_who_may_not_write_a_plan(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor, name: str, refusal: type[Exception]
) -> None:
    plan = make_draft(session, hr, cast.eli, cycle)
    actor, version = actor_of(getattr(cast, name)), plan.version
    for act in (
        lambda: add_objective(session, actor, plan),
        lambda: add_kpi(session, actor, plan, plan.objectives[0]),
        lambda: rate(session, actor, plan),
        lambda: submit_plan(session, actor, plan_id=plan.id, version=version),
        lambda: discard_plan(session, actor, plan_id=plan.id, version=version),
        lambda: copy_plan(session, actor, person_id=cast.eli.id, cycle_id=cycle.id, source_id=plan.id),
    ):
        with pytest.raises((NotAllowed, NotFound)) as refused:
            act()
        assert refused.type is refusal
    assert plan.version == version


def test_nobody_writes_their_own_plan(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    with pytest.raises(NotAllowed):
        start_plan(session, hr, person_id=cast.hana.id, cycle_id=cycle.id)


def test_every_act_is_on_record(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = make_active(session, hr, cast.eli, cycle)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "plan").order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == [
        "plan.started",
        *["plan.objective_put"] * 5,
        *["plan.kpi_put"] * 6,
        "plan.rated",
        "plan.submitted",
    ]
    assert {(e.actor_id, e.subject_id, e.object_kind, e.object_id) for e in entries} == {
        (cast.hana.id, cast.eli.id, "plan", plan.id)
    }
    assert audit.verify(session) is None
