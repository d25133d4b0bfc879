"""Does the page of completeness count what is there and name what is not?"""

import re

import pytest
from sqlalchemy.orm import Session

from app.services.appraisals import publish
from app.services.reports import Progress, list_missing, progress_by_unit, progress_of
from tests.cards import Example, give_plan, make_example
from tests.cast import Cast, actor_of
from tests.tools import SignIn


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    give_plan(session, cast.eva, made.cycle)
    publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=made.period("2026-01").id)
    return made


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_the_figures_are_those_of_the_people_one_may_see(session: Session, example: Example) -> None:
    cast, january = example.cast, example.period("2026-01")
    whole = Progress(people=9, with_plan=2, kpis_due=10, kpis_filled=4, published=1)
    assert progress_of(session, actor_of(cast.hana), january) == whole
    # mona sees herself, eli, eva and gone, who left on the last day of January
    assert progress_of(session, actor_of(cast.mona), january) == Progress(4, 2, 10, 4, 1)
    assert progress_of(session, actor_of(cast.otto), january) == Progress(1, 0, 0, 0, 0)
    # in March the quarterly KPI is due too, and nothing is recorded
    assert progress_of(session, actor_of(cast.hana), example.period("2026-03")) == Progress(8, 2, 12, 0, 0)


def test_units_add_up_to_the_whole(session: Session, example: Example) -> None:
    units = progress_by_unit(session, actor_of(example.cast.hana), example.period("2026-01"))
    assert [(row.unit and row.unit.name, row.progress) for row in units] == [
        ("Penjualan", Progress(people=4, with_plan=2, kpis_due=10, kpis_filled=4, published=1)),
        (None, Progress(people=5, with_plan=0, kpis_due=0, kpis_filled=0, published=0)),
    ]


def test_missing_entries_are_named_by_person_and_kpi(session: Session, example: Example) -> None:
    found = list_missing(session, actor_of(example.cast.mona), example.period("2026-01"))
    assert [(row.person.name, row.kpis) for row in found.items] == [
        ("Eli Effendi", ["Audit"]),
        ("Eva Elvira", ["Sales", "Won", "Cost", "CRM", "Audit"]),
    ]
    assert found.total == 2
    assert list_missing(session, actor_of(example.cast.otto), example.period("2026-01")).total == 0


def test_the_page_says_it_in_words(example: Example, as_: SignIn) -> None:
    page = words(as_(example.cast.hana).get("/reports/completeness").text)
    for text in (
        "Tanpa rencana kinerja 7 dari 9 karyawan",
        "KPI tanpa realisasi 6 dari 10",
        "Penjualan 4",
        "Eva Elvira",
    ):
        assert text in page
    assert "Eva Elvira" not in as_(example.cast.otto).get("/reports/completeness").text


@pytest.mark.parametrize("query", ["cycle=zz", "period=zz", "page=0", "page=99", "period=2026-12"])
def test_odd_addresses_are_answered(example: Example, as_: SignIn, query: str) -> None:
    assert as_(example.cast.hana).get(f"/reports/completeness?{query}").status_code == 200


def test_without_a_cycle_it_says_what_is_missing(cast: Cast, as_: SignIn) -> None:
    assert "Belum ada siklus" in as_(cast.hana).get("/reports/completeness").text
