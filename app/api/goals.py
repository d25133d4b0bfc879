"""What do company and units want to reach, what is a position responsible for, for other programs?"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response, status
from pydantic import ConfigDict, Field

from app.api.exchange import ApiRoute, RequiredVersion, with_tag
from app.api.operations import REPLACES, WRITES, refusals, tagged
from app.api.paging import Part
from app.api.plan_schemas import PlanPerson
from app.api.schemas import Page
from app.api.wire import CODE, Id, Number, Sent, Shown, line, lines
from app.models import Goal as GoalRow
from app.routing import CurrentActor, DbSession, Needs, RowId
from app.rules.vocabulary import Action
from app.services import cycles, goals, responsibilities
from app.services.responsibilities import LONGEST_EXPECTATION, LONGEST_TASK, MOST, Duty

router = APIRouter(route_class=ApiRoute, tags=["goals"])
_READ: Final = [Depends(Needs(Action.GOAL_READ))]
_WRITE: Final = [Depends(Needs(Action.GOAL_WRITE))]
_LINK: Final = [Depends(Needs(Action.PLAN_WRITE))]
_PLACE: Final = [Depends(Needs(Action.PERSON_WRITE))]
_Code = Annotated[str, Field(min_length=1, max_length=40, pattern=CODE)]


class GoalSent(Sent):
    """What the company or a unit wants to reach; without a unit it is the company's."""

    title: Annotated[str, line(300)]
    owner_id: Id = Field(description="The one person who answers for it.")
    description: Annotated[str, lines(2000)] = ""
    unit_id: Id | None = None
    parent_id: Id | None = Field(default=None, description="The goal that it serves.")
    figure: Number | None = None
    unit_of_measure: Annotated[str, line(60, 0)] = ""


class GoalCreate(GoalSent):
    """A goal and the cycle that it belongs to."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cycle": "2026", "title": "A third of revenue is new", "owner_id": 2}]}
    )

    cycle: _Code


class Goal(Shown):
    """A goal of a cycle."""

    id: int
    cycle: str
    title: str
    description: str
    unit_id: int | None
    parent_id: int | None
    figure: Number | None
    unit_of_measure: str
    owner: PlanPerson
    version: int


class GoalListed(Goal):
    """A goal in its place in the tree."""

    depth: int
    objectives: int = Field(description="How many objectives of plans serve it.")


class Link(Sent):
    """The goal that an objective serves; null for none."""

    goal_id: Id | None


class Profile(Sent):
    """What the organisation is there for."""

    vision: Annotated[str, lines(2000)] = ""
    mission: Annotated[str, lines(2000)] = ""


class Responsibility(Sent):
    """A task of a position and what is expected."""

    task: Annotated[str, line(LONGEST_TASK)]
    expectation: Annotated[str, lines(LONGEST_EXPECTATION)] = ""


class Responsibilities(Sent):
    """All tasks of a position in their order."""

    items: Annotated[Sequence[Responsibility], Field(max_length=MOST)]


@router.get("/goals", operation_id="list_goals", summary="List goals", dependencies=_READ, responses=refusals(404))
def list_goals(
    session: DbSession,
    actor: CurrentActor,
    part: Part,
    cycle: Annotated[str, Query(min_length=1, max_length=40, pattern=CODE, description="The code of the cycle.")],
) -> Page[GoalListed]:
    """The goals of a cycle in the order of the tree, those of the company first."""
    rows = goals.list_goals(session, actor, cycle_id=cycles.cycle_by_code(session, actor, code=cycle).id)
    items = [
        GoalListed(**_facts(row.goal), depth=row.depth, objectives=len(row.named) + row.unnamed)
        for row in rows[part.cut]
    ]
    return Page(items=items, total=len(rows))


@router.post(
    "/goals",
    operation_id="create_goal",
    summary="Enter a goal",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses={**refusals(*WRITES), **tagged(201, located=True)},
)
def create_goal(response: Response, session: DbSession, actor: CurrentActor, sent: GoalCreate) -> Goal:
    """Add a goal to a cycle. Only HR."""
    goals.check_may_write(session, actor)
    cycle_id = cycles.cycle_by_code(session, actor, code=sent.cycle).id
    goal = goals.enter_goal(session, actor, cycle_id=cycle_id, values=_values(sent))
    response.headers["Location"] = f"/api/v1/goals/{goal.id}"
    return _answer(response, goal)


@router.get(
    "/goals/{goal_id}",
    operation_id="get_goal",
    summary="Get a goal",
    dependencies=_READ,
    responses={**refusals(404), **tagged()},
)
def get_goal(response: Response, session: DbSession, actor: CurrentActor, goal_id: RowId) -> Goal:
    """One goal."""
    return _answer(response, goals.get_goal(session, actor, goal_id=goal_id))


@router.put(
    "/goals/{goal_id}",
    operation_id="replace_goal",
    summary="Change a goal",
    dependencies=_WRITE,
    responses={**refusals(*REPLACES), **tagged()},
)
def replace_goal(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    goal_id: RowId,
    version: RequiredVersion,
    sent: GoalSent,
) -> Goal:
    """Everything about a goal anew. Only HR."""
    goal = goals.change_goal(session, actor, goal_id=goal_id, version=version, values=_values(sent))
    return _answer(response, goal)


@router.delete(
    "/goals/{goal_id}",
    operation_id="remove_goal",
    summary="Remove a goal",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_WRITE,
    responses=refusals(403, 404, 409, 412, 428),
)
def remove_goal(session: DbSession, actor: CurrentActor, goal_id: RowId, version: RequiredVersion) -> None:
    """Take away a goal that nothing serves. Only HR."""
    goals.remove_goal(session, actor, goal_id=goal_id, version=version)


@router.put(
    "/plans/{plan_id}/objectives/{objective_id}/goal",
    operation_id="link_objective",
    summary="Link an objective to a goal",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_LINK,
    responses={**refusals(*REPLACES), **tagged(204)},
)
def link_objective(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    plan_id: RowId,
    objective_id: RowId,
    version: RequiredVersion,
    sent: Link,
) -> None:
    """Say which goal an objective of a draft serves; If-Match and ETag are the plan's. Managers and HR."""
    plan = goals.link_objective(
        session, actor, plan_id=plan_id, version=version, objective_id=objective_id, goal_id=sent.goal_id
    )
    with_tag(response, plan.version)


@router.get(
    "/organisation",
    operation_id="get_organisation",
    summary="Get vision and mission",
    dependencies=_READ,
    responses=refusals() | tagged(),
)
def get_organisation(response: Response, session: DbSession, actor: CurrentActor) -> Profile:
    """What the organisation is there for, in its own words."""
    return _profile(response, goals.get_profile(session, actor))


@router.put(
    "/organisation",
    operation_id="replace_organisation",
    summary="Change vision and mission",
    dependencies=_WRITE,
    responses={**refusals(*REPLACES), **tagged()},
)
def replace_organisation(
    response: Response, session: DbSession, actor: CurrentActor, version: RequiredVersion, sent: Profile
) -> Profile:
    """Vision and mission anew. Only HR."""
    written = goals.write_profile(session, actor, version=version, vision=sent.vision, mission=sent.mission)
    return _profile(response, written)


@router.get(
    "/positions/{position_id}/responsibilities",
    operation_id="list_responsibilities",
    summary="List what a position is responsible for",
    dependencies=_READ,
    responses=refusals(404),
)
def list_responsibilities(session: DbSession, actor: CurrentActor, position_id: RowId) -> Responsibilities:
    """The tasks of a position, each with what is expected."""
    return _duties(responsibilities.responsibilities_of(session, actor, position_id=position_id))


@router.put(
    "/positions/{position_id}/responsibilities",
    operation_id="replace_responsibilities",
    summary="Change what a position is responsible for",
    dependencies=_PLACE,
    responses=refusals(*WRITES),
)
def replace_responsibilities(
    session: DbSession, actor: CurrentActor, position_id: RowId, sent: Responsibilities
) -> Responsibilities:
    """All tasks of a position anew. Only HR."""
    duties = [Duty(each.task, each.expectation) for each in sent.items]
    written = responsibilities.write_responsibilities(session, actor, position_id=position_id, duties=duties)
    return _duties(written)


def _values(sent: GoalSent) -> goals.GoalValues:
    return goals.GoalValues(
        title=sent.title,
        owner_id=sent.owner_id,
        description=sent.description,
        unit_id=sent.unit_id,
        parent_id=sent.parent_id,
        figure=sent.figure,
        unit_of_measure=sent.unit_of_measure,
    )


def _facts(goal: GoalRow) -> dict[str, object]:
    figure: Decimal | None = goal.figure
    return {
        "id": goal.id,
        "cycle": goal.cycle.code,
        "title": goal.title,
        "description": goal.description,
        "unit_id": goal.unit_id,
        "parent_id": goal.parent_id,
        "figure": figure,
        "unit_of_measure": goal.unit_of_measure,
        "owner": PlanPerson.model_validate(goal.owner),
        "version": goal.version,
    }


def _answer(response: Response, goal: GoalRow) -> Goal:
    with_tag(response, goal.version)
    return Goal.model_validate(_facts(goal))


def _profile(response: Response, profile: goals.Profile) -> Profile:
    with_tag(response, profile.version)
    return Profile(vision=profile.vision, mission=profile.mission)


def _duties(duties: Sequence[Duty]) -> Responsibilities:
    return Responsibilities(items=[Responsibility(task=each.task, expectation=each.expectation) for each in duties])
