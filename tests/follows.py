"""What is said and agreed about eli between two results: a cause with an action, notes, a development plan."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from app.models import DevelopmentItem, KpiCause, KpiNote
from app.rules.vocabulary import NoteKind
from app.services.causes import CauseValues, KpiAt, record_cause
from app.services.development import ItemValues, enter_item
from app.services.incentives import BandValues, set_incentives
from app.services.notes import NoteValues, write_note
from tests.cards import Example
from tests.cast import actor_of
from tests.factories import TODAY

WHY = "Dua pelanggan besar menunda pesanan."
WHAT = "Kunjungi keduanya dan tawarkan jadwal baru."


@dataclass(frozen=True, slots=True)
class Followed:
    """The rows that were made."""

    cause: KpiCause
    note: KpiNote
    item: DevelopmentItem


def follow_eli(session: Session, example: Example, today: date = TODAY) -> Followed:
    """January is discussed: mona writes cause and recognition, eli answers and sets out to learn."""
    cast = example.cast
    mona, eli = actor_of(cast.mona, today), actor_of(cast.eli, today)
    sales = KpiAt(cast.eli.id, "2026", "2026-01", "SALES")
    cause = record_cause(session, mona, at=sales, values=CauseValues(WHY, WHAT, today + timedelta(days=30)))
    praise = NoteValues(NoteKind.RECOGNITION, "Presentasi yang sangat baik.")
    note = write_note(session, mona, at=sales, values=praise)
    answer = NoteValues(NoteKind.COMMENT, "Terima kasih; pesanan ketiga menyusul.")
    write_note(session, eli, at=sales, values=answer)
    values = ItemValues("Negosiasi", "Pelatihan dua hari", "Biaya dan waktu", today + timedelta(days=60))
    return Followed(cause, note, enter_item(session, eli, person_id=cast.eli.id, values=values))


def show_incentives(session: Session, example: Example) -> None:
    """Two bands, seen on scorecards."""
    bands = [BandValues(Decimal(80), "Bonus", Decimal(5)), BandValues(Decimal(110), "Bonus besar", Decimal(10))]
    set_incentives(
        session,
        actor_of(example.cast.hana),
        cycle_id=example.cycle.id,
        version=example.cycle.version,
        are_shown=True,
        bands=bands,
    )
