"""Does the grid show whom and what it must, and does a grid full of figures end up saved, cell by cell?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import NotAllowed, NotFound
from app.models import AuditEntry, Cycle, Entry, Kpi, PeriodTarget, Person, Placement, Plan, Position, Unit
from app.rules.entries import Figure
from app.rules.faults import Fault
from app.rules.vocabulary import (
    Aggregation,
    Frequency,
    MeasureKind,
    Method,
    PeriodState,
    PlanState,
    Role,
)
from app.services import audit
from app.services.actuals import EntryValues, put_entry
from app.services.actuals_grid import (
    Cell,
    Grid,
    GridFilter,
    forms_of,
    own_grid,
    save_grid,
    team_grid,
    units_of_grid,
)
from app.services.entry_books import books_of
from app.services.grid_squares import Square, slots_of
from tests.cast import Cast, actor_of
from tests.factories import LONG_AGO, TODAY, make_person
from tests.teams import make_cycle, make_kpi, make_plan, period_of

pytestmark = pytest.mark.database


@dataclass(slots=True)
class Company:
    """Everybody with the same two KPIs."""

    session: Session
    cast: Cast
    cycle: Cycle
    kpis: dict[str, list[Kpi]]

    def grid(self, person: Person, period: str = "2026-01", **wanted: Any) -> Grid:
        return team_grid(
            self.session, actor_of(person), period=period_of(self.cycle, period), wanted=GridFilter(**wanted)
        )

    def record(self, kpi: Kpi, on: str, figure: Figure) -> Entry:
        return put_entry(
            self.session, actor_of(self.cast.hana), kpi_id=kpi.id, on=on, values=EntryValues(figure), version=None
        )

    def save(self, person: Person, *cells: Cell) -> Any:
        return save_grid(self.session, actor_of(person), cells=cells)


@pytest.fixture
def company(session: Session, cast: Cast) -> Company:
    cycle = make_cycle(session)
    kpis = {}
    for name in ("root", "mona", "omar", "eli", "eva", "otto", "hana"):
        kpis[name] = [
            make_kpi("Revenue", target=Decimal(365)),
            make_kpi("Conversion", MeasureKind.RATIO, inputs=("won", "leads"), scale=Decimal(100), target=Decimal(20)),
        ]
        make_plan(session, getattr(cast, name), cycle, kpis[name])
    return Company(session, cast, cycle, kpis)


def number(text: str) -> Figure:
    return Figure(value=Decimal(text))


def ratio(won: str, leads: str) -> Figure:
    return Figure(inputs={"won": Decimal(won), "leads": Decimal(leads)})


def names(grid: Grid) -> list[str]:
    return [row.person.name.split()[0] for row in grid.rows]


# --- Whom it shows ----------------------------------------------------------------------------------------------------


def test_each_sees_those_below_and_never_oneself(company: Company) -> None:
    cast = company.cast
    assert {person.name.split()[0]: names(company.grid(person)) for person in cast} == {
        "Root": ["Eli", "Eva", "Hana", "Mona", "Omar", "Otto"],
        "Mona": ["Eli", "Eva"],
        "Omar": ["Otto"],
        "Eli": [],
        "Eva": [],
        "Otto": [],
        "Hana": ["Eli", "Eva", "Mona", "Omar", "Otto", "Root"],
        "Audi": ["Eli", "Eva", "Hana", "Mona", "Omar", "Otto", "Root"],
        "Gone": [],
    }


def test_who_may_only_read_may_not_write(company: Company) -> None:
    cast = company.cast
    assert [row.is_writable for row in company.grid(cast.mona).rows] == [True, True]
    assert {row.is_writable for row in company.grid(cast.audi).rows} == {False}
    auditing_manager = Actor(cast.mona.id, frozenset({Role.AUDITOR}), TODAY)
    grid = team_grid(company.session, auditing_manager, period=period_of(company.cycle, "2026-01"))
    assert {row.person.name.split()[0]: row.is_writable for row in grid.rows} == {
        "Eli": True,
        "Eva": True,
        "Hana": False,
        "Omar": False,
        "Otto": False,
        "Root": False,
    }


def test_the_own_figures_are_shown_to_be_read(company: Company) -> None:
    for person in (company.cast.eli, company.cast.hana):
        grid = own_grid(company.session, actor_of(person), period=period_of(company.cycle, "2026-01"))
        assert [(row.person.id, row.is_writable) for row in grid.rows] == [(person.id, False)]


def place(session: Session, person: Person, unit: Unit, position: Position) -> None:
    person.placements.append(Placement(unit_id=unit.id, position_id=position.id, starts_on=LONG_AGO))
    session.flush()


def test_filters_show_units_with_all_below_names_and_managers(company: Company) -> None:
    cast, session = company.cast, company.session
    sales = Unit(code="S", name="Sales")
    position = Position(code="P", name="Staff")
    session.add_all([sales, position])
    session.flush()
    west, north = Unit(code="W", name="West", parent_id=sales.id), Unit(code="N", name="North")
    session.add_all([west, north])
    session.flush()
    for person, unit in ((cast.mona, sales), (cast.eli, west), (cast.eva, north), (cast.otto, west)):
        place(session, person, unit, position)
    hana, mona = cast.hana, cast.mona
    found = {
        "sales": names(company.grid(hana, unit_id=sales.id)),
        "north": names(company.grid(hana, unit_id=north.id)),
        "sales of mona": names(company.grid(mona, unit_id=sales.id)),
        "no unit": names(company.grid(hana, unit_id=10**9)),
        "name": names(company.grid(hana, search="EV")),
        "number": names(company.grid(hana, search="6")),
        "two words": names(company.grid(hana, search="otto okta")),
        "wildcard": names(company.grid(hana, search="%")),
        "manager": names(company.grid(hana, manager="mona mah")),
        "manager by number": names(company.grid(hana, manager="3")),
        "manager of another": names(company.grid(mona, manager="omar")),
    }
    assert found == {
        "sales": ["Eli", "Mona", "Otto"],
        "north": ["Eva"],
        "sales of mona": ["Eli"],
        "no unit": [],
        "name": ["Eva"],
        "number": ["Otto"],
        "two words": ["Otto"],
        "wildcard": [],
        "manager": ["Eli", "Eva"],
        "manager by number": ["Otto"],
        "manager of another": [],
    }
    assert [unit.name for unit in units_of_grid(session, actor_of(mona))] == ["North", "West"]
    assert [unit.name for unit in units_of_grid(session, actor_of(hana))] == ["North", "Sales", "West"]
    assert units_of_grid(session, actor_of(cast.gone)) == []


def test_pages_of_people(company: Company) -> None:
    pages = [company.grid(company.cast.hana, offset=offset, limit=4) for offset in (0, 4, 8)]
    assert [(names(page), page.total) for page in pages] == [
        (["Eli", "Eva", "Mona", "Omar"], 6),
        (["Otto", "Root"], 6),
        ([], 6),
    ]


def test_people_without_a_plan_are_counted_not_shown(company: Company) -> None:
    session, cast = company.session, company.cast
    make_person(session, "20", "Nadia Baru", manager=cast.mona)
    drafted = make_person(session, "21", "Dodi Draf", manager=cast.mona)
    make_plan(session, drafted, company.cycle, [make_kpi("Revenue")], state=PlanState.DRAFT)
    january, february = company.grid(cast.mona), company.grid(cast.mona, "2026-02")
    # Gone left on the last day of January and never had a plan
    assert (names(january), january.total, january.without_plan) == (["Eli", "Eva"], 2, 3)
    assert (names(february), february.without_plan) == (["Eli", "Eva"], 2)


def test_the_version_that_holds_in_the_period_is_shown(company: Company) -> None:
    session, eli = company.session, company.cast.eli
    first = session.scalars(select(Plan).where(Plan.person_id == eli.id)).one()
    first.state, first.ends_on = PlanState.REPLACED, date(2026, 1, 31)
    second = Plan(
        person_id=eli.id,
        cycle_id=company.cycle.id,
        version_number=2,
        starts_on=date(2026, 2, 1),
        ends_on=date(2026, 12, 31),
        state=PlanState.ACTIVE,
        changed_at=first.changed_at,
    )
    session.add(second)
    session.flush()
    shown = [company.grid(company.cast.mona, period).rows[0].plan.id for period in ("2026-01", "2026-02")]
    assert shown == [first.id, second.id]


# --- What it shows ----------------------------------------------------------------------------------------------------


def facts(square: Square) -> dict[str, Any]:
    return {
        "on": square.span.on,
        "figure": None if square.entry is None else (square.entry.value, len(square.entry.inputs)),
        "parts": (len(square.parts), square.parts_due, square.total),
        "target": square.target.target,
        "previous": square.previous,
        "reached before": dict(square.reached_before),
        "closed": square.closed,
    }


def squares(company: Company, kpi: Kpi, period: str) -> list[dict[str, Any]]:
    make_plan(company.session, company.cast.gone, company.cycle, [kpi])
    return squares_again(company, kpi, period)


def squares_again(company: Company, kpi: Kpi, period: str) -> list[dict[str, Any]]:
    shown = own_grid(company.session, actor_of(company.cast.gone), period=period_of(company.cycle, period))
    return [facts(square) for square in shown.rows[0].squares.get(kpi.id, ())]


EMPTY: dict[str, Any] = {
    "figure": None,
    "parts": (0, 1, None),
    "target": None,
    "previous": None,
    "reached before": {},
    "closed": None,
}


def test_a_sum_shows_the_share_of_its_target_and_the_month_before(company: Company) -> None:
    kpi = make_kpi("Sales", target=Decimal(365))
    make_plan(company.session, company.cast.gone, company.cycle, [kpi])
    company.record(kpi, "2026-01", number("40"))
    assert squares_again(company, kpi, "2026-01") == [
        {**EMPTY, "on": "2026-01", "figure": (Decimal(40), 0), "target": Fraction(31)}
    ]
    assert squares_again(company, kpi, "2026-02") == [
        {**EMPTY, "on": "2026-02", "target": Fraction(28), "previous": Fraction(40)}
    ]


def test_a_target_of_the_period_goes_before_the_share(company: Company) -> None:
    kpi = make_kpi("Sales", target=Decimal(365))
    kpi.period_targets = [
        PeriodTarget(period_id=period.id, target=Decimal(period.starts_on.month)) for period in company.cycle.periods
    ]
    assert [facts["target"] for facts in squares(company, kpi, "2026-02")] == [Fraction(2)]


def test_what_is_not_due_is_named_apart(company: Company) -> None:
    kpi = make_kpi("Training", frequency=Frequency.QUARTERLY, target=Decimal(4))
    assert squares(company, kpi, "2026-01") == []
    shown = own_grid(company.session, actor_of(company.cast.gone), period=period_of(company.cycle, "2026-01"))
    assert [row.not_due for row in shown.rows] == [(kpi,)]
    march = squares_again(company, kpi, "2026-03")
    assert march == [{**EMPTY, "on": "2026-Q1", "target": Fraction(4 * 90, 365)}]


def test_days_are_one_figure_or_what_they_come_to(company: Company) -> None:
    kpi = make_kpi("Calls", frequency=Frequency.DAILY, target=Decimal(730))
    [month] = squares(company, kpi, "2026-01")
    assert month == {**EMPTY, "on": "2026-01", "parts": (0, 31, None), "target": Fraction(62)}
    for day in (1, 2, 31):
        company.record(kpi, f"2026-01-{day:02}", number("2.5"))
    [month] = squares_again(company, kpi, "2026-01")
    assert month["parts"] == (3, 31, Fraction(15, 2))
    assert [square["previous"] for square in squares_again(company, kpi, "2026-02")] == [Fraction(15, 2)]
    book = books_of(company.session, [kpi.id])[kpi.id]
    days = slots_of(book, period_of(company.cycle, "2026-01"), TODAY)
    assert [square.span.on for square in days if square.is_filled] == ["2026-01-01", "2026-01-02", "2026-01-31"]
    assert len(days) == 31


def test_one_figure_for_the_month_leaves_no_room_for_its_days(company: Company) -> None:
    kpi = make_kpi("Calls", frequency=Frequency.DAILY)
    make_plan(company.session, company.cast.gone, company.cycle, [kpi])
    company.record(kpi, "2026-01", number("70"))
    book = books_of(company.session, [kpi.id])[kpi.id]
    assert {square.closed for square in slots_of(book, period_of(company.cycle, "2026-01"), TODAY)} == {"covered"}
    assert {square.closed for square in slots_of(book, period_of(company.cycle, "2026-02"), TODAY)} == {None}


def test_weeks_count_where_they_end(company: Company) -> None:
    kpi = make_kpi("Visits", frequency=Frequency.WEEKLY)
    make_plan(company.session, company.cast.gone, company.cycle, [kpi])
    company.record(kpi, "2026-02-01", number("9"))
    [january], [february] = squares_again(company, kpi, "2026-01"), squares_again(company, kpi, "2026-02")
    # The week that ends on the first of February has days of January, so that no figure can be for all of January
    assert (january["parts"], january["closed"]) == ((0, 4, None), "covered")
    assert february["parts"] == (1, 4, Fraction(9))


def test_a_plan_that_ends_inside_the_period_leaves_single_days(company: Company) -> None:
    kpi = make_kpi("Calls", frequency=Frequency.DAILY)
    plan = make_plan(company.session, company.cast.gone, company.cycle, [kpi])
    plan.ends_on = date(2026, 1, 15)
    company.session.flush()
    [month] = squares_again(company, kpi, "2026-01")
    assert (month["closed"], month["parts"]) == ("days_only", (0, 15, None))


def test_quarters_of_a_cycle_show_every_month(session: Session, cast: Cast) -> None:
    cycle = make_cycle(session, kind=Frequency.QUARTERLY)
    kpi = make_kpi("Sales", target=Decimal(365))
    make_plan(session, cast.eli, cycle, [kpi])
    shown = own_grid(session, actor_of(cast.eli), period=period_of(cycle, "2026-Q1"))
    assert [(square.span.on, square.target.target) for square in shown.rows[0].squares[kpi.id]] == [
        ("2026-01", Fraction(31)),
        ("2026-02", Fraction(28)),
        ("2026-03", Fraction(31)),
    ]


@pytest.mark.parametrize(
    ("kpi", "figure", "previous", "reached"),
    [
        (
            lambda: make_kpi("R", MeasureKind.RATIO, inputs=("won", "leads"), scale=Decimal(100)),
            ratio("1", "8"),
            Fraction(25, 2),
            {},
        ),
        (
            lambda: make_kpi("R", MeasureKind.RATIO, inputs=("won", "leads"), scale=Decimal(1)),
            ratio("1", "0"),
            None,
            {},
        ),
        (lambda: make_kpi("G", MeasureKind.GROWTH, target=Decimal(5)), number("70"), Fraction(70), {}),
        (lambda: make_kpi("L", aggregation=Aggregation.LAST), number("3"), Fraction(3), {}),
        (lambda: make_kpi("Y", MeasureKind.YES_NO), number("0"), Fraction(0), {}),
        (
            lambda: make_kpi("M", MeasureKind.MILESTONE, milestones=("a", "b")),
            Figure(reached=frozenset("b")),
            None,
            {"b": "2026-01"},
        ),
    ],
)
def test_the_month_before_is_shown_for_each_measure(
    company: Company, kpi: Callable[[], Kpi], figure: Figure, previous: Fraction | None, reached: dict[str, str]
) -> None:
    made = kpi()
    make_plan(company.session, company.cast.gone, company.cycle, [made])
    company.record(made, "2026-01", figure)
    [february] = squares_again(company, made, "2026-02")
    assert (february["previous"], february["reached before"]) == (previous, reached)


def test_progress_counts_what_is_due_and_what_is_there(company: Company) -> None:
    assert (company.grid(company.cast.mona).filled, company.grid(company.cast.mona).due) == (0, 4)
    company.record(company.kpis["eli"][0], "2026-01", number("40"))
    assert (company.grid(company.cast.mona).filled, company.grid(company.cast.mona).due) == (1, 4)
    period_of(company.cycle, "2026-01").state = PeriodState.CLOSED
    closed = company.grid(company.cast.mona)
    assert {square.closed for row in closed.rows for square in row.all_squares} == {"period_closed"}


# --- Saving -----------------------------------------------------------------------------------------------------------


def stored(company: Company, *people: str) -> dict[tuple[str, int], Any]:
    company.session.expire_all()
    ids = {kpi.id: (name, place) for name in people for place, kpi in enumerate(company.kpis[name])}
    return {
        ids[entry.kpi_id]: entry.value if entry.value is not None else {i.name: i.value for i in entry.inputs}
        for entry in company.session.scalars(select(Entry).where(Entry.kpi_id.in_(ids)))
    }


def test_good_cells_are_saved_and_faulty_ones_come_back(company: Company) -> None:
    (eli_sales, eli_rate), (eva_sales, eva_rate) = company.kpis["eli"], company.kpis["eva"]
    result = company.save(
        company.cast.mona,
        Cell(eli_sales.id, "2026-01", number("120"), 0),
        Cell(eli_rate.id, "2026-01", Figure(inputs={"won": Decimal(20), "leads": None}), 0),
        Cell(eva_sales.id, "2026-01", number("1" + "0" * 24), 0),
        Cell(eva_sales.id, "2026-Q1", number("1"), 0),
        Cell(eva_rate.id, "2026-01", ratio("20", "100"), 0),
    )
    assert (result.saved, result.removed, result.overtaken) == (2, 0, {})
    assert result.faults == {
        (eli_rate.id, "2026-01"): (Fault("inputs.leads", "required"),),
        (eva_sales.id, "2026-01"): (Fault("value", "number_too_wide", {"before": "24", "after": "9"}),),
        (eva_sales.id, "2026-Q1"): (Fault("on", "span_too_long"),),
    }
    assert stored(company, "eli", "eva") == {
        ("eli", 0): Decimal(120),
        ("eva", 1): {"won": Decimal(20), "leads": Decimal(100)},
    }
    acts = company.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(act.action, act.object_id, act.subject_id) for act in acts] == [
        ("entry.recorded", eli_sales.id, company.cast.eli.id),
        ("entry.recorded", eva_rate.id, company.cast.eva.id),
    ]
    assert audit.verify(company.session) is None


def test_an_emptied_cell_is_taken_back_and_the_same_again_is_nothing(company: Company) -> None:
    sales, rate = company.kpis["eli"]
    company.save(company.cast.mona, Cell(sales.id, "2026-01", number("1"), 0))
    result = company.save(
        company.cast.mona,
        Cell(sales.id, "2026-01", None, 1),
        Cell(rate.id, "2026-01", None, 0),
    )
    assert (result.saved, result.removed, result.faults) == (0, 1, {})
    assert stored(company, "eli") == {}
    company.save(company.cast.mona, Cell(sales.id, "2026-01", number("5"), 0))
    again = company.save(company.cast.mona, Cell(sales.id, "2026-01", number("5.0"), 0))
    assert (again.saved, again.removed, again.faults) == (0, 0, {})


def test_a_cell_that_somebody_else_changed_shows_what_is_there(company: Company) -> None:
    sales, rate = company.kpis["eli"]
    company.record(sales, "2026-01", number("10"))
    company.record(rate, "2026-01", ratio("1", "2"))
    company.record(sales, "2026-01", number("11"))
    result = company.save(
        company.cast.mona,
        Cell(sales.id, "2026-01", number("12"), 1),
        Cell(rate.id, "2026-01", None, 2),
    )
    stale = {key: [fault.code for fault in faults] for key, faults in result.faults.items()}
    assert stale == {(sales.id, "2026-01"): ["stale_version"], (rate.id, "2026-01"): ["stale_version"]}
    there = result.overtaken[(sales.id, "2026-01")]
    assert (there.value, there.version, there.recorded_by.name) == (Decimal(11), 2, "Hana Hartati")
    assert company.save(company.cast.mona, Cell(sales.id, "2026-01", number("12"), 2)).saved == 1


def test_nobody_saves_what_is_not_theirs(company: Company) -> None:
    cast, kpis = company.cast, company.kpis
    good = Cell(kpis["eli"][0].id, "2026-01", number("1"), 0)

    def cell(name: str) -> Cell:
        return Cell(kpis[name][0].id, "2026-01", number("2"), 0)

    refused: list[tuple[Person, Cell, type[Exception]]] = [
        (cast.mona, cell("otto"), NotFound),
        (cast.mona, cell("mona"), NotAllowed),
        (cast.mona, cell("root"), NotFound),
        (cast.hana, cell("hana"), NotAllowed),
        (cast.audi, cell("eva"), NotAllowed),
        (cast.eli, cell("eli"), NotAllowed),
        (cast.eli, cell("eva"), NotFound),
        (cast.mona, Cell(10**9, "2026-01", number("1"), 0), NotFound),
    ]
    for person, foreign, error in refused:
        with pytest.raises(error):
            company.save(person, *([good] if person is cast.mona else []), foreign)
        with pytest.raises(error):
            forms_of(company.session, actor_of(person), kpi_ids={foreign.kpi_id})
    assert stored(company, *kpis) == {}


def test_nothing_sent_is_nothing_done(company: Company) -> None:
    result = company.save(company.cast.eli)
    assert (result.saved, result.removed, result.faults) == (0, 0, {})


# --- Queries ----------------------------------------------------------------------------------------------------------


def statements(session: Session, ask: Callable[[], object]) -> int:
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    session.flush()
    session.expire_all()
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", counted)
    ask()
    event.remove(connection, "before_cursor_execute", counted)
    return count


def read_all(grid: Grid) -> list[object]:
    return [
        (row.person.name, row.placement, square.kpi.inputs, square.target, square.previous, square.total, square.entry)
        for row in grid.rows
        for square in row.all_squares
    ]


def test_the_number_of_queries_does_not_grow_with_the_team(company: Company) -> None:
    session, cast = company.session, company.cast
    company.record(company.kpis["eli"][1], "2026-01", ratio("1", "2"))
    few = statements(session, lambda: read_all(company.grid(cast.mona, "2026-02")))
    for index in range(8):
        person = make_person(session, f"3{index}", f"Tim{index} Besar", manager=cast.mona)
        kpis = [
            make_kpi("Revenue", target=Decimal(365)),
            make_kpi("Conversion", MeasureKind.RATIO, inputs=("won", "leads"), scale=Decimal(100)),
            make_kpi("Handbook", MeasureKind.MILESTONE, milestones=("a", "b")),
            make_kpi("Calls", frequency=Frequency.DAILY, method=Method.LOWER, target=Decimal(2)),
        ]
        make_plan(session, person, company.cycle, kpis)
        company.record(kpis[1], "2026-01", ratio("1", "2"))
        company.record(kpis[2], "2026-01", Figure(reached=frozenset("a")))
        company.record(kpis[3], "2026-01-05", number("3"))
    assert statements(session, lambda: read_all(company.grid(cast.mona, "2026-02"))) == few


def test_saving_many_cells_asks_as_often_as_saving_one(company: Company) -> None:
    cast, kpis = company.cast, company.kpis
    everybody = [kpis[name][0] for name in ("eli", "eva", "mona", "omar", "otto", "root")]

    def save(on: str, wanted: list[Kpi]) -> int:
        cells = [Cell(kpi.id, on, number("7"), 0) for kpi in wanted]
        return statements(company.session, lambda: company.save(cast.hana, *cells))

    # Written rows go in as many statements as there are kinds of row, on PostgreSQL in batches
    assert save("2026-02", everybody) - save("2026-01", everybody[:1]) <= len(everybody)
