"""What happens to figures and results when several people act in the same moment?"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import schema
from app.access import Actor
from app.database import Sessions, make_engine, make_sessions, transaction
from app.errors import Conflict, KinerjaError
from app.models import Entry, IssuedPdf, Kpi, Plan, PublishedScorecard
from app.rules.entries import Figure
from app.rules.vocabulary import Language
from app.services import issued
from app.services.actuals import EntryValues, put_entry
from app.services.appraisals import publish
from app.services.organisation import SETTINGS
from app.services.planning import revise_plan, submit_plan
from app.services.scorecards import period_card, scorecard_of
from app.settings import Settings
from tests.cards import make_example
from tests.cast import actor_of, make_cast
from tests.postgres import own_database

pytestmark = [pytest.mark.database, pytest.mark.slow]


@dataclass(slots=True)
class Company:
    """A database in which transactions of several threads meet, with eli's January recorded."""

    sessions: Sessions
    is_postgresql: bool
    mona: Actor
    hana: Actor
    eli_id: int
    january_id: int
    plan_id: int
    sales_id: int

    def record(self, session: Session, on: str, value: str) -> None:
        """Mona records sales."""
        values = EntryValues(Figure(Decimal(value)))
        put_entry(session, self.mona, kpi_id=self.sales_id, on=on, values=values, version=None)

    def publish(self, session: Session, actor: Actor | None = None) -> PublishedScorecard:
        """January becomes final."""
        return publish(session, actor or self.mona, person_id=self.eli_id, period_id=self.january_id)


@pytest.fixture
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    with own_database(request.config, tmp_path, "kinerja_races") as url:
        engine = make_engine(url)
        schema.upgrade(engine)
        sessions = make_sessions(engine, info={SETTINGS: Settings(data_dir=tmp_path, _env_file=None)})
        with transaction(sessions) as session:
            cast = make_cast(session)
            example = make_example(session, cast)
            example.record_january(session)
            made = Company(
                sessions,
                engine.dialect.name == "postgresql",
                actor_of(cast.mona),
                actor_of(cast.hana),
                cast.eli.id,
                example.period("2026-01").id,
                example.plan.id,
                example.kpis["SALES"].id,
            )
        yield made
        engine.dispose()


class Other(threading.Thread):
    """Somebody who acts at the same time, in a transaction of their own."""

    def __init__(self, sessions: Sessions, act: Callable[[Session], object]) -> None:
        super().__init__(daemon=True)
        self.refusal: Exception | None = None
        self._sessions = sessions
        self._act = act
        self.start()

    def run(self) -> None:
        try:
            with transaction(self._sessions) as session:
                self._act(session)
        except Exception as refusal:  # noqa: BLE001 - told to the test
            self.refusal = refusal

    @property
    def is_waiting(self) -> bool:
        """Whether they still wait a moment later."""
        self.join(0.5)
        return self.is_alive()

    def finish(self) -> None:
        """Wait until they are done, and see that they were not refused."""
        self.join(20)
        assert not self.is_alive()
        if self.refusal is not None:
            raise self.refusal


def sales_shown(session: Session) -> str:
    """January's sales on the scorecard that was published."""
    card = scorecard_of(session.scalars(select(PublishedScorecard)).one())
    return str(next(kpi.actual for kpi in card.kpis if kpi.code == "SALES"))


def test_a_figure_on_its_way_is_in_the_scorecard_that_is_published_meanwhile(company: Company) -> None:
    with transaction(company.sessions) as session:
        company.record(session, "2026-01", "31")
        other = Other(company.sessions, company.publish)
        assert other.is_waiting
    other.finish()
    with transaction(company.sessions, writes=False) as session:
        assert sales_shown(session) == "31"


def test_no_figure_slips_in_while_its_scorecard_is_published(company: Company) -> None:
    with transaction(company.sessions) as session:
        company.publish(session)
        other = Other(company.sessions, lambda theirs: company.record(theirs, "2026-01", "99"))
        assert other.is_waiting
    with pytest.raises(Conflict, match="scorecard_published"):
        other.finish()
    with transaction(company.sessions, writes=False) as session:
        assert sales_shown(session) == "28"
        assert session.scalars(select(Entry.value).where(Entry.kpi_id == company.sales_id)).all() == [Decimal(28)]


def test_what_is_published_is_what_holds_then_not_what_was_read_before(company: Company) -> None:
    with transaction(company.sessions) as session:
        found = period_card(session, company.mona, person_id=company.eli_id, cycle_code="2026", period_code="2026-01")
        other = Other(company.sessions, lambda theirs: company.record(theirs, "2026-01", "31"))
        # On SQLite nobody writes between what another one reads and writes
        assert other.is_waiting is not company.is_postgresql
        company.publish(session)
        assert found.period.id == company.january_id
    with transaction(company.sessions, writes=False) as session:
        assert sales_shown(session) == ("31" if company.is_postgresql else "28")
    if not company.is_postgresql:
        with pytest.raises(Conflict, match="scorecard_published"):
            other.finish()


def test_of_two_who_publish_at_once_one_is_told_of_the_other(company: Company) -> None:
    with transaction(company.sessions) as session:
        company.publish(session)
        other = Other(company.sessions, lambda theirs: company.publish(theirs, company.hana))
        assert other.is_waiting
    with pytest.raises(KinerjaError):
        other.finish()
    with transaction(company.sessions, writes=False) as session:
        assert session.scalars(select(PublishedScorecard.published_by_id)).all() == [company.mona.person_id]


def revised(company: Company) -> int:
    """A draft of the next version, from February on."""
    with transaction(company.sessions) as session:
        day = date(2026, 2, 1)
        plan = revise_plan(session, company.hana, plan_id=company.plan_id, version=None, starts_on=day, reason="Target")
        return plan.id


def test_a_figure_on_its_way_goes_to_the_version_that_comes_into_force_meanwhile(company: Company) -> None:
    draft_id = revised(company)
    with transaction(company.sessions) as session:
        company.record(session, "2026-02", "30")
        other = Other(
            company.sessions, lambda theirs: submit_plan(theirs, company.hana, plan_id=draft_id, version=None)
        )
        assert other.is_waiting
    other.finish()
    with transaction(company.sessions, writes=False) as session:
        held = session.scalars(select(Kpi.plan_id).join(Entry, Entry.kpi_id == Kpi.id).where(Entry.on == "2026-02"))
        assert held.all() == [draft_id]


def test_publishing_and_revising_never_wait_for_each_other_in_a_circle(company: Company) -> None:
    draft_id = revised(company)
    with transaction(company.sessions) as session:
        # What publishing locks first, then the next one, with a submission in between
        session.execute(select(Plan.id).where(Plan.id == company.plan_id).with_for_update())
        other = Other(
            company.sessions, lambda theirs: submit_plan(theirs, company.hana, plan_id=draft_id, version=None)
        )
        assert other.is_waiting
        session.execute(select(Plan.id).where(Plan.id == draft_id).with_for_update())
    other.finish()


def test_of_two_who_download_for_the_first_time_both_get_the_file(company: Company) -> None:
    with transaction(company.sessions) as session:
        scorecard_id = company.publish(session).id
    pdf = issued.PdfFile(b"%PDF", "a.pdf", issued.digest_of(b"%PDF"))
    with transaction(company.sessions) as session:
        issued.enter(session, scorecard_id, Language.INDONESIAN, pdf)
        session.flush()
        other = Other(company.sessions, lambda theirs: issued.enter(theirs, scorecard_id, Language.INDONESIAN, pdf))
        assert other.is_waiting
    other.finish()
    with transaction(company.sessions, writes=False) as session:
        assert session.scalars(select(IssuedPdf.digest)).all() == [pdf.digest]
