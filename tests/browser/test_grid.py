"""Does the grid feel like a spreadsheet: keys, a pasted block, marks on what is not saved, nothing lost?"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Entry, Kpi
from app.rules.entries import Figure
from app.rules.vocabulary import MeasureKind
from app.services.actuals import EntryValues, put_entry
from tests.browser.conftest import PageOf
from tests.cast import Cast, actor_of
from tests.chromium import PHONE
from tests.factories import make_person
from tests.teams import make_cycle, make_kpi, make_plan

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PEOPLE = ("Ani", "Budi", "Citra", "Dodi")


@dataclass
class Table:
    """Four people with revenue, the two inputs of a rate, yes or no, and two milestones."""

    session: Session
    page: Page
    kpis: dict[str, list[Kpi]]
    cast: Cast

    def field(self, person: str, place: int, index: int = 0) -> Locator:
        return self.page.locator(f"[name='e.{self.kpis[person][place].id}.2026-01.{index}']")

    def values(self, *people: str) -> list[list[str]]:
        """Revenue and both inputs of these people, as they stand on the page."""
        places = ((0, 0), (1, 0), (1, 1))
        return [[self.field(person, *place).input_value() for place in places] for person in people]

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.name"))

    def name(self, person: str, place: int, index: int = 0) -> str:
        return f"e.{self.kpis[person][place].id}.2026-01.{index}"

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def paste(self, text: str) -> None:
        """Paste as the browser does, with the text on the clipboard."""
        self.page.evaluate(
            """text => {
                const data = new DataTransfer();
                data.setData("text/plain", text);
                const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
                document.activeElement.dispatchEvent(event);
            }""",
            text,
        )

    def stored(self) -> dict[str, Any]:
        self.session.expire_all()
        names = {kpi.id: f"{person} {kpi.name}" for person, kpis in self.kpis.items() for kpi in kpis}
        found: dict[str, Any] = {}
        for entry in self.session.scalars(select(Entry)):
            inputs = {given.name: str(given.value) for given in entry.inputs}
            reached = [stage.name for stage in entry.reached]
            found[names[entry.kpi_id]] = inputs or (reached if entry.value is None else str(entry.value))
        return found


@pytest.fixture
def table(session: Session, cast: Cast, page_of: PageOf) -> Table:
    cycle = make_cycle(session)
    kpis = {}
    for number, name in enumerate(PEOPLE):
        person = make_person(session, f"5{number}", name, manager=cast.omar)
        kpis[name] = [
            make_kpi("Revenue", target=Decimal(1200), unit_of_measure="Rp"),
            make_kpi("Rate", MeasureKind.RATIO, inputs=("won", "leads"), scale=Decimal(100), target=Decimal(20)),
            make_kpi("Audit", MeasureKind.YES_NO),
            make_kpi("Handbook", MeasureKind.MILESTONE, milestones=("draft", "signed")),
        ]
        make_plan(session, person, cycle, kpis[name])
    first = kpis["Ani"][0]
    put_entry(
        session, actor_of(cast.hana), kpi_id=first.id, on="2026-01", values=EntryValues(Figure(Decimal(7))), version=0
    )
    page = page_of(cast.omar)
    page.goto("/entries")
    return Table(session, page, kpis, cast)


def test_keys_move_write_and_restore(table: Table) -> None:
    table.field("Ani", 0).click()
    table.press("ArrowDown", "ArrowDown", "ArrowUp", "ArrowRight")
    assert table.focused() == table.name("Budi", 1, 0)
    table.press("ArrowRight", "ArrowRight", "ArrowRight")
    assert table.focused() == table.name("Budi", 3, 0)
    table.press("Home")
    assert table.focused() == table.name("Budi", 0)
    table.press("Control+End")
    assert table.focused() == table.name("Dodi", 3, 2)
    table.press("Control+Home")
    assert table.focused() == table.name("Ani", 0)
    # Typing replaces, Enter goes down, Shift+Enter up again
    table.page.keyboard.type("12")
    table.press("Enter")
    table.page.keyboard.type("34")
    table.press("Shift+Enter")
    assert (table.focused(), table.values("Ani", "Budi")) == (
        table.name("Ani", 0),
        [["12", "", ""], ["34", "", ""]],
    )
    # F2 goes into the text: arrows move within it now
    table.press("F2", "ArrowLeft")
    table.page.keyboard.type("9")
    assert (table.focused(), table.values("Ani")) == (table.name("Ani", 0), [["192", "", ""]])
    # The first Escape takes this visit back, the second one all that is not saved
    table.press("Escape")
    assert table.values("Ani") == [["12", "", ""]]
    table.press("Escape")
    assert table.values("Ani") == [["7", "", ""]]
    # Tab goes on to the next field, and a space ticks
    table.press("Tab", "Tab", "Tab", "Tab", "Space")
    assert table.focused() == table.name("Ani", 3, 0)
    assert table.field("Ani", 3, 0).is_checked()
    expect(table.page.locator("[data-grid-state]")).to_have_text("Not saved yet: 2")
    table.press("Control+s")
    expect(table.page.get_by_text("Figures saved: 2.")).to_be_visible()
    assert table.stored() == {"Ani Revenue": "7", "Ani Handbook": ["draft"], "Budi Revenue": "34"}


def test_a_block_is_pasted_saved_and_its_faulty_cell_comes_back(table: Table) -> None:
    table.field("Ani", 0).focus()
    table.paste("1,250\t20\t100\r\n2,500.5\t30\tmany\r\n\t40\t200\r\n")
    assert table.values("Ani", "Budi", "Citra") == [
        ["1,250", "20", "100"],
        ["2,500.5", "30", "many"],
        ["", "40", "200"],
    ]
    expect(table.page.locator("[data-grid-state]")).to_have_text("Pasted: 9. Not saved yet: 5")
    expect(table.page.locator("td.is-changed")).to_have_count(5)
    table.page.get_by_role("button", name="Save figures").click()
    summary = table.page.get_by_role("alert")
    expect(summary).to_contain_text("Saved: 4. Not saved: 1.")
    faulty = table.field("Budi", 1, 1)
    expect(faulty).to_have_attribute("aria-invalid", "true")
    expect(faulty).to_have_value("many")
    expect(table.page.locator("[data-grid-state]")).to_have_text("Not saved yet: 1")
    # The summary leads to the cell; mended, it is saved with what stands beside it
    summary.get_by_role("link", name="Budi, Rate").click()
    faulty.fill("300")
    table.press("Control+s")
    expect(table.page.get_by_text("Figures saved: 1.")).to_be_visible()
    assert table.stored() == {
        "Ani Revenue": "1250",
        "Ani Rate": {"won": "20", "leads": "100"},
        "Budi Revenue": "2500.5",
        "Budi Rate": {"won": "30", "leads": "300"},
        "Citra Rate": {"won": "40", "leads": "200"},
    }


@pytest.mark.parametrize("language", ["id"])
def test_a_block_in_the_other_notation_is_told_by_numbers_that_cannot_be_ours(table: Table) -> None:
    table.field("Ani", 0).focus()
    table.paste("1,250\t20.5\t100\n2,500\t30\t200")
    assert table.values("Ani", "Budi") == [["1.250", "20,5", "100"], ["2.500", "30", "200"]]
    told = table.page.locator("[data-grid-state]")
    expect(told).to_contain_text("Angka seperti 1,250 dibaca sebagai 1.250.")
    # Nothing tells here: the reader's own notation holds
    table.field("Citra", 0).focus()
    table.paste("1,250\n3,5")
    assert table.values("Citra", "Dodi") == [["1,250", "", ""], ["3,5", "", ""]]
    expect(told).not_to_contain_text("dibaca sebagai")
    table.press("Control+s")
    expect(table.page.get_by_text("Angka tersimpan: 6.")).to_be_visible()
    assert table.stored() == {
        "Ani Revenue": "1250",
        "Ani Rate": {"won": "20.5", "leads": "100"},
        "Budi Revenue": "2500",
        "Budi Rate": {"won": "30", "leads": "200"},
        "Citra Revenue": "1.250",
        "Dodi Revenue": "3.5",
    }


def test_words_for_yes_ticks_quotes_and_too_large_a_block(table: Table) -> None:
    table.field("Citra", 0).focus()
    table.paste('"5"\t1\t2\tya\tx\t\t\textra\n6\t3\t4\tTidak\t\tTRUE\n7\t\t')
    assert table.values("Citra", "Dodi") == [["5", "1", "2"], ["6", "3", "4"]]
    assert [table.field(person, 2).input_value() for person in ("Citra", "Dodi")] == ["1", "0"]
    ticks = [[table.field(person, 3, index).is_checked() for index in range(3)] for person in ("Citra", "Dodi")]
    assert ticks == [[True, False, False], [False, True, False]]
    expect(table.page.locator("[data-grid-state]")).to_contain_text("Did not fit: 2.")
    # A single cell goes where the caret is, as in any field
    table.field("Ani", 0).focus()
    table.press("Control+d")
    assert table.values("Ani") == [["7", "", ""]]
    table.press("ArrowDown", "Control+d")
    assert table.values("Budi") == [["7", "", ""]]


def test_leaving_with_unsaved_figures_asks_first(table: Table) -> None:
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    table.page.on("dialog", accept)
    table.field("Ani", 0).click()
    table.page.keyboard.type("8")
    table.page.get_by_role("link", name="Feb", exact=True).click()
    table.page.wait_for_url("**period=2026-02*")
    assert asked == ["beforeunload"]
    table.page.get_by_role("link", name="Jan", exact=True).click()
    table.page.wait_for_url("**period=2026-01*")
    assert (asked, table.values("Ani")) == (["beforeunload"], [["7", "", ""]])


@pytest.mark.parametrize("viewport", [PHONE])
def test_on_a_phone_each_person_is_a_card_without_sideways_scrolling(table: Table) -> None:
    width = table.page.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE["width"]
    cells = table.page.locator("tbody tr").nth(1).locator("td")
    boxes = [cells.nth(index).bounding_box() for index in range(cells.count())]
    tops = [box["y"] for box in boxes if box]
    assert (len(tops), tops) == (4, sorted(tops))
    expect(table.page.get_by_text("leads").nth(1)).to_be_visible()
    field = table.field("Budi", 0).bounding_box()
    assert field is not None
    assert field["height"] >= 44
    table.field("Budi", 0).fill("11")
    table.page.get_by_role("button", name="Save figures").click()
    expect(table.page.get_by_text("Figures saved: 1.")).to_be_visible()


def test_without_script_it_is_a_plain_form(table: Table, page_of: PageOf) -> None:
    page = page_of(table.cast.omar, java_script_enabled=False)
    page.goto("/entries")
    page.locator(f"[name='{table.name('Budi', 0)}']").fill("11")
    page.locator(f"[name='{table.name('Citra', 2)}']").select_option("1")
    page.get_by_role("button", name="Save figures").click()
    expect(page.get_by_text("Figures saved: 2.")).to_be_visible()
    assert table.stored() == {"Ani Revenue": "7", "Budi Revenue": "11", "Citra Audit": "1"}


def test_head_and_names_stay_while_the_table_scrolls(table: Table) -> None:
    table.page.set_viewport_size({"width": 700, "height": 420})
    frame = table.page.locator(".sheet-frame").first
    frame.evaluate("frame => frame.scrollTo(frame.scrollWidth, frame.scrollHeight)")
    edges = frame.evaluate(
        """frame => {
            const box = frame.getBoundingClientRect();
            const near = (one, other) => Math.abs(one - other) < 3;
            const head = frame.querySelector("thead th:last-child").getBoundingClientRect();
            const name = frame.querySelector("tbody tr:last-child th").getBoundingClientRect();
            return [frame.scrollTop > 0, frame.scrollLeft > 0, near(head.top, box.top), near(name.left, box.left)];
        }"""
    )
    assert edges == [True, True, True, True]
