"""Do a manager at her desk and an employee with a phone come to agree on a plan?"""

from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from app.models import Plan
from app.rules.vocabulary import PlanState
from app.services.plan_drafts import kpis_of
from tests.browser.conftest import PageOf
from tests.browser.steps import card_of, follow, go_to, press
from tests.cast import Cast, actor_of
from tests.chromium import DESKTOP, PHONE
from tests.plans import VALUES, make_draft, open_cycle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES = ("Sales revenue", "New customers", "Visits", "Reports on time", "Trainings", "Complaints solved")


@pytest.fixture
def draft(session: Session, cast: Cast) -> Plan:
    """Eli's complete draft in a cycle that asks for agreement."""
    cycle = open_cycle(session, actor_of(cast.hana), asks_agreement=True)
    values = [replace(VALUES, name=name, unit_of_measure="items") for name in NAMES]
    return make_draft(session, actor_of(cast.mona), cast.eli, cycle, values)


def here(page: Page) -> Locator:
    """The present stage of the plan's way."""
    return page.locator(".stage.is-here .stage-name")


def fits(page: Page) -> bool:
    """Whether nothing sticks out of the window sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_plan_is_proposed_answered_proposed_again_accepted_and_approved(
    session: Session, cast: Cast, draft: Plan, page_of: PageOf
) -> None:
    mona, eli = page_of(cast.mona, viewport=DESKTOP), page_of(cast.eli, viewport=PHONE)
    mona.goto(f"/plans/{draft.id}")
    expect(here(mona)).to_have_text("Draft")
    press(mona, "Propose to the employee")
    expect(mona.get_by_text("The plan is proposed to Eli Effendi")).to_be_visible()
    answer(eli)
    take_over_and_propose_again(mona)
    accept(eli)
    mona.goto("/")
    mona.get_by_role("link", name="Plans waiting for you").click()
    follow(mona, "Eli Effendi")
    expect(mona.get_by_text("Eli Effendi accepted version 1")).to_be_visible()
    press(mona, "Approve the plan")
    expect(mona.get_by_text("The plan is in force.")).to_be_visible()
    expect(here(mona)).to_have_text("In force")
    session.expire_all()
    plan = session.get_one(Plan, draft.id)
    assert (plan.state, kpis_of(plan)[0].target) == (PlanState.ACTIVE, Decimal(1000))
    read_the_discussion(eli)


def answer(eli: Page) -> None:
    """Two taps from home to the plan; another target for the first KPI."""
    eli.goto("/")
    eli.get_by_role("link", name="Read the plan").click()
    expect(here(eli)).to_have_text("Proposed")
    assert fits(eli)
    eli.get_by_role("link", name="Answer", exact=True).first.click()
    first = eli.get_by_role("group", name="Sales revenue")
    first.get_by_label("Target that you propose").fill("1000")
    assert fits(eli)
    first.get_by_label("Remark").fill("Two large customers have left.")
    press(eli, "Send the answer")
    expect(eli.get_by_text("Your answer is given.")).to_be_visible()


def take_over_and_propose_again(mona: Page) -> None:
    """What was proposed stands beside what is there, and is taken with one click."""
    go_to(mona, "Home")
    mona.get_by_role("link", name="Plans waiting for you").click()
    follow(mona, "Eli Effendi")
    card = card_of(mona, "Sales revenue")
    expect(card.get_by_text("Two large customers have left.")).to_be_visible()
    expect(card.get_by_text("now 1,200 items")).to_be_visible()
    card.get_by_role("button", name="Take over").click()
    expect(card_of(mona, "Sales revenue").get_by_text("The plan holds it.")).to_be_visible()
    press(mona, "Propose to the employee")
    expect(mona.get_by_text("The plan is proposed to Eli Effendi")).to_be_visible()


def accept(eli: Page) -> None:
    """From the navigation to the plan, and the big button."""
    go_to(eli, "Performance plans")
    follow(eli, "Eli Effendi")
    expect(eli.get_by_text("1,000 items").first).to_be_visible()
    eli.get_by_role("button", name="Accept", exact=True).first.click()
    expect(eli.get_by_text("You have accepted the plan.")).to_be_visible()
    expect(here(eli)).to_have_text("Accepted")


def read_the_discussion(eli: Page) -> None:
    """Everything that was said about the first KPI, in one thread."""
    eli.goto(eli.url)
    eli.get_by_role("link", name="2 remarks – Sales revenue").click()
    thread = eli.get_by_role("region", name="Sales revenue").locator(".remark")
    expect(thread).to_have_count(2)
    expect(thread.first).to_contain_text("Two large customers have left.")
    expect(thread.last).to_contain_text("took the proposed figures over")
    assert fits(eli)
