"""Whole years at random: whatever people try, whoever tries it, on whatever day – does what must hold still hold?"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.access import Actor, managers_above
from app.errors import KinerjaError
from app.models import (
    Adjustment,
    Appeal,
    Appraisal,
    AppraisalStep,
    CaseRequest,
    Cycle,
    Kpi,
    Period,
    Person,
    Plan,
    PlanAcceptance,
    PublishedScorecard,
    ReportingLine,
)
from app.rules.entries import Figure
from app.rules.vocabulary import BINDING, AppealOutcome, CaseKind, Frequency, PlanState
from app.rules.workflow import Step
from app.services import (
    agreement,
    appeals,
    appraisals,
    audit,
    calibration,
    cases,
    closing,
    cycles,
    people,
    planning,
    receipts,
    reviews,
    scorecards,
    self_assessments,
    snapshots,
)
from app.services.actuals import EntryValues, put_entry
from app.services.appeals import Decision
from app.services.cases import Asked
from app.services.cycles import CycleValues, PolicyValues
from app.services.organisation import SETTINGS
from app.services.people import PersonValues
from app.services.plan_drafts import kpis_of
from app.services.reviews import Scoring
from app.services.self_assessments import OwnView
from app.services.where import Where
from app.settings import Settings
from tests.cast import Cast, actor_of, make_cast
from tests.plans import VALUES, add_kpi, add_objective, rate, start
from tests.tools import Clock

pytestmark = [pytest.mark.database, pytest.mark.slow]

EMPLOYEES: Final = ("eli", "eva", "otto")
EVERYBODY: Final = ("root", "mona", "omar", "eli", "eva", "otto", "hana", "audi")
QUARTERS: Final = ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")

who = st.sampled_from((*EVERYBODY, *["boss"] * 8, *["self"] * 5, *["root"] * 4, *["hana"] * 3))
"""Anybody, but more often whoever would: so that years come far."""
employee = st.sampled_from(EMPLOYEES)
quarter = st.sampled_from(QUARTERS)
totals = st.decimals(50, 115, places=2)
months = st.integers(1, 12)
figures = st.decimals(0, 150, places=1)


class Year(RuleBasedStateMachine):
    """One company in one cycle: everybody tries everything, and most of it is refused."""

    done: ClassVar[Counter[str]] = Counter()
    """What was not refused, over all years."""

    engine: Engine
    settings: Settings
    clock: Clock

    @initialize(approval=st.booleans(), own=st.booleans(), reviewed=st.sets(quarter))
    def begin(self, approval: bool, own: bool, reviewed: set[str]) -> None:
        self.clock.set_day(date(2026, 1, 5))
        self.connection = self.engine.connect().execution_options(writes=True)
        self.outer = self.connection.begin()
        self.session = Session(
            self.connection,
            join_transaction_mode="create_savepoint",
            expire_on_commit=False,
            info={SETTINGS: self.settings},
        )
        self.cast: Cast = make_cast(self.session)
        hana = self.actor("hana")
        policy = PolicyValues(asks_agreement=True)
        days = (date(2026, 1, 1), date(2026, 12, 31))
        values = CycleValues("2026", "Kinerja 2026", *days, period_kind=Frequency.QUARTERLY, policy=policy)
        self.cycle: Cycle = cycles.open_cycle(self.session, hana, values=values)
        self.cycle.asks_approval, self.cycle.asks_self_assessment = approval, own
        for period in self.cycle.periods:
            period.asks_review = period.code in reviewed
        self.frozen: dict[int, tuple[str, Decimal | None]] = {}
        for name in EMPLOYEES:
            self.write_plan(name)
        for name in EMPLOYEES[:2]:
            self.agree(name)

    def teardown(self) -> None:
        if hasattr(self, "outer"):
            self.session.close()
            self.outer.rollback()
            self.connection.close()

    # --- Tools --------------------------------------------------------------------------------------------------------

    def actor(self, name: str, employee: str = "") -> Actor:
        """Somebody of the cast, or who stands to the employee as the name says."""
        today = self.clock.now.date()
        if name == "boss":
            above = managers_above(self.session, self.person(employee).id, today)
            return actor_of(self.session.get_one(Person, above[0]) if above else self.cast.root, today)
        return actor_of(self.person(employee if name == "self" else name), today)

    def person(self, name: str) -> Person:
        person: Person = getattr(self.cast, name)
        return person

    @contextmanager
    def trying(self, what: str) -> Iterator[None]:
        """What is refused leaves nothing behind; anything but a refusal is a fault."""
        try:
            with self.session.begin_nested():
                yield
        except KinerjaError:
            self.session.expire_all()
        else:
            self.done[what] += 1

    def name_of(self, appraisal_id: int) -> str:
        """Whose appraisal it is."""
        person_id = self.session.get_one(Appraisal, appraisal_id).person_id
        return next(name for name in EMPLOYEES if self.person(name).id == person_id)

    def write_plan(self, name: str) -> None:
        hana = self.actor("hana")
        plan = start(self.session, hana, self.person(name), self.cycle)
        for number in range(1, 7):
            objective = add_objective(self.session, hana, plan, f"Sasaran {number}")
            add_kpi(self.session, hana, plan, objective, replace(VALUES, name=f"KPI {number}"))
        rate(self.session, hana, plan)

    def latest(self, name: str) -> Plan:
        wanted = (
            select(Plan).where(Plan.person_id == self.person(name).id).order_by(Plan.version_number.desc()).limit(1)
        )
        return self.session.scalars(wanted).one()

    def where(self, name: str, code: str) -> Where:
        return Where(self.person(name).id, "2026", code)

    def period(self, code: str) -> Period:
        return next(period for period in self.cycle.periods if period.code == code)

    def version_of(self, name: str, code: str) -> int | None:
        """The version of an appraisal that somebody has before them; none where it has not begun."""
        wanted = select(Appraisal.version).where(
            Appraisal.person_id == self.person(name).id, Appraisal.period_id == self.period(code).id
        )
        return self.session.scalar(wanted)

    # --- What people do -----------------------------------------------------------------------------------------------

    @rule(days=st.integers(1, 60))
    def time_passes(self, days: int) -> None:
        self.clock.advance(days=days)

    @rule(by=who, name=employee, step=st.sampled_from(["propose", "accept", "counter", "return", "approve", "submit"]))
    def plans_move(self, by: str, name: str, step: str) -> None:
        plan, actor = self.latest(name), self.actor(by, name)
        given: dict[str, Any] = {"plan_id": plan.id, "version": plan.version}
        remark = [agreement.RemarkValues(text="Targetnya terlalu tinggi.")]
        acts: dict[str, Callable[[], object]] = {
            "propose": lambda: agreement.propose_plan(self.session, actor, **given),
            "accept": lambda: agreement.accept_plan(self.session, actor, **given),
            "counter": lambda: agreement.counter_plan(self.session, actor, **given, remarks=remark),
            "return": lambda: agreement.return_plan(self.session, actor, **given, reason="Keliru"),
            "approve": lambda: agreement.approve_plan(self.session, actor, **given),
            "submit": lambda: planning.submit_plan(self.session, actor, **given),
        }
        with self.trying(step):
            acts[step]()

    @rule(name=employee)
    def agree(self, name: str) -> None:
        """The usual way, so that years come far enough."""
        for by, step in (("boss", "propose"), ("self", "accept"), ("boss", "approve")):
            self.plans_move(by, name, step)

    @rule(by=who, name=employee, code=quarter)
    def plan_is_revised(self, by: str, name: str, code: str) -> None:
        plan = self.latest(name)
        with self.trying("revise"):
            planning.revise_plan(
                self.session,
                self.actor(by, name),
                plan_id=plan.id,
                version=plan.version,
                starts_on=self.period(code).starts_on,
                reason="Wilayah baru",
            )

    @rule(
        by=who, name=employee, month=st.integers(1, 12), value=st.decimals(0, 150, places=1), number=st.integers(0, 5)
    )
    def figure_is_recorded(self, by: str, name: str, month: int, value: Decimal, number: int) -> None:
        in_force = select(Plan).where(Plan.person_id == self.person(name).id, Plan.state.in_(BINDING))
        plan = self.session.scalars(in_force.order_by(Plan.version_number.desc()).limit(1)).first()
        kpi = kpis_of(plan or self.latest(name))[number]
        with self.trying("record"):
            on, values = f"2026-{month:02}", EntryValues(Figure(value))
            put_entry(self.session, self.actor(by, name), kpi_id=kpi.id, on=on, values=values, version=None)

    @rule(name=employee, code=quarter)
    def quarter_is_recorded(self, name: str, code: str) -> None:
        month = self.period(code).starts_on.month
        for number in range(6):
            self.figure_is_recorded("boss", name, month, Decimal(60 + 10 * number), number)

    @rule(by=who, name=employee, code=quarter, hand_in=st.booleans())
    def own_view_is_written(self, by: str, name: str, code: str, hand_in: bool) -> None:
        with self.trying("assess"):
            values = OwnView("Baik.", {})
            where = self.where(name, code)
            self_assessments.save_own_view(
                self.session,
                self.actor(by, name),
                where=where,
                version=self.version_of(name, code),
                values=values,
                hand_in=hand_in,
            )

    @rule(by=who, name=employee, code=quarter)
    def period_is_scored(self, by: str, name: str, code: str) -> None:
        with self.trying("score"):
            where, values = self.where(name, code), Scoring(comment="Baik.")
            reviews.save_scoring(
                self.session,
                self.actor(by, name),
                where=where,
                version=self.version_of(name, code),
                values=values,
                hand_in=True,
            )

    @rule(by=who, name=employee, code=quarter, step=st.sampled_from(["approve", "hand back"]))
    def scoring_is_looked_at(self, by: str, name: str, code: str, step: str) -> None:
        with self.trying(step):
            if step == "approve":
                reviews.approve(self.session, self.actor(by, name), where=self.where(name, code))
            else:
                reviews.hand_back(
                    self.session, self.actor(by, name), where=self.where(name, code), reason="Periksa lagi"
                )

    @rule(by=who, name=employee, code=quarter, total=totals)
    def total_is_calibrated(self, by: str, name: str, code: str, total: Decimal) -> None:
        with self.trying("calibrate"):
            calibration.move_total(
                self.session,
                self.actor(by, name),
                person_id=self.person(name).id,
                period_id=self.period(code).id,
                total=total,
                seen=self.computed(name, code),
                reason="Disetarakan",
            )

    def computed(self, name: str, code: str) -> Decimal:
        """The total to date that a calibrator has before them."""
        hana, person_id = self.actor("hana"), self.person(name).id
        try:
            found = scorecards.period_card(self.session, hana, person_id=person_id, cycle_code="2026", period_code=code)
        except KinerjaError:
            return Decimal(0)
        return found.scored.outcome.computed or Decimal(0)

    @rule(by=who, name=employee, code=quarter)
    def result_is_published(self, by: str, name: str, code: str) -> None:
        with self.trying("publish"):
            period_id = self.period(code).id
            appraisals.publish(self.session, self.actor(by, name), person_id=self.person(name).id, period_id=period_id)

    @rule(name=employee, code=quarter, calibrated=st.booleans(), returned=st.booleans())
    def whole_quarter(self, name: str, code: str, *, calibrated: bool = False, returned: bool = False) -> None:
        """A quarter as it should be, so that years come far enough."""
        self.agree(name)
        if self.clock.now.date() <= self.period(code).ends_on:
            self.clock.set_day(self.period(code).ends_on + timedelta(days=1))
        self.quarter_is_recorded(name, code)
        self.own_view_is_written("self", name, code, hand_in=True)
        self.period_is_scored("boss", name, code)
        if returned:
            self.scoring_is_looked_at("boss", name, code, "hand back")
            self.period_is_scored("boss", name, code)
        if calibrated:
            self.total_is_calibrated("root", name, code, Decimal(95))
        self.scoring_is_looked_at("root", name, code, "approve")
        self.result_is_published("boss", name, code)

    @rule(by=who, name=employee, code=quarter, step=st.sampled_from(["acknowledge", "appeal"]))
    def scorecard_is_answered(self, by: str, name: str, code: str, step: str) -> None:
        where = Where(self.person(name).id, "2026", code)
        with self.trying(step):
            if step == "acknowledge":
                receipts.acknowledge(self.session, self.actor(by, name), where=where)
            else:
                appeals.raise_appeal(self.session, self.actor(by, name), where=where, reason="Belum lengkap")

    @rule(name=employee, code=quarter, outcome=st.sampled_from(list(AppealOutcome)))
    def whole_objection(self, name: str, code: str, outcome: AppealOutcome) -> None:
        """A result, an objection in its days and a decision, as it should be."""
        self.whole_quarter(name, code)
        self.scorecard_is_answered("self", name, code, "acknowledge")
        self.scorecard_is_answered("self", name, code, "appeal")
        self.appeal_is_decided("root", outcome, Decimal(90))

    @rule(name=employee, code=quarter)
    def whole_correction(self, name: str, code: str) -> None:
        """A result that turns out wrong, is opened by two people and published anew."""
        self.whole_quarter(name, code)
        self.result_is_reopened("root", "hana", name, code)
        self.whole_quarter(name, code)

    @rule(by=who, outcome=st.sampled_from(list(AppealOutcome)), total=totals)
    def appeal_is_decided(self, by: str, outcome: AppealOutcome, total: Decimal) -> None:
        undecided = select(Appeal).where(Appeal.decided_at.is_(None)).order_by(Appeal.id).limit(1)
        appeal = self.session.scalars(undecided).first()
        if appeal is None:
            return
        self.actor(by, self.name_of(appeal.appraisal_id))
        decision = Decision(outcome, "Sudah diperiksa.", None if outcome is AppealOutcome.REJECTED else total)
        with self.trying("decide"):
            appeals.decide_appeal(
                self.session,
                self.actor(by, self.name_of(appeal.appraisal_id)),
                appeal_id=appeal.id,
                version=appeal.version,
                decision=decision,
            )

    @rule(by=who, second=who, name=employee, code=quarter)
    def result_is_reopened(self, by: str, second: str, name: str, code: str) -> None:
        with self.trying("ask to reopen"):
            asked = Asked(CaseKind.CORRECT, "Angka keliru")
            cases.ask_case(
                self.session,
                self.actor(by, name),
                where=Where(self.person(name).id, "2026", code),
                asked=asked,
            )
        undecided = select(CaseRequest).where(CaseRequest.decided_at.is_(None)).order_by(CaseRequest.id).limit(1)
        request = self.session.scalars(undecided).first()
        if request is not None:
            with self.trying("reopen"):
                cases.decide_case(
                    self.session,
                    self.actor(second, self.name_of(request.appraisal_id)),
                    request_id=request.id,
                    version=request.version,
                    is_accepted=True,
                )

    @rule(name=employee, manager=st.sampled_from(["mona", "omar", "root"]))
    def manager_changes(self, name: str, manager: str) -> None:
        person, day = self.person(name), self.clock.now.date()
        with self.trying("another manager"):
            values = self.values_of(person, manager_id=self.person(manager).id, reports_on=day)
            people.change_person(
                self.session, self.actor("hana"), person_id=person.id, version=person.version, values=values
            )

    @rule(name=employee, left=st.none() | st.dates(date(2026, 3, 1), date(2026, 12, 31)))
    def person_leaves_or_stays(self, name: str, left: date | None) -> None:
        person = self.person(name)
        with self.trying("leave"):
            people.change_person(
                self.session,
                self.actor("hana"),
                person_id=person.id,
                version=person.version,
                values=replace(self.values_of(person), left_on=left),
            )

    def values_of(self, person: Person, **changes: Any) -> PersonValues:
        line = self.session.scalars(
            select(ReportingLine).where(ReportingLine.person_id == person.id).order_by(ReportingLine.starts_on.desc())
        ).first()
        values = PersonValues(
            number=person.number,
            name=person.name,
            email=person.email,
            joined_on=person.joined_on,
            left_on=person.left_on,
            manager_id=line.manager_id if line else None,
        )
        return replace(values, **changes)

    @rule()
    def days_of_objection_end(self) -> None:
        closing.close_due(self.session, self.clock.now.date())

    # --- What must hold -----------------------------------------------------------------------------------------------

    @invariant()
    def published_scorecards_never_change(self) -> None:
        for card in self.session.scalars(select(PublishedScorecard).execution_options(populate_existing=True)):
            assert self.frozen.setdefault(card.id, (card.snapshot, card.total)) == (card.snapshot, card.total)
            assert snapshots.recomputed(card.snapshot) == card.snapshot

    @invariant()
    def weights_of_agreed_plans_make_100(self) -> None:
        agreed = (*BINDING, PlanState.PROPOSED, PlanState.ACCEPTED)
        for plan in self.session.scalars(select(Plan).where(Plan.state.in_(agreed))):
            weights = self.session.scalars(select(Kpi.weight).where(Kpi.plan_id == plan.id))
            assert sum((weight or 0 for weight in weights), Decimal(0)) == 100

    @invariant()
    def nobody_decides_on_their_own_card(self) -> None:
        owners = {row.id: row.person_id for row in self.session.execute(select(Appraisal.id, Appraisal.person_id))}
        for card in self.session.scalars(select(PublishedScorecard)):
            assert card.published_by_id != owners[card.appraisal_id]
        for adjustment in self.session.scalars(select(Adjustment)):
            assert adjustment.by_id != owners[adjustment.appraisal_id]
        for appeal in self.session.scalars(select(Appeal)):
            assert appeal.decided_by_id != owners[appeal.appraisal_id]
        own = {Step.ACKNOWLEDGE, Step.APPEAL}
        for step in self.session.scalars(select(AppraisalStep)):
            assert (step.by_id == owners[step.appraisal_id]) == (step.step in own), step.step
        for plan in self.session.scalars(select(Plan).where(Plan.state.in_(BINDING))):
            assert plan.submitted_by_id != plan.person_id
        for acceptance in self.session.scalars(select(PlanAcceptance)):
            assert acceptance.person_id is not None

    @invariant()
    def corrections_have_a_second_person(self) -> None:
        for request in self.session.scalars(select(CaseRequest).where(CaseRequest.decided_at.is_not(None))):
            assert request.decided_by_id != request.asked_by_id

    @invariant()
    def one_version_of_a_plan_is_in_force_on_a_day(self) -> None:
        for name in EMPLOYEES:
            wanted = select(Plan).where(Plan.person_id == self.person(name).id, Plan.state == PlanState.ACTIVE)
            assert len(self.session.scalars(wanted).all()) <= 1

    @invariant()
    def the_chain_of_acts_holds(self) -> None:
        assert audit.verify(self.session) is None


def test_whole_years(engine: Engine, settings: Settings, clock: Clock) -> None:
    def make() -> Year:
        machine = Year()
        machine.engine, machine.settings, machine.clock = engine, settings, clock
        return machine

    run_state_machine_as_test(
        make,  # type: ignore[arg-type]  # makes one, as the class would
        settings=hypothesis_settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    wanted = {
        "accept", "acknowledge", "another manager", "appeal", "approve", "ask to reopen", "assess", "calibrate",
        "decide", "hand back", "leave", "propose", "publish", "record", "reopen", "revise", "score",
    }  # fmt: skip
    assert wanted - set(Year.done) == set()
