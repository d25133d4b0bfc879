"""Do the pages of scorecards show what the scorecard says, to whom it concerns, and publish it once?"""

import re
from collections.abc import Mapping
from datetime import date
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.downloads import PDF, as_file
from app.models import Account, AuditEntry, ObjectiveGoal, PublishedScorecard
from app.rules.vocabulary import AppraisalState, Language, Missing
from app.services.appraisals import publish
from app.services.goals import GoalValues, enter_goal, goals_served
from app.web import appraisals as web
from tests.cards import Example, give_plan, make_example
from tests.cast import Cast, actor_of
from tests.factories import make_person
from tests.tools import Clock, SignIn
from tests.walks import PageReader

JANUARY = {"cycle": "2026", "period": "2026-01"}


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


def publish_january(session: Session, example: Example, comment: str = "") -> PublishedScorecard:
    january = example.period("2026-01").id
    mona = actor_of(example.cast.mona)
    return publish(session, mona, person_id=example.cast.eli.id, period_id=january, comment=comment)


def speak(session: Session, person: Any, language: Language) -> None:
    account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
    account.language = language
    session.flush()


def card_of(example: Example, period: str = "") -> str:
    return f"/scorecards/{example.cast.eli.id}/2026" + (f"?period={period}" if period else "")


# --- One scorecard ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        (
            Language.INDONESIAN,
            (
                "Nilai sampai kini",
                "81,37",
                "Butuh Perbaikan",
                "80,00 dari 100",
                "28 / 31",
                "37,50",
                "Sampai kini – belum final",
            ),
        ),
        (
            Language.ENGLISH,
            ("Total to date", "81.37", "Needs Improvement", "80.00 of 100", "28 / 31", "37.50", "To date – not final"),
        ),
    ],
)
def test_a_scorecard_to_date_reads_in_both_languages(
    session: Session, example: Example, as_: SignIn, language: Language, shown: tuple[str, ...]
) -> None:
    speak(session, example.cast.eli, language)
    page = as_(example.cast.eli).get(card_of(example))
    assert page.status_code == 200
    for text in (*shown, "Eli Effendi", "Sales", "SURVEY"):
        assert text in page.text
    assert "/pdf" not in page.text


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("root", 200),
        ("mona", 200),
        ("eli", 200),
        ("hana", 200),
        ("audi", 200),
        ("omar", 404),
        ("eva", 404),
        ("otto", 404),
    ],
)
def test_it_is_shown_to_those_above_and_to_nobody_beside(example: Example, as_: SignIn, name: str, status: int) -> None:
    browser = as_(getattr(example.cast, name))
    assert browser.get(card_of(example)).status_code == status
    assert browser.get(f"{card_of(example)}/2026-01/pdf").status_code == 404  # nothing is published yet


def test_what_is_foreign_looks_like_what_is_absent(example: Example, as_: SignIn) -> None:
    otto = as_(example.cast.otto)
    foreign, absent = otto.get(card_of(example)), otto.get("/scorecards/999999/2026")
    assert foreign.text.replace(card_of(example), "") == absent.text.replace("/scorecards/999999/2026", "")


def test_only_those_who_may_publish_find_the_form(example: Example, as_: SignIn) -> None:
    form = 'action="/publications"'
    assert form in as_(example.cast.mona).get(card_of(example)).text
    assert form in as_(example.cast.hana).get(card_of(example)).text
    for name in ("eli", "audi"):
        assert form not in as_(getattr(example.cast, name)).get(card_of(example)).text


@pytest.mark.parametrize(
    "query",
    ["period=2026-13", "period=zz", "period=%00", "goal=nonsense", "period=2026-02&period=2026-03", "goal=good"],
)
def test_odd_addresses_are_answered(example: Example, as_: SignIn, query: str) -> None:
    assert as_(example.cast.mona).get(f"{card_of(example)}?{query}").status_code in {200, 404}


def test_without_a_plan_the_page_says_so(example: Example, as_: SignIn) -> None:
    page = as_(example.cast.mona).get(f"/scorecards/{example.cast.eva.id}/2026")
    assert page.status_code == 404
    assert "Tidak ada rencana kinerja yang berlaku" in page.text


def test_a_look_at_somebody_elses_card_is_on_record_once(session: Session, example: Example, as_: SignIn) -> None:
    mona, eli = as_(example.cast.mona), as_(example.cast.eli)
    for browser in (mona, mona, eli):
        browser.get(card_of(example))
    looks = session.scalars(select(AuditEntry).where(AuditEntry.action == "scorecard.viewed")).all()
    assert [(each.actor_id, each.subject_id) for each in looks] == [(example.cast.mona.id, example.cast.eli.id)]


def test_what_is_needed_is_said_in_the_units_of_the_kpi(session: Session, example: Example, as_: SignIn) -> None:
    speak(session, example.cast.mona, Language.ENGLISH)
    page = as_(example.cast.mona).get(f"{card_of(example)}?goal=good").text
    # 89.995 · 80 = 7199.6; without SALES 3800 is reached, so its 30 would need 113.32 of 31
    assert "at least Rp35.13\u00a0juta" in page
    assert "What is needed for a better grade?" in page
    assert "reached as it is" not in page


# --- The PDF ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_pdf_is_downloaded_under_its_name_and_on_record(session: Session, example: Example, as_: SignIn) -> None:
    publish_january(session, example)
    eli = as_(example.cast.eli)
    assert "/2026-01/pdf?lang=id" in eli.get(card_of(example)).text
    pdf = eli.get(f"/scorecards/{example.cast.eli.id}/2026/2026-01/pdf?lang=en")
    assert (pdf.status_code, pdf.headers["content-type"], pdf.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert pdf.headers["content-disposition"] == (
        "attachment; filename=\"Kartu-Skor_4_2026-01.pdf\"; filename*=UTF-8''Kartu-Skor_4_2026-01.pdf"
    )
    assert "no-store" in pdf.headers["cache-control"]
    acts = session.scalars(select(AuditEntry.actor_id).where(AuditEntry.action == "scorecard.downloaded")).all()
    assert acts == [example.cast.eli.id]
    assert as_(example.cast.otto).get(f"/scorecards/{example.cast.eli.id}/2026/2026-01/pdf").status_code == 404


def test_a_file_name_never_ends_the_header() -> None:
    answer = as_file(b"", 'Kartu "Skor"\\%é.pdf', PDF)
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Kartu _Skor____.pdf\"; filename*=UTF-8''Kartu%20%22Skor%22%5C%25%C3%A9.pdf"
    )


# --- Publishing one ---------------------------------------------------------------------------------------------------


def fields(example: Example, **changes: Any) -> Mapping[str, Any]:
    return {**JANUARY, "from_card": "on", "person": example.cast.eli.id, "comment": "", **changes}


def test_a_manager_publishes_from_the_scorecard_with_a_comment(session: Session, example: Example, as_: SignIn) -> None:
    mona = as_(example.cast.mona)
    sent = mona.submit("/publications", fields(example, comment="Bagus.\r\nTerus."))
    assert (sent.status_code, sent.headers["location"]) == (303, card_of(example, "2026-01"))
    made = session.scalars(select(PublishedScorecard)).one()
    assert (str(made.total), made.published_by_id) == ("81.37", example.cast.mona.id)
    page = as_(example.cast.eli).get(card_of(example)).text
    for text in ("Diterbitkan", "Bagus.\nTerus.", made.verification_code, "17 Februari 2026"):
        assert text in page


def test_a_comment_that_is_refused_comes_back_as_it_was_written(
    session: Session, example: Example, as_: SignIn
) -> None:
    comment = "a" * 4_001
    page = as_(example.cast.mona).submit("/publications", fields(example, comment=comment))
    assert page.status_code == 400
    assert comment in page.text
    assert "paling banyak 4000 karakter" in page.text
    assert session.scalars(select(PublishedScorecard)).all() == []


def test_publishing_twice_is_a_conflict(session: Session, example: Example, as_: SignIn) -> None:
    publish_january(session, example)
    page = as_(example.cast.mona).submit("/publications", fields(example))
    assert (page.status_code, "sudah diterbitkan" in page.text) == (409, True)


def test_nobody_publishes_their_own_or_a_foreign_card(session: Session, example: Example, as_: SignIn) -> None:
    give_plan(session, example.cast.hana, example.cycle)
    assert (
        as_(example.cast.hana).submit("/publications", fields(example, person=example.cast.hana.id)).status_code == 403
    )
    assert as_(example.cast.eli).submit("/publications", fields(example)).status_code == 403
    assert as_(example.cast.omar).submit("/publications", fields(example)).status_code == 404
    assert session.scalars(select(PublishedScorecard)).all() == []


def test_what_is_missing_is_named_before_anything_is_published(session: Session, cast: Cast, as_: SignIn) -> None:
    example = make_example(session, cast, missing=Missing.BLOCK)
    example.record_january(session)
    page = as_(cast.mona).get(card_of(example))
    assert "<strong>AUDIT</strong>: belum memiliki catatan realisasi untuk 2026-01" in page.text
    assert 'action="/publications"' not in page.text
    sent = as_(cast.mona).submit("/publications", fields(example))
    assert sent.status_code == 400
    assert "belum memiliki catatan realisasi untuk 2026-01" in sent.text


# --- The list, and publishing many ------------------------------------------------------------------------------------


def test_the_list_shows_how_everybody_stands(session: Session, example: Example, as_: SignIn) -> None:
    publish_january(session, example)
    give_plan(session, example.cast.eva, example.cycle)
    mona = as_(example.cast.mona).get("/scorecards").text
    assert [name in mona for name in ("Eli Effendi", "Eva Elvira", "Mona Maharani", "Otto Oktavian")] == [
        True,
        True,
        True,
        False,
    ]
    for text in ("81,37", "Butuh Perbaikan", "Diterbitkan", "Belum dapat diterbitkan", "Januari 2026"):
        assert text in mona
    hana = as_(example.cast.hana).get("/scorecards?only=published&period=2026-01").text
    assert ("Eli Effendi" in hana, "Otto Oktavian" in hana) == (True, False)


def test_the_list_says_why_somebody_cannot_be_published_and_where_to_go(
    session: Session, example: Example, as_: SignIn
) -> None:
    example.period("2026-01").asks_review = True
    session.flush()
    eli = example.cast.eli
    speak(session, example.cast.mona, Language.ENGLISH)
    speak(session, eli, Language.ENGLISH)
    why, where = "The scoring has to be handed in first.", f'href="/reviews/{eli.id}/2026/2026-01"'
    mona, own = as_(example.cast.mona), as_(eli).get("/scorecards?period=2026-01").text
    for page in (mona.get("/scorecards?period=2026-01").text, mona.get(card_of(example, "2026-01")).text):
        assert (why in page, where in page) == (True, True)
    assert ("Cannot be published yet" in own, why in own) == (True, False)


def test_the_list_tells_a_correction_from_what_was_never_published(
    session: Session, example: Example, as_: SignIn
) -> None:
    publish_january(session, example).appraisal.state = AppraisalState.OPEN
    session.flush()
    mona = as_(example.cast.mona)
    for path in ("/scorecards?period=2026-01&only=unpublished", "/publications/new?cycle=2026&period=2026-01&all=on"):
        page = mona.get(path).text
        assert ("Eli Effendi" in page, "dibuka kembali untuk koreksi" in page) == (True, True)


def test_an_employee_finds_nobody_else(example: Example, as_: SignIn) -> None:
    page = as_(example.cast.eli).get("/scorecards").text
    assert ("Eli Effendi" in page, "Eva Elvira" in page, "Mona Maharani" in page) == (True, False, False)


@pytest.mark.parametrize(
    "query",
    [
        "search=eli",
        "search=%25",
        "unit=999",
        "unit=x",
        "only=zz",
        "page=0",
        "page=999",
        "cycle=zz",
        "period=zz",
        "only=no_plan",
        "only=unpublished",
    ],
)
def test_the_list_bears_every_filter(example: Example, as_: SignIn, query: str) -> None:
    assert as_(example.cast.hana).get(f"/scorecards?{query}").status_code == 200


def test_without_a_cycle_the_list_says_what_is_missing(cast: Cast, as_: SignIn) -> None:
    assert "Belum ada siklus" in as_(cast.hana).get("/scorecards").text


def test_the_list_is_paged(session: Session, example: Example, as_: SignIn) -> None:
    for number in range(60):
        make_person(session, f"X{number}", f"Zulkifli{number:02} Zain", manager=example.cast.mona)
    hana = as_(example.cast.hana)
    first, second = hana.get("/scorecards").text, hana.get("/scorecards?page=2").text
    assert (first.count(" Zain"), second.count(" Zain")) == (41, 19)
    assert "page=2" in first


def forms_of(page: str) -> dict[str, list[str]]:
    """What the form by which many are published would send."""
    reader = PageReader("/publications/new")
    reader.feed(page)
    reader.close()
    return next(form.data() for form in reader.forms if form.path == "/publications")


def test_many_are_shown_once_more_and_then_published(session: Session, example: Example, as_: SignIn) -> None:
    hana = as_(example.cast.hana)
    page = hana.get(
        f"/publications/new?cycle=2026&period=2026-01&person={example.cast.eli.id}&person={example.cast.mona.id}"
    )
    assert page.status_code == 200
    assert ("Eli Effendi" in page.text, "Terbitkan 1 kartu skor" in page.text) == (True, True)
    assert "Mona Maharani" in page.text  # held back: no plan
    everybody = hana.get("/publications/new?cycle=2026&period=2026-01&all=on").text
    assert ("Eli Effendi" in everybody, "Otto Oktavian" in everybody) == (True, False)
    sent = hana.submit("/publications", {**JANUARY, "person": [example.cast.eli.id, example.cast.mona.id]})
    assert sent.status_code == 303
    shown = hana.get(sent.headers["location"]).text
    assert "Kartu skor yang diterbitkan: 1. Tidak diterbitkan: Mona Maharani" in shown
    assert len(session.scalars(select(PublishedScorecard)).all()) == 1


def test_many_are_published_in_several_transactions_and_told_together(
    session: Session, example: Example, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "_AT_ONCE", 1)
    plan = give_plan(session, example.cast.eva, example.cycle)
    eva = Example(example.cast, example.cycle, plan, {kpi.code: kpi for kpi in plan.kpis})
    eva.record_january(session)
    mona = as_(example.cast.mona)
    people = [example.cast.eli.id, example.cast.otto.id, example.cast.eva.id]
    sent = mona.submit("/publications", {**JANUARY, "person": people})
    assert "Kartu skor yang diterbitkan: 2. Tidak diterbitkan: – (" in mona.get(sent.headers["location"]).text
    assert len(session.scalars(select(PublishedScorecard)).all()) == 2


def test_many_are_published_step_by_step_and_the_page_says_who_remains(
    session: Session, example: Example, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MOST", 1)
    plan = give_plan(session, example.cast.eva, example.cycle)
    Example(example.cast, example.cycle, plan, {kpi.code: kpi for kpi in plan.kpis}).record_january(session)
    hana, eli, eva = as_(example.cast.hana), example.cast.eli.id, example.cast.eva.id
    first = forms_of(hana.get("/publications/new?cycle=2026&period=2026-01&all=on&search=e").text)
    assert (first["person"], first["after"], first["search"]) == ([str(eli)], [str(eli)], ["e"])
    sent = hana.submit("/publications", first)
    shown = hana.get(sent.headers["location"]).text
    assert ("Kartu skor yang diterbitkan: 1." in shown, "orang setelah ini" in shown) == (True, False)
    second = forms_of(shown)
    assert (second["person"], "after" in second) == ([str(eva)], False)
    assert hana.submit("/publications", second).headers["location"].startswith("/scorecards?")
    # A form that was sent before says what was done then
    again = hana.submit("/publications", first)
    assert "diterbitkan: 0. Sudah terbit sebelumnya: 1." in hana.get(again.headers["location"]).text
    assert len(session.scalars(select(PublishedScorecard)).all()) == 2


def test_nobody_who_is_held_back_stands_in_the_way_of_the_next(
    session: Session, example: Example, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MOST", 1)
    plan = give_plan(session, example.cast.audi, example.cycle)  # by name the first, without a figure
    hana = as_(example.cast.hana)
    page = hana.get("/publications/new?cycle=2026&period=2026-01&all=on").text
    assert ("Audi Aditya" in page, "Masih ada 1 orang setelah ini" in page) == (True, True)
    assert 'action="/publications"' not in page
    (following,) = re.findall(r'href="(/publications/new[^"]+)"', page)
    assert following.endswith(f"after={plan.person_id}")
    assert "Eli Effendi" in hana.get(unescape(following)).text


def test_foreign_names_do_not_leak_from_a_refusal(example: Example, as_: SignIn) -> None:
    mona = as_(example.cast.mona)
    sent = mona.submit("/publications", {**JANUARY, "person": [example.cast.otto.id, "x", "-1"]})
    assert "Otto" not in mona.get(sent.headers["location"]).text
    assert mona.submit("/publications", JANUARY).status_code == 303
    assert mona.submit("/publications", {"cycle": "2026"}).status_code == 404
    assert mona.get("/publications/new?cycle=zz&period=zz").status_code == 404


def test_before_the_period_ends_nothing_is_ready(session: Session, example: Example, as_: SignIn, clock: Clock) -> None:
    clock.set_day(date(2026, 1, 20))
    mona = as_(example.cast.mona)
    assert "Periode ini belum berakhir" in mona.get(card_of(example)).text
    assert mona.submit("/publications", fields(example)).status_code == 409
    assert session.scalars(select(PublishedScorecard)).all() == []


# --- Goals ------------------------------------------------------------------------------------------------------------


def test_the_goal_stands_beside_its_objective_and_never_on_the_paper(
    session: Session, example: Example, as_: SignIn
) -> None:
    cast = example.cast
    values = GoalValues("Sepertiga pendapatan dari pelanggan baru", cast.mona.id)
    goal = enter_goal(session, actor_of(cast.hana), cycle_id=example.cycle.id, values=values)
    example.plan.objectives[1].goal_link = ObjectiveGoal(goal_id=goal.id)
    session.flush()
    link = f'<a href="/goals?cycle=2026#goal-{goal.id}">{goal.title}</a>'
    eli = as_(cast.eli)
    assert eli.get(card_of(example)).text.count(link) == 1
    published = publish_january(session, example)
    assert (eli.get(card_of(example)).text.count(link), goal.title in published.snapshot) == (1, False)
    example.plan.objectives[0].title = example.plan.objectives[1].title
    session.flush()
    assert goals_served(session, actor_of(cast.eli), plan_id=example.plan.id) == {}
