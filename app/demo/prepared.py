"""What does HR set up before the year begins: the organisation's aims, tasks of positions, reviews, incentive bands?"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from app import clock
from app.access import Actor
from app.demo import look
from app.demo.calendar import CYCLE_OPENED, Calendar
from app.demo.cases import Cast
from app.demo.content import story
from app.demo.organisation import Organisation
from app.models import Cycle
from app.rules.vocabulary import Role
from app.services.goals import GoalValues, enter_goal, write_profile
from app.services.incentives import BandValues, set_incentives
from app.services.responsibilities import Duty, write_responsibilities
from app.services.review_policy import ReviewPolicy, change_review_policy, review_policy_of

BEHAVIOUR_SHARE: Final = Decimal(10)
_BANDS: Final = (
    BandValues(Decimal(110), "Bonus hingga 2 bulan gaji"),
    BandValues(Decimal(90), "Bonus hingga 1 bulan gaji"),
    BandValues(Decimal(70), "Tanpa bonus"),
)


def prepare(
    session: Session, cycle: Cycle, calendar: Calendar, cast: Cast, organisation: Organisation
) -> dict[str, int]:
    """Everything that HR writes down on the day on which the cycle is opened; goals by the KPIs that serve them."""
    hr = Actor(cast.hr.id, frozenset({Role.HR}), CYCLE_OPENED.date())
    with clock.stopped_at(CYCLE_OPENED + timedelta(minutes=20)):
        set_incentives(session, hr, cycle_id=cycle.id, version=cycle.version, are_shown=True, bands=_BANDS)
    with clock.stopped_at(CYCLE_OPENED + timedelta(minutes=25)):
        look.put_in_force(session, hr)
    with clock.stopped_at(CYCLE_OPENED + timedelta(minutes=30)):
        asked = review_policy_of(session, cycle)
        policy = ReviewPolicy(
            periods={*asked.periods, calendar.period},
            asks_self_assessment=True,
            asks_approval=True,
            behaviour_share=BEHAVIOUR_SHARE,
            shows_feedback=True,
            behaviours=asked.behaviours,
        )
        change_review_policy(session, hr, cycle, version=cycle.version, values=policy)
    with clock.stopped_at(CYCLE_OPENED + timedelta(minutes=45)):
        for name, duties in story()["duties"].items():
            if name in organisation.jobs:
                wanted = [Duty(*each) for each in duties]
                write_responsibilities(session, hr, position_id=organisation.jobs[name], duties=wanted)
    with clock.stopped_at(CYCLE_OPENED + timedelta(hours=1)):
        write_profile(session, hr, version=None, **story()["profile"])
        return dict(_goals(session, hr, cycle, organisation))


def _goals(session: Session, hr: Actor, cycle: Cycle, organisation: Organisation) -> Iterator[tuple[str, int]]:
    units = {unit.code: unit.id for unit in organisation.units}
    heads = {person.division: person.id for person in reversed(organisation.people)}
    made: list[int] = []
    for each in story()["goals"]:
        unit = each.get("unit", "")
        if unit and unit not in units:
            continue
        values = GoalValues(
            each["title"],
            owner_id=heads[unit],
            description=each.get("description", ""),
            unit_id=units.get(unit),
            parent_id=made[each["above"] - 1] if "above" in each else None,
            figure=Decimal(each["figure"]) if "figure" in each else None,
            unit_of_measure=each.get("unit_of_measure", ""),
        )
        goal = enter_goal(session, hr, cycle_id=cycle.id, values=values)
        made.append(goal.id)
        for code in each["kpis"]:
            yield code, goal.id
