"""Can the work be done with the keyboard alone, and in a browser that runs no scripts?"""

import pytest
from playwright.sync_api import Page, expect

from tests import plans
from tests.browser import steps
from tests.browser.sites import Site
from tests.browser.steps import follow, go_to, press, tab_to
from tests.chromium import OpenPage

pytestmark = [pytest.mark.slow]

WEIGHTS = ["22%", "19%", "20%", "16%", "13%", "10%"]
"""What comes of the ratings, as in docs/scoring.md."""
FIGURES = ("110", "95", "102.5", "88", "100", "120")
TOTAL = "99.91"
"""The figures times their weights, each against 31 of 365 days of 1,200."""
COMMENT = "A good start into the year."


def choose(page: Page, name: str) -> None:
    """Follow a link with the keyboard."""
    tab_to(page, page.get_by_role("link", name=name).locator("visible=true").last)
    page.keyboard.press("Enter")


def write(page: Page, field: str, text: str) -> None:
    tab_to(page, page.get_by_label(field))
    page.keyboard.type(text)


def test_with_the_keyboard_alone(office: Site, open_page: OpenPage) -> None:
    page = open_page(base_url=office.address)
    enter(page)
    rate_and_submit(page)
    record(page)
    choose(page, "Scorecards")
    choose(page, "Eva Elvira")
    write(page, "Comment", COMMENT)
    tab_to(page, page.locator("summary", has_text="Publish…"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Yes, publish"))
    page.keyboard.press("Enter")
    check_published(page)


def enter(page: Page) -> None:
    """Sign in, and go past the navigation."""
    page.goto("/")
    write(page, "E-mail address", "hana@example.com")
    write(page, "Password", steps.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def rate_and_submit(page: Page) -> None:
    choose(page, "Performance plans")
    choose(page, "Continue Eva Elvira")
    for number, ratings in enumerate(plans.EXAMPLE_RATINGS, start=1):
        for criterion, wanted in zip(steps.CRITERIA, ratings, strict=True):
            group = steps.card_of(page, f"KPI {number}").get_by_role("group", name=criterion)
            tab_to(page, group.get_by_role("radio").first)
            for key in ("Space", *["ArrowRight"] * (wanted - 1)):
                page.keyboard.press(key)
    check_weights(page)
    tab_to(page, page.get_by_role("button", name="Submit plan"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("In force").first).to_be_visible()


def record(page: Page) -> None:
    choose(page, "Entries")
    page.wait_for_url("**/entries*")
    tab_to(page, page.locator("[data-sheet] .leaf").first)
    for figure in FIGURES:
        page.keyboard.type(figure)
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Figures saved: 6.")).to_be_visible()


def test_without_scripts(office: Site, open_page: OpenPage) -> None:
    hr = open_page(base_url=office.address, java_script_enabled=False)
    steps.sign_in(hr, "hana@example.com")
    go_to(hr, "Performance plans")
    follow(hr, "Continue Eva Elvira")
    steps.rate_all(hr)
    press(hr, "Recalculate weights")
    check_weights(hr)
    press(hr, "Submit plan")
    expect(hr.get_by_text("In force").first).to_be_visible()
    manager = open_page(base_url=office.address, java_script_enabled=False)
    steps.sign_in(manager, "mona@example.com")
    go_to(manager, "Entries")
    for field, figure in zip(manager.locator("[data-sheet] .leaf").all(), FIGURES, strict=True):
        field.fill(figure)
    press(manager, "Save figures")
    expect(manager.get_by_text("Figures saved: 6.")).to_be_visible()
    go_to(manager, "Scorecards")
    follow(manager, "Eva Elvira")
    manager.get_by_label("Comment").fill(COMMENT)
    manager.locator("summary", has_text="Publish…").click()
    press(manager, "Yes, publish")
    check_published(manager)


def check_weights(page: Page) -> None:
    expect(page.locator("#plan-weights .weight-figure")).to_have_text(WEIGHTS)
    expect(page.locator(".weights-sum")).to_have_text("100%")


def check_published(page: Page) -> None:
    expect(page.get_by_text("This scorecard is published.")).to_be_visible()
    expect(page.locator(".result-total")).to_have_text(TOTAL)
    expect(page.get_by_text(COMMENT)).to_be_visible()
