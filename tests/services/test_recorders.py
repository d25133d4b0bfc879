"""Who records which KPI: does the rule open exactly these figures, to exactly these people, on every way?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import allow_kpi, may_on_kpi
from app.errors import Invalid, NotAllowed, NotFound
from app.models import Cycle, Entry, Kpi, KpiRecorder, Person, Plan
from app.rules.entries import Figure
from app.rules.recording import recorder_by_source
from app.rules.vocabulary import Action, PlanState, RecorderRule, SourceKind
from app.services.actuals import EntryValues, get_book, history_of, may_record, put_entry, standing_of
from app.services.actuals_grid import (
    Cell,
    others_grid,
    own_grid,
    records_for_others,
    save_grid,
    team_grid,
)
from app.services.plan_drafts import kpis_of
from app.services.plan_kpis import put_kpi
from app.services.planning import copy_plan, get_plan, revise_plan
from app.services.recorders import rule_of
from tests.cast import Cast, actor_of
from tests.factories import TODAY
from tests.plans import VALUES, make_active, make_draft, open_cycle
from tests.teams import make_cycle, make_kpi, make_plan, period_of

pytestmark = pytest.mark.database

ONE = EntryValues(Figure(Decimal(1)))


class Team:
    """Eli's plan with a KPI for each rule; otto is the third party of one."""

    def __init__(self, session: Session, cast: Cast) -> None:
        self.session, self.cast, self.cycle = session, cast, make_cycle(session)
        self.plan = make_plan(
            session,
            cast.eli,
            self.cycle,
            [
                make_kpi("System", source_kind=SourceKind.SYSTEM_OF_RECORD),
                make_kpi("Declared", source_kind=SourceKind.EMPLOYEE_DECLARED),
                make_kpi("Proven", source_kind=SourceKind.EMPLOYEE_WITH_EVIDENCE),
                make_kpi("Outside", source_kind=SourceKind.THIRD_PARTY),
                make_kpi("Opened", source_kind=SourceKind.SYSTEM_OF_RECORD),
                make_kpi("Closed", source_kind=SourceKind.EMPLOYEE_DECLARED),
                make_kpi("Named", source_kind=SourceKind.THIRD_PARTY),
            ],
        )
        self.kpis = {kpi.name: kpi for kpi in self.plan.kpis}
        self.name("Opened", RecorderRule.EMPLOYEE)
        self.name("Closed", RecorderRule.MANAGER)
        self.name("Named", RecorderRule.THIRD_PARTY, cast.otto)

    def name(self, kpi: str, rule: RecorderRule, person: Person | None = None) -> None:
        self.kpis[kpi].recorder = KpiRecorder(rule=rule, person=person)
        self.session.flush()

    def writable(self, person: Person) -> set[str]:
        asked = {
            name
            for name, kpi in self.kpis.items()
            if allow_kpi(self.session, actor_of(person), Action.ENTRY_WRITE, kpi.id).is_allowed
        }
        assert asked == self.selected(person, Action.ENTRY_WRITE)
        return asked

    def readable(self, person: Person) -> set[str]:
        asked = {
            name
            for name, kpi in self.kpis.items()
            if allow_kpi(self.session, actor_of(person), Action.ENTRY_READ, kpi.id).is_allowed
        }
        assert asked == self.selected(person, Action.ENTRY_READ)
        return asked

    def selected(self, person: Person, action: Action) -> set[str]:
        wanted = select(Kpi.name).join(Plan, Kpi.plan_id == Plan.id).where(may_on_kpi(actor_of(person), action))
        return set(self.session.scalars(wanted.where(Kpi.plan_id == self.plan.id)))


@pytest.fixture
def team(session: Session, cast: Cast) -> Team:
    return Team(session, cast)


EVERY = {"System", "Declared", "Proven", "Outside", "Opened", "Closed", "Named"}


def test_question_and_select_say_the_same_for_everybody(team: Team, cast: Cast) -> None:
    everybody = {
        "root": (EVERY, EVERY),
        "mona": (EVERY, EVERY),
        "omar": (set(), set()),
        "eli": (EVERY, {"Declared", "Proven", "Opened"}),
        "eva": (set(), set()),
        "otto": ({"Named"}, {"Named"}),
        "hana": (EVERY, EVERY),
        "audi": (EVERY, set()),
        "gone": (set(), set()),
    }
    found = {name: (team.readable(getattr(cast, name)), team.writable(getattr(cast, name))) for name in everybody}
    assert found == everybody


def test_nobody_verifies_or_scores_by_being_named(team: Team, cast: Cast) -> None:
    for action in (Action.ENTRY_VERIFY, Action.SCORECARD_READ, Action.PLAN_READ, Action.PLAN_WRITE):
        assert not allow_kpi(team.session, actor_of(cast.otto), action, team.kpis["Named"].id).is_visible
        assert team.selected(cast.otto, action) == set()


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.PROPOSED])
def test_who_is_named_learns_of_it_when_the_plan_is_in_force(team: Team, cast: Cast, state: PlanState) -> None:
    team.plan.state = state
    team.session.flush()
    assert (team.readable(cast.otto), team.writable(cast.otto)) == (set(), set())
    assert not records_for_others(team.session, actor_of(cast.otto))


def test_employees_record_what_is_theirs(team: Team, cast: Cast) -> None:
    eli = actor_of(cast.eli)
    entry = put_entry(team.session, eli, kpi_id=team.kpis["Declared"].id, on="2026-01", values=ONE, version=None)
    assert (entry.recorded_by_id, entry.first_recorded_on, entry.channel) == (cast.eli.id, TODAY, "page")
    with pytest.raises(NotAllowed):
        put_entry(team.session, eli, kpi_id=team.kpis["System"].id, on="2026-01", values=ONE, version=None)
    with pytest.raises(NotAllowed):
        save_grid(
            team.session,
            eli,
            cells=[Cell(team.kpis[name].id, "2026-02", Figure(Decimal(1)), 0) for name in ("Declared", "Closed")],
        )
    assert team.session.scalars(select(Entry.kpi_id)).all() == [team.kpis["Declared"].id]


def test_the_own_grid_says_which_figures_are_open(team: Team, cast: Cast) -> None:
    [row] = own_grid(team.session, actor_of(cast.eli), period=period_of(team.cycle, "2026-01")).rows
    assert {team.plan.kpis[place].name for place in range(7) if team.plan.kpis[place].id in row.writable} == {
        "Declared",
        "Proven",
        "Opened",
    }
    assert len(row.all_squares) == 7
    [by_auditor] = team_grid(team.session, actor_of(cast.audi), period=period_of(team.cycle, "2026-01")).rows
    assert not by_auditor.is_writable


def test_a_third_party_sees_one_kpi_and_nothing_else(team: Team, cast: Cast) -> None:
    otto, named = actor_of(cast.otto), team.kpis["Named"]
    [row] = others_grid(team.session, otto, period=period_of(team.cycle, "2026-01")).rows
    assert (row.person.id, row.placement, list(row.squares), row.not_due) == (cast.eli.id, None, [named.id], ())
    put_entry(team.session, otto, kpi_id=named.id, on="2026-01", values=ONE, version=None)
    assert [act.action for act, _ in history_of(team.session, otto, kpi_id=named.id)] == ["entry.recorded"]
    assert may_record(team.session, otto, kpi_id=named.id)
    assert standing_of(team.session, otto, get_book(team.session, otto, kpi_id=named.id)) == "others"
    for name in EVERY - {"Named"}:
        with pytest.raises(NotFound):
            get_book(team.session, otto, kpi_id=team.kpis[name].id)
        with pytest.raises(NotFound):
            save_grid(team.session, otto, cells=[Cell(team.kpis[name].id, "2026-01", Figure(Decimal(1)), 0)])
    assert team_grid(team.session, otto, period=period_of(team.cycle, "2026-01")).total == 0
    assert others_grid(team.session, actor_of(cast.eva), period=period_of(team.cycle, "2026-01")).rows == ()


def test_standing(team: Team, cast: Cast) -> None:
    book = get_book(team.session, actor_of(cast.mona), kpi_id=team.kpis["Named"].id)
    assert standing_of(team.session, actor_of(cast.mona), book) == "team"
    assert standing_of(team.session, actor_of(cast.eli), book) == "own"


@pytest.mark.parametrize("source", SourceKind)
def test_the_source_says_who_records_if_nobody_else_does(source: SourceKind) -> None:
    expected = RecorderRule.EMPLOYEE if source.value.startswith("employee") else RecorderRule.MANAGER
    assert recorder_by_source(source) is expected


# --- As it is written into plans --------------------------------------------------------------------------------------


def written(session: Session, cast: Cast, rule: RecorderRule | None, number: str = "", *, kpi: int = 0) -> Kpi:
    hana = actor_of(cast.hana)
    cycle = session.scalars(select(Cycle)).one_or_none() or open_cycle(session, hana)
    plan = session.scalars(select(Plan)).one_or_none() or make_draft(session, hana, cast.eli, cycle)
    values = replace(VALUES, recorder=rule, recorder_number=number)
    first = kpis_of(plan)[kpi]
    return put_kpi(
        session, hana, plan_id=plan.id, version=plan.version, objective_id=first.objective_id, values=values,
        kpi_id=first.id,
    )  # fmt: skip


def test_the_form_names_and_forgets_a_third_party(session: Session, cast: Cast) -> None:
    kpi = written(session, cast, RecorderRule.THIRD_PARTY, " 6 ")
    assert kpi.recorder is not None
    assert (rule_of(kpi), kpi.recorder.person) == (RecorderRule.THIRD_PARTY, cast.otto)
    kpi = written(session, cast, RecorderRule.EMPLOYEE, "6")
    assert kpi.recorder is not None
    assert (rule_of(kpi), kpi.recorder.person) == (RecorderRule.EMPLOYEE, None)
    kpi = written(session, cast, None)
    assert (rule_of(kpi), kpi.recorder, session.scalars(select(KpiRecorder)).all()) == (RecorderRule.MANAGER, None, [])


@pytest.mark.parametrize(
    ("number", "code"),
    [("", "required"), ("404", "nobody_so_named"), ("4", "recorder_is_employee"), ("9", "recorder_left")],
)
def test_a_third_party_must_be_somebody_else_on_the_staff(session: Session, cast: Cast, number: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        written(session, cast, RecorderRule.THIRD_PARTY, number)
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [("recorder_number", code)]


def test_copies_are_recorded_alike_but_never_by_oneself(session: Session, cast: Cast) -> None:
    hana = actor_of(cast.hana)
    cycle = open_cycle(session, hana)
    plan = make_active(session, hana, cast.eli, cycle)
    for kpi, rule, person in (
        (kpis_of(plan)[0], RecorderRule.THIRD_PARTY, cast.otto),
        (kpis_of(plan)[1], RecorderRule.EMPLOYEE, None),
        (kpis_of(plan)[2], RecorderRule.THIRD_PARTY, cast.eva),
    ):
        kpi.recorder = KpiRecorder(rule=rule, person=person)
    session.flush()

    def rules(copy: Plan) -> list[tuple[RecorderRule, int | None] | None]:
        session.expire_all()
        found = kpis_of(get_plan(session, hana, plan_id=copy.id))[:4]
        return [(kpi.recorder.rule, kpi.recorder.person_id) if kpi.recorder else None for kpi in found]

    employee = (RecorderRule.EMPLOYEE, None)
    otto, eva = (RecorderRule.THIRD_PARTY, cast.otto.id), (RecorderRule.THIRD_PARTY, cast.eva.id)
    revised = revise_plan(
        session, hana, plan_id=plan.id, version=plan.version, starts_on=date(2026, 3, 1), reason="Target baru"
    )
    assert rules(revised) == [otto, employee, eva, None]
    of_eva = copy_plan(session, hana, person_id=cast.eva.id, cycle_id=cycle.id, source_id=plan.id)
    assert rules(of_eva) == [otto, employee, None, None]
