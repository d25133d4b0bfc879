"""How do all published scorecards of a period that somebody may read become one ZIP, sent while it is made?"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from unicodedata import normalize

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, may, note_question
from app.database import Sessions, transaction
from app.documents.scorecard_pdf import RenderFailed, scorecard_pdf
from app.documents.spreadsheets import write_csv
from app.documents.zip_stream import ZipStream
from app.errors import Conflict, KinerjaError
from app.models import Appraisal, IssuedPdf, Period, Person, PublishedScorecard, ReportingLine
from app.rules.vocabulary import Action, Language
from app.services import audit, issued, leases
from app.services.issued import PdfFile
from app.services.organisation import settings_of
from app.services.people_lists import placed_in
from app.services.scorecards import scorecard_of

_AT_ONCE: Final = 20
"""Files that are put on record together."""
_SECONDS: Final = 1.0
"""How long a file that is ready may wait for others to be put on record with."""
_LEASE: Final = timedelta(minutes=3)
"""How long a batch may be silent before its person may ask for another: longer than its slowest files together."""
_LONGEST_NAME: Final = 60
CONTENTS: Final = "contents.csv"
REPORT: Final = "report.csv"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose scorecards: of a unit with all below it, of everybody below a manager, or of all."""

    unit_id: int | None = None
    manager_id: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What a batch would hold: cards, and how many of their PDFs are kept from before in the language."""

    published: int
    ready: int


@dataclass(frozen=True, slots=True)
class _Card:
    scorecard_id: int
    person_id: int
    number: str
    name: str
    version: int
    file_name: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """A batch that was asked for and may begin."""

    actor: Actor
    period_code: str
    language: Language
    cards: Sequence[_Card]
    turn: leases.Turn
    file_name: str


@dataclass(frozen=True, slots=True)
class _Made:
    """A card with its PDF, or with the reason why there is none."""

    card: _Card
    pdf: PdfFile | None
    reason: str = ""


def counts(session: Session, actor: Actor, period: Period, wanted: Wanted, language: Language) -> Counts:
    """How many published scorecards the actor would get, and how many of them need not be made first."""
    note_question(session, Action.SCORECARD_READ)
    cards = _cards(actor, period, wanted).subquery()
    known = exists().where(
        IssuedPdf.scorecard_id == cards.c.id,
        IssuedPdf.language == language.value,
        IssuedPdf.template_version.startswith(issued.renderer(), autoescape=True),
    )
    published = session.scalar(select(func.count()).select_from(cards)) or 0
    return Counts(published, session.scalar(select(func.count()).select_from(cards).where(known)) or 0)


def managers(session: Session, actor: Actor, period: Period) -> list[tuple[int, str]]:
    """The managers below whom there are published scorecards that the actor may read, by name."""
    note_question(session, Action.SCORECARD_READ)
    cards = _cards(actor, period, Wanted()).subquery()
    day = min(actor.today, period.ends_on)
    found = session.execute(
        select(Person.id, Person.name)
        .where(
            exists().where(
                ReportingLine.manager_id == Person.id,
                ReportingLine.person_id == cards.c.person_id,
                ReportingLine.starts_on <= day,
                or_(ReportingLine.ends_on.is_(None), ReportingLine.ends_on >= day),
            )
        )
        .order_by(Person.name, Person.id)
    )
    return [(row.id, row.name) for row in found]


def begin(sessions: Sessions, actor: Actor, period: Period, wanted: Wanted, language: Language) -> Bundle:
    """Choose the cards that the actor may read, and take their turn: nobody has two batches made at a time."""
    with transaction(sessions, writes=False) as session:
        note_question(session, Action.SCORECARD_READ)
        rows = session.execute(_cards(actor, period, wanted).order_by(Person.number)).all()
    if not rows:
        raise Conflict("nothing_published")
    now = clock.now()
    turn = leases.take(
        sessions, f"pdf_bundle:{actor.person_id}", today=actor.today, done_before=now + _LEASE, lasts=_LEASE
    )
    if turn is None:
        raise Conflict("bundle_running")
    cards = [
        _Card(
            row.id, row.person_id, row.number, row.name, row.version_number, name_in_zip(row.number, row.name, period)
        )
        for row in rows
    ]
    return Bundle(actor, period.code, language, cards, turn, f"Kartu-Skor_{period.code}_{language.value}.zip")


def stream(sessions: Sessions, bundle: Bundle) -> Iterator[bytes]:
    """The ZIP part by part: what it is to hold, the PDFs, and at last what became of each.

    A PDF is on record as issued before it is sent. One that cannot be made leaves a line in the report, no more.
    """
    try:
        file = ZipStream(clock.now().timetuple()[:6])
        yield file.add(CONTENTS, _contents(bundle))
        lines: list[list[str]] = []
        for together in _together(_make(sessions, card, bundle.language) for card in bundle.cards):
            _put_on_record(sessions, bundle, together)
            for made in together:
                lines.append(_line(made))
                if made.pdf is not None:
                    yield file.add(made.card.file_name, made.pdf.content)
        yield file.add(REPORT, write_csv(["number", "name", "file", "result", "sha256"], lines))
        yield file.end()
    finally:  # also where the reader breaks off
        leases.finish(sessions, bundle.turn)


def name_in_zip(number: str, name: str, period: Period) -> str:
    """The name of a file: by the number no two are alike, and every system can keep it."""
    plain = re.sub(r"[^\w-]+", "-", normalize("NFC", name))[:_LONGEST_NAME].strip("-_")
    return issued.name_of(number, f"{plain}_{period.code}" if plain else period.code)


def _cards(actor: Actor, period: Period, wanted: Wanted) -> Select[int, int, str, str, int]:
    """The latest version of every scorecard of the period that the actor may read."""
    latest = (
        select(func.max(PublishedScorecard.version_number))
        .where(PublishedScorecard.appraisal_id == Appraisal.id)
        .correlate(Appraisal)
        .scalar_subquery()
    )
    cards = (
        select(
            PublishedScorecard.id,
            Person.id.label("person_id"),
            Person.number,
            Person.name,
            PublishedScorecard.version_number,
        )
        .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        .join(Person, Appraisal.person_id == Person.id)
        .where(
            Appraisal.period_id == period.id,
            PublishedScorecard.version_number == latest,
            PublishedScorecard.snapshot != "",
            may(actor, Action.SCORECARD_READ, Person.id),
        )
    )
    day = min(actor.today, period.ends_on)
    if wanted.unit_id is not None:
        cards = cards.where(Person.id.in_(placed_in(wanted.unit_id, day)))
    if wanted.manager_id is not None:
        cards = cards.where(Person.id.in_(_below(wanted.manager_id, day)))
    return cards


def _below(manager_id: int, day: date) -> Select[int]:
    """Everybody below a manager on a day, on all levels."""
    in_force = (ReportingLine.starts_on <= day) & or_(ReportingLine.ends_on.is_(None), ReportingLine.ends_on >= day)
    team = select(ReportingLine.person_id).where(ReportingLine.manager_id == manager_id, in_force).cte(recursive=True)
    team = team.union(select(ReportingLine.person_id).where(ReportingLine.manager_id == team.c.person_id, in_force))
    return select(team.c.person_id)


def _contents(bundle: Bundle) -> bytes:
    rows = [[card.number, card.name, str(card.version), card.file_name] for card in bundle.cards]
    return write_csv(["number", "name", "version", "file"], rows)


def _line(made: _Made) -> list[str]:
    if made.pdf is None:
        return [made.card.number, made.card.name, "", f"failed: {made.reason}", ""]
    return [made.card.number, made.card.name, made.card.file_name, "ok", made.pdf.digest]


def _make(sessions: Sessions, card: _Card, language: Language) -> _Made:
    """The stored copy, or else a new one outside every transaction."""
    try:
        with transaction(sessions, writes=False) as session:
            stored = issued.stored_copy(session, card.scorecard_id, language)
            if stored is not None:
                return _Made(card, PdfFile(stored, card.file_name, issued.digest_of(stored), is_rendered=False))
            scorecard = scorecard_of(session.get_one(PublishedScorecard, card.scorecard_id))
            settings = settings_of(session)
        content = scorecard_pdf(scorecard, language, in_batch=True)
        pdf = PdfFile(content, card.file_name, issued.digest_of(content))
        issued.store(settings, pdf)
    except RenderFailed as failed:
        return _Made(card, None, failed.code)
    except (KinerjaError, ValueError) as unreadable:  # a snapshot that is not what was frozen
        return _Made(card, None, type(unreadable).__name__)
    return _Made(card, pdf)


def _together(every: Iterator[_Made]) -> Iterator[list[_Made]]:
    """Some at a time, but none that is ready waits long."""
    together: list[_Made] = []
    since = time.monotonic()
    for made in every:
        together.append(made)
        if len(together) >= _AT_ONCE or time.monotonic() - since >= _SECONDS:
            yield together
            together, since = [], time.monotonic()
    if together:
        yield together


def _put_on_record(sessions: Sessions, bundle: Bundle, together: Sequence[_Made]) -> None:
    acts = []
    with transaction(sessions) as session:
        for made in together:
            if made.pdf is not None:
                card = made.card
                issued.enter(session, card.scorecard_id, bundle.language, made.pdf)
                acts.append(
                    issued.download_act(
                        card.scorecard_id, card.person_id, bundle.period_code, bundle.language, made.pdf
                    )
                )
        audit.record_many(session, acts, actor_id=bundle.actor.person_id)
        leases.extend(session, bundle.turn, _LEASE)
