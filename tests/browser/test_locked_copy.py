"""Does somebody with a browser get a copy with a password, and find what is wrong beside the field?"""

import io

import pikepdf
import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from app.rules.issuing import FileNames
from app.services.appraisals import publish
from app.services.issuing_policy import choose
from tests.browser.conftest import PageOf
from tests.cards import make_example
from tests.cast import Cast, actor_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("language", ["en"])
def test_a_copy_is_downloaded_and_the_page_stays(page_of: PageOf, session: Session, cast: Cast) -> None:
    example = make_example(session, cast)
    example.record_january(session)
    publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=example.period("2026-01").id)
    choose(session, actor_of(cast.hana), FileNames.NUMBER_PERIOD, offers_locked=True)
    session.commit()
    page = page_of(cast.eli)
    page.goto(f"/scorecards/{cast.eli.id}/2026?period=2026-01")
    page.locator("summary", has_text="Copy with a password").click()
    password, button = page.get_by_label("Password of the copy"), page.get_by_role("button", name="Download the locked")
    page.get_by_label("Language of the copy").select_option("id")
    password.fill("kuda")
    button.click()
    expect(page.locator("#field-lock-password-fault")).to_have_text("must have at least 10 characters")
    expect(password).to_have_value("")
    expect(page.get_by_label("Language of the copy")).to_have_value("id")
    for _ in range(2):  # the form can be sent as often as somebody likes
        password.fill("kuda hijau tujuh")
        with page.expect_download() as download:
            button.click()
        assert download.value.suggested_filename == "Kartu-Skor_4_2026-01_terkunci.pdf"
        with pikepdf.open(io.BytesIO(download.value.path().read_bytes()), password="kuda hijau tujuh") as file:
            assert str(file.Root.Lang) == "id"
    expect(page.get_by_role("heading", level=1)).to_have_text(cast.eli.name)
