"""Does a review go through in real browsers: employee on a phone, manager at a desk, a second person, the paper?"""

from io import BytesIO

import pdfplumber
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.conftest import PageOf
from tests.browser.steps import follow, press
from tests.cards import make_example
from tests.cast import Cast
from tests.chromium import PHONE
from tests.reviews import ask_review

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIST = "/reviews?cycle=2026&period=2026-01"
REASON = "The market fell all month."


@pytest.mark.parametrize("language", ["en"])
def test_from_the_own_view_to_the_paper(session: Session, cast: Cast, page_of: PageOf) -> None:
    example = make_example(session, cast)
    example.record_january(session)
    ask_review(session, example, share="30", approval=True)
    card = f"/scorecards/{cast.eli.id}/2026?period=2026-01"
    eli, mona, hana = page_of(cast.eli, viewport=PHONE), page_of(cast.mona), page_of(cast.hana)
    assess(eli)
    score(mona)
    hana.goto(f"/reviews/{cast.eli.id}/2026/2026-01")
    press(hana, "Approve")
    expect(hana.get_by_text("The scoring is approved.")).to_be_visible()
    mona.goto(card)
    mona.locator("#publish summary").click()
    press(mona, "Yes, publish")
    expect(mona.get_by_text("This scorecard is published.")).to_be_visible()
    eli.goto(card)
    expect(eli.locator(".result-total")).to_have_text("85.00")
    expect(eli.get_by_text(REASON)).to_be_visible()
    words = paper(eli)
    for text in ("81.37", "80.96", "85.00", REASON, "Two new customers.", "Integrity", "A good month."):
        assert text in words


def assess(eli: Page) -> None:
    """The own view, saved half-way and handed in."""
    eli.goto(LIST)
    eli.get_by_role("link", name="Self-assessment").click()
    eli.locator("[name=own_0_words]").fill("Two new customers.")
    press(eli, "Save for later")
    expect(eli.get_by_text("Saved. Nobody else sees it yet.")).to_be_visible()
    eli.locator("[name=words]").fill("A good month.")
    press(eli, "Hand in")
    expect(eli.get_by_text("Your self-assessment is handed in.")).to_be_visible()
    assert eli.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def score(mona: Page) -> None:
    """From the list to what is missing; an adjustment needs its reason."""
    mona.goto(LIST)
    mona.get_by_role("row", name="Eli Effendi").get_by_role("link", name="Behaviours").click()
    expect(mona.get_by_text("Two new customers.")).to_be_visible()
    for group in mona.locator("#behaviours fieldset").all():
        group.get_by_role("radio").nth(3).check()
    mona.locator("[name=comment]").fill("Sales are rising.")
    mona.locator("[name=total]").fill("85")
    press(mona, "Hand in")
    expect(mona.get_by_role("alert")).to_be_visible()
    mona.locator("[name=reason]").fill(REASON)
    press(mona, "Hand in")
    expect(mona.get_by_text("The scoring is handed in.")).to_be_visible()


def paper(page: Page) -> str:
    """The words of the PDF."""
    with page.expect_download() as download:
        follow(page, "Download PDF")
    with pdfplumber.open(BytesIO(download.value.path().read_bytes())) as pdf:
        return " ".join(" ".join((each.extract_text() or "").split()) for each in pdf.pages)
