"""How does a team stand: everybody's KPIs at a glance, the total, its course, and where most is to be won?"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.access import Actor, may, note_question, reporting_to
from app.models import Appraisal, Cycle, Period, Person, PublishedScorecard, ReportingLine
from app.models.people import lasts_on
from app.rules.following import WEAKEST
from app.rules.numbers import as_fraction, shown
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import Action, KpiStatus
from app.services.following import Following, follow_card
from app.services.listing import Listing
from app.services.organisation import settings_of
from app.services.people_lists import placed_in
from app.services.scorecard_facts import Placed, load_facts, people_on
from app.services.scorecard_lists import employed_in
from app.services.scorecard_parts import scorecard_of_scored
from app.services.standings import score_person


@dataclass(frozen=True, slots=True)
class TeamFilter:
    """What the team is narrowed to."""

    search: str = ""
    unit_id: int | None = None
    manager_id: int | None = None


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One person of the team; without a plan in force in the period there is nothing to follow."""

    person: Placed
    card: Scorecard | None
    following: Following | None
    total: Decimal | None
    """As published, or else to date."""
    is_published: bool


@dataclass(frozen=True, slots=True)
class TeamKpi:
    """A KPI that several people have, and what it costs them on the average."""

    code: str
    name: str
    people: int
    behind: int
    lost: Decimal


def list_team(
    session: Session,
    actor: Actor,
    cycle: Cycle,
    period: Period,
    wanted: TeamFilter,
    *,
    offset: int = 0,
    limit: int = 25,
) -> Listing[TeamRow]:
    """The people whose cards the actor may see, by name, with everything that a line of the team page shows."""
    note_question(session, Action.SCORECARD_READ)
    people = _people(actor, period, wanted)
    count = session.scalar(people.with_only_columns(func.count())) or 0
    by_name = people.with_only_columns(Person.id).order_by(Person.name, Person.id)
    ids = session.scalars(by_name.offset(offset).limit(limit)).all()
    placed = people_on(session, ids, period.ends_on)
    published = _published(session, period, ids)
    facts = load_facts(session, cycle, period, ids, actor.today)
    settings = settings_of(session)
    rows = []
    for person_id in ids:
        person = facts.people.get(person_id)
        if person is None:
            rows.append(TeamRow(placed[person_id], None, None, published.get(person_id), person_id in published))
            continue
        scored = score_person(facts, person)
        card = scorecard_of_scored(scored, settings, "")
        total = published.get(person_id, scored.result.total)
        rows.append(TeamRow(placed[person_id], card, follow_card(card, scored), total, person_id in published))
    return Listing(rows, count)


def weakest_of(rows: Sequence[TeamRow]) -> list[TeamKpi]:
    """The KPIs that cost these people most on the average of those who have them."""
    lost: defaultdict[str, list[Fraction]] = defaultdict(list)
    names: dict[str, str] = {}
    behind: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        for each in row.following.kpis if row.following else ():
            kpi = each.kpi
            names.setdefault(kpi.code, kpi.name)
            behind[kpi.code] += kpi.status is KpiStatus.BEHIND
            if kpi.achievement is not None or each.lost is not None:
                lost[kpi.code].append(as_fraction(each.lost or Decimal(0)))
    means = {code: sum(points, Fraction(0)) / len(points) for code, points in lost.items()}
    codes = sorted((code for code, mean in means.items() if mean > 0), key=lambda code: -means[code])
    return [TeamKpi(code, names[code], len(lost[code]), behind[code], shown(means[code])) for code in codes[:WEAKEST]]


def managers_in_view(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Those to whom somebody reports today whose card the actor may see."""
    note_question(session, Action.SCORECARD_READ)
    line, manager = ReportingLine, aliased(Person)
    wanted = (
        select(manager.id, manager.name)
        .join(line, line.manager_id == manager.id)
        .where(lasts_on(line, actor.today), may(actor, Action.SCORECARD_READ, line.person_id))
        .distinct()
        .order_by(manager.name, manager.id)
    )
    return [(row.id, row.name) for row in session.execute(wanted)]


def _people(actor: Actor, period: Period, wanted: TeamFilter) -> Select[Person]:
    people = select(Person).where(
        may(actor, Action.SCORECARD_READ, Person.id), employed_in(period.starts_on, period.ends_on)
    )
    for word in wanted.search.split():
        people = people.where(
            or_(Person.name.icontains(word, autoescape=True), Person.number.icontains(word, autoescape=True))
        )
    day = min(actor.today, period.ends_on)
    if wanted.unit_id is not None:
        people = people.where(Person.id.in_(placed_in(wanted.unit_id, day)))
    if wanted.manager_id is not None:
        people = people.where(Person.id.in_(reporting_to(wanted.manager_id, day)))
    return people


def _published(session: Session, period: Period, ids: Sequence[int]) -> dict[int, Decimal | None]:
    """The totals of the latest versions."""
    rows = session.execute(
        select(Appraisal.person_id, PublishedScorecard.total)
        .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        .where(Appraisal.period_id == period.id, Appraisal.person_id.in_(ids))
        .order_by(PublishedScorecard.version_number)
    )
    return {row.person_id: row.total for row in rows}
