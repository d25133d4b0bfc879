"""Which cycles are there, by which policy, and which periods are closed, for other programs?"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from fastapi import APIRouter, Depends, Response, status

from app.api import schemas
from app.api.exchange import ApiRoute, RequiredVersion, with_tag
from app.api.operations import REPLACES, WRITES, refusals, tagged
from app.api.paging import CycleCode, Part, PeriodCode
from app.errors import Invalid
from app.models import Cycle
from app.routing import CurrentActor, DbSession, Needs
from app.rules import numbers
from app.rules.faults import Fault
from app.rules.vocabulary import Action
from app.services import cycles
from app.services.cycles import CycleValues, GradeValues, PolicyValues

router = APIRouter(route_class=ApiRoute, prefix="/cycles", tags=["cycles"])
_READ: Final = [Depends(Needs(Action.CYCLE_READ))]
_WRITE: Final = [Depends(Needs(Action.CYCLE_WRITE))]
_PATHS: Final[Mapping[str, str]] = {
    "ahead_from": "statuses.ahead",
    "credibility_share": "criteria.credibility",
    "difficulty_share": "criteria.difficulty",
    "on_track_from": "statuses.on_track",
    "priority_share": "criteria.priority",
    "score_cap": "cap",
    "score_floor": "floor",
}
"""Where the wire has the column that a fault names."""
_OF_POLICY: Final = frozenset(
    {
        *_PATHS,
        "criteria",
        "entry_grace_days",
        "grades",
        "missing",
        "statuses",
        "weight_ceiling",
        "weight_floor",
        "weight_step",
    }
)


@router.get("", operation_id="list_cycles", summary="List cycles", dependencies=_READ, responses=refusals())
def list_cycles(session: DbSession, actor: CurrentActor, part: Part) -> schemas.Page[schemas.Cycle]:
    """All cycles, the latest first."""
    every = cycles.list_cycles(session, actor)
    return schemas.Page(items=[shown(cycle) for cycle in every[part.cut]], total=len(every))


@router.get(
    "/{cycle_code}",
    operation_id="get_cycle",
    summary="Get a cycle",
    dependencies=_READ,
    responses={**refusals(404), **tagged()},
)
def get_cycle(response: Response, session: DbSession, actor: CurrentActor, cycle_code: CycleCode) -> schemas.Cycle:
    """One cycle with its policy, grades and periods."""
    cycle = cycles.cycle_by_code(session, actor, code=cycle_code)
    with_tag(response, cycle.version)
    return shown(cycle)


@router.post(
    "",
    operation_id="create_cycle",
    summary="Open a cycle",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses={**refusals(*WRITES), **tagged(201, located=True)},
)
def create_cycle(
    response: Response, session: DbSession, actor: CurrentActor, sent: schemas.CycleCreate
) -> schemas.Cycle:
    """Make a cycle with its periods. Only HR."""
    values = CycleValues(
        code=sent.code,
        name=sent.name,
        starts_on=sent.starts_on,
        ends_on=sent.ends_on,
        period_kind=sent.period_kind,
        policy=PolicyValues() if sent.policy is None else _values(sent.policy),
    )
    with _said_by_path("policy"):
        cycle = cycles.open_cycle(session, actor, values=values)
    with_tag(response, cycle.version)
    response.headers["Location"] = f"/api/v1/cycles/{cycle.code}"
    return shown(cycle)


@router.put(
    "/{cycle_code}/policy",
    operation_id="replace_policy",
    summary="Change the policy of a cycle",
    dependencies=_WRITE,
    responses={**refusals(*REPLACES), **tagged()},
)
def replace_policy(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    cycle_code: CycleCode,
    version: RequiredVersion,
    sent: schemas.Policy,
) -> schemas.Cycle:
    """Policy and grades anew, as long as nothing was published by them. Only HR."""
    cycle = cycles.cycle_by_code(session, actor, code=cycle_code)
    with _said_by_path(""):
        cycle = cycles.change_policy(session, actor, cycle_id=cycle.id, version=version, values=_values(sent))
    with_tag(response, cycle.version)
    return shown(cycle)


@router.post(
    "/{cycle_code}/periods/{period_code}/closure",
    operation_id="close_period",
    summary="Close a period",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses=refusals(403, 404, 409),
)
def close_period(
    session: DbSession, actor: CurrentActor, cycle_code: CycleCode, period_code: PeriodCode
) -> schemas.Period:
    """Let no more entries be recorded for a period. Only HR."""
    cycle = cycles.cycle_by_code(session, actor, code=cycle_code)
    period = cycles.close_period(session, actor, cycle_id=cycle.id, period_code=period_code)
    return schemas.Period.model_validate(period)


@router.delete(
    "/{cycle_code}/periods/{period_code}/closure",
    operation_id="reopen_period",
    summary="Reopen a period",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_WRITE,
    responses=refusals(403, 404, 409),
)
def reopen_period(session: DbSession, actor: CurrentActor, cycle_code: CycleCode, period_code: PeriodCode) -> None:
    """Let entries of a closed period be recorded again; what was published stays as it is. Only HR."""
    cycle = cycles.cycle_by_code(session, actor, code=cycle_code)
    cycles.reopen_period(session, actor, cycle_id=cycle.id, period_code=period_code)


def shown(cycle: Cycle) -> schemas.Cycle:
    """A cycle on the wire."""
    return schemas.Cycle(
        id=cycle.id,
        code=cycle.code,
        name=cycle.name,
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
        state=cycle.state,
        policy=schemas.PolicyShown(
            floor=numbers.shown(cycle.score_floor),
            cap=numbers.shown(cycle.score_cap),
            missing=cycle.missing,
            criteria=schemas.CriteriaShown(
                priority=numbers.shown(cycle.priority_share),
                difficulty=numbers.shown(cycle.difficulty_share),
                credibility=numbers.shown(cycle.credibility_share),
            ),
            weight_step=numbers.shown(cycle.weight_step),
            weight_floor=numbers.shown(cycle.weight_floor),
            weight_ceiling=numbers.shown(cycle.weight_ceiling),
            statuses=schemas.StatusesShown(
                on_track=numbers.shown(cycle.on_track_from), ahead=numbers.shown(cycle.ahead_from)
            ),
            grades=[
                schemas.GradeShown(
                    lower=numbers.shown(band.lower), code=band.code, name_en=band.name_en, name_id=band.name_id
                )
                for band in cycle.bands
            ],
            asks_agreement=cycle.asks_agreement,
            entry_grace_days=cycle.entry_grace_days,
        ),
        periods=[schemas.Period.model_validate(period) for period in cycle.periods],
        version=cycle.version,
    )


def _values(policy: schemas.Policy) -> PolicyValues:
    return PolicyValues(
        priority_share=policy.criteria.priority,
        difficulty_share=policy.criteria.difficulty,
        credibility_share=policy.criteria.credibility,
        weight_step=policy.weight_step,
        weight_floor=policy.weight_floor,
        weight_ceiling=policy.weight_ceiling,
        score_floor=policy.floor,
        score_cap=policy.cap,
        missing=policy.missing,
        on_track_from=policy.statuses.on_track,
        ahead_from=policy.statuses.ahead,
        grades=[GradeValues(grade.lower, grade.code, grade.name_en, grade.name_id) for grade in policy.grades],
        asks_agreement=policy.asks_agreement,
        entry_grace_days=policy.entry_grace_days,
    )


@contextmanager
def _said_by_path(prefix: str) -> Iterator[None]:
    """Name the places of faults as the wire does."""
    try:
        yield
    except Invalid as refused:
        raise Invalid([_on_the_wire(fault, prefix) for fault in refused.faults]) from refused


def _on_the_wire(fault: Fault, prefix: str) -> Fault:
    first = fault.at.partition("[")[0].partition(".")[0]
    if first not in _OF_POLICY:
        return fault
    at = _PATHS.get(fault.at, fault.at)
    if at.startswith("grades[") and at.endswith(".lower"):
        at = at.removesuffix("lower") + "from"
    return Fault(at, fault.code, fault.values).under(prefix)
