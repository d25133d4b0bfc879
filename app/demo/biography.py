"""What happened to one person in the year: which plans they had, what was recorded, what was published?"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from app.demo.agreements import Agreement, Agreements, activate, detail, leave_unfinished, override
from app.demo.bulk import Sheets
from app.demo.calendar import PLANS_WRITTEN, Calendar
from app.demo.cases import Case, revised_from
from app.demo.chain import Notes
from app.demo.content import words
from app.demo.figures import Talent, talent
from app.demo.organisation import Employee
from app.demo.publication import Office, Publisher, Version, versions_begun
from app.demo.records import Horizon, Recorded, Recorders, columns_of, entries
from app.models import (
    ActionStep,
    Cycle,
    Entry,
    EntryInput,
    EntryMilestone,
    KpiInput,
    KpiRecorder,
    Milestone,
    Objective,
    ObjectiveGoal,
    Period,
    PeriodTarget,
    Plan,
    ScoreBand,
)
from app.rules.vocabulary import PlanState, RecorderRule, WeightingMethod
from app.services.plan_drafts import kpis_of
from app.services.scorecard_facts import Published

HISTORY_UP_TO: Final = 400
"""In larger organisations only the latest period is published, and one before it for whom that one still lacks."""
_WEIGHTINGS: Final = {Case.TYPED_WEIGHTS: WeightingMethod.DIRECT, Case.RANKED: WeightingMethod.RANKED}
_ATTENDANCE: Final = "HRD-ATT"
"""HR records it for teams whose plans are told in detail."""
_DRAFTS: Final = frozenset({Case.UNFINISHED, Case.READY})


@dataclass(frozen=True, slots=True)
class Desk:
    """What it takes to write somebody's year."""

    sheets: Sheets
    notes: Notes
    calendar: Calendar
    agreements: Agreements
    office: Office
    goals: Mapping[str, int]
    """By the beginning of the codes of KPIs whose objectives serve them."""
    detailed: frozenset[int]
    """Whose plans say how objectives are to be reached, and who else records."""


class Biography:
    """Writes what happened to people, one after the other; nobody's depends on anybody else's chances."""

    def __init__(self, desk: Desk, publisher: Publisher, cycle: Cycle, missing: Counter[int]) -> None:
        self._desk = desk
        self._publisher = publisher
        self._cycle = cycle
        self._missing = missing
        self._horizon = Horizon(desk.calendar.recorded_until, desk.calendar.now)
        self._sources: dict[str, int] = {}

    def write(self, person: Employee, case: Case, chance: Random) -> bool:
        """Everything about somebody; true where the scorecard of the latest period is published."""
        if person.seats[0].manager_id is None or case is Case.NO_PLAN:
            return False
        able = talent(chance)
        versions = [self._version(person, able, made, chance) for made in self._plans(person, case, chance)]
        return self._publish(person, case, versions, chance)

    # --- Plans --------------------------------------------------------------------------------------------------------

    def _plans(self, person: Employee, case: Case, chance: Random) -> Iterator[Agreement]:
        """All versions of somebody's plan, the latest last."""
        first = max(self._cycle.starts_on, person.joined_on)
        last = person.left_on or self._cycle.ends_on
        revised = revised_from(self._desk.calendar) if case is Case.REVISED else None
        at = self._written_at(person)
        made = self._desk.agreements.make(
            person.id, person.family, chance, (first, last), _WEIGHTINGS.get(case, WeightingMethod.COMPUTED)
        )
        if person.id in self._desk.detailed:
            detail(made, chance)
        if case in _DRAFTS:
            if case is Case.UNFINISHED:
                leave_unfinished(made, chance)
            self._note_plan(person, made.plan, at, is_submitted=False)
            self._add(made.plan, at, version=4)
            yield made
            return
        if case is Case.OVERRIDDEN:
            override(made, self._desk.office.hr_id, chance)
        activate(made.plan, at + timedelta(days=2), self._desk.office.hr_id)
        self._note_plan(person, made.plan, at, is_submitted=True)
        if revised:
            made.plan.agreed_until = made.plan.ends_on
            made.plan.state, made.plan.ends_on = PlanState.REPLACED, revised - timedelta(days=1)
        self._add(made.plan, made.plan.submitted_at or at, version=5 + (revised is not None))
        yield made
        if revised:
            yield self._revise(person, made, revised, chance, is_submitted=True)
        elif case is Case.IN_REVISION:
            month = self._desk.calendar.months
            yield self._revise(person, made, date(first.year, min(12, month + 1), 1), chance, is_submitted=False)

    def _revise(
        self, person: Employee, before: Agreement, day: date, chance: Random, *, is_submitted: bool
    ) -> Agreement:
        """The next version of a plan, from a day on."""
        hr = self._desk.office.hr_id
        made = self._desk.agreements.make(person.id, person.family, chance, (day, self._cycle.ends_on))
        plan = made.plan
        plan.version_number = 2
        plan.change_reason = chance.choice(words()["revisions"])
        at = datetime.combine(day, PLANS_WRITTEN.timetz()) - timedelta(days=20)
        facts = {"starts_on": day.isoformat(), "version_number": 2}
        self._note(at, "plan.revised", plan, {"version": 2, **facts, "reason": self._words(plan.change_reason)}, hr)
        if is_submitted:
            activate(plan, at + timedelta(days=15), hr)
            replaced = {"version": 6, "by": plan.id, "ends_on": before.plan.ends_on, "entries": 0}
            self._note(at + timedelta(days=15), "plan.replaced", before.plan, replaced, hr)
            submitted = {"version": 3, "version_number": 2}
            self._note(at + timedelta(days=15), "plan.submitted", plan, submitted, hr)
        self._add(plan, plan.submitted_at or at, version=2 + is_submitted)
        return made

    def _written_at(self, person: Employee) -> datetime:
        if person.joined_on < PLANS_WRITTEN.date():
            return PLANS_WRITTEN + timedelta(minutes=11 * person.id % 14_000)
        return datetime.combine(person.joined_on, PLANS_WRITTEN.timetz()) + timedelta(days=2)

    def _add(self, plan: Plan, at: datetime, *, version: int) -> None:
        """The rows of a plan."""
        sheets = self._desk.sheets
        plan.changed_at, plan.version = at, version
        sheets.add(plan)
        for objective in plan.objectives:
            sheets.add(objective)
            for step in objective.steps:
                step.id, step.objective_id = sheets.ids.next(ActionStep), objective.id
                sheets.add(step)
            self._link(objective)
        for kpi in kpis_of(plan):
            sheets.add(kpi)
            if kpi.code == _ATTENDANCE and plan.person_id in self._desk.detailed:
                rule, key = RecorderRule.THIRD_PARTY, sheets.ids.next(KpiRecorder)
                sheets.put(KpiRecorder, id=key, kpi_id=kpi.id, rule=rule, person_id=self._desk.office.hr_id)
            parts: tuple[KpiInput | Milestone | ScoreBand | PeriodTarget, ...]
            parts = (*kpi.inputs, *kpi.milestones, *kpi.bands, *kpi.period_targets)
            for part in parts:
                part.id, part.kpi_id = sheets.ids.next(type(part)), kpi.id
                sheets.add(part)

    def _link(self, objective: Objective) -> None:
        """Let the objective serve the goal for which its first KPI stands, if there is one."""
        code = objective.kpis[0].code if objective.kpis else ""
        goal_id = next((goal for start, goal in self._desk.goals.items() if start and code.startswith(start)), None)
        if goal_id is not None:
            key = self._desk.sheets.ids.next(ObjectiveGoal)
            self._desk.sheets.put(ObjectiveGoal, id=key, objective_id=objective.id, goal_id=goal_id)

    def _note_plan(self, person: Employee, plan: Plan, at: datetime, *, is_submitted: bool) -> None:
        """How a plan came about: as a copy of the first one of its family, rated and submitted."""
        hr = self._desk.office.hr_id
        self._note(at, "plan.started", plan, {"version": 2, "cycle": self._cycle.code}, hr)
        source = self._sources.setdefault(person.family, plan.id)
        if source != plan.id:
            self._note(at + timedelta(minutes=1), "plan.copied", plan, {"version": 3, "source": source}, hr)
        facts = {
            kpi.code: [
                None if number is None else str(number)
                for number in (kpi.priority, kpi.difficulty, kpi.data_credibility, kpi.weight)
            ]
            for kpi in kpis_of(plan)
        }
        self._note(at + timedelta(minutes=9), "plan.rated", plan, {"version": 4, "kpis": facts}, hr)
        if is_submitted:
            submitted = {"version": 5, "version_number": plan.version_number}
            self._note(plan.submitted_at or at, "plan.submitted", plan, submitted, hr)

    # --- Entries ------------------------------------------------------------------------------------------------------

    def _version(self, person: Employee, able: Talent, made: Agreement, chance: Random) -> Version:
        if made.plan.state is PlanState.DRAFT:
            return Version(made, {})
        changes = [(seat.starts_on, seat.manager_id or 1) for seat in reversed(person.seats)]
        recorders = Recorders(person.number, changes, self._horizon)
        found = {}
        for agreed, recorded in entries(made, able, recorders, self._missing, chance):
            found[agreed.kpi.id] = recorded
            for entry in recorded:
                self._add_entry(person, entry)
        return Version(made, found)

    def _add_entry(self, person: Employee, entry: Recorded) -> None:
        sheets = self._desk.sheets
        entry.id = sheets.ids.next(Entry)
        sheets.put(Entry, **columns_of(entry))
        for given in entry.inputs:
            sheets.put(
                EntryInput, id=sheets.ids.next(EntryInput), entry_id=entry.id, name=given.name, value=given.value
            )
        for stage in entry.reached:
            sheets.put(EntryMilestone, id=sheets.ids.next(EntryMilestone), entry_id=entry.id, name=stage.name)
        self._note_entry(person, entry)

    def _note_entry(self, person: Employee, entry: Recorded) -> None:
        before = entry.before
        facts = {"on": entry.on, "new": before.figure if before else entry.figure, "source": entry.source_kind}
        note = {"note": self._words(entry.note)} if entry.note else {}
        link = {"evidence_link": self._words(entry.evidence_link)} if entry.evidence_link else {}
        first = {**facts, **link} if before else {**facts, **note, **link}
        self._note_about(before.at if before else entry.recorded_at, "entry.recorded", person, entry, first)
        if before:
            changed = {"on": entry.on, "old": before.figure, "new": entry.figure, **note}
            self._note_about(entry.recorded_at, "entry.changed", person, entry, changed)

    # --- Scorecards ---------------------------------------------------------------------------------------------------

    def _publish(self, person: Employee, case: Case, versions: Sequence[Version], chance: Random) -> bool:
        """Publish what was published; true where the latest period was."""
        calendar = self._desk.calendar
        months = [*self._history(case), *([] if case is Case.UNPUBLISHED else [calendar.months])]
        in_force = [version for version in versions if version.agreement.plan.state is not PlanState.DRAFT]
        previous: Published | None = None
        for month in months:
            period = self._period(month)
            begun = versions_begun(in_force, period)
            if begun:
                at = calendar.published(month, person.id)
                previous = self._publisher.publish(person, begun, period, at, previous, chance) or previous
        return previous is not None and previous.period_code == calendar.period

    def _history(self, case: Case) -> Sequence[int]:
        history = self._desk.calendar.history
        if len(self._desk.office.organisation.people) <= HISTORY_UP_TO:
            return history
        return history[-1:] if case in (Case.UNPUBLISHED, Case.LEFT) else ()

    def _period(self, month: int) -> Period:
        return next(period for period in self._cycle.periods if period.starts_on.month == month)

    # --- The record ---------------------------------------------------------------------------------------------------

    def _words(self, written: str) -> dict[str, str]:
        return self._desk.notes.words(written)

    def _note(self, at: datetime, action: str, plan: Plan, details: Mapping[str, Any], actor_id: int) -> None:
        self._desk.notes.act(
            at, action, actor_id=actor_id, about=("plan", plan.id), subject_id=plan.person_id, details=details
        )

    def _note_about(
        self, at: datetime, action: str, person: Employee, entry: Recorded, details: Mapping[str, Any]
    ) -> None:
        about = ("kpi", entry.kpi_id)
        actor = entry.recorded_by_id
        self._desk.notes.act(at, action, actor_id=actor, about=about, subject_id=person.id, details=details)
