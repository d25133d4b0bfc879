"""A company whose scorecards are published, in a database in which transactions of several workers meet."""

import io
import zipfile
from collections import Counter
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Sessions, transaction
from app.i18n import locale_for
from app.models import IssuedPdf, PdfBatchItem, Period, Person
from app.rules.vocabulary import Language
from app.services import pdf_batches, pdf_bundle
from app.services.appraisals import publish
from app.services.notices import list_notices
from app.services.pdf_batches import BatchState
from app.services.pdf_choice import Wanted
from app.services.plan_drafts import kpis_of
from app.settings import Settings
from tests.cards import give_plan, make_example
from tests.cast import Cast, actor_of
from tests.factories import make_person


@dataclass(slots=True)
class Company:
    """A database in which transactions of several workers meet; four scorecards of January are published."""

    sessions: Sessions
    settings: Settings
    cast: Cast
    january: Period
    team: list[Person]
    """Those below mona whose scorecards are published."""

    def start(self, who: Person, wanted: Wanted | None = None) -> int:
        """A batch in Indonesian."""
        with transaction(self.sessions) as session:
            return pdf_batches.start(session, actor_of(who), self.january, wanted or Wanted(), Language.INDONESIAN).id

    def states(self, batch_id: int) -> Counter[str]:
        """How many PDFs of the batch are in which state."""
        with transaction(self.sessions, writes=False) as session:
            items = session.scalars(select(PdfBatchItem.state).where(PdfBatchItem.batch_id == batch_id))
            return Counter(state.value for state in items)

    def state(self, batch_id: int) -> BatchState:
        """Where the batch stands."""
        with transaction(self.sessions, writes=False) as session:
            return pdf_batches.get_batch(session, actor_of(self.cast.hana), batch_id).state

    def act(self, name: str, who: Person, batch_id: int) -> None:
        """Cancel, resume or retry."""
        with transaction(self.sessions) as session:
            getattr(pdf_batches, name)(session, actor_of(who), batch_id)

    def told(self, who: Person) -> list[str]:
        """What somebody was told about batches, in English, the first first."""
        with transaction(self.sessions, writes=False) as session:
            heard = list_notices(session, actor_of(who)).items
        about = [each for each in heard if each.path.startswith("/pdf-batches/")]
        return [f"{each.path} {each.text(locale_for('en'))}" for each in reversed(about)]

    def zip(self, who: Person, batch_id: int) -> dict[str, bytes]:
        """What is in the ZIP of a batch."""
        parts = pdf_bundle.stream(self.sessions, pdf_bundle.begin_batch(self.sessions, actor_of(who), batch_id))
        with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as found:
            return {name: found.read(name) for name in found.namelist()}

    def issued(self) -> int:
        """How many PDFs are on record."""
        with transaction(self.sessions, writes=False) as session:
            return session.scalar(select(func.count(IssuedPdf.id))) or 0


def publish_january(session: Session, cast: Cast) -> tuple[Period, list[Person]]:
    example = make_example(session, cast)
    example.record_january(session)
    january = example.period("2026-01")
    team = [cast.eli, cast.eva, make_person(session, "20", "Ayu Lestari", manager=cast.mona)]
    for person in (*team[1:], cast.otto):
        plan = give_plan(session, person, example.cycle)
        boss = cast.omar if person is cast.otto else cast.mona
        kpis = {kpi.code: kpi for kpi in kpis_of(plan)}
        replace(example, cast=replace(cast, mona=boss), plan=plan, kpis=kpis).record_january(session)
    for person in (*team, cast.otto):
        publish(session, actor_of(cast.hana), person_id=person.id, period_id=january.id)
    return january, team
