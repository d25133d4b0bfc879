"""Does the archive hold every scorecard of every cycle in every version, for those who may read them?"""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.rules.vocabulary import AppealOutcome, AppraisalState
from app.services.appeals import Decision, decide_appeal
from app.services.card_archive import Archive, archive_of
from app.services.receipts import acknowledge
from app.services.where import Where
from tests.cards import Example, january_published
from tests.cases import Past, make_past
from tests.cast import Cast, actor_of
from tests.pages import counted_queries
from tests.tools import SignIn


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    """Eli's January of 2026 is published."""
    return january_published(session, cast)


@pytest.fixture
def past(session: Session, example: Example) -> Past:
    """And two months of 2024, one of them objected to."""
    return make_past(session, example.cast)


def archive(session: Session, cast: Cast, name: str = "eli") -> Archive:
    return archive_of(session, actor_of(getattr(cast, name)), person_id=cast.eli.id)


def lines(found: Archive) -> list[tuple[str, str, list[tuple[int, Decimal | None]]]]:
    return [
        (each.cycle.code, card.period_code, [(version.version_number, version.total) for version in card.versions])
        for each in found.cycles
        for card in each.cards
    ]


@pytest.mark.usefixtures("past")
def test_every_cycle_is_there_the_latest_first(session: Session, cast: Cast) -> None:
    found = archive(session, cast)
    assert [(cycle, period) for cycle, period, _ in lines(found)] == [
        ("2026", "2026-01"),
        ("2024", "2024-12"),
        ("2024", "2024-11"),
    ]
    assert found.cycles[1].cards[1].state is AppraisalState.APPEALED
    assert found.chart is not None
    assert [bar.trend.period_code for bar in found.chart.bars] == ["2024-11", "2024-12", "2026-01"]
    assert [bar.trend.achievement for bar in found.chart.bars][-1] == Decimal("81.37")
    assert [bar.is_current for bar in found.chart.bars] == [False, False, True]


def test_every_version_is_there_with_its_reason_and_receipt(session: Session, cast: Cast, past: Past) -> None:
    where = Where(cast.eli.id, "2026", "2026-01")
    acknowledge(session, actor_of(cast.eli), where=where)
    decided = Decision(AppealOutcome.REJECTED, "Faktur tercatat di Desember.")
    decide_appeal(session, actor_of(cast.hana), appeal_id=past.appeal.id, version=1, decision=decided)
    cards = [card for each in archive(session, cast).cycles for card in each.cards]
    assert cards[0].latest.received_at is not None
    assert [version.version_number for version in cards[2].versions] == [2, 1]
    assert cards[2].latest.revision is not None
    assert cards[2].latest.revision.reason == "Faktur tercatat di Desember."
    assert cards[2].versions[1].revision is None


@pytest.mark.usefixtures("example")
def test_one_scorecard_is_no_trend(session: Session, cast: Cast) -> None:
    found = archive(session, cast)
    assert len(lines(found)) == 1
    assert found.chart is None


@pytest.mark.usefixtures("example")
def test_others_read_it_as_they_read_the_scorecards(session: Session, cast: Cast) -> None:
    for reader in ("mona", "root", "hana", "audi"):
        assert len(lines(archive(session, cast, reader))) == 1
    for stranger in ("eva", "otto", "omar"):
        with pytest.raises(NotFound):
            archive(session, cast, stranger)
    with pytest.raises(NotFound):
        archive_of(session, actor_of(cast.hana), person_id=999_999)


@pytest.mark.usefixtures("past")
def test_the_number_of_questions_does_not_grow(session: Session, cast: Cast) -> None:
    with counted_queries(session) as asked:
        archive(session, cast)
    assert len(asked) <= 6


# --- The page ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("past")
def test_the_page_is_reached_from_home_and_leads_to_every_pdf(cast: Cast, as_: SignIn) -> None:
    eli = as_(cast.eli)
    address = f"/scorecards/{cast.eli.id}"
    assert f'href="{address}"' in eli.get("/").text
    assert f'href="{address}"' in eli.get("/scorecards").text
    page = eli.get(address).text
    assert "Kartu skor saya" in page
    for period in ("2026/2026-01", "2024/2024-12", "2024/2024-11"):
        for language in ("id", "en"):
            assert f'href="{address}/{period}/versions/1/pdf?lang={language}"' in page
    assert "Nilai akhir: November 2024:" in page  # the words of the chart
    assert "Januari 2026: 81,37" in page


@pytest.mark.usefixtures("example")
def test_the_page_is_reached_from_the_persons_page(cast: Cast, as_: SignIn) -> None:
    mona = as_(cast.mona)
    assert f'href="/scorecards/{cast.eli.id}"' in mona.get(f"/people/{cast.eli.id}").text
    assert f"Kartu skor {cast.eli.name}" in mona.get(f"/scorecards/{cast.eli.id}").text
    assert as_(cast.eva).get(f"/scorecards/{cast.eli.id}").status_code == 404


def test_an_empty_archive_says_so(cast: Cast, as_: SignIn) -> None:
    assert "Belum ada yang terbit" in as_(cast.eli).get(f"/scorecards/{cast.eli.id}").text
