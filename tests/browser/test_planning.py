"""Does the plan editor feel alive: weights that move under the hand, a curve that follows the typing, keys, a phone?"""

from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.models import Plan
from app.services.plan_drafts import kpis_of
from tests.browser.conftest import PageOf
from tests.cast import Cast, actor_of
from tests.chromium import DESKTOP, PHONE
from tests.plans import VALUES, add_kpi, add_objective, make_draft, open_cycle, start

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def draft(session: Session, cast: Cast) -> Plan:
    hr = actor_of(cast.hana)
    return make_draft(session, hr, cast.eli, open_cycle(session, hr))


def weights(page: Page) -> list[str]:
    """The weights as they stand on the KPIs' cards."""
    return [figure.split()[-1] for figure in page.locator(".kpi-weight-figure").all_inner_texts()]


def settle(page: Page) -> None:
    """Wait until the preview has caught up: the service of these tests stands on one connection."""
    page.wait_for_timeout(450)
    expect(page.locator(".htmx-request")).to_have_count(0)


def rate(page: Page, field: str, rating: int) -> None:
    """Choose a rating as a hand does: by touching its number."""
    page.locator(f"label:has([name='{field}'][value='{rating}']) .rating-number").click()


def test_weights_move_at_once_and_are_kept(session: Session, cast: Cast, draft: Plan, page_of: PageOf) -> None:
    page = page_of(cast.hana)
    page.goto(f"/plans/{draft.id}")
    assert weights(page) == ["22%", "19%", "20%", "16%", "13%", "10%"]
    first, last = kpis_of(draft)[0], kpis_of(draft)[-1]
    rate(page, f"priority_{last.id}", 5)
    expect(page.locator(f"#kpi-weight-{last.id} .kpi-weight-figure")).to_have_text("Weight 16%")
    rate(page, f"priority_{first.id}", 1)
    expect(page.locator(f"#kpi-weight-{first.id} .kpi-weight-figure")).to_have_text("Weight 13%")
    shown = weights(page)
    assert sum(int(figure.removesuffix("%")) for figure in shown) == 100
    expect(page.locator(".weights-sum")).to_have_text("100%")
    page.reload()
    assert weights(page) == shown
    session.expire_all()
    assert (first.priority, last.priority) == (1, 5)


def test_quick_choices_are_all_kept(cast: Cast, draft: Plan, page_of: PageOf) -> None:
    page = page_of(cast.hana)
    page.goto(f"/plans/{draft.id}")
    for kpi in kpis_of(draft):
        for field in ("priority", "difficulty", "data_credibility"):
            rate(page, f"{field}_{kpi.id}", 2)
    figures = [f"Weight {weight}%" for weight in (17, 17, 17, 17, 16, 16)]
    expect(page.locator(".kpi-weight-figure")).to_have_text(figures)
    expect(page.locator(".weights .notice")).to_have_count(0)


def test_keys_alone_rate_and_submit(session: Session, cast: Cast, draft: Plan, page_of: PageOf) -> None:
    page = page_of(cast.hana)
    page.goto(f"/plans/{draft.id}")
    first = kpis_of(draft)[0]
    page.locator(f"[name='priority_{first.id}'][value='5']").focus()
    with page.expect_response("**/weights"):
        page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.value") == "4"
    page.get_by_role("button", name="Submit plan").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/plans/{draft.id}")
    expect(page.get_by_text("The plan is in force.")).to_be_visible()
    session.expire_all()
    assert (first.priority, draft.state.value) == (4, "active")


def test_the_checklist_empties_as_ratings_come(session: Session, cast: Cast, page_of: PageOf) -> None:
    hr = actor_of(cast.hana)
    plan = start(session, hr, cast.eli, open_cycle(session, hr))
    for number in range(5):
        add_kpi(session, hr, plan, add_objective(session, hr, plan, f"Sasaran {number}"))
    page = page_of(cast.hana)
    page.goto(f"/plans/{plan.id}")
    lines = page.locator(".checklist-lines li")
    expect(lines).to_have_count(5)
    for left, kpi in zip((4, 3, 2, 1, 0), kpis_of(plan), strict=True):
        for field in ("priority", "difficulty", "data_credibility"):
            rate(page, f"{field}_{kpi.id}", 3)
        expect(lines).to_have_count(left)
    expect(page.get_by_text("Nothing is missing.")).to_be_visible()
    assert weights(page) == ["20%"] * 5


def test_the_curve_follows_the_typing(session: Session, cast: Cast, page_of: PageOf) -> None:
    hr = actor_of(cast.hana)
    plan = start(session, hr, cast.eli, open_cycle(session, hr))
    kpi = add_kpi(session, hr, plan, add_objective(session, hr, plan), replace(VALUES, target=None))
    page = page_of(cast.hana)
    page.goto(f"/plans/{plan.id}/kpis/{kpi.id}")
    preview = page.locator("#kpi-preview")
    expect(preview.locator(".curve")).to_have_count(0)
    page.get_by_label("Target", exact=True).press_sequentially("1,500", delay=30)
    expect(preview).to_contain_text("Rp1,500 juta scores 100.")
    expect(preview.locator(".curve-line")).to_have_count(1)
    assert page.evaluate("document.activeElement.name") == "target"
    page.get_by_label("Target", exact=True).fill("0")
    expect(preview).to_contain_text("must not be 0")
    settle(page)
    page.get_by_text("Within a range").click()
    settle(page)
    expect(page.get_by_label("Lower bound")).to_be_visible()
    expect(page.get_by_label("Target", exact=True)).to_have_count(0)
    page.get_by_label("Lower bound").fill("10")
    page.get_by_label("Upper bound").fill("20")
    expect(preview).to_contain_text("From Rp10 juta to Rp20 juta scores 100.")
    settle(page)
    page.get_by_role("button", name="Save KPI").last.click()
    page.wait_for_url(f"**/plans/{plan.id}#kpi-{kpi.id}")
    session.expire_all()
    assert (kpi.method.value, kpi.low, kpi.high) == ("range", Decimal(10), Decimal(20))


def test_another_measure_brings_its_own_fields_and_keeps_the_rest(
    session: Session, cast: Cast, page_of: PageOf
) -> None:
    hr = actor_of(cast.hana)
    plan = start(session, hr, cast.eli, open_cycle(session, hr))
    objective = add_objective(session, hr, plan)
    page = page_of(cast.hana)
    page.goto(f"/plans/{plan.id}/kpis/new?objective={objective.id}&definition=0")
    page.get_by_label("Name", exact=True).fill("Go-live")
    settle(page)
    page.get_by_text("Stages of a work").click()
    settle(page)
    for row, (name, share) in enumerate((("Design", "40"), ("Build", "30"), ("Run", "20")), start=1):
        page.get_by_label(f"Milestone {row}").fill(name)
        page.locator(f"[name=milestone_share_{row}]").fill(share)
    settle(page)
    page.get_by_role("button", name="More rows").click()
    page.get_by_label("Milestone 5").wait_for()
    expect(page.get_by_label("Milestone 3")).to_have_value("Run")
    expect(page.locator("#kpi-preview")).to_contain_text("shares must add up to 100, not 90")
    page.get_by_label("Milestone 5").fill("Hand over")
    page.locator("[name=milestone_share_5]").fill("10")
    expect(page.locator("#kpi-preview .examples")).to_be_visible()
    page.get_by_label("Where the figure comes from").select_option("third_party")
    settle(page)
    page.get_by_role("button", name="Save KPI").last.click()
    page.wait_for_url(f"**/plans/{plan.id}#kpi-*")
    session.expire_all()
    assert [each.name for each in kpis_of(plan)[0].milestones] == ["Design", "Build", "Run", "Hand over"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["en", "id"])
def test_no_page_is_wider_than_the_screen(session: Session, cast: Cast, draft: Plan, page_of: PageOf) -> None:
    for kpi in kpis_of(draft):
        kpi.name = "Pertumbuhan nilai pembelian ulang pelanggan korporat lama dibandingkan tahun sebelumnya"
    session.flush()
    kpi, objective = kpis_of(draft)[0], draft.objectives[0]
    page = page_of(cast.hana)
    for path in (
        "/plans",
        f"/plans/new?person={cast.otto.id}",
        f"/plans/{draft.id}",
        f"/plans/{draft.id}/kpis/{kpi.id}",
        f"/plans/{draft.id}/kpis/new?objective={objective.id}",
        f"/plans/{draft.id}/objectives/{objective.id}",
        f"/plans/{draft.id}/weights/by-hand",
    ):
        page.goto(path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, path


def test_without_script_everything_still_works(session: Session, cast: Cast, draft: Plan, page_of: PageOf) -> None:
    page = page_of(cast.hana, java_script_enabled=False)
    page.goto(f"/plans/{draft.id}")
    last = kpis_of(draft)[-1]
    page.locator(f"[name='priority_{last.id}'][value='5']").check(force=True)
    page.get_by_role("button", name="Recalculate weights").last.click()
    expect(page.locator(".kpi-weight-figure")).to_have_text([f"Weight {each}%" for each in (21, 17, 19, 15, 12, 16)])
    page.goto(f"/plans/{draft.id}/kpis/{last.id}")
    page.get_by_label("Within a range").check()
    page.get_by_role("button", name="Show the fields for this choice").last.click()
    page.get_by_label("Lower bound").fill("10")
    page.get_by_label("Upper bound").fill("20")
    page.get_by_role("button", name="Show the score's curve").click()
    expect(page.locator(".curve-line")).to_have_count(1)
    page.get_by_role("button", name="Save KPI").last.click()
    page.wait_for_url(f"**/plans/{draft.id}#kpi-{last.id}")
    session.expire_all()
    assert (last.priority, last.low, last.high) == (5, Decimal(10), Decimal(20))
