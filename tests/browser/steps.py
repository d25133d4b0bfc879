"""How do people do in the browser what the product is for? Steps that journeys are made of, in English."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import xlsxwriter
from playwright.sync_api import Locator, Page, expect

from tests.plans import EXAMPLE_RATINGS

PASSWORD = "tujuh gelas kopi tubruk"
HEADINGS = ("Nomor karyawan", "Nama", "Surel", "Unit kerja", "Jabatan", "Nomor karyawan atasan", "Tanggal masuk")
STAFF = (
    ("N-002", "Bima Prakoso", "bima@example.com", "Penjualan", "Supervisor Penjualan", "N-001", "2021-03-01"),
    ("N-003", "Citra Lestari", "citra@example.com", "Penjualan", "Tenaga Penjual", "N-002", "2022-07-01"),
    ("N-004", "Dewi Anggraini", "dewi@example.com", "Penjualan", "Tenaga Penjual", "N-002", "2023-01-09"),
)


CRITERIA = ("Priority", "Difficulty", "Data credibility")


class KpiWish(NamedTuple):
    """A KPI to be put into a plan: from the library by its name there, or a new one."""

    objective: str
    name: str
    target: str
    ratings: tuple[int, int, int]
    is_new: bool = False


WISHES = (
    KpiWish("Revenue grows to 1,200 million by December", "Sales revenue", "1200", (5, 4, 5)),
    KpiWish("The pipeline never runs dry", "New leads", "240", (4, 4, 4)),
    KpiWish("One prospect in five becomes a customer", "Lead-to-customer conversion rate", "20", (4, 5, 4)),
    KpiWish("Nobody waits for an answer", "Average follow-up duration", "4", (3, 3, 5)),
    KpiWish("Every large customer knows us in person", "Customer visits", "96", (3, 2, 3), is_new=True),
)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()


def tab_to(page: Page, wanted: Locator, most: int = 120) -> None:
    """Go on with the Tab key until the keyboard has reached it."""
    for _ in range(most):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def go_to(page: Page, place: str) -> None:
    """Choose an entry of the navigation, on a phone after opening the menu."""
    page.wait_for_load_state()  # while a page comes nothing on it is visible yet
    menu = page.locator("summary", has_text="Menu")
    if menu.is_visible():
        menu.click()
    page.get_by_role("navigation", name="Main navigation").get_by_role("link", name=place).locator(
        "visible=true"
    ).click()


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("main button").click()
    page.wait_for_url("**/")


# --- Setting up -------------------------------------------------------------------------------------------------------


def make_first_account(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill("Hana Permata")
    page.get_by_label("Employee number").fill("N-001")
    page.get_by_label("E-mail address").fill("hana@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Make the account")
    expect(page.get_by_text("Your account is ready.")).to_be_visible()


def write_workbook(path: Path, rows: Iterable[tuple[str, ...]]) -> Path:
    """A list of people as HR has it, with texts in all cells."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Karyawan")
        for line, row in enumerate((HEADINGS, *rows)):
            sheet.write_row(line, 0, row)
    return path


def send_people(page: Page, file: Path) -> None:
    page.goto("/people/import")
    page.get_by_label("XLSX or CSV file").set_input_files(file)
    press(page, "See what would change")


def open_cycle(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("Kinerja 2026")
    page.get_by_label("Code", exact=True).fill("2026")
    page.get_by_label("First day").fill("2026-01-01")
    page.get_by_label("Last day").fill("2026-12-31")
    page.get_by_label("Months").check()
    page.get_by_label("Employees accept their plans").uncheck()
    press(page, "Open the cycle")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kinerja 2026")


def invite(page: Page, name: str) -> str:
    """The one-time link for somebody."""
    go_to(page, "People")
    follow(page, name)
    press(page, "Invite")
    return page.locator("main code").inner_text()


def accept(page: Page, link: str) -> None:
    page.goto(link)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_url("**/")


# --- A plan -----------------------------------------------------------------------------------------------------------


def add_objective(page: Page, title: str) -> None:
    page.get_by_label("Result to achieve").fill(title)
    press(page, "Add objective")
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def add_kpi(page: Page, wish: KpiWish) -> None:
    page.get_by_role("link", name=f"Add KPI – {wish.objective}").click()
    if wish.is_new:
        follow(page, "Write a KPI of my own")
        page.get_by_label("Name", exact=True).fill(wish.name)
    else:
        page.get_by_label("Search the KPI library").fill(wish.name)
        press(page, "Search")
        follow(page, wish.name)
    page.get_by_label("Where the figure comes from").select_option(index=1)
    page.get_by_label("Target", exact=True).fill(wish.target)
    expect(page.locator("#kpi-preview svg.curve")).to_be_visible()
    press(page, "Save KPI")
    expect(page.get_by_text(f"{wish.name} was saved.")).to_be_visible()


def card_of(page: Page, name: str) -> Locator:
    """The KPI's card in the plan editor."""
    return page.get_by_role("article", name=name)


def rate(page: Page, kpi: str, criterion: str, number: int) -> None:
    """Choose one of the five numbers."""
    group = card_of(page, kpi).get_by_role("group", name=criterion)
    group.locator(".rating-number", has_text=str(number)).click()
    expect(group.get_by_role("radio").nth(number - 1)).to_be_checked()


def rate_all(page: Page) -> None:
    """Rate KPI 1 to 6 like the worked example."""
    for number, ratings in enumerate(EXAMPLE_RATINGS, start=1):
        for criterion, wanted in zip(CRITERIA, ratings, strict=True):
            rate(page, f"KPI {number}", criterion, wanted)


def weights(page: Page) -> list[str]:
    return page.locator("#plan-weights .weight-figure").all_inner_texts()


# --- Figures ----------------------------------------------------------------------------------------------------------


def paste(page: Page, block: str) -> None:
    """Paste with the keys, from a clipboard on which a spreadsheet has put the block."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", block)
    page.keyboard.press("Control+v")
