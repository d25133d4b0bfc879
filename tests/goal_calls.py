"""Which calls about goals, duties and plans for many go well?"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Position
from app.services.goals import GoalValues, enter_goal
from tests.cards import Example
from tests.cast import Cast, actor_of


def goal_calls(session: Session, cast: Cast, example: Example, draft: Any, good: Any) -> dict[str, Any]:
    """One good call for each operation; `good` makes them."""
    values = GoalValues("Sepertiga pendapatan dari pelanggan baru", cast.mona.id)
    goal = enter_goal(session, actor_of(cast.hana), cycle_id=example.cycle.id, values=values)
    body = {"title": "Pendapatan naik", "owner_id": cast.mona.id, "figure": "1.5", "unit_of_measure": "%"}
    objective = {"plan_id": draft.id, "objective_id": draft.objectives[0].id}
    position = {"position_id": session.scalars(select(Position.id)).first()}
    seen = {"If-Match": f'"{goal.version}"'}
    return {
        "list_goals": good(query={"cycle": "2026"}),
        "get_goal": good({"goal_id": goal.id}),
        "create_goal": good(body={**body, "cycle": "2026", "parent_id": goal.id}),
        "replace_goal": good({"goal_id": goal.id}, headers=seen, body=body),
        "remove_goal": good({"goal_id": goal.id}, headers=seen),
        "link_objective": good(objective, headers={"If-Match": f'"{draft.version}"'}, body={"goal_id": goal.id}),
        "get_organisation": good(),
        "replace_organisation": good(headers={"If-Match": '"0"'}, body={"vision": "Terdepan", "mission": "Melayani"}),
        "list_responsibilities": good(position),
        "replace_responsibilities": good(position, body={"items": [{"task": "Menagih piutang"}]}),
        "make_plans": good(body={"cycle": "2026", "copy_of": example.plan.id, "dry_run": True}),
    }
