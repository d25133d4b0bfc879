"""Does an objection go through in real browsers: published, received, objected to on a phone, decided, on paper?"""

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

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OBJECTION = "Two invoices of 30 January are missing."
ANSWER = "Both invoices were there in time."


@pytest.mark.parametrize("language", ["en"])
def test_from_the_published_card_to_the_decision_on_paper(session: Session, cast: Cast, page_of: PageOf) -> None:
    make_example(session, cast).record_january(session)
    card = f"/scorecards/{cast.eli.id}/2026?period=2026-01"
    mona, eli, root = page_of(cast.mona), page_of(cast.eli, viewport=PHONE), page_of(cast.root)
    mona.goto(card)
    mona.locator("#publish summary").click()
    press(mona, "Yes, publish")
    expect(mona.get_by_text("This scorecard is published.")).to_be_visible()
    eli.goto(card)
    press(eli, "Confirm receipt")
    expect(eli.get_by_text("Receipt does not mean agreement.")).to_be_visible()
    assert_fits(eli)
    object_to(eli)
    decide(root)
    eli.goto(card)
    expect(eli.get_by_text("Version 2 replaces version 1")).to_be_visible()
    expect(eli.get_by_text("Decision about the objection of Eli Effendi: Upheld in part.")).to_be_visible()
    expect(eli.locator(".result-total")).to_have_text("90.25")
    expect(eli.get_by_text(ANSWER).first).to_be_visible()
    expect(eli.get_by_text("After an objection · Upheld in part")).to_be_visible()
    assert_fits(eli)
    new, old = paper(eli, "Download PDF"), paper(eli, "PDF – Version 1")
    assert [words in new for words in ("90.25", "81.37", ANSWER)] == [True, True, True]
    assert [words in old for words in ("90.25", "81.37", ANSWER)] == [False, True, False]


def object_to(eli: Page) -> None:
    """On a phone; without a reason it is refused and what was typed stands there again."""
    expect(eli.get_by_text("15 days left to object")).to_be_visible()
    follow(eli, "Object to this scorecard")
    eli.locator("summary", has_text="Sales").click()
    eli.locator("[name='points.SALES']").fill("Rp 3 million more.")
    press(eli, "Send objection")
    expect(eli.get_by_role("alert")).to_be_visible()
    expect(eli.locator("[name='points.SALES']")).to_have_value("Rp 3 million more.")
    eli.locator("[name=reason]").fill(OBJECTION)
    assert_fits(eli)
    press(eli, "Send objection")
    expect(eli.get_by_text("Waits for a decision")).to_be_visible()


def decide(root: Page) -> None:
    """The manager's manager, with another total and reasons."""
    root.goto("/appeals")
    follow(root, "Eli Effendi")
    expect(root.get_by_text(OBJECTION)).to_be_visible()
    root.get_by_label("Upheld in part").check()
    root.locator("[name=total]").fill("90.25")
    press(root, "Decide and publish the new version")
    expect(root.get_by_role("alert")).to_be_visible()
    root.locator("[name=answer]").fill(ANSWER)
    press(root, "Decide and publish the new version")
    expect(root.get_by_text("Your decision stands on version 2 of the scorecard.")).to_be_visible()


def assert_fits(page: Page) -> None:
    """Nothing has to be pushed sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def paper(page: Page, link: str) -> str:
    """The words of the PDF behind a link."""
    with page.expect_download() as download:
        follow(page, link)
    with pdfplumber.open(BytesIO(download.value.path().read_bytes())) as pdf:
        return " ".join(" ".join((each.extract_text() or "").split()) for each in pdf.pages)
