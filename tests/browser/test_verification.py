"""Does the page that checks a PDF keep the file on the device, and still work where it cannot?"""

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.models import IssuedPdf
from app.rules.vocabulary import Language
from app.services.appraisals import publish
from tests.browser.conftest import PageOf
from tests.cards import make_example
from tests.cast import Cast, actor_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CONTENT = b"%PDF-1.7 what was issued"


@pytest.fixture
def file(session: Session, cast: Cast, tmp_path: Path) -> Path:
    """What was issued for eli's January, as its holder keeps it."""
    example = make_example(session, cast)
    example.record_january(session)
    made = publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=example.period("2026-01").id)
    issued = IssuedPdf(
        scorecard_id=made.id,
        language=Language.INDONESIAN.value,
        template_version="0",
        digest=hashlib.sha256(CONTENT).hexdigest(),
        issued_at=made.published_at,
    )
    session.add(issued)
    session.commit()
    path = tmp_path / "kartu.pdf"
    path.write_bytes(CONTENT)
    return path


def check(page: Page, file: Path) -> list[str]:
    """Check a file; the methods of the requests that this took."""
    sent: list[str] = []
    page.goto("/verify")
    page.on("request", lambda request: sent.append(request.method) if request.is_navigation_request() else None)
    page.locator("input[type=file]").set_input_files(str(file))
    page.locator(".file-check button").click()
    expect(page.locator(".notice, .fault").first).to_be_visible()
    return sent


@pytest.mark.parametrize("language", ["en"])
def test_the_file_stays_on_the_device(page_of: PageOf, cast: Cast, file: Path) -> None:
    page = page_of(cast.eli)
    assert check(page, file) == ["GET"]
    expect(page.get_by_text("This file is an issued PDF, unchanged.")).to_be_visible()
    file.write_bytes(CONTENT + b" ")
    assert check(page, file) == ["GET"]
    expect(page.get_by_text("is not a PDF that was issued here, or it was changed since")).to_be_visible()
    file.write_bytes(CONTENT + b"/Encrypt 5 0 R")
    assert check(page, file) == ["GET"]
    expect(page.get_by_text("is locked with a password.")).to_be_visible()


@pytest.mark.parametrize("language", ["en"])
def test_where_no_digest_can_be_computed_the_file_is_sent(page_of: PageOf, cast: Cast, file: Path) -> None:
    page = page_of(cast.eli)
    page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    assert check(page, file) == ["POST"]
    expect(page.get_by_text("This file is an issued PDF, unchanged.")).to_be_visible()
