"""Can a manager fill the grid and lose nothing, in both languages, and does nobody see or write what is not theirs?"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.i18n import Locale
from app.models import Account, Appraisal, Cycle, Entry, Kpi, Person
from app.rules.entries import Figure, figure_faults
from app.rules.methods import Scoring
from app.rules.vocabulary import AppraisalState, Frequency, Language, MeasureKind, Method, PeriodState
from app.services.actuals import EntryValues, put_entry
from app.services.entry_books import form_of
from app.web.entry_fields import outcome_text, read_figure, target_text, texts_of
from app.web.forms import Form
from tests.cast import Cast, actor_of
from tests.factories import NOW, make_person
from tests.teams import make_cycle, make_kpi, make_plan, period_of
from tests.tools import Browser, SignIn

ENGLISH, INDONESIAN = Locale(Language.ENGLISH), Locale(Language.INDONESIAN)


# --- A number survives its way to the page and back -------------------------------------------------------------------

NUMBERS = st.builds(
    lambda whole, decimals, places: Decimal(whole) + Decimal(decimals % 10**places).scaleb(-places),
    st.integers(-(10**14), 10**14),
    st.integers(0, 10**9 - 1),
    st.integers(0, 9),
)


@pytest.mark.parametrize("locale", [ENGLISH, INDONESIAN], ids=["en", "id"])
@given(value=NUMBERS)
def test_a_number_that_was_shown_is_read_as_itself(locale: Locale, value: Decimal) -> None:
    asked = form_of(make_kpi("Sales"))
    [shown] = texts_of(asked, Figure(value), locale)
    form = Form(locale, {"e": [shown]})
    figure = read_figure(form, ["e"], asked)
    assert (figure, form.faults) == (Figure(value), [])
    assert figure_faults(asked, Figure(value)) == []


@pytest.mark.parametrize(
    ("kpi", "figure"),
    [
        (
            make_kpi("R", MeasureKind.RATIO, inputs=("won", "leads")),
            Figure(inputs={"won": Decimal("-1.5"), "leads": Decimal(0)}),
        ),
        (make_kpi("Y", MeasureKind.YES_NO), Figure(Decimal(0))),
        (make_kpi("Y", MeasureKind.YES_NO), Figure(Decimal(1))),
        (make_kpi("L", MeasureKind.RATING, levels=5), Figure(Decimal(3))),
        (make_kpi("M", MeasureKind.MILESTONE, milestones=("a", "b")), Figure(reached=frozenset("b"))),
        (make_kpi("M", MeasureKind.MILESTONE, milestones=("a", "b")), Figure()),
    ],
)
def test_every_figure_that_was_shown_is_read_as_itself(kpi: Kpi, figure: Figure) -> None:
    asked = form_of(kpi)
    texts = texts_of(asked, figure, INDONESIAN)
    names = [f"e.{index}" for index in range(len(texts))]
    form = Form(INDONESIAN, {name: [text] for name, text in zip(names, texts, strict=True) if text})
    assert (read_figure(form, names, asked), form.faults) == (figure, [])
    empty = Form(INDONESIAN)
    assert (read_figure(empty, names, asked), empty.faults) == (None, [])
    assert set(texts_of(asked, None, INDONESIAN)) == {""}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (Fraction(1, 3), "0,33"),
        (Fraction(31, 8), "3,875"),
        (Fraction(10**13, 7), "1.428.571.428.571"),
        (Fraction(10**13), "10.000.000.000.000"),
        (Fraction(-5, 2), "-2,5"),
    ],
)
def test_figures_for_comparison_are_as_short_as_can_be(value: Fraction | None, text: str) -> None:
    assert outcome_text(value, INDONESIAN) == text


@pytest.mark.parametrize(
    ("scoring", "text"),
    [
        (Scoring(Method.HIGHER, target=Fraction(120)), "≥ 120"),
        (Scoring(Method.LOWER, target=Fraction(5, 2)), "≤ 2.5"),
        (Scoring(Method.LOWER_INVERSE, target=Fraction(4)), "≤ 4"),
        (Scoring(Method.EXACT, target=Fraction(7)), "= 7"),
        (Scoring(Method.RANGE, low=Fraction(18), high=Fraction(25)), "18 – 25"),
        (Scoring(Method.RATING, levels=5), "1 – 5"),
        (Scoring(Method.STEPS), ""),
        (Scoring(Method.YES_NO), ""),
    ],
)
def test_a_target_is_told_in_one_or_two_numbers(scoring: Scoring, text: str) -> None:
    assert target_text(scoring, ENGLISH) == text


# --- The pages --------------------------------------------------------------------------------------------------------


@dataclass
class Page(HTMLParser):
    """What a page holds that a form needs: its fields with their values, faulty ones, links, and the text."""

    fields: dict[str, str] = field(default_factory=dict)
    invalid: set[str] = field(default_factory=set)
    described: dict[str, str] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    text: str = ""

    @classmethod
    def of(cls, response: Any) -> "Page":
        page = cls()
        super(Page, page).__init__()
        page._select = ""
        page.feed(response.text)
        page.text = " ".join(page.text.split())
        return page

    _select: str = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids.add(given.get("id", ""))
        name = given.get("name", "")
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "select":
            self._select = name
            self.fields[name] = ""
        elif tag == "option" and "selected" in given:
            self.fields[self._select] = given["value"]
        elif tag in ("input", "textarea") and name and (given.get("type") != "checkbox" or "checked" in given):
            self.fields[name] = given.get("value", "")
        if "aria-invalid" in given:
            self.invalid.add(name)
        if "aria-describedby" in given:
            self.described[name] = given["aria-describedby"]

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def figures(self) -> dict[str, str]:
        """The fields of figures, without the hidden ones."""
        return {
            name: value for name, value in self.fields.items() if name.startswith("e.") and not name.endswith(".was")
        }

    @property
    def sent(self) -> dict[str, str]:
        """What the grid's form would send now."""
        return {name: value for name, value in self.fields.items() if name.startswith("e.")}


@dataclass
class Office:
    """Mona's team with five kinds of KPI, in January that is over."""

    session: Session
    cast: Cast
    cycle: Cycle
    kpis: dict[str, Kpi]
    as_: SignIn

    def browser(self, person: Person, language: Language = Language.ENGLISH) -> Browser:
        account = self.session.scalars(select(Account).where(Account.person_id == person.id)).one()
        account.language = language
        self.session.flush()
        return self.as_(person)

    def name(self, kpi: str, index: int = 0, on: str = "2026-01") -> str:
        return f"e.{self.kpis[kpi].id}.{on}.{index}"

    def record(self, kpi: str, figure: Figure, on: str = "2026-01", **values: Any) -> Entry:
        return put_entry(
            self.session,
            actor_of(self.cast.hana),
            kpi_id=self.kpis[kpi].id,
            on=on,
            values=EntryValues(figure, **values),
            version=None,
        )

    def stored(self) -> dict[tuple[str, str], Any]:
        self.session.expire_all()
        names = {kpi.id: name for name, kpi in self.kpis.items()}
        found: dict[tuple[str, str], Any] = {}
        for entry in self.session.scalars(select(Entry)):
            if entry.inputs:
                figure: Any = {given.name: str(given.value) for given in entry.inputs}
            else:
                figure = str(entry.value) if entry.value is not None else [stage.name for stage in entry.reached]
            found[names[entry.kpi_id], entry.on] = figure
        return found


@pytest.fixture
def office(session: Session, cast: Cast, as_: SignIn) -> Office:
    cycle = make_cycle(session)
    kpis = {
        "eli sales": make_kpi("Sales", target=Decimal(3650), unit_of_measure="Rp"),
        "eli rate": make_kpi(
            "Rate", MeasureKind.RATIO, inputs=("won", "leads"), scale=Decimal(100), target=Decimal(20)
        ),
        "eli stages": make_kpi("Handbook", MeasureKind.MILESTONE, milestones=("draft", "signed")),
        "eli audit": make_kpi("Audit", MeasureKind.YES_NO),
        "eli calls": make_kpi("Calls", frequency=Frequency.DAILY),
        "eva sales": make_kpi("Sales", target=Decimal(3650), unit_of_measure="Rp"),
        "eva rate": make_kpi(
            "Rate", MeasureKind.RATIO, inputs=("won", "leads"), scale=Decimal(100), target=Decimal(20)
        ),
        "otto sales": make_kpi("Secret sales of Otto", target=Decimal(1)),
        "mona sales": make_kpi("Sales of Mona", target=Decimal(1)),
    }
    for name in ("eli", "eva", "otto", "mona"):
        make_plan(session, getattr(cast, name), cycle, [kpi for key, kpi in kpis.items() if key.startswith(name)])
    return Office(session, cast, cycle, kpis, as_)


def test_the_grid_opens_at_the_month_that_is_over_with_every_figure_that_is_due(office: Office) -> None:
    office.record("eli sales", Figure(Decimal("1234567.5")))
    office.record("eli rate", Figure(inputs={"won": Decimal(20), "leads": Decimal(100)}))
    page = Page.of(office.browser(office.cast.mona).get("/entries"))
    assert page.figures == {
        office.name("eli sales"): "1,234,567.5",
        office.name("eli rate", 0): "20",
        office.name("eli rate", 1): "100",
        office.name("eli audit"): "",
        office.name("eli calls"): "",
        office.name("eva sales"): "",
        office.name("eva rate", 0): "",
        office.name("eva rate", 1): "",
    }
    assert "Team entries: January 2026" in page.text
    assert "2 of 7 entered" in page.text
    assert "≥ 310" in page.text


def test_of_growth_the_grid_asks_for_the_level(session: Session, cast: Cast, as_: SignIn) -> None:
    kpi = make_kpi("Sales growth", MeasureKind.GROWTH, target=Decimal("7.5"), unit_of_measure="%")
    cycle = make_cycle(session)
    make_plan(session, cast.eli, cycle, [kpi])
    office = Office(session, cast, cycle, {"growth": kpi}, as_)
    mona = office.browser(cast.mona)
    grid = Page.of(mona.get("/entries")).text
    assert "Sales growth the level, not the percentage Eli" in grid
    assert "≥ 7.5%" in grid
    assert "the level, not the percentage" in Page.of(mona.get(f"/entries/{kpi.id}")).text


def test_what_is_typed_in_indonesian_is_stored_exactly_and_shown_again(office: Office) -> None:
    mona = office.browser(office.cast.mona, Language.INDONESIAN)
    fields = {
        **Page.of(mona.get("/entries")).sent,
        office.name("eli sales"): "Rp 1.250.000,75",
        office.name("eli rate", 0): "20",
        office.name("eli rate", 1): "1.000",
        office.name("eli stages", 1): "on",
        office.name("eli audit"): "0",
        office.name("eva sales"): "-0,5",
    }
    answer = mona.submit("/entries?period=2026-01", fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/entries?period=2026-01")
    assert office.stored() == {
        ("eli sales", "2026-01"): "1250000.75",
        ("eli rate", "2026-01"): {"leads": "1000", "won": "20"},
        ("eli stages", "2026-01"): ["signed"],
        ("eli audit", "2026-01"): "0",
        ("eva sales", "2026-01"): "-0.5",
    }
    page = Page.of(mona.get(answer.headers["location"]))
    assert "Angka tersimpan: 5." in page.text
    assert page.figures == {
        office.name("eli sales"): "1.250.000,75",
        office.name("eli rate", 0): "20",
        office.name("eli rate", 1): "1.000",
        office.name("eli stages", 1): "on",
        office.name("eli audit"): "0",
        office.name("eli calls"): "",
        office.name("eva sales"): "-0,5",
        office.name("eva rate", 0): "",
        office.name("eva rate", 1): "",
    }
    # Nobody wrote into it: the same page sent again changes nothing
    again = mona.submit("/entries?period=2026-01", page.sent)
    assert "Tidak ada yang diubah." in mona.get(again.headers["location"]).text


def test_good_cells_are_saved_and_faulty_ones_come_back_as_they_were_typed(office: Office) -> None:
    office.record("eva rate", Figure(inputs={"won": Decimal(1), "leads": Decimal(2)}))
    mona = office.browser(office.cast.mona)
    typed = {
        office.name("eli sales"): "12abc",
        office.name("eli rate", 0): "20",
        office.name("eli rate", 1): "",
        office.name("eli audit"): "1",
        office.name("eva sales"): "1.2.3,4,5",
        office.name("eva rate", 0): "<b>5</b>",
        office.name("eva rate", 1): "-3",
    }
    answer = mona.submit("/entries", {**Page.of(mona.get("/entries")).sent, **typed})
    assert answer.status_code == 400
    page = Page.of(answer)
    assert {name: page.figures[name] for name in typed} == typed
    assert page.invalid == {
        office.name("eli sales"),
        office.name("eli rate", 1),
        office.name("eva sales"),
        office.name("eva rate", 0),
    }
    assert all(page.described[name] in page.ids for name in page.invalid)
    assert "Saved: 1. Not saved: 4." in page.text
    cells = {f"#cell-{office.kpis[name].id}-2026-01" for name in ("eli sales", "eli rate", "eva sales", "eva rate")}
    assert {link for link in page.links if link.startswith("#cell")} == cells
    assert {link[1:] for link in cells} <= page.ids
    assert office.stored() == {
        ("eli audit", "2026-01"): "1",
        ("eva rate", "2026-01"): {"leads": "2", "won": "1"},
    }
    # Mended, the rest is saved too; what was saved before is not sent twice
    mended = {
        **page.sent,
        office.name("eli sales"): "12",
        office.name("eli rate", 1): "100",
        office.name("eva sales"): "1,234.5",
        office.name("eva rate", 0): "5",
        office.name("eva rate", 1): "30",
    }
    assert mona.submit("/entries", mended).status_code == 303
    assert office.stored() == {
        ("eli sales", "2026-01"): "12",
        ("eli rate", "2026-01"): {"leads": "100", "won": "20"},
        ("eli audit", "2026-01"): "1",
        ("eva sales", "2026-01"): "1234.5",
        ("eva rate", "2026-01"): {"leads": "30", "won": "5"},
    }


def test_a_cell_that_somebody_else_changed_shows_both_figures(office: Office) -> None:
    office.record("eli sales", Figure(Decimal(10)))
    office.record("eva sales", Figure(Decimal(10)))
    mona = office.browser(office.cast.mona)
    fields = Page.of(mona.get("/entries")).sent
    office.record("eli sales", Figure(Decimal(1100)))
    office.record("eva sales", Figure(Decimal(1100)))
    answer = mona.submit("/entries", {**fields, office.name("eli sales"): "12"})
    page = Page.of(answer)
    # Eva's cell was not touched: what the other one recorded stands
    assert (answer.status_code, page.invalid) == (400, {office.name("eli sales")})
    assert page.figures[office.name("eli sales")] == "12"
    assert page.figures[office.name("eva sales")] == "1,100"
    assert "Meanwhile Hana Hartati recorded: 1,100. Save again to replace it." in page.text
    assert office.stored()["eli sales", "2026-01"] == "1100"
    assert mona.submit("/entries", page.sent).status_code == 303
    assert office.stored() == {("eli sales", "2026-01"): "12", ("eva sales", "2026-01"): "1100"}


def test_a_figure_that_was_taken_back_meanwhile_is_told(office: Office) -> None:
    mona = office.browser(office.cast.mona)
    office.record("eli sales", Figure(Decimal(10)))
    fields = Page.of(mona.get("/entries")).sent
    kpi = office.kpis["eli sales"]
    gone = mona.submit(f"/entries/{kpi.id}/removal?period=2026-01", {"on": "2026-01", "version": "1"})
    assert (gone.status_code, gone.headers["location"]) == (303, f"/entries/{kpi.id}?period=2026-01")
    answer = Page.of(mona.submit("/entries", {**fields, office.name("eli sales"): "12"}))
    assert "Meanwhile this figure was taken back." in answer.text
    assert answer.figures[office.name("eli sales")] == "12"


def test_an_emptied_cell_is_taken_back(office: Office) -> None:
    office.record("eli sales", Figure(Decimal(10)))
    office.record("eli rate", Figure(inputs={"won": Decimal(1), "leads": Decimal(2)}))
    office.record("eli stages", Figure(reached=frozenset({"draft"})))
    office.record("eva sales", Figure(Decimal(10)))
    mona = office.browser(office.cast.mona)
    fields = Page.of(mona.get("/entries")).sent
    for name in (("eli sales", 0), ("eli rate", 0), ("eli rate", 1)):
        fields[office.name(*name)] = ""
    del fields[office.name("eli stages", 0)]
    answer = mona.submit("/entries", {**fields, office.name("eva rate", 0): "1", office.name("eva rate", 1): "2"})
    assert "Figures saved: 1. Taken back: 3." in mona.get(answer.headers["location"]).text
    assert office.stored() == {
        ("eva sales", "2026-01"): "10",
        ("eva rate", "2026-01"): {"leads": "2", "won": "1"},
    }


def test_nothing_of_others_is_in_the_grid_and_nothing_of_theirs_is_written(office: Office) -> None:
    office.record("otto sales", Figure(Decimal(777777)))
    mona = office.browser(office.cast.mona)
    for address in ("/entries", "/entries?q=otto", "/entries?manager=omar", "/entries?page=2", "/entries?unit=1"):
        text = mona.get(address).text
        assert ("Otto" in text.replace('value="otto"', ""), "777" in text) == (False, False), address
    for kpi, status in (("otto sales", 404), ("mona sales", 403)):
        name = f"e.{office.kpis[kpi].id}.2026-01"
        foreign = {f"{name}.was": "0|", f"{name}.0": "5", office.name("eli sales").replace(".0", ".was"): "0|"}
        assert mona.submit("/entries", {**foreign, office.name("eli sales"): "5"}).status_code == status
        entry = {**foreign, "on": "2026-01", "source_kind": "third_party"}
        assert mona.submit(f"/entries/{office.kpis[kpi].id}", entry).status_code == status
        assert mona.submit(f"/entries/{office.kpis[kpi].id}/slots", foreign).status_code == status
        removal = {"on": "2026-01", "version": "1"}
        assert mona.submit(f"/entries/{office.kpis[kpi].id}/removal", removal).status_code == status
    assert mona.get(f"/entries/{office.kpis['otto sales'].id}").status_code == 404
    assert office.stored() == {("otto sales", "2026-01"): "777777"}


def test_an_employee_reads_the_own_figures_and_cannot_write_them(office: Office) -> None:
    office.record("eli sales", Figure(Decimal(10)), note="from the ledger", evidence_link="https://erp.example/1")
    eli = office.browser(office.cast.eli)
    grid = Page.of(eli.get("/entries"))
    assert ("My figures: January 2026" in grid.text, grid.sent, "Eva" in grid.text) == (True, {}, False)
    for name in ("eli sales", "eli rate", "eli stages", "eli audit", "eli calls"):
        page = Page.of(eli.get(f"/entries/{office.kpis[name].id}"))
        assert page.sent == {}
    page = Page.of(eli.get(f"/entries/{office.kpis['eli sales'].id}"))
    assert all(text in page.text for text in ("from the ledger", "Hana Hartati", "System with change log"))
    assert "https://erp.example/1" in page.links
    assert eli.get(f"/entries/{office.kpis['eva sales'].id}").status_code == 404


def test_a_closed_period_and_a_published_scorecard_are_shown_to_be_read(office: Office) -> None:
    office.record("eli sales", Figure(Decimal(10)))
    mona = office.browser(office.cast.mona)
    open_fields = Page.of(mona.get("/entries?period=2026-01")).sent
    eli_plan = office.kpis["eli sales"].plan_id
    january = period_of(office.cycle, "2026-01")
    appraisal = Appraisal(
        person_id=office.cast.eli.id,
        period_id=january.id,
        plan_id=eli_plan,
        state=AppraisalState.PUBLISHED,
        changed_at=NOW,
    )
    office.session.add(appraisal)
    office.session.flush()
    page = Page.of(mona.get("/entries?period=2026-01"))
    assert {name.rpartition(".")[0] for name in page.figures} == {
        office.name(name).rpartition(".")[0] for name in ("eva sales", "eva rate")
    }
    assert "The scorecard of this period is published." in page.text
    late = {**open_fields, office.name("eli sales"): "11", office.name("eva sales"): "5"}
    answer = Page.of(mona.submit("/entries?period=2026-01", late))
    assert "Saved: 1. Not saved: 1." in answer.text
    january.state = PeriodState.CLOSED
    office.session.flush()
    closed = Page.of(mona.get("/entries?period=2026-01"))
    assert (closed.sent, "Period closed" in closed.text, "Save figures" in closed.text) == ({}, True, False)
    assert office.stored() == {("eli sales", "2026-01"): "10", ("eva sales", "2026-01"): "5"}


@pytest.mark.parametrize(
    "query",
    [
        "period=2027-01", "cycle=1999", "cycle=2026&period=x",
    ],
)  # fmt: skip
def test_a_cycle_or_period_that_is_not_there_is_not_found(office: Office, query: str) -> None:
    assert office.browser(office.cast.mona).get(f"/entries?{query}").status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "abc"])
def test_a_kpi_that_cannot_be_is_not_found(office: Office, number: str) -> None:
    mona = office.browser(office.cast.mona)
    assert mona.get(f"/entries/{number}").status_code in (400, 404)
    assert mona.submit(f"/entries/{number}", {"on": "2026-01"}).status_code in (400, 404)
    huge = {f"e.{'9' * 30}.2026-01.was": "0|", f"e.{'9' * 18}.2026-01.was": "0|", f"e.{'9' * 18}.2026-01.0": "5"}
    assert mona.submit("/entries", huge).status_code == 404


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "unit=abc", "unit=99999999999999999999", "q=%00", "q=" + "a" * 300]
)
def test_words_in_the_address_that_cannot_be_read_do_no_harm(office: Office, query: str) -> None:
    assert office.browser(office.cast.mona).get(f"/entries?{query}").status_code == 200


def test_without_a_cycle_there_is_a_page_too(as_: SignIn, cast: Cast) -> None:
    assert as_(cast.mona).get("/entries").status_code == 200


def test_fields_that_no_page_of_ours_sends_are_passed_over(office: Office) -> None:
    mona = office.browser(office.cast.mona)
    kpi = office.kpis["eli sales"].id
    odd = {
        "e.x.2026-01.was": "0|",
        f"e.{kpi}.2026-01.was": "one|",
        f"e.{kpi}.2026-02.was": "",
        f"e.{kpi}.<script>.was": "0|",
        "e": "5",
    }
    assert mona.submit("/entries", {**odd, office.name("eli sales"): "5"}).status_code == 303
    too_early = mona.submit("/entries", {f"e.{kpi}.2025-01.was": "0|", f"e.{kpi}.2025-01.0": "5"})
    assert too_early.status_code == 400
    short = {f"e.{office.kpis['eli rate'].id}.2026-01.was": "0|", f"e.{office.kpis['eli rate'].id}.2026-01.0": "5"}
    assert mona.submit("/entries", short).status_code == 400
    assert office.stored() == {}


# --- One KPI ----------------------------------------------------------------------------------------------------------


def test_one_figure_is_recorded_with_source_evidence_and_note(office: Office) -> None:
    mona = office.browser(office.cast.mona)
    address = f"/entries/{office.kpis['eli sales'].id}?period=2026-01"
    page = Page.of(mona.get(address))
    fields = {
        **page.sent,
        "on": page.fields["on"],
        office.name("eli sales"): "1,000",
        "source_kind": "third_party",
        "note": "checked\r\nwith finance",
        "evidence_link": "https://erp.example/1",
    }
    answer = mona.submit(address, fields)
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    [entry] = office.session.scalars(select(Entry))
    assert (str(entry.value), entry.source_kind, entry.note, entry.evidence_link, entry.version) == (
        "1000",
        "third_party",
        "checked\nwith finance",
        "https://erp.example/1",
        1,
    )
    page = Page.of(mona.get(address))
    assert (page.fields["source_kind"], page.fields["evidence_link"]) == ("third_party", "https://erp.example/1")
    assert "checked with finance" in page.text


def test_a_refused_figure_comes_back_with_all_words(office: Office) -> None:
    mona = office.browser(office.cast.mona)
    address = f"/entries/{office.kpis['eli rate'].id}?period=2026-01"
    page = Page.of(mona.get(address))
    typed = {
        office.name("eli rate", 0): "1",
        office.name("eli rate", 1): "",
        "source_kind": "third_party",
        "note": "a note",
        "evidence_link": "javascript:alert(1)",
    }
    answer = mona.submit(address, {**page.sent, "on": "2026-01", **typed})
    page = Page.of(answer)
    assert answer.status_code == 400
    assert {name: page.fields[name] for name in typed if name != "note"} == {
        name: text for name, text in typed.items() if name != "note"
    }
    assert "a note" in page.text
    assert page.invalid == {office.name("eli rate", 1), "evidence_link"}
    assert "javascript:alert(1)" not in page.links
    empty = mona.submit(address, {**page.sent, "on": "2026-01", office.name("eli rate", 0): "", "source_kind": "x"})
    assert Page.of(empty).invalid == {office.name("eli rate", 0), "source_kind"}
    assert office.stored() == {}


def test_one_figure_that_somebody_else_changed_shows_both(office: Office) -> None:
    mona = office.browser(office.cast.mona)
    address = f"/entries/{office.kpis['eli sales'].id}?period=2026-01"
    fields = {**Page.of(mona.get(address)).sent, "on": "2026-01", "source_kind": "third_party", "note": "mine"}
    office.record("eli sales", Figure(Decimal(1100)))
    page = Page.of(mona.submit(address, {**fields, office.name("eli sales"): "12"}))
    assert "Meanwhile Hana Hartati recorded: 1,100." in page.text
    assert (page.fields[office.name("eli sales")], "mine" in page.text) == ("12", True)
    again = {**page.sent, "on": "2026-01", "source_kind": "third_party"}
    assert mona.submit(address, again).status_code == 303
    assert office.stored() == {("eli sales", "2026-01"): "12"}


def test_days_are_filled_one_below_the_other(office: Office) -> None:
    mona = office.browser(office.cast.mona)
    address = f"/entries/{office.kpis['eli calls'].id}?period=2026-01"
    page = Page.of(mona.get(address))
    assert len(page.figures) == 31
    first, second = office.name("eli calls", on="2026-01-01"), office.name("eli calls", on="2026-01-02")
    save = address.replace("?", "/slots?")
    answer = mona.submit(save, {**page.sent, first: "3", second: "three"})
    page = Page.of(answer)
    assert (answer.status_code, page.invalid, page.figures[second]) == (400, {second}, "three")
    answer = mona.submit(save, {**page.sent, second: "4"})
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert office.stored() == {("eli calls", "2026-01-01"): "3", ("eli calls", "2026-01-02"): "4"}
    grid = Page.of(mona.get("/entries"))
    assert "7 (2 of 31 days)" in grid.text
    assert office.name("eli calls") not in grid.figures
    # One day with its note, out of the many
    details = Page.of(mona.get(f"{address}&on=2026-01-02"))
    assert (details.fields["on"], details.fields[second]) == ("2026-01-02", "4")


def test_a_month_recorded_as_one_figure_is_told_on_the_page_of_days(office: Office) -> None:
    office.record("eli calls", Figure(Decimal(70)))
    page = Page.of(
        office.browser(office.cast.mona).get(f"/entries/{office.kpis['eli calls'].id}?period=2026-01&on=2026-01")
    )
    assert page.figures == {office.name("eli calls"): "70"}
    assert "Recorded as one figure for a longer span." in page.text


def test_the_history_says_who_did_what_in_the_readers_notation(office: Office) -> None:
    office.record("eli rate", Figure(inputs={"won": Decimal(1), "leads": Decimal(2000)}))
    office.record("eli rate", Figure(inputs={"won": Decimal("1.5"), "leads": Decimal(2000)}))
    office.record("eli stages", Figure(reached=frozenset({"draft"})))
    office.record("eli audit", Figure(Decimal(1)))
    mona = office.browser(office.cast.mona, Language.INDONESIAN)
    texts = {
        name: Page.of(mona.get(f"/entries/{office.kpis[name].id}")).text
        for name in ("eli rate", "eli stages", "eli audit")
    }
    assert "Hana Hartati Diubah Januari 2026 won 1 · leads 2.000 won 1,5 · leads 2.000" in texts["eli rate"]
    assert "Hana Hartati Dicatat Januari 2026 – draft" in texts["eli stages"]
    assert "Hana Hartati Dicatat Januari 2026 – Ya" in texts["eli audit"]


def test_a_removal_that_names_no_version_is_not_found(office: Office) -> None:
    office.record("eli sales", Figure(Decimal(10)))
    mona = office.browser(office.cast.mona)
    path = f"/entries/{office.kpis['eli sales'].id}/removal"
    assert mona.submit(path, {"on": "2026-01"}).status_code == 404
    assert mona.submit(path, {"on": "2026-01", "version": "7"}).status_code == 409
    assert mona.submit(path, {"on": "2026-02", "version": "1"}).status_code == 404
    assert office.stored() == {("eli sales", "2026-01"): "10"}


# --- Queries ----------------------------------------------------------------------------------------------------------


def test_the_page_asks_the_database_as_often_for_ten_as_for_two(office: Office) -> None:
    mona = office.browser(office.cast.mona)

    def queries(ask: Callable[[], Any]) -> int:
        count = 0

        def counted(*_: object) -> None:
            nonlocal count
            count += 1

        connection = office.session.connection()
        event.listen(connection, "before_cursor_execute", counted)
        ask()
        event.remove(connection, "before_cursor_execute", counted)
        return count

    few = queries(lambda: mona.get("/entries?period=2026-01"))
    for index in range(8):
        person = make_person(office.session, f"4{index}", f"Tim{index} Besar", manager=office.cast.mona)
        make_plan(
            office.session,
            person,
            office.cycle,
            [
                make_kpi("Sales", target=Decimal(3650), unit_of_measure="Rp"),
                make_kpi("Rate", MeasureKind.RATIO, inputs=("won", "leads"), scale=Decimal(100), target=Decimal(20)),
            ],
        )
    many = mona.get("/entries?period=2026-01")
    assert len(re.findall(r"Tim\d Besar</span>", many.text)) == 8
    assert queries(lambda: mona.get("/entries?period=2026-01")) == few
