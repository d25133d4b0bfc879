"""Does a plan survive somebody who is faster than the saving of the ratings?"""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import steps
from tests.browser.sites import Site
from tests.browser.steps import press
from tests.chromium import OpenPage

pytestmark = [pytest.mark.slow]


class Slow:
    """A network on which ratings stay until they are let go."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._held: list[Route] = []
        page.route("**/weights", self._hold)

    def _hold(self, route: Route) -> None:
        self._held.append(route)

    def let_go(self) -> None:
        """Let the next one pass, as soon as it is there."""
        while not self._held:
            self._page.wait_for_timeout(10)
        with self._page.expect_response("**/weights"):
            self._held.pop(0).continue_()


@pytest.fixture
def editor(office: Site, open_page: OpenPage) -> Page:
    page = open_page(base_url=office.address)
    steps.sign_in(page, "hana@example.com")
    page.goto("/plans/1")
    return page


def test_a_button_that_only_has_the_focus_does_nothing(editor: Page) -> None:
    slow = Slow(editor)
    steps.rate(editor, "KPI 2", "Priority", 2)
    steps.rate(editor, "KPI 2", "Priority", 3)
    editor.get_by_role("button", name="Move up: KPI 2").focus()
    slow.let_go()
    slow.let_go()
    expect(editor.locator("#plan-version")).to_have_value("16")
    editor.reload()
    assert editor.locator("article h3").all_inner_texts() == [f"KPI {number}" for number in range(1, 7)]
    expect(steps.card_of(editor, "KPI 2").get_by_role("radio", checked=True)).to_have_value("3")


def test_a_plan_is_submitted_with_the_rating_that_is_still_being_saved(editor: Page) -> None:
    steps.rate_all(editor)
    expect(editor.locator("#plan-weights .weight-figure").last).to_have_text("10%")
    slow = Slow(editor)
    steps.rate(editor, "KPI 1", "Priority", 4)
    press(editor, "Submit plan")
    slow.let_go()
    expect(editor.get_by_text("In force").first).to_be_visible()
    expect(editor.locator("#kpi-1 .rating-given").first).to_have_text("4")
