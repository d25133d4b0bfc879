"""How well do people record their figures, for other programs?"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from app.api.exchange import ApiRoute
from app.api.operations import refusals
from app.api.paging import Part, Search
from app.api.wire import CLEAN, CODE, LARGEST_ID, ON, Shown
from app.routing import CurrentActor, DbSession, Needs
from app.rules.data_quality import Tally
from app.rules.vocabulary import Action
from app.services import cycles
from app.services.actuals_grid import GridFilter
from app.services.recording_report import recording_report

router = APIRouter(route_class=ApiRoute, tags=["entries"])


class RecordingCounts(Shown):
    """Entries of a period, counted."""

    due: int = Field(description="Recorded or still lacking; an entry for a month stands for all the days in it.")
    recorded: int
    missing: int = Field(description="Lacking although the days to record are over.")
    late: int = Field(description="First recorded after the days to record.")
    changed: int = Field(description="Changed after they were first recorded.")
    verified: int
    questioned: int


class RecordingOfPerson(Shown):
    """How one person's entries of the period are recorded."""

    person_id: int
    number: str
    name: str
    unit: str = Field(description="Where they sit on the period's last day; empty without a unit.")
    counts: RecordingCounts


class Recording(Shown):
    """People of whom entries are due, those first who lack most, and all of them in sum."""

    items: Sequence[RecordingOfPerson]
    total: int
    whole: RecordingCounts


@router.get(
    "/recording",
    operation_id="list_recording",
    summary="List how well people record",
    dependencies=[Depends(Needs(Action.REPORT_READ))],
    responses=refusals(404),
)
def list_recording(  # noqa: PLR0913 - a list with filters
    session: DbSession,
    actor: CurrentActor,
    part: Part,
    *,
    cycle: Annotated[str, Query(min_length=1, max_length=40, pattern=CODE)],
    period: Annotated[str, Query(min_length=4, max_length=10, pattern=ON)],
    search: Search = "",
    unit_id: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="In this unit or one below it.")] = None,
    manager: Annotated[str, Query(max_length=100, pattern=CLEAN, description="Name or number of the manager.")] = "",
) -> Recording:
    """Everybody whose entries you may see, but yourself."""
    wanted = GridFilter(search=search, unit_id=unit_id, manager=manager)
    chosen = cycles.period_of(cycles.cycle_by_code(session, actor, code=cycle), period)
    found = recording_report(session, actor, period=chosen, wanted=wanted, offset=part.offset, limit=part.limit)
    return Recording(
        items=[
            RecordingOfPerson(
                person_id=row.person_id, number=row.number, name=row.name, unit=row.unit, counts=_counts(row.tally)
            )
            for row in found.rows
        ],
        total=found.total,
        whole=_counts(found.whole),
    )


def _counts(tally: Tally) -> RecordingCounts:
    return RecordingCounts(
        due=tally.due,
        recorded=tally.there,
        missing=tally.missing,
        late=tally.late,
        changed=tally.changed,
        verified=tally.verified,
        questioned=tally.questioned,
    )
