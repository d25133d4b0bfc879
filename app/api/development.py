"""What do people set out to learn, and what may a total lead to, on the wire?"""

from typing import Final

from fastapi import APIRouter, Depends, Response, status

from app.api import following_schemas as wire
from app.api.exchange import ApiRoute, RequiredVersion, with_tag
from app.api.following import band_shown
from app.api.operations import REPLACES, WRITES, refusals, tagged
from app.api.paging import CycleCode, Part
from app.api.schemas import Page
from app.routing import CurrentActor, DbSession, Needs, RowId
from app.rules.vocabulary import Action
from app.services import cycles, development, incentives
from app.services.development import ItemValues
from app.services.incentives import BandValues, Incentives

router = APIRouter(route_class=ApiRoute, tags=["following"])
_READ: Final = [Depends(Needs(Action.SCORECARD_READ))]
_WRITE: Final = [Depends(Needs(Action.DEVELOPMENT_WRITE))]
_POLICY: Final = [Depends(Needs(Action.CYCLE_WRITE))]


@router.get(
    "/development",
    operation_id="list_development_due",
    summary="List what is to be learned",
    dependencies=_READ,
    responses=refusals(),
)
def list_development_due(session: DbSession, actor: CurrentActor, part: Part) -> Page[wire.DevelopmentItem]:
    """What is open of everybody whose card the caller may see, those first that are due first."""
    listing = development.due_items(session, actor, offset=part.offset, limit=part.limit)
    return Page(items=[wire.DevelopmentItem.model_validate(item) for item in listing.items], total=listing.total)


@router.get(
    "/development/{person_id}",
    operation_id="get_development",
    summary="Get a development plan",
    dependencies=_READ,
    responses=refusals(404),
)
def get_development(session: DbSession, actor: CurrentActor, person_id: RowId) -> wire.DevelopmentPlan:
    """A person's items, the open ones first, and gaps that the figures suggest."""
    plan = development.development_of(session, actor, person_id=person_id)
    return wire.DevelopmentPlan(
        person_id=person_id,
        items=[wire.DevelopmentItem.model_validate(item) for item in plan.items],
        suggested=[each.kpi.code for each in plan.weakest],
    )


@router.post(
    "/development/{person_id}",
    operation_id="create_development_item",
    summary="Add to a development plan",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses={**refusals(*WRITES), **tagged(201)},
)
def create_development_item(
    response: Response, session: DbSession, actor: CurrentActor, person_id: RowId, sent: wire.DevelopmentItemSent
) -> wire.DevelopmentItem:
    """A gap with its action, support and day. The employee, managers above and HR."""
    values = ItemValues(sent.gap, sent.development_action, sent.support, sent.due_on, kpi_code=sent.kpi_code)
    item = development.enter_item(session, actor, person_id=person_id, values=values)
    with_tag(response, item.version)
    return wire.DevelopmentItem.model_validate(item)


@router.put(
    "/development-items/{item_id}",
    operation_id="replace_development_item",
    summary="Change an item of a development plan",
    dependencies=_WRITE,
    responses={**refusals(*REPLACES), **tagged()},
)
def replace_development_item(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    item_id: RowId,
    version: RequiredVersion,
    sent: wire.DevelopmentItemChanged,
) -> wire.DevelopmentItem:
    """Change it or move it on. The employee, managers above and HR."""
    values = ItemValues(
        sent.gap, sent.development_action, sent.support, sent.due_on, state=sent.state, kpi_code=sent.kpi_code
    )
    item = development.change_item(session, actor, item_id=item_id, version=version, values=values)
    with_tag(response, item.version)
    return wire.DevelopmentItem.model_validate(item)


@router.get(
    "/cycles/{cycle_code}/incentives",
    operation_id="get_incentives",
    summary="Get the incentive bands of a cycle",
    dependencies=_POLICY,
    responses={**refusals(403, 404), **tagged()},
)
def get_incentives(
    response: Response, session: DbSession, actor: CurrentActor, cycle_code: CycleCode
) -> wire.Incentives:
    """What a total may lead to, from the highest band down. Only HR."""
    cycle = cycles.cycle_by_code(session, actor, code=cycle_code)
    found = incentives.incentives_of(session, actor, cycle_id=cycle.id)
    with_tag(response, found.cycle.version)
    return _incentives(found)


@router.put(
    "/cycles/{cycle_code}/incentives",
    operation_id="replace_incentives",
    summary="Set the incentive bands of a cycle",
    dependencies=_POLICY,
    responses={**refusals(*REPLACES), **tagged()},
)
def replace_incentives(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    cycle_code: CycleCode,
    version: RequiredVersion,
    sent: wire.IncentivesSent,
) -> wire.Incentives:
    """Say what a total may lead to and whether scorecards show it; nothing follows by itself. Only HR."""
    cycle = cycles.cycle_by_code(session, actor, code=cycle_code)
    bands = [BandValues(band.lower, band.text, band.percent) for band in sent.bands]
    found = incentives.set_incentives(
        session, actor, cycle_id=cycle.id, version=version, are_shown=sent.are_shown, bands=bands
    )
    with_tag(response, found.cycle.version)
    return _incentives(found)


def _incentives(found: Incentives) -> wire.Incentives:
    return wire.Incentives(
        cycle=found.cycle.code,
        are_shown=found.are_shown,
        bands=[band_shown(band) for band in found.bands],
        version=found.cycle.version,
    )
