"""Which PDFs of published scorecards were handed out, and is this file one of them?"""

import contextlib
import hashlib
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import ColumnElement, SQLColumnExpression, bindparam, exists, select
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor
from app.database import Sessions, transaction
from app.documents.scorecard_pdf import TEMPLATE_VERSION, RenderFailed, scorecard_html, scorecard_pdf
from app.documents.seals import sealed
from app.errors import Unavailable
from app.models import Appraisal, IssuedPdf, PublishedScorecard
from app.rules.branding import Branding
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import Language
from app.sealing import seal_of
from app.services import audit, snapshots
from app.services.branding import branding_of
from app.services.organisation import settings_of
from app.services.scorecards import scorecard_of
from app.settings import Settings

DOWNLOADED = "scorecard.downloaded"
_ENGINE: Final = version("weasyprint")
_FROZEN: Final = (
    select(PublishedScorecard.snapshot, Appraisal.person_id)
    .join(PublishedScorecard.appraisal)
    .where(PublishedScorecard.id == bindparam("scorecard_id"))
)


@dataclass(frozen=True, slots=True)
class PdfFile:
    """A PDF ready to be handed out."""

    content: bytes
    file_name: str
    digest: str
    is_rendered: bool = True
    """Whether it was made now; else it is the stored copy."""


def issue_pdf(
    sessions: Sessions, actor: Actor | None, scorecard_id: int, language: Language, *, is_locked: bool = False
) -> PdfFile:
    """The PDF of a published scorecard, on record as issued; whoever calls has asked whether the actor may read it.

    `is_locked` says that a copy with a password is what leaves.

    Rendering takes its time and happens outside every transaction; the trace is written in a short one of its own.
    """
    with transaction(sessions, writes=False) as session:
        snapshot, person_id = session.execute(_FROZEN, {"scorecard_id": scorecard_id}).one()
        number, period_code = snapshots.employee_and_period(snapshot)
        stored = stored_copy(session, scorecard_id, language)
    if stored is None:
        pdf = _made_anew(sessions, scorecard_id, language)
    else:
        pdf = PdfFile(stored, name_of(number, period_code), digest_of(stored), is_rendered=False)
    with transaction(sessions) as session:
        if pdf.is_rendered:  # the stored copy was entered when it was made
            enter(session, scorecard_id, language, pdf)
        act = download_act(scorecard_id, person_id, period_code, language, pdf, is_locked=is_locked)
        audit.record_many(session, [act], actor_id=actor.person_id if actor else None)
    return pdf


def _made_anew(sessions: Sessions, scorecard_id: int, language: Language) -> PdfFile:
    with transaction(sessions, writes=False) as session:
        published = session.get_one(PublishedScorecard, scorecard_id)
        settings, card, look = settings_of(session), scorecard_of(published), branding_of(session, published)
    try:
        return make(settings, card, language, look)
    except RenderFailed as failed:
        raise Unavailable("pdf_failed", {"reason": failed.code}) from failed


def make(settings: Settings, card: Scorecard, language: Language, look: Branding, *, in_batch: bool = False) -> PdfFile:
    """The PDF of a scorecard, sealed where the organisation has a seal, and kept; RenderFailed if there can be none."""
    content = sealed(scorecard_pdf(card, language, look, in_batch=in_batch), seal_of(settings))
    pdf = PdfFile(content, file_name(card), digest_of(content))
    _store(settings, pdf)
    return pdf


def html_of(session: Session, scorecard_id: int, language: Language) -> str:
    """The print page that the PDF is made from; it needs nothing else to be shown."""
    published = session.get_one(PublishedScorecard, scorecard_id)
    return scorecard_html(scorecard_of(published), language, branding_of(session, published))


def issued_as(session: Session, digest: str) -> PublishedScorecard | None:
    """The published scorecard whose PDF has this digest."""
    return session.scalar(
        select(PublishedScorecard)
        .join(IssuedPdf, IssuedPdf.scorecard_id == PublishedScorecard.id)
        .where(IssuedPdf.digest == digest, PublishedScorecard.snapshot != "")
        .limit(1)
    )


def is_issued_with_digest(session: Session, scorecard_id: int, language: Language, digest: str) -> bool:
    """Whether this is what would be handed out now, so that nothing need be made anew."""
    known = _known(session, scorecard_id, language)
    return known is not None and known.digest == digest


def digest_of(content: bytes) -> str:
    """By which a file is known."""
    return hashlib.sha256(content).hexdigest()


def file_name(card: Scorecard) -> str:
    """The name under which a PDF is saved."""
    return name_of(card.employee.number, card.period.code)


def name_of(number: str, period_code: str) -> str:
    """The same by person and period: no two are alike, and every system can keep them."""
    return f"Kartu-Skor_{quote(number, safe='')}_{period_code}.pdf"


def name_with_version(name: str, version: int) -> str:
    """The name of a PDF that lies beside those of other versions."""
    return f"{name.removesuffix('.pdf')}_v{version}.pdf"


def renderer(settings: Settings) -> str:
    """What makes PDFs at present: another template, engine or certificate of the seal gives other bytes."""
    seal = seal_of(settings)
    if seal is None:
        return f"{TEMPLATE_VERSION} weasyprint {_ENGINE}"
    return f"{TEMPLATE_VERSION}/{_ENGINE} {seal.fingerprint[:8]}"  # short, as more is added to it


# --- What was handed out ----------------------------------------------------------------------------------------------


def stored_copy(session: Session, scorecard_id: int, language: Language) -> bytes | None:
    """The bytes that were handed out before, if they are there and still what they were."""
    return stored_copies(session, [scorecard_id], language).get(scorecard_id)


def stored_copies(session: Session, scorecard_ids: Collection[int], language: Language) -> dict[int, bytes]:
    """The same of many at once, by scorecard."""
    settings = settings_of(session)
    known = session.execute(
        select(IssuedPdf.scorecard_id, IssuedPdf.digest)
        .where(IssuedPdf.scorecard_id.in_(scorecard_ids), *_by_this_renderer(settings, language))
        .order_by(IssuedPdf.id)
    )
    latest = {row.scorecard_id: row.digest for row in known}
    copies = {scorecard_id: _copy(settings, digest) for scorecard_id, digest in latest.items()}
    return {scorecard_id: content for scorecard_id, content in copies.items() if content is not None}


def has_copy(session: Session, scorecard_id: SQLColumnExpression[int], language: Language) -> ColumnElement[bool]:
    """Whether a PDF of the scorecard was made before and need not be made again, as a condition."""
    made = _by_this_renderer(settings_of(session), language)
    return exists().where(IssuedPdf.scorecard_id == scorecard_id, *made)


def _store(settings: Settings, pdf: PdfFile) -> None:
    """Keep the bytes under their digest; a reader never meets half a file."""
    path = path_of_pdf(settings, pdf.digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(pdf.content)
            file.flush()
            Path(file.name).replace(path)
        except OSError:  # a full disk leaves no half of a file behind
            Path(file.name).unlink(missing_ok=True)
            raise


def enter(session: Session, scorecard_id: int, language: Language, pdf: PdfFile) -> None:
    """Put a PDF on record as issued, unless it is already."""
    # Of two who download for the first time, the second one finds what the first has entered
    looks = select(PublishedScorecard.branding_version).where(PublishedScorecard.id == scorecard_id)
    look = session.scalar(looks.with_for_update())
    if is_issued_with_digest(session, scorecard_id, language, pdf.digest):
        return
    maker = renderer(settings_of(session))
    label = maker if look is None else f"{maker} branding {look}"
    if _known(session, scorecard_id, language) is not None:
        label = f"{label} {pdf.digest[:8]}"  # the same renderer gave other bytes: fonts or libraries have changed
    session.add(
        IssuedPdf(
            scorecard_id=scorecard_id,
            language=language.value,
            template_version=label,
            digest=pdf.digest,
            issued_at=clock.now(),
        )
    )


def download_act(
    scorecard_id: int,
    person_id: int,
    period_code: str,
    language: Language,
    pdf: PdfFile,
    *,
    is_locked: bool = False,
) -> audit.Act:
    """What is put on record of a download."""
    details = {"period": period_code, "language": language.value, "digest": pdf.digest}
    return audit.Act(
        DOWNLOADED,
        ("published_scorecard", scorecard_id),
        subject_id=person_id,
        details=details | ({"locked": True} if is_locked else {}),
    )


def path_of_pdf(settings: Settings, digest: str) -> Path:
    """Where the copy of an issued PDF lies, if one was kept."""
    return settings.data_dir / "pdf" / digest[:2] / f"{digest}.pdf"


def _copy(settings: Settings, digest: str) -> bytes | None:
    with contextlib.suppress(OSError):
        content = path_of_pdf(settings, digest).read_bytes()
        if digest_of(content) == digest:
            return content
    return None


def _known(session: Session, scorecard_id: int, language: Language) -> IssuedPdf | None:
    """What this renderer issued of the scorecard before; the latest, where it came out differently once."""
    return session.scalar(
        select(IssuedPdf)
        .where(IssuedPdf.scorecard_id == scorecard_id, *_by_this_renderer(settings_of(session), language))
        .order_by(IssuedPdf.id.desc())
        .limit(1)
    )


def _by_this_renderer(settings: Settings, language: Language) -> tuple[ColumnElement[bool], ...]:
    return (
        IssuedPdf.language == language.value,
        IssuedPdf.template_version.startswith(renderer(settings), autoescape=True),
    )
