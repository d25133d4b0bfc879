"""How are plans made for many people in one step, for other programs?"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field

from app.api.exchange import ApiRoute
from app.api.operations import WRITES, refusals
from app.api.plan_schemas import PlanPerson
from app.api.wire import CODE, Flag, Id, Number, Sent, Shown
from app.routing import CurrentActor, DbSession, Needs
from app.rules.carry_over import Meaning, Terms
from app.rules.vocabulary import Action
from app.services import cycles, plan_bulk
from app.services.plan_bulk import BulkWish, Outcome

router = APIRouter(route_class=ApiRoute, prefix="/plan-batches", tags=["plans"])
_WRITE: Final = [Depends(Needs(Action.PLAN_WRITE))]
_Code = Annotated[str, Field(min_length=1, max_length=40, pattern=CODE)]


class BatchSent(Sent):
    """For which cycle, beginning with what, for whom, and how targets change."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cycle": "2027", "carry_from": "2026", "change": "10", "dry_run": True}]}
    )

    cycle: _Code
    copy_of: Id | None = Field(default=None, description="One plan for all; else `carry_from`.")
    carry_from: _Code | None = Field(default=None, description="Each one's own plan in force in this cycle.")
    unit_id: Id | None = Field(default=None, description="With the units below it.")
    position_id: Id | None = None
    person_ids: Annotated[Sequence[Id], Field(max_length=10_000)] | None = Field(
        default=None, description="These people alone."
    )
    change: Number = Field(default=Decimal(0), description="By how many percent targets change, from -90 to 90.")
    meaning: Meaning = Field(
        default=Meaning.HARDER,
        description="`harder`: more where more is better, less where less is better. `factor`: times 1 + change / 100.",
    )
    significant_digits: Literal[1, 2, 3, 4] | None = Field(default=None, description="Null keeps every digit.")
    with_actuals: Flag = Field(default=False, description="Put the last actual beside each target, as the baseline.")
    renew_years: Flag = Field(
        default=False, description="Let titles of objectives that name a year of their cycle name the new one."
    )
    dry_run: Flag = Field(default=False, description="Only say what would become of whom.")


class BatchPerson(Shown):
    """One person and what becomes of them."""

    person: PlanPerson
    outcome: Outcome


class BatchAnswer(Shown):
    """Everybody whom the batch concerns, and how many drafts were made."""

    made: int
    items: Sequence[BatchPerson]


@router.post(
    "",
    operation_id="make_plans",
    summary="Make the plans of many",
    dependencies=_WRITE,
    responses=refusals(*WRITES),
)
def make_plans(session: DbSession, actor: CurrentActor, sent: BatchSent) -> BatchAnswer:
    """A draft for everybody who has none, all or none; done again nobody gets a second one. Managers and HR."""
    plan_bulk.check_may_write(session, actor)
    source_cycle = None if sent.carry_from is None else cycles.cycle_by_code(session, actor, code=sent.carry_from).id
    wish = BulkWish(
        cycle_id=cycles.cycle_by_code(session, actor, code=sent.cycle).id,
        source_plan_id=sent.copy_of,
        source_cycle_id=source_cycle,
        unit_id=sent.unit_id,
        position_id=sent.position_id,
        person_ids=None if sent.person_ids is None else frozenset(sent.person_ids),
        terms=Terms(sent.change, sent.meaning, sent.significant_digits),
        with_actuals=sent.with_actuals,
        renews_years=sent.renew_years,
    )
    act = plan_bulk.recipients if sent.dry_run else plan_bulk.make_plans
    people = act(session, actor, wish)
    made = 0 if sent.dry_run else plan_bulk.count_of(people)[Outcome.GETS_PLAN]
    return BatchAnswer(
        made=made,
        items=[
            BatchPerson(person=PlanPerson(id=each.person_id, number=each.number, name=each.name), outcome=each.outcome)
            for each in people
        ],
    )
