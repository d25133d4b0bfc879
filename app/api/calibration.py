"""How do results compare before they are released, and how are they moved, for other programs?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from app.api.exchange import ApiRoute
from app.api.operations import WRITES, refusals
from app.api.where import ONE, At
from app.api.wire import CODE, LARGEST_ID, ON, Number, Sent, Shown, lines
from app.routing import CurrentActor, DbSession, Needs
from app.rules.vocabulary import Action
from app.services import calibration, scorecard_lists

router = APIRouter(route_class=ApiRoute, tags=["scorecards"])
_CALIBRATE: Final = [Depends(Needs(Action.APPRAISAL_CALIBRATE))]


class GradeCount(Shown):
    """How many results reach a grade."""

    grade: str
    count: int
    share: Number


class RaterSpread(Shown):
    """The results of one appraiser against all; leniency is null for fewer than three people."""

    appraiser: str
    count: int
    mean: Number
    leniency: Number | None
    lowest: Number
    highest: Number


class CalibratedResult(Shown):
    """One result that is not published yet."""

    person_id: int
    number: str
    name: str
    unit: str
    manager: str
    computed: Number
    before: Number
    after: Number
    grade_before: str
    grade_after: str


class Calibration(Shown):
    """Distribution before and after, raters, and every result."""

    before: Sequence[GradeCount]
    after: Sequence[GradeCount]
    raters: Sequence[RaterSpread]
    results: Sequence[CalibratedResult]
    is_cut: bool = Field(description="Whether there are more people: narrow it to a unit.")


class MoveSent(Sent):
    """Another total, or null to take back what calibration set; `seen` is the computed total that was looked at."""

    total: Number | None
    seen: Number
    reason: Annotated[str, lines(4_000), Field(min_length=1)]


class Moved(Shown):
    """What is on record of a move."""

    total: Number | None
    computed_total: Number
    reason: str
    at: datetime


@router.get(
    "/calibration",
    operation_id="get_calibration",
    summary="Compare results before they are released",
    dependencies=_CALIBRATE,
    responses=refusals(404),
)
def get_calibration(
    session: DbSession,
    actor: CurrentActor,
    cycle: Annotated[str, Query(min_length=1, max_length=40, pattern=CODE)],
    period: Annotated[str, Query(min_length=4, max_length=10, pattern=ON)],
    unit_id: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
) -> Calibration:
    """Of those whose results you may move: never your own, nor those of your direct reports unless you are HR."""
    found, wanted = scorecard_lists.find_period(session, actor, cycle_code=cycle, period_code=period)
    view = calibration.calibration_view(session, actor, found, wanted, unit_id=unit_id)
    return Calibration(
        before=[GradeCount.model_validate(each) for each in view.before],
        after=[GradeCount.model_validate(each) for each in view.after],
        raters=[
            RaterSpread(
                appraiser=name,
                count=spread.count,
                mean=spread.mean,
                leniency=spread.leniency,
                lowest=spread.lowest,
                highest=spread.highest,
            )
            for name, spread in view.managers
        ],
        results=[
            CalibratedResult(**{name: getattr(row, name) for name in CalibratedResult.model_fields})
            for row in view.rows
        ],
        is_cut=view.is_cut,
    )


@router.post(
    f"/scorecards/{ONE}/calibration",
    operation_id="move_total",
    summary="Move a total before it is released",
    dependencies=_CALIBRATE,
    responses=refusals(*WRITES),
)
def move_total(session: DbSession, actor: CurrentActor, where: At, sent: MoveSent) -> Moved:
    """The computed total stays; the other one stands beside it, with reason and author."""
    calibration.check_may_calibrate(session, actor, person_id=where.person_id)
    _, period = scorecard_lists.find_period(session, actor, cycle_code=where.cycle_code, period_code=where.period_code)
    made = calibration.move_total(
        session,
        actor,
        person_id=where.person_id,
        period_id=period.id,
        total=sent.total,
        seen=sent.seen,
        reason=sent.reason,
    )
    return Moved.model_validate(made)
