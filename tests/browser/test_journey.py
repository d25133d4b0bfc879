"""Does the whole way work, from an empty machine to the first scorecard in the employee's hands?"""

import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.sites import Site
from tests.browser.steps import STAFF, WISHES, follow, go_to, press
from tests.chromium import PHONE, OpenPage
from tests.tools import Clock

pytestmark = [pytest.mark.slow]

PLANS_WRITTEN = date(2026, 1, 5)
MONTH_OVER = date(2026, 2, 3)
COMMENT = "Kunjungan ke pelanggan besar sangat membantu. Terima kasih!"


def test_from_an_empty_machine_to_the_first_scorecard(
    empty: Site, clock: Clock, open_page: OpenPage, tmp_path: Path
) -> None:
    clock.set_day(PLANS_WRITTEN)
    hr = open_page(base_url=empty.address)
    steps.make_first_account(hr, empty.first_hr_link())
    import_people(hr, tmp_path)
    follow_home(hr, "Open a cycle")
    steps.open_cycle(hr)
    write_plan(hr)
    copy_plan(hr)
    links = {name: steps.invite(hr, name) for name in ("Bima Prakoso", "Citra Lestari")}
    manager = open_page(base_url=empty.address)
    steps.accept(manager, links["Bima Prakoso"])
    employee = open_page(base_url=empty.address, viewport=PHONE, locale="id")
    steps.accept(employee, links["Citra Lestari"])
    clock.set_day(MONTH_OVER)
    steps.sign_in(manager, "bima@example.com")
    record_month(manager)
    total = publish(manager)
    read_on_a_phone(employee, total)


def follow_home(page: Page, step: str) -> None:
    """What home says comes next."""
    go_to(page, "Home")
    page.locator(".steps").get_by_role("link", name=step).click()


def import_people(hr: Page, folder: Path) -> None:
    """A file with three faults takes nothing in; the mended one everything."""
    faulty = [list(row) for row in STAFF]
    faulty[0][6] = "1 Maret, kira-kira"
    faulty[1][5] = "N-999"
    faulty[2][1] = ""
    follow_home(hr, "Import people")
    steps.send_people(hr, steps.write_workbook(folder / "karyawan.xlsx", [tuple(row) for row in faulty]))
    rows = hr.locator("#faults tbody tr")
    expect(rows).to_have_count(3)
    told = [" ".join(row.split()) for row in rows.all_inner_texts()]
    assert [text.split()[0] for text in told] == ["2", "3", "4"]
    assert "N-999" in told[1]
    expect(hr.get_by_role("button", name="Import all of it")).to_have_count(0)
    go_to(hr, "People")
    expect(hr.get_by_text("Bima Prakoso")).to_have_count(0)
    steps.send_people(hr, steps.write_workbook(folder / "karyawan-2.xlsx", STAFF))
    expect(hr.get_by_role("rowheader", name="Citra Lestari")).to_be_visible()
    press(hr, "Import all of it")
    expect(hr.get_by_text("The import is done: 3 entered, 0 changed, 0 as before.")).to_be_visible()
    expect(hr.get_by_role("row", name="Citra Lestari")).to_contain_text("Bima Prakoso")


def write_plan(hr: Page) -> None:
    """Objectives and KPIs from the library and new ones; weights that move; every reason for a refusal at once."""
    go_to(hr, "Performance plans")
    hr.get_by_role("link", name="Write plan Citra Lestari").click()
    press(hr, "Begin empty plan")
    for wish in WISHES[:2]:
        steps.add_objective(hr, wish.objective)
        steps.add_kpi(hr, wish)
    press(hr, "Submit plan")
    refusal = hr.get_by_role("alert")
    expect(refusal).to_contain_text("5 to 8 objectives are needed; there are 2.")
    expect(refusal).to_contain_text("5 to 10 KPIs are needed in all; there are 2.")
    expect(refusal).to_contain_text("Sales revenue")
    expect(refusal).to_contain_text("New leads")
    for wish in WISHES[2:]:
        steps.add_objective(hr, wish.objective)
        steps.add_kpi(hr, wish)
    rate(hr)
    press(hr, "Submit plan")
    expect(hr.get_by_text("In force").first).to_be_visible()


def rate(hr: Page) -> None:
    """With the last rating the weights are there; they move with each further one and are always 100."""
    for wish in WISHES:
        for criterion, number in zip(steps.CRITERIA, wish.ratings, strict=True):
            steps.rate(hr, wish.name, criterion, number)
    expect(hr.locator(".weights-sum")).to_have_text("100%")
    before = steps.weights(hr)
    assert sum(int(weight.removesuffix("%")) for weight in before) == 100
    steps.rate(hr, "Customer visits", "Priority", 5)
    expect(hr.locator("#plan-weights .weight-figure").last).not_to_have_text(before[-1])
    after = steps.weights(hr)
    assert sum(int(weight.removesuffix("%")) for weight in after) == 100
    assert int(after[-1].removesuffix("%")) > int(before[-1].removesuffix("%"))
    expect(hr.get_by_text("Nothing is missing.")).to_be_visible()


def copy_plan(hr: Page) -> None:
    """A colleague with the same job takes the same plan."""
    go_to(hr, "Performance plans")
    hr.get_by_role("link", name="Write plan Dewi Anggraini").click()
    hr.get_by_role("button", name="Copy Citra Lestari").click()
    press(hr, "Submit plan")
    expect(hr.get_by_text("In force").first).to_be_visible()


def record_month(manager: Page) -> None:
    """By keyboard alone: two rows pasted from a spreadsheet, one cell refused and mended."""
    steps.tab_to(manager, manager.get_by_role("link", name="Entries", exact=True).locator("visible=true"))
    manager.keyboard.press("Enter")
    manager.wait_for_url("**/entries*")
    fields = manager.locator("[data-sheet] input.leaf")
    steps.tab_to(manager, fields.first)
    steps.paste(manager, "110\t25\t6\t24\t36\t10\t8\n95\t18\t3\t20\tbanyak\t8\t9")
    manager.keyboard.press("Control+s")
    told = manager.get_by_role("alert")
    expect(told).to_contain_text("Not saved: 1.")
    expect(told).to_contain_text("Dewi Anggraini, Average follow-up duration")
    faulty = manager.locator("[data-sheet] [aria-invalid=true]")
    expect(faulty).to_have_value("banyak")
    steps.tab_to(manager, faulty)
    manager.keyboard.type("30")
    manager.keyboard.press("Control+s")
    expect(manager.get_by_text("Figures saved: 1.")).to_be_visible()


def publish(manager: Page) -> str:
    """From the score to date with its working to the published one; gives the total."""
    go_to(manager, "Scorecards")
    follow(manager, "Citra Lestari")
    expect(manager.get_by_text("To date – not final")).to_be_visible()
    expect(manager.locator(".working")).to_have_text([re.compile(r"=.*\d")] * len(WISHES))
    total = manager.locator(".result-total").inner_text()
    manager.get_by_label("Comment").fill(COMMENT)
    manager.locator("summary", has_text="Publish…").click()
    press(manager, "Yes, publish")
    expect(manager.get_by_text("This scorecard is published.")).to_be_visible()
    expect(manager.locator(".result-total")).to_have_text(total)
    return total


def read_on_a_phone(employee: Page, total: str) -> None:
    """One tap after signing in stands the scorecard; the PDF says the same; the page also speaks English."""
    steps.sign_in(employee, "citra@example.com")
    follow(employee, "Lihat kartu skor")
    local = total.replace(".", ",")
    expect(employee.locator(".result-total")).to_have_text(local)
    expect(employee.get_by_text(COMMENT)).to_be_visible()
    with employee.expect_download() as coming:
        follow(employee, "Unduh PDF")
    content = Path(coming.value.path()).read_bytes()
    assert content.startswith(b"%PDF-")
    with pdfplumber.open(BytesIO(content)) as pdf:
        text = "\n".join(page.extract_text() for page in pdf.pages)
    assert local in text
    assert "Citra Lestari" in text
    employee.locator("summary", has_text="Menu").click()
    employee.get_by_role("button", name="English").locator("visible=true").click()
    expect(employee.locator("html")).to_have_attribute("lang", "en")
    expect(employee.locator(".result-total")).to_have_text(total)
