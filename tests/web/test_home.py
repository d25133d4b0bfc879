"""Does the first page tell everybody what waits for them, from the first day on?"""

import re
from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.models import Account
from app.rules.vocabulary import DataRequestKind, Language
from app.services.appraisals import publish
from app.services.privacy import ask
from app.web.render import NAVIGATION
from tests.cards import give_plan, make_example
from tests.cast import Cast, actor_of
from tests.teams import make_cycle
from tests.tools import Clock, SignIn


def words(page: str) -> str:
    """What a reader sees, without tags and blanks."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_on_the_first_day_hr_finds_the_five_steps(session: Session, cast: Cast, as_: SignIn) -> None:
    hana = as_(cast.hana)
    page = words(hana.get("/").text)
    assert "Dari hari pertama sampai kartu skor pertama" in page
    assert "8 karyawan sudah terdaftar." in page
    assert 'href="/cycles/new"' in hana.get("/").text
    make_cycle(session)
    after = hana.get("/").text
    assert ('href="/cycles/new"' in after, 'href="/cycles"' in after) == (False, True)


def test_the_steps_go_away_once_a_scorecard_is_published(session: Session, cast: Cast, as_: SignIn) -> None:
    example = make_example(session, cast)
    example.record_january(session)
    publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=example.period("2026-01").id)
    page = words(as_(cast.hana).get("/").text)
    assert "Dari hari pertama" not in page
    assert "Semua karyawan, Januari 2026" in page
    # 8 are employed besides hana herself: gone left on the last day of January
    assert "Tanpa rencana kinerja 7 dari 8 karyawan" in page
    assert "Diterbitkan 1 dari 1 kartu skor" in page


def test_a_manager_finds_what_the_team_still_lacks(session: Session, cast: Cast, as_: SignIn) -> None:
    example = make_example(session, cast)
    example.record_january(session)
    give_plan(session, cast.eva, example.cycle)
    page = words(as_(cast.mona).get("/").text)
    # of each plan's six KPIs five are due in January; eva has none of them, eli lacks one
    assert "Tim saya, Januari 2026" in page
    assert "Realisasi belum tercatat 6 dari 10 KPI yang jatuh tempo" in page
    assert "Akan diterbitkan 2 dari 2 kartu skor" in page
    assert words(as_(cast.omar).get("/").text).count("Tim saya") == 1


def test_an_employee_is_two_taps_from_the_pdf(session: Session, cast: Cast, as_: SignIn) -> None:
    example = make_example(session, cast)
    example.record_january(session)
    publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=example.period("2026-01").id)
    page = as_(cast.eli).get("/").text
    assert f'href="/scorecards/{cast.eli.id}/2026/2026-01/pdf?lang=id"' in page
    assert f'href="/scorecards/{cast.eli.id}/2026/kpis/' in page
    for text in ("Kartu skor saya, Januari 2026", "81,37", "Butuh Perbaikan", "KPI saya, Januari 2026"):
        assert text in words(page)
    assert "Tim saya" not in page


def test_an_employee_follows_the_score_to_date_in_english_too(session: Session, cast: Cast, as_: SignIn) -> None:
    example = make_example(session, cast)
    example.record_january(session)
    session.query(Account).filter_by(person_id=cast.eli.id).one().language = Language.ENGLISH
    session.flush()
    page = words(as_(cast.eli).get("/").text)
    assert "Welcome, Eli Effendi" in page
    assert "My score to date, January 2026 81.37 Needs Improvement" in page


def test_hr_is_told_of_requests_about_data(session: Session, cast: Cast, as_: SignIn) -> None:
    ask(session, actor_of(cast.eli), kind=DataRequestKind.CORRECTION, text="Mohon nama saya diperbaiki.")
    page = as_(cast.hana).get("/").text
    assert "Permintaan data yang harus dijawab 1 Dalam 72 jam sejak diajukan." in words(page)
    assert 'href="/privacy"' in page


def test_who_has_nothing_yet_is_told_what_will_come(session: Session, cast: Cast, as_: SignIn) -> None:
    assert "Belum ada siklus" in words(as_(cast.eli).get("/").text)
    make_cycle(session)
    assert "belum disusun" in words(as_(cast.eli).get("/").text)


def test_before_the_first_period_ends_it_is_the_one_that_is_shown(
    session: Session, cast: Cast, as_: SignIn, clock: Clock
) -> None:
    clock.set_day(date(2026, 1, 10))
    make_example(session, cast)
    page = words(as_(cast.mona).get("/").text)
    assert "Tim saya, Januari 2026" in page
    assert "Diterbitkan setelah periode berakhir 1 dari 1" in page


def test_the_number_of_queries_does_not_follow_the_number_of_people(session: Session, cast: Cast, as_: SignIn) -> None:
    example = make_example(session, cast)
    example.record_january(session)
    counts = []
    for person in (cast.eva, cast.otto):
        counts.append(_queries(session, as_, cast))
        give_plan(session, person, example.cycle)
    counts.append(_queries(session, as_, cast))
    assert len(set(counts)) == 1


def _queries(session: Session, as_: SignIn, cast: Cast) -> int:
    browser, counted = as_(cast.hana), 0

    def count(*_arguments: object) -> None:
        nonlocal counted
        counted += 1

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", count)
    try:
        browser.get("/")
    finally:
        event.remove(bind, "before_cursor_execute", count)
    return counted


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "/"),
        ("/scorecards", "/scorecards"),
        ("/scorecards/4/2026", "/scorecards"),
        ("/pdf-batches/1", "/scorecards"),
        ("/calibration", "/scorecards"),
        ("/feedback/1", "/reviews"),
        ("/plans/new", "/plans"),
        ("/plansible", ""),
        ("/account", ""),
    ],
)
def test_the_navigation_shows_from_where_a_page_is_reached(path: str, place: str) -> None:
    assert "".join(each.path for each in NAVIGATION if each.holds(path)) == place
