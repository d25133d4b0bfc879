"""How do PDFs of published scorecards become one ZIP, sent while it is made, on record, and for whom they are?"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, may, note_question
from app.database import Sessions, transaction
from app.documents.manifest import SignedZip
from app.documents.spreadsheets import write_csv
from app.errors import Conflict
from app.models import Appraisal, PdfBatchItem, Period, Person, PublishedScorecard
from app.rules.issuing import PdfState, file_name
from app.rules.vocabulary import Action, Language
from app.services import issuing_policy, leases, pdf_batches, pdf_choice
from app.services.organisation import settings_of
from app.services.pdf_batches import BatchState
from app.services.pdf_choice import Wanted
from app.services.pdf_making import Made, hand_out, make_all

_AT_ONCE: Final = 20
"""Files that are put on record together."""
_SECONDS: Final = 1.0
"""How long a file that is ready may wait for others to be put on record with."""
_LEASE: Final = timedelta(minutes=3)
"""How long a ZIP may be silent before its person may ask for another: longer than its slowest files together."""
CONTENTS: Final = "contents.csv"
REPORT: Final = "report.csv"


@dataclass(frozen=True, slots=True)
class _Card:
    scorecard_id: int
    number: str
    name: str
    version: int
    file_name: str
    refusal: str = ""
    """Why it is not in the ZIP, where that is known before."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A ZIP that was asked for and may begin."""

    actor: Actor
    period_code: str
    language: Language
    cards: Sequence[_Card]
    turn: leases.Turn
    file_name: str


def begin(sessions: Sessions, actor: Actor, period: Period, wanted: Wanted, language: Language) -> Bundle:
    """Choose the cards that the actor may read; those without a PDF get one on the way."""
    with transaction(sessions, writes=False) as session:
        note_question(session, Action.SCORECARD_READ)
        chosen = pdf_choice.cards_of(actor, Action.SCORECARD_READ, period, wanted).order_by(Person.number)
        style = issuing_policy.wishes(session).file_names
        cards = [
            _Card(
                row.id,
                row.number,
                row.name,
                row.version_number,
                file_name(style, number=row.number, name=row.name, unit=row.unit or "", period_code=period.code),
            )
            for row in session.execute(chosen)
        ]
    return _bundle(sessions, actor, period, language, cards)


def begin_batch(sessions: Sessions, actor: Actor, batch_id: int) -> Bundle:
    """Choose the cards of a batch that was prepared: those that the actor may read now, in the version in force."""
    with transaction(sessions, writes=False) as session:
        batch = pdf_batches.get_batch(session, actor, batch_id)
        if batch.state is BatchState.RUNNING:
            raise Conflict("batch_running")
        cards = _cards_of_batch(session, actor, batch)
    return _bundle(sessions, actor, batch.row.period, batch.row.language, cards)


def _cards_of_batch(session: Session, actor: Actor, batch: pdf_batches.Batch) -> list[_Card]:
    period, style = batch.row.period, issuing_policy.wishes(session).file_names
    day = min(actor.today, period.ends_on)
    rows = session.execute(
        select(
            PublishedScorecard.id,
            Person.number,
            Person.name,
            PublishedScorecard.version_number,
            pdf_choice.unit_on(day).label("unit"),
            pdf_choice.latest_version().label("latest"),
            PdfBatchItem.state,
            PdfBatchItem.fault,
        )
        .join(PdfBatchItem, PdfBatchItem.scorecard_id == PublishedScorecard.id)
        .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        .join(Person, Appraisal.person_id == Person.id)
        .where(PdfBatchItem.batch_id == batch.id, may(actor, Action.SCORECARD_ISSUE, Person.id))
        .order_by(Person.number)
    )
    cards = []
    for row in rows:
        name = file_name(style, number=row.number, name=row.name, unit=row.unit or "", period_code=period.code)
        refusal = "" if row.state is PdfState.READY else f"failed: {row.fault}" if row.fault else "not prepared"
        if row.version_number < row.latest:
            refusal = "replaced by a later version"
        cards.append(_Card(row.id, row.number, row.name, row.version_number, name, refusal))
    return cards


def _bundle(sessions: Sessions, actor: Actor, period: Period, language: Language, cards: Sequence[_Card]) -> Bundle:
    """Take the actor's turn: nobody has two ZIPs made at a time."""
    if not any(not card.refusal for card in cards):
        raise Conflict("nothing_published")
    turn = leases.take(
        sessions, f"pdf_bundle:{actor.person_id}", today=actor.today, done_before=clock.now() + _LEASE, lasts=_LEASE
    )
    if turn is None:
        raise Conflict("bundle_running")
    return Bundle(actor, period.code, language, cards, turn, f"Kartu-Skor_{period.code}_{language.value}.zip")


def stream(sessions: Sessions, bundle: Bundle) -> Iterator[bytes]:
    """The ZIP part by part: what it is to hold, the PDFs, and at last what became of each, signed as a whole.

    A PDF is on record as issued before it is sent. One that cannot be made leaves a line in the report, no more.
    """
    try:
        file = _signed_zip(sessions, bundle)
        yield file.add(CONTENTS, _contents(bundle))
        lines = [_line(card, card.refusal) for card in bundle.cards if card.refusal]
        for together in _together(sessions, bundle):
            _put_on_record(sessions, bundle, together)
            for card, made in together:
                if made.pdf is None:
                    lines.append(_line(card, f"failed: {made.reason}"))
                else:
                    lines.append(_line(card, "ok", made.pdf.digest))
                    yield file.add(card.file_name, made.pdf.content, card.version)
        yield file.add(REPORT, write_csv(["number", "name", "file", "result", "sha256"], sorted(lines)))
        yield file.end()
    finally:  # also where the reader breaks off
        leases.finish(sessions, bundle.turn)


def _signed_zip(sessions: Sessions, bundle: Bundle) -> SignedZip:
    with transaction(sessions, writes=False) as session:
        settings = settings_of(session)
    about = {"organisation": settings.organisation_name, "period": bundle.period_code, "language": bundle.language}
    return SignedZip(settings, clock.now(), about)


def _contents(bundle: Bundle) -> bytes:
    rows = [[card.number, card.name, str(card.version), card.file_name] for card in bundle.cards if not card.refusal]
    return write_csv(["number", "name", "version", "file"], rows)


def _line(card: _Card, result: str, digest: str = "") -> list[str]:
    return [card.number, card.name, card.file_name if digest else "", result, digest]


def _together(sessions: Sessions, bundle: Bundle) -> Iterator[list[tuple[_Card, Made]]]:
    """Some at a time, but none that is ready waits long."""
    cards = [card for card in bundle.cards if not card.refusal]
    for begin in range(0, len(cards), _AT_ONCE):
        part = cards[begin : begin + _AT_ONCE]
        together: list[tuple[_Card, Made]] = []
        since = time.monotonic()
        for card, made in zip(
            part, make_all(sessions, [each.scorecard_id for each in part], bundle.language), strict=True
        ):
            together.append((card, made))
            if time.monotonic() - since >= _SECONDS:
                yield together
                together, since = [], time.monotonic()
        if together:
            yield together


def _put_on_record(sessions: Sessions, bundle: Bundle, together: Sequence[tuple[_Card, Made]]) -> None:
    with transaction(sessions) as session:
        hand_out(session, [made for _card, made in together], bundle.language, actor_id=bundle.actor.person_id)
        leases.extend(session, bundle.turn, _LEASE)
