"""How are the PDFs of many prepared in the background, followed, and taken as one ZIP, for other programs?"""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import ConfigDict

from app.api.exchange import ApiRoute
from app.api.operations import WRITES, Responses, refusals
from app.api.paging import Part
from app.api.schemas import Page
from app.api.wire import LARGEST_ID, Code, Flag, Id, On, Sent, Shown
from app.downloads import ZIP, as_stream
from app.routing import CurrentActor, DbSession, Needs, reading
from app.rules.issuing import FileNames, PdfState
from app.rules.vocabulary import Action, Language
from app.services import cycles, issuing_policy, pdf_batches, pdf_bundle, scorecard_lists
from app.services.pdf_batches import BatchState
from app.services.pdf_choice import Wanted

router = APIRouter(route_class=ApiRoute, tags=["scorecards"])
_ISSUE: Final = [Depends(Needs(Action.SCORECARD_ISSUE))]
_ONE: Final = "/pdf-batches/{batch_id}"
_Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_ZIP: Final[Responses] = {
    200: {
        "description": "The PDFs, with contents.csv before, report.csv and the signed manifest after them.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class PdfBatchSent(Sent):
    """Of which period, for whom (left out: everybody), and in which language (left out: the caller's)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cycle": "2026", "period": "2026-01", "lang": "id"}]})

    cycle: Code
    period: On
    unit: Id | None = None
    manager: Id | None = None
    lang: Language | None = None


class PdfBatch(Shown):
    """A preparation: `running` until all was tried, `cancelled` while it is stopped, then `done`."""

    id: int
    cycle: str
    period: str
    unit: int | None
    manager: int | None
    lang: Language
    state: BatchState
    started_at: datetime
    started_by: str
    total: int
    ready: int
    to_do: int
    failed: int


class PdfItem(Shown):
    """One PDF of a preparation; `fault` is a word for the reason where it failed, else empty."""

    person_id: int
    number: str
    name: str
    version: int
    state: PdfState
    fault: str


class FileNaming(Sent):
    """How the files in a ZIP are named, and whether copies with a password are offered (left out: as before)."""

    names: FileNames
    locked_copies: Flag | None = None


class FileNamingShown(Shown):
    """How the files in a ZIP are named, and whether copies with a password are offered."""

    names: FileNames
    locked_copies: bool


@router.post(
    "/pdf-batches",
    operation_id="start_pdf_batch",
    summary="Prepare the PDFs of many",
    status_code=201,
    dependencies=_ISSUE,
    responses=refusals(*WRITES),
)
def start_pdf_batch(
    request: Request, response: Response, session: DbSession, actor: CurrentActor, sent: PdfBatchSent
) -> PdfBatch:
    """Of one's own published scorecard and those of the line; HR of all. PDFs that are kept are not made again."""
    _cycle, period = scorecard_lists.find_period(session, actor, cycle_code=sent.cycle, period_code=sent.period)
    language = sent.lang or request.state.locale.language
    batch = pdf_batches.start(session, actor, period, Wanted(sent.unit, sent.manager), language)
    response.headers["Location"] = f"/api/v1/pdf-batches/{batch.id}"
    return _shown(batch)


@router.get(
    "/pdf-batches",
    operation_id="list_pdf_batches",
    summary="List preparations",
    dependencies=_ISSUE,
    responses=refusals(),
)
def list_pdf_batches(session: DbSession, actor: CurrentActor, part: Part) -> Page[PdfBatch]:
    """One's own, the latest first; HR sees all. They are kept for 90 days."""
    found = pdf_batches.list_batches(session, actor, offset=part.offset, limit=part.limit)
    return Page(items=[_shown(each) for each in found.items], total=found.total)


@router.get(
    _ONE, operation_id="get_pdf_batch", summary="Show a preparation", dependencies=_ISSUE, responses=refusals(404)
)
def get_pdf_batch(session: DbSession, actor: CurrentActor, batch_id: _Id) -> PdfBatch:
    """How far it is."""
    return _shown(pdf_batches.get_batch(session, actor, batch_id))


@router.get(
    f"{_ONE}/items",
    operation_id="list_pdf_batch_items",
    summary="List the PDFs of a preparation",
    dependencies=_ISSUE,
    responses=refusals(404),
)
def list_pdf_batch_items(
    session: DbSession,
    actor: CurrentActor,
    part: Part,
    batch_id: _Id,
    state: Annotated[PdfState | None, Query()] = None,
) -> Page[PdfItem]:
    """Those of people whom the caller may see today; failed ones first."""
    batch = pdf_batches.get_batch(session, actor, batch_id)
    found = pdf_batches.list_items(session, actor, batch, state, offset=part.offset, limit=part.limit)
    return Page(items=[PdfItem.model_validate(each) for each in found.items], total=found.total)


@router.post(
    f"{_ONE}/cancel",
    operation_id="cancel_pdf_batch",
    summary="Stop a preparation",
    dependencies=_ISSUE,
    responses=refusals(404, 409),
)
def cancel_pdf_batch(session: DbSession, actor: CurrentActor, batch_id: _Id) -> PdfBatch:
    """After what is in hand; what is ready stays."""
    return _shown(pdf_batches.cancel(session, actor, batch_id))


@router.post(
    f"{_ONE}/resume",
    operation_id="resume_pdf_batch",
    summary="Let a preparation go on",
    dependencies=_ISSUE,
    responses=refusals(404, 409),
)
def resume_pdf_batch(session: DbSession, actor: CurrentActor, batch_id: _Id) -> PdfBatch:
    """Where it was stopped."""
    return _shown(pdf_batches.resume(session, actor, batch_id))


@router.post(
    f"{_ONE}/retry",
    operation_id="retry_pdf_batch",
    summary="Try failed PDFs again",
    dependencies=_ISSUE,
    responses=refusals(404, 409),
)
def retry_pdf_batch(session: DbSession, actor: CurrentActor, batch_id: _Id) -> PdfBatch:
    """All that failed in this preparation."""
    return _shown(pdf_batches.retry(session, actor, batch_id))


@router.get(
    f"{_ONE}/pdf.zip",
    operation_id="get_pdf_batch_zip",
    summary="Download the PDFs of a preparation",
    dependencies=_ISSUE,
    response_class=StreamingResponse,
    responses={**refusals(404, 409), **_ZIP},
)
def get_pdf_batch_zip(request: Request, actor: CurrentActor, batch_id: _Id) -> StreamingResponse:
    """Those that the caller may have today, in the version in force; the others are lines in `report.csv`."""
    with reading(request) as session:
        pdf_batches.get_batch(session, actor, batch_id)
    sessions = request.app.state.sessions
    bundle = pdf_bundle.begin_batch(sessions, actor, batch_id)
    return as_stream(pdf_bundle.stream(sessions, bundle), bundle.file_name, ZIP)


@router.put(
    "/pdf-names",
    operation_id="choose_pdf_names",
    summary="Choose the rules for PDF files",
    dependencies=[Depends(Needs(Action.CYCLE_WRITE))],
    responses=refusals(*WRITES),
)
def choose_pdf_names(session: DbSession, actor: CurrentActor, sent: FileNaming) -> FileNamingShown:
    """In every ZIP from now on, and whether PDFs of scorecards can be had with a password. HR."""
    cycles.check_may_write(session, actor)
    wishes = issuing_policy.choose(session, actor, sent.names, offers_locked=sent.locked_copies)
    return FileNamingShown(names=wishes.file_names, locked_copies=wishes.offers_locked)


def _shown(batch: pdf_batches.Batch) -> PdfBatch:
    row = batch.row
    return PdfBatch(
        id=batch.id,
        cycle=row.period.cycle.code,
        period=row.period.code,
        unit=row.unit_id,
        manager=row.manager_id,
        lang=row.language,
        state=batch.state,
        started_at=row.started_at,
        started_by=row.started_by.name,
        total=batch.total,
        ready=batch.counts[PdfState.READY],
        to_do=batch.to_do,
        failed=batch.counts[PdfState.FAILED],
    )
