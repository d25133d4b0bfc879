"""Can an employee record a figure with evidence on a phone, and does a manager find it and verify it?"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Entry, EntryCheck, EvidenceFile
from app.rules.vocabulary import SourceKind
from tests.browser.conftest import PageOf
from tests.cast import Cast
from tests.chromium import PHONE
from tests.teams import make_cycle, make_kpi, make_plan

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_employee_records_with_evidence_and_the_manager_verifies(
    session: Session, cast: Cast, page_of: PageOf, tmp_path: Path
) -> None:
    kpis = [
        make_kpi("Kunjungan", source_kind=SourceKind.EMPLOYEE_WITH_EVIDENCE, data_credibility=2),
        make_kpi("Penjualan", source_kind=SourceKind.SYSTEM_OF_RECORD),
    ]
    make_plan(session, cast.eli, make_cycle(session), kpis)
    proof = tmp_path / "kunjungan januari.csv"
    proof.write_text("hari;kunjungan\n1;8\n")
    page = page_of(cast.eli, viewport=PHONE)
    page.goto("/entries?period=2026-01")
    open_fields = page.locator("input.leaf")
    expect(open_fields).to_have_count(1)
    page.locator(f"a.sheet-more[href^='/entries/{kpis[0].id}']").click()
    page.locator("#figure-1").fill("8")
    page.locator("input[type=file]").set_input_files(str(proof))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("#figure button.button").first.click()
    expect(page.get_by_role("link", name="kunjungan januari.csv").first).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="kunjungan januari.csv").first.click()
    assert saved.value.suggested_filename == "kunjungan januari.csv"
    assert Path(saved.value.path()).read_text() == proof.read_text()
    session.expire_all()
    [entry] = session.scalars(select(Entry)).all()
    assert (str(entry.value), entry.recorded_by_id) == ("8", cast.eli.id)
    assert len(session.scalars(select(EvidenceFile)).all()) == 1
    manager = page_of(cast.mona, viewport=PHONE)
    verify_all(manager)
    session.expire_all()
    [check] = session.scalars(select(EntryCheck)).all()
    assert (check.entry_id, check.checked_by_id) == (entry.id, cast.mona.id)


def verify_all(page: Page) -> None:
    page.goto("/entries/checks?period=2026-01")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("input[name=entry]").check()
    page.locator("form[method=post] .actions button").click()
    expect(page.locator("input[name=entry]")).to_have_count(0)
