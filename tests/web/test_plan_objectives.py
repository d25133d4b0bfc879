"""Is an objective written in full on its page, advised about as it is typed, and are its steps ticked off?"""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.models import Account, Plan
from app.rules.vocabulary import Language
from app.services.objective_details import details_of
from app.services.plan_drafts import kpis_of
from tests.cast import Cast, actor_of
from tests.fields import Fields
from tests.objectives import DETAILS, give_details
from tests.pages import Page
from tests.plans import make_active, make_draft, open_cycle
from tests.tools import Browser, SignIn

HTMX = {"HX-Request": "true", "Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def hr(cast: Cast) -> Actor:
    return actor_of(cast.hana)


@pytest.fixture
def draft(session: Session, cast: Cast, hr: Actor) -> Plan:
    return make_draft(session, hr, cast.eli, open_cycle(session, hr))


@pytest.fixture
def hana(session: Session, as_: SignIn, cast: Cast) -> Browser:
    account = session.scalars(select(Account).where(Account.person_id == cast.hana.id)).one()
    account.language = Language.ENGLISH
    return as_(cast.hana)


def previewed(browser: Browser, path: str, typed: dict[str, Any]) -> str:
    """What is swapped in while a form is being typed."""
    answer = browser.post(path, data={**typed, "csrf": browser.csrf}, headers=HTMX)
    assert answer.status_code == 200
    html: str = answer.text
    return html


def advice_in(html: str, part: str) -> list[tuple[str, str]]:
    """The advice of a section: the field each leads to, and what it says."""
    section = html.partition(f'id="{part}"')[2].partition("</section>")[0]
    found = re.findall(r'<a href="([^"]*)">[^<]*</a>\s*<span>([^<]*)</span>', section)
    return [(path.rpartition("/")[2], unescape(text)) for path, text in found]


def test_an_objective_is_written_in_full_and_shown_again(session: Session, draft: Plan, hana: Browser) -> None:
    objective = draft.objectives[0]
    path = f"/plans/{draft.id}/objectives/{objective.id}"
    sent = Fields(hana.get(path).text).sent | {
        "title": "Membuka cabang",
        "success": DETAILS.success,
        "due_on": "2026-09-30",
        "training_needed": DETAILS.training_needed,
        "budget_needed": DETAILS.budget_needed,
        "help_needed": DETAILS.help_needed,
        "step_activity_1": "Memilih lokasi",
        "step_resource_1": "Manajer wilayah",
        "step_starts_on_1": "05/01/2026",
        "step_ends_on_1": "2026-02-28",
        "step_is_done_1": "on",
        "step_activity_5": "Melatih tim",
    }
    assert hana.submit(path, sent).headers["location"] == f"/plans/{draft.id}#objective-{objective.id}"
    session.expire_all()
    assert details_of(objective).steps == list(DETAILS.steps)
    shown = Page(hana.get(path).text).fields
    assert {name: shown[name] for name in shown if name.startswith(("step_", "due", "success"))} == {
        "success": DETAILS.success,
        "due_on": "2026-09-30",
        "step_activity_1": "Memilih lokasi",
        "step_resource_1": "Manajer wilayah",
        "step_starts_on_1": "2026-01-05",
        "step_ends_on_1": "2026-02-28",
        "step_is_done_1": "on",
        "step_activity_2": "Melatih tim",
        "step_resource_2": "",
        "step_starts_on_2": "",
        "step_ends_on_2": "",
        "step_activity_3": "",
        "step_resource_3": "",
        "step_starts_on_3": "",
        "step_ends_on_3": "",
    }
    assert "1 of 2 steps done" in hana.get(f"/plans/{draft.id}").text


def test_a_step_that_cannot_be_is_marked_in_its_row(session: Session, draft: Plan, hana: Browser) -> None:
    path = f"/plans/{draft.id}/objectives/{draft.objectives[0].id}"
    sent = {
        "version": draft.version,
        "title": "Cabang",
        "due_on": "2028-01-01",
        "step_activity_2": "Melatih",
        "step_starts_on_2": "2026-03-02",
        "step_ends_on_2": "2026-03-01",
    }
    answer = hana.submit(path, sent)
    page = Page(answer.text)
    assert (answer.status_code, set(page.faults)) == (400, {"due_on", "step_ends_on_2"})
    assert page.fields["step_activity_2"] == "Melatih"
    without = hana.submit(path, {**sent, "due_on": "", "step_activity_2": "", "step_ends_on_2": ""})
    assert Page(without.text).faults == {"step_activity_2": "is required"}
    session.expire_all()
    assert draft.objectives[0].steps == []


def test_advice_follows_what_is_typed_and_nothing_is_saved(session: Session, draft: Plan, hana: Browser) -> None:
    objective = draft.objectives[0]
    before = draft.version
    typed = {"objective": objective.id, "title": "Meningkatkan NPL. Segera", "due_on": "nonsense"}
    html = previewed(hana, f"/plans/{draft.id}/objectives/preview", typed)
    assert [field for field, _ in advice_in(html, "objective-advice")] == [
        "#field-title",
        "#field-title",
        "#field-success",
        "#field-due_on",
    ]
    assert "write it out once" in html
    assert "<html" not in html
    new = previewed(hana, f"/plans/{draft.id}/objectives/preview", {"title": "Mutu"})
    assert [field for field, _ in advice_in(new, "new-objective-advice")] == ["#field-title"]
    good = {"objective": objective.id, "title": "Mutu naik 3 %", "success": "Ya", "due_on": "2026-12-01"}
    assert "Well written" in previewed(hana, f"/plans/{draft.id}/objectives/preview", good)
    session.expire_all()
    assert (draft.version, objective.title) == (before, "Sasaran 1")


def test_without_javascript_more_rows_keep_what_was_typed(draft: Plan, hana: Browser) -> None:
    objective = draft.objectives[0]
    typed = {"objective": objective.id, "title": "Baru", "step_activity_1": "Satu", "more": "yes", "version": "1"}
    page = Page(hana.submit(f"/plans/{draft.id}/objectives/preview", typed).text)
    assert (page.fields["title"], page.fields["step_activity_1"]) == ("Baru", "Satu")
    assert "step_activity_4" in page.fields


def test_the_form_of_a_kpi_is_advised_too(draft: Plan, hana: Browser) -> None:
    kpi = kpis_of(draft)[0]
    path = f"/plans/{draft.id}/kpis/{kpi.id}"
    sent = Fields(hana.get(path).text).sent
    typed = {
        **sent, "kpi": kpi.id, "name": "Rasio NPL", "definition": "", "unit_of_measure": "", "baseline": "1200",
        "relevance": "",
    }  # fmt: skip
    html = previewed(hana, f"/plans/{draft.id}/kpis/preview", typed)
    assert [field for field, _ in advice_in(html, "kpi-advice")] == [
        "#field-name",
        "#field-definition",
        "#field-relevance",
        "#field-unit_of_measure",
        "#field-target",
    ]
    assert advice_in(html, "kpi-advice")[-1][1].startswith("1,200 was reached before and the target is 1,200")
    hana.submit(path, {**sent, "relevance": "Kredit macet merugikan cabang"})
    assert "Kredit macet merugikan cabang" in hana.get(path).text


def test_the_editor_sums_up_with_a_way_to_each_place(draft: Plan, hana: Browser) -> None:
    html = hana.get(f"/plans/{draft.id}").text
    found = advice_in(html, "plan-advice")
    objective, kpi = draft.objectives[0], kpis_of(draft)[0]
    assert f"{objective.id}#field-success" in {path for path, _ in found}
    assert f"{kpi.id}#field-definition" in {path for path, _ in found}
    assert f"{len(found)} suggestions" in html


@pytest.mark.usefixtures("cast")
def test_steps_are_ticked_off_in_the_plan_in_force(
    session: Session, cast: Cast, hr: Actor, draft: Plan, as_: SignIn
) -> None:
    plan = make_active(session, hr, cast.eva, draft.cycle)
    step_id = give_details(session, plan)
    eva = as_(cast.eva)
    html = eva.get(f"/plans/{plan.id}").text
    assert f'action="/plans/{plan.id}/steps/{step_id}"' in html
    assert DETAILS.help_needed in html
    answer = eva.submit(f"/plans/{plan.id}/steps/{step_id}", {"done": "yes"})
    assert answer.headers["location"] == f"/plans/{plan.id}#objective-{plan.objectives[0].id}"
    session.expire_all()
    assert [step.is_done for step in plan.objectives[0].steps] == [True, True]
    assert f"/steps/{step_id}" not in as_(cast.audi).get(f"/plans/{plan.id}").text
