"""Who may see and do what? The table of actions, the question about one object, the select of all that is visible."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from sqlalchemy import Select, SQLColumnExpression, exists, false, literal, or_, select, true
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import ColumnElement

from app.errors import NotAllowed, NotFound
from app.models import AppraiserAssignment, Kpi, KpiRecorder, Person, Plan, ReportingLine, SecondPerson
from app.models.people import lasts_on
from app.rules.recording import EMPLOYEE_SOURCES, recorder_by_source
from app.rules.vocabulary import BINDING, Action, RecorderRule, Role

_Id = int | SQLColumnExpression[int]
_Day = date | ColumnElement[date]
MAX_LEVELS = 100
"""Levels of the hierarchy that are walked; deeper ones would be a circle that something let through."""


class Relation(StrEnum):
    """How an actor stands to the person whom an object concerns, judged for each object anew."""

    SELF = "self"
    LINE = "line"
    """The direct manager today, or who appraises in their place by HR's word."""
    ABOVE = "above"
    """A manager further up today, or who was named to decide where there is none."""
    HR = "hr"
    AUDITOR = "auditor"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a signed-in person with the roles granted, on a day."""

    person_id: int
    roles: frozenset[Role]
    today: date
    account_id: int | None = None

    @property
    def is_hr(self) -> bool:
        """Whether the person has the role of HR."""
        return Role.HR in self.roles


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a question: may the actor know of the object, may they do it, and why."""

    is_visible: bool
    is_allowed: bool
    relations: frozenset[Relation] = field(default_factory=frozenset)


_R = Relation
_OVERSEERS = frozenset({_R.SELF, _R.LINE, _R.ABOVE, _R.HR, _R.AUDITOR})
_EVERYONE = frozenset({_R.SIGNED_IN})
_HR = frozenset({_R.HR})
_MANAGERS = frozenset({_R.LINE, _R.ABOVE, _R.HR})
_SELF = frozenset({_R.SELF})
_RECORDING = frozenset({Action.ENTRY_READ, Action.ENTRY_WRITE})
"""What those may do with the entries of a KPI who are named as its recorder."""

TABLE: Mapping[Action, frozenset[Relation]] = MappingProxyType(
    {
        Action.ACCOUNT_OWN: _EVERYONE,
        Action.APPEAL_DECIDE: frozenset({_R.ABOVE, _R.HR}),
        Action.APPEAL_RAISE: _SELF,
        Action.APPRAISAL_APPROVE: frozenset({_R.ABOVE, _R.HR}),
        Action.APPRAISAL_CALIBRATE: frozenset({_R.ABOVE, _R.HR}),
        Action.APPRAISAL_REASSIGN: _HR,
        Action.APPRAISAL_SCORE: _MANAGERS,
        Action.APPRAISAL_SELF_ASSESS: _SELF,
        Action.AUDIT_READ: frozenset({_R.HR, _R.AUDITOR}),
        Action.BRANDING_WRITE: _HR,
        Action.CYCLE_READ: _EVERYONE,
        Action.CYCLE_WRITE: _HR,
        Action.DEVELOPMENT_WRITE: _MANAGERS | _SELF,
        Action.ENTRY_READ: _OVERSEERS,
        Action.ENTRY_VERIFY: _MANAGERS,
        Action.ENTRY_WRITE: _MANAGERS,
        Action.FEEDBACK_GIVE: _EVERYONE,
        Action.GOAL_READ: _EVERYONE,
        Action.GOAL_WRITE: _HR,
        Action.HOME_READ: _EVERYONE,
        Action.LIBRARY_READ: _EVERYONE,
        Action.LIBRARY_WRITE: _HR,
        Action.NOTE_WRITE: _MANAGERS | _SELF,
        Action.PERSON_IMPORT: _HR,
        Action.PERSON_READ: _OVERSEERS,
        Action.PERSON_WRITE: _HR,
        Action.PLAN_ACCEPT: _SELF,
        Action.PLAN_APPROVE: _MANAGERS,
        Action.PLAN_DISCUSS: _MANAGERS | _SELF,
        Action.PLAN_READ: _OVERSEERS,
        Action.PLAN_WRITE: _MANAGERS,
        Action.PRIVACY_MANAGE: _HR,
        Action.PRIVACY_OWN: _EVERYONE,
        Action.PUBLIC: _EVERYONE,
        Action.REPORT_READ: _EVERYONE,
        Action.SCORECARD_ACKNOWLEDGE: _SELF,
        Action.SCORECARD_CORRECT: frozenset({_R.ABOVE, _R.HR}),
        Action.SCORECARD_ISSUE: _MANAGERS | _SELF,
        Action.SCORECARD_LOCK: _OVERSEERS,
        Action.SCORECARD_PUBLISH: _MANAGERS,
        Action.SCORECARD_READ: _OVERSEERS,
        Action.SECOND_NAME: _MANAGERS,
    }
)

NEVER_ON_ONESELF = frozenset(
    {
        Action.APPEAL_DECIDE,
        Action.APPRAISAL_APPROVE,
        Action.APPRAISAL_CALIBRATE,
        Action.APPRAISAL_REASSIGN,
        Action.APPRAISAL_SCORE,
        Action.ENTRY_VERIFY,
        Action.ENTRY_WRITE,
        Action.PLAN_APPROVE,
        Action.PLAN_WRITE,
        Action.PRIVACY_MANAGE,
        Action.SCORECARD_CORRECT,
        Action.SCORECARD_PUBLISH,
        Action.SECOND_NAME,
    }
)
"""What nobody does to their own case, whatever role they have: separation of duty."""


def require(session: Session, actor: Actor, action: Action, person_id: int | None = None) -> Decision:
    """Let the action pass or refuse it; `person_id` is the person whom the object concerns, if it concerns one.

    Raises NotFound where the actor may not know of the object, NotAllowed where they see it but may not do this.
    """
    note_question(session, action)
    decision = allow(session, actor, action, person_id)
    if decision.is_allowed:
        return decision
    if decision.is_visible:
        raise NotAllowed
    raise NotFound


def note_question(session: Session, action: Action) -> None:
    """Remember that a permission was asked; the routes refuse to answer when their own was not."""
    session.info.setdefault("asked", set()).add(action)


def allow(session: Session, actor: Actor, action: Action, person_id: int | None = None) -> Decision:
    """Whether the actor may do this, with the relations that decided it; the question, without consequences."""
    if person_id is None:
        relations = _general_relations(actor)
        return Decision(True, bool(relations & TABLE[action]), relations)
    relations = relations_to(session, actor, person_id)
    is_visible = bool(relations & _OVERSEERS)
    is_allowed = bool(relations & TABLE[action]) and not (_R.SELF in relations and action in NEVER_ON_ONESELF)
    return Decision(is_visible, is_allowed, relations)


def relations_to(session: Session, actor: Actor, person_id: int) -> frozenset[Relation]:
    """Every way in which the actor stands to the person today."""
    relations = set(_general_relations(actor))
    if person_id == actor.person_id:
        relations.add(_R.SELF)
        return frozenset(relations)
    managers = managers_above(session, person_id, actor.today)
    if managers[:1] == [actor.person_id]:
        relations.add(_R.LINE)
    elif actor.person_id in managers:
        relations.add(_R.ABOVE)
    is_given = exists(_assigned_to(actor.person_id, actor.today).where(AppraiserAssignment.person_id == person_id))
    is_second = exists(_seconded_to(actor.person_id, actor.today).where(SecondPerson.person_id == person_id))
    for holds, relation in zip(session.execute(select(is_given, is_second)).one(), (_R.LINE, _R.ABOVE), strict=True):
        if holds:
            relations.add(relation)
    return frozenset(relations)


def managers_above(session: Session, person_id: int, on: date) -> list[int]:
    """The chain of managers of a person on a day, nearest first."""
    nearest = select(ReportingLine.manager_id, literal(1).label("level"))
    chain = nearest.where(ReportingLine.person_id == person_id, lasts_on(ReportingLine, on)).cte(
        "chain", recursive=True
    )
    line = aliased(ReportingLine)
    chain = chain.union_all(
        select(line.manager_id, chain.c.level + 1).where(
            line.person_id == chain.c.manager_id, lasts_on(line, on), chain.c.level < MAX_LEVELS
        )
    )
    found = dict.fromkeys(session.scalars(select(chain.c.manager_id).order_by(chain.c.level)))
    found.pop(person_id, None)
    return list(found)


def seconds_named(session: Session, person_id: int, on: date) -> list[int]:
    """Who was named to decide about a person as the second person, in the order of the naming."""
    named = select(SecondPerson.deputy_id).where(
        SecondPerson.person_id == person_id, SecondPerson.starts_on <= on, SecondPerson.ends_on >= on
    )
    return list(session.scalars(named.order_by(SecondPerson.id)))


def allow_kpi(session: Session, actor: Actor, action: Action, kpi_id: int) -> Decision:
    """The question about the entries of one KPI: as about its employee, and besides for whom it names as recorder.

    Those who record for somebody else know of this KPI and of nothing else of that person.
    """
    facts = session.execute(
        select(Plan.person_id, Plan.state, Kpi.source_kind, KpiRecorder.rule, KpiRecorder.person_id.label("named_id"))
        .join(Plan, Kpi.plan_id == Plan.id)
        .outerjoin(KpiRecorder, KpiRecorder.kpi_id == Kpi.id)
        .where(Kpi.id == kpi_id)
    ).one_or_none()
    if facts is None:
        return Decision(False, False)
    decision = allow(session, actor, action, facts.person_id)
    if decision.is_allowed:
        return decision
    relations = decision.relations
    rule = facts.rule or recorder_by_source(facts.source_kind)
    is_named = action in _RECORDING and facts.named_id == actor.person_id != facts.person_id and facts.state in BINDING
    is_own = _R.SELF in relations and rule is RecorderRule.EMPLOYEE and action is Action.ENTRY_WRITE
    return Decision(decision.is_visible or is_named, is_own or is_named, relations)


def require_kpi(session: Session, actor: Actor, action: Action, kpi_id: int) -> Decision:
    """Let the action on the entries of a KPI pass or refuse it, as `require` does."""
    note_question(session, action)
    decision = allow_kpi(session, actor, action, kpi_id)
    if decision.is_allowed:
        return decision
    if decision.is_visible:
        raise NotAllowed
    raise NotFound


def may_on_kpi(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The same question as a condition, for selects that join KPIs with their plans."""
    condition = may(actor, action, Plan.person_id)
    if action in _RECORDING:
        condition |= is_named_recorder(actor)
    if action is Action.ENTRY_WRITE:
        told = select(KpiRecorder.kpi_id).where(KpiRecorder.rule == RecorderRule.EMPLOYEE)
        untold = Kpi.source_kind.in_(EMPLOYEE_SOURCES) & Kpi.id.not_in(select(KpiRecorder.kpi_id))
        condition |= (Plan.person_id == actor.person_id) & (Kpi.id.in_(told) | untold)
    return condition


def is_named_recorder(actor: Actor) -> ColumnElement[bool]:
    """Whether a KPI of somebody else names the actor as the one who records it; joined with its plan, in force."""
    named = select(KpiRecorder.kpi_id).where(KpiRecorder.person_id == actor.person_id)
    return Kpi.id.in_(named) & (Plan.person_id != actor.person_id) & Plan.state.in_(BINDING)


def visible_people(actor: Actor, action: Action = Action.PERSON_READ) -> Select[Person]:
    """All people on whom the actor may do the action: the select beside the question `allow`."""
    return select(Person).where(may(actor, action, Person.id))


def may(actor: Actor, action: Action, person_id: ColumnElement[int] | object) -> ColumnElement[bool]:
    """The same question as a condition on a column that holds a person's id, for selects of anything about people."""
    granted = TABLE[action]
    if granted & _general_relations(actor):
        condition: ColumnElement[bool] = true()
    else:
        condition = false()
        if _R.SELF in granted:
            condition = or_(condition, person_id == actor.person_id)  # type: ignore[arg-type]
        if granted & {_R.LINE, _R.ABOVE}:
            condition = or_(condition, _below(actor, person_id, granted))
        if _R.LINE in granted:
            condition = or_(condition, person_id.in_(_assigned_to(actor.person_id, actor.today)))  # type: ignore[union-attr]
        if _R.ABOVE in granted:
            condition = or_(condition, person_id.in_(_seconded_to(actor.person_id, actor.today)))  # type: ignore[union-attr]
    if action in NEVER_ON_ONESELF:
        condition = condition & (person_id != actor.person_id)
    return condition


def _below(actor: Actor, person_id: object, granted: frozenset[Relation]) -> ColumnElement[bool]:
    """On which levels below the actor a person stands: the nearest, those further down, or all."""
    direct = reporting_to(actor.person_id, actor.today)
    if _R.ABOVE not in granted:
        return person_id.in_(direct)  # type: ignore[attr-defined, no-any-return]
    below: ColumnElement[bool] = person_id.in_(everybody_below(actor.person_id, actor.today))  # type: ignore[attr-defined]
    if _R.LINE not in granted:
        return below & person_id.not_in(direct)  # type: ignore[attr-defined, no-any-return]
    return below


@lru_cache(maxsize=256)
def everybody_below(manager_id: int, day: date) -> Select[int]:
    """The ids of all who report to a manager on a day, directly or through others.

    One page asks for it many times, and to build it takes longer than to run it.
    """
    team = reporting_to(manager_id, day).cte(recursive=True)  # without a name: one select may ask two questions
    line = aliased(ReportingLine)
    further = select(line.person_id).where(line.manager_id == team.c.person_id, lasts_on(line, day))
    return select(team.union(further).c.person_id)


def reporting_to(manager_id: _Id, day: _Day) -> Select[int]:
    """The ids of those who report to a manager on a day, directly."""
    return select(ReportingLine.person_id).where(ReportingLine.manager_id == manager_id, lasts_on(ReportingLine, day))


def has_team(session: Session, actor: Actor) -> bool:
    """Whether anybody reports to the actor today, or is theirs to appraise or to decide about: what makes a manager."""
    return bool(session.scalar(select(leads(actor.person_id, actor.today))))


def leads(person_id: _Id, day: _Day) -> ColumnElement[bool]:
    """The same as a condition on a column that holds a person's id."""
    teams = (reporting_to(person_id, day), _assigned_to(person_id, day), _seconded_to(person_id, day))
    return or_(*(exists(team) for team in teams))


def _assigned_to(appraiser_id: _Id, day: _Day) -> Select[int]:
    """Those whom HR has given to somebody to appraise, in the place of their manager, as long as that holds."""
    return select(AppraiserAssignment.person_id).where(
        AppraiserAssignment.appraiser_id == appraiser_id,
        AppraiserAssignment.starts_on <= day,
        AppraiserAssignment.ends_on >= day,
        AppraiserAssignment.person_id != appraiser_id,
    )


def _seconded_to(deputy_id: _Id, day: _Day) -> Select[int]:
    """Those about whom somebody decides as the second person, by name and until a day."""
    return select(SecondPerson.person_id).where(
        SecondPerson.deputy_id == deputy_id,
        SecondPerson.starts_on <= day,
        SecondPerson.ends_on >= day,
        SecondPerson.person_id != deputy_id,
    )


def _general_relations(actor: Actor) -> frozenset[Relation]:
    relations = {_R.SIGNED_IN}
    if Role.HR in actor.roles:
        relations.add(_R.HR)
    if Role.AUDITOR in actor.roles:
        relations.add(_R.AUDITOR)
    return frozenset(relations)
