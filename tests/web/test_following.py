"""Can people follow the work on these pages, say why something is behind, and agree what to learn?"""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEntry, DevelopmentItem, KpiCause, KpiNote
from app.rules.vocabulary import DevelopmentState
from tests.cards import Example, give_plan, make_example
from tests.cast import Cast
from tests.factories import TODAY, make_person
from tests.follows import WHAT, WHY, follow_eli, show_incentives
from tests.pages import Page, counted_queries
from tests.tools import Browser, SignIn

UNTIL = (TODAY + timedelta(days=30)).isoformat()


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


@pytest.fixture
def mona(cast: Cast, as_: SignIn) -> Browser:
    return english(as_(cast.mona))


def english(browser: Browser) -> Browser:
    browser.headers["Accept-Language"] = "en"
    return browser


def kpi_path(example: Example, code: str = "COST") -> str:
    return f"/scorecards/{example.cast.eli.id}/2026/kpis/{code}"


def test_a_card_says_how_it_stands(example: Example, mona: Browser) -> None:
    text = mona.get(f"/scorecards/{example.cast.eli.id}/2026?period=2026-01").text
    page = Page(text)
    assert "How it stands and where it is going" in text
    named = [row for row in page.rows if len(row) == 5]
    rows = {row[0][:3]: row for row in named}
    assert "on track" in rows["Sal"][1].lower()
    assert "too early: two entries over a fifth of the plan are needed" in rows["Sal"][3]
    assert "8.75 points to be won" in rows["CRM"][0]
    assert rows["CRM"][3] == "none: this kind of KPI does not go on by a rule"
    assert "Say why, and what is done about it" in rows["Cos"][4]
    assert "Incentive band" not in text


def test_a_cause_is_asked_for_and_kept(session: Session, example: Example, mona: Browser) -> None:
    path = kpi_path(example)
    asked = mona.get(f"{path}?period=2026-01").text
    assert "This KPI is behind. Why, and what is done about it?" in asked
    fields = {"period": "2026-01", "cause": WHY, "corrective_action": "", "due_on": "yesterday"}
    refused = mona.submit(f"{path}/causes", fields)
    assert refused.status_code == 400
    assert WHY in refused.text
    assert "is not a date" in refused.text
    assert session.scalars(select(KpiCause)).all() == []
    sent = mona.submit(f"{path}/causes", {**fields, "corrective_action": WHAT, "due_on": UNTIL})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{path}?period=2026-01#causes")
    shown = mona.get(f"{path}?period=2026-02").text
    assert WHAT in shown
    assert "Add a cause and an action" in shown
    listed = mona.get("/actions").text
    assert WHAT in listed
    cause = session.scalars(select(KpiCause)).one()
    assert mona.submit(f"/actions/{cause.id}/done").headers["location"] == "/actions"
    assert "No action is open" in mona.get("/actions").text
    assert mona.submit(f"/actions/{cause.id}/done").status_code == 409


def test_notes_as_a_thread(session: Session, example: Example, cast: Cast, mona: Browser, as_: SignIn) -> None:
    path = kpi_path(example)
    empty = mona.submit(f"{path}/notes", {"period": "2026-01", "kind": "recognition", "text": " "})
    assert empty.status_code == 400
    words = "Hemat biaya <b>luar biasa</b>"
    assert mona.submit(f"{path}/notes", {"period": "2026-01", "kind": "recognition", "text": words}).status_code == 303
    eli = english(as_(cast.eli))
    text = eli.get(f"{path}?period=2026-01").text
    assert "Hemat biaya &lt;b&gt;luar biasa&lt;/b&gt;" in text
    assert "Take back" not in text
    note = session.scalars(select(KpiNote)).one()
    assert eli.submit(f"/notes/{note.id}/removal").status_code == 403
    assert mona.submit(f"/notes/{note.id}/removal").headers["location"] == f"{path}?period=2026-01#notes"
    assert "Nobody has said anything yet." in eli.get(f"{path}?period=2026-01").text


def test_a_look_at_a_kpi_of_somebody_else_is_on_record(session: Session, example: Example, mona: Browser) -> None:
    mona.get(f"{kpi_path(example)}?period=2026-01")
    mona.get(f"{kpi_path(example, 'SALES')}?period=2026-01")
    seen = select(AuditEntry.action, AuditEntry.subject_id).where(AuditEntry.action == "scorecard.viewed")
    assert [tuple(row) for row in session.execute(seen)] == [("scorecard.viewed", example.cast.eli.id)]


def test_an_auditor_finds_no_form(example: Example, cast: Cast, as_: SignIn) -> None:
    text = as_(cast.audi).get(f"{kpi_path(example)}?period=2026-01").text
    assert "/causes" not in text
    assert "/notes" not in text
    assert as_(cast.audi).get(kpi_path(example, "NONE")).status_code == 404


def test_the_team_at_a_glance(session: Session, example: Example, mona: Browser) -> None:
    give_plan(session, example.cast.eva, example.cycle)
    text = mona.get("/team?period=2026-01").text
    rows = {row[0].split(" ")[0]: row for row in Page(text).rows[1:]}
    assert set(rows) == {"Eli", "Eva", "Gone", "Mona"}
    assert "Cost: Behind" in " ".join(rows["Eli"][1].split())
    assert rows["Eli"][4].startswith("CRM")
    assert rows["Mona"][1] == "No plan in force"
    assert "Where most is to be won" in text
    assert Page(mona.get("/team?search=eva").text).rows[1][0].startswith("Eva")
    assert "Nobody found" in mona.get("/team?search=zzz").text


def test_the_team_asks_no_more_for_more_people(session: Session, example: Example, mona: Browser) -> None:
    with counted_queries(session) as few:
        mona.get("/team?period=2026-01")
    for number in range(3):
        person = make_person(session, f"5{number}", f"Baru{number} Karyawan", manager=example.cast.mona)
        give_plan(session, person, example.cycle)
    with counted_queries(session) as many:
        mona.get("/team?period=2026-01")
    assert len(many) == len(few)


def test_a_development_plan_from_suggestion_to_done(
    session: Session, example: Example, mona: Browser, as_: SignIn
) -> None:
    cast = example.cast
    path = f"/development/{cast.eli.id}"
    assert "CRM" in mona.get(path).text
    begun = Page(mona.get(f"{path}?kpi=CRM&gap=CRM").text)
    assert begun.fields["gap"] == "CRM"
    assert 'name="kpi_code" value="CRM"' in mona.get(f"{path}?kpi=CRM&gap=CRM").text
    assert mona.submit(path, {"gap": "CRM"}).status_code == 400
    fields = {"gap": "CRM", "kpi_code": "CRM", "development_action": "Pelatihan", "due_on": UNTIL}
    assert mona.submit(path, fields).headers["location"] == path
    item = session.scalars(select(DevelopmentItem)).one()
    eli = english(as_(cast.eli))
    assert "Pelatihan" in eli.get("/development").text
    shown = Page(eli.get(f"/development-items/{item.id}").text).fields
    assert (shown["gap"], shown["state"]) == ("CRM", "open")
    changed = {**fields, "version": "1", "state": "done"}
    assert eli.submit(f"/development-items/{item.id}", {**changed, "gap": ""}).status_code == 400
    assert eli.submit(f"/development-items/{item.id}", changed).headers["location"] == path
    assert eli.submit(f"/development-items/{item.id}", changed).status_code == 409
    session.refresh(item)
    assert item.state is DevelopmentState.DONE
    assert "Nothing is open" in eli.get("/development").text


def test_bands_are_set_by_hr_and_seen_where_the_policy_says_so(
    session: Session, example: Example, cast: Cast, mona: Browser, as_: SignIn
) -> None:
    hana = english(as_(cast.hana))
    path = f"/cycles/{example.cycle.id}/incentives"
    fields = {"version": str(example.cycle.version), "are_shown": "on"}
    bare = hana.submit(path, fields)
    assert bare.status_code == 400
    assert "needs at least one band" in bare.text
    twice = {**fields, "band_0_lower": "80", "band_0_text": "Bonus", "band_2_lower": "80", "band_2_text": "Lagi"}
    assert "is where another band begins" in hana.submit(path, twice).text
    card = f"/scorecards/{cast.eli.id}/2026?period=2026-01"
    good = {**fields, "band_0_lower": "80", "band_0_text": "Bonus tahunan", "band_0_percent": "2.5"}
    assert hana.submit(path, good).headers["location"] == f"/cycles/{example.cycle.id}"
    text = mona.get(card).text
    assert "Bonus tahunan" in text
    assert "A person decides; nothing is paid or changed by itself." in text
    assert Page(hana.get(path).text).fields["band_0_text"] == "Bonus tahunan"
    session.refresh(example.cycle)
    assert hana.submit(path, {**good, "version": str(example.cycle.version), "are_shown": ""}).status_code == 303
    assert "Bonus tahunan" not in mona.get(card).text


def test_everything_is_said_in_indonesian_too(session: Session, example: Example, cast: Cast, as_: SignIn) -> None:
    follow_eli(session, example)
    show_incentives(session, example)
    eli = as_(cast.eli)
    eli.headers["Accept-Language"] = "id"
    assert "Posisi dan arah perkembangan" in eli.get(f"/scorecards/{cast.eli.id}/2026?period=2026-01").text
    assert "Komentar dan apresiasi" in eli.get(f"{kpi_path(example)}?period=2026-01").text
    assert "Tindakan terbuka" in eli.get("/actions").text
    assert "Rencana pengembangan saya" in eli.get("/development").text
