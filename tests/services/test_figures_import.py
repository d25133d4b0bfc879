"""Do figures go out as a spreadsheet and come back whole, or not at all, with every reason by row?"""

import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid
from app.i18n import Locale
from app.models import Entry, Person, Plan
from app.rules.entries import Figure
from app.rules.vocabulary import Language, MeasureKind, PeriodState
from app.services.actuals import EntryValues, put_entry
from app.services.actuals_grid import GridFilter
from app.services.figures_import import FiguresPreview, check_file, figures_file, read_file, take_file
from app.web.entry_fields import target_of, texts_of
from tests.cast import Cast, actor_of
from tests.teams import make_cycle, make_kpi, make_plan, period_of

pytestmark = pytest.mark.database

INDONESIAN = Locale(Language.INDONESIAN)
NEW = 9
"""The last column."""


@pytest.fixture
def plan(session: Session, cast: Cast) -> Plan:
    kpis = [
        make_kpi("=1+1", target=Decimal("1200.5")),
        make_kpi("Won", MeasureKind.RATIO, inputs=("won", "leads"), scale=Decimal(100)),
        make_kpi("Book", MeasureKind.MILESTONE, milestones=("draft", "signed")),
        make_kpi("Audit", MeasureKind.YES_NO),
    ]
    plan = make_plan(session, cast.eli, make_cycle(session), kpis)
    put(session, cast.mona, plan, 0, Figure(Decimal("12.5")))
    put(session, cast.mona, plan, 2, Figure(reached=frozenset({"draft"})))
    return plan


def put(session: Session, by: Person, plan: Plan, kpi: int, figure: Figure) -> Entry:
    values = EntryValues(figure)
    return put_entry(session, actor_of(by), kpi_id=plan.kpis[kpi].id, on="2026-01", values=values, version=None)


def exported(session: Session, by: Person, plan: Plan) -> bytes:
    period = period_of(plan.cycle, "2026-01")
    return figures_file(
        session,
        actor_of(by),
        period=period,
        wanted=GridFilter(),
        locale=INDONESIAN,
        words=(target_of, texts_of),
    )


def filled(content: bytes, cells: Mapping[int, Any], keys: Mapping[int, str] | None = None) -> bytes:
    """The file with new figures by row."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for row, value in cells.items():
        book.active.cell(row, NEW + 1).value = value
    for row, key in (keys or {}).items():
        book.active.cell(row, 1).value = key
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def look(session: Session, by: Person, content: bytes) -> FiguresPreview:
    return read_file(session, actor_of(by), content=content, locale=INDONESIAN)


def faults(found: FiguresPreview) -> list[tuple[int, str, str]]:
    return [(each.line, each.fault.at, each.fault.code) for each in found.faults]


def test_what_goes_out(session: Session, cast: Cast, plan: Plan) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(exported(session, cast.mona, plan))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "#kinerja"
    assert [row[1:] for row in rows[1:]] == [
        ["4", "Eli Effendi", "=1+1", "2026-01", None, None, "≥ 101,96", "12,5", None],
        ["4", "Eli Effendi", "Won", "2026-01", "won", None, None, None, None],
        ["4", "Eli Effendi", "Won", "2026-01", "leads", None, None, None, None],
        ["4", "Eli Effendi", "Book", "2026-01", "draft", None, None, "x", None],
        ["4", "Eli Effendi", "Book", "2026-01", "signed", None, None, None, None],
        ["4", "Eli Effendi", "Audit", "2026-01", None, None, None, None, None],
    ]
    assert sheet["D2"].data_type == "s"
    assert (sheet.protection.sheet, sheet.column_dimensions["A"].hidden) == (True, True)
    assert (sheet["B2"].protection.locked, sheet.column_dimensions["J"].protection.locked) == (True, False)


def test_a_filled_file_is_shown_and_taken_whole(session: Session, cast: Cast, plan: Plan) -> None:
    content = filled(exported(session, cast.mona, plan), {2: "1.250,75", 3: 20, 4: 80.5, 6: "x", 7: "ya"})
    found = look(session, cast.mona, content)
    assert (faults(found), found.unchanged, found.is_possible) == ([], 0, True)
    assert [(each.line, each.old, each.new) for each in found.changes] == [
        (2, Figure(Decimal("12.5")), Figure(Decimal("1250.75"))),
        (3, None, Figure(inputs={"won": Decimal(20), "leads": Decimal("80.5")})),
        (6, Figure(reached=frozenset({"draft"})), Figure(reached=frozenset({"draft", "signed"}))),
        (7, None, Figure(Decimal(1))),
    ]
    assert len(session.scalars(select(Entry)).all()) == 2
    done = take_file(session, actor_of(cast.mona), content=content, locale=INDONESIAN)
    assert len(done.changes) == 4
    entries = session.scalars(select(Entry).order_by(Entry.kpi_id)).all()
    assert [(entry.value, entry.channel) for entry in entries if entry.value is not None] == [
        (Decimal("1250.75"), "file"),
        (Decimal(1), "file"),
    ]
    again = look(session, cast.mona, content)
    assert (again.changes, again.unchanged, again.is_possible, faults(again)) == ([], 4, False, [])


def test_every_fault_is_told_and_nothing_taken(session: Session, cast: Cast, plan: Plan) -> None:
    content = exported(session, cast.mona, plan)
    rows = openpyxl.load_workbook(io.BytesIO(content)).active
    stranger = f"{plan.kpis[0].id + 99}|2026-01|0|0"
    content = filled(
        content,
        {2: "banyak", 3: 20, 5: "mungkin", 6: "x", 7: "barangkali", 8: 1, 9: 2, 10: 3, 11: 4},
        {8: stranger, 9: rows["A2"].value, 10: "?", 11: f"{plan.kpis[3].id}|2026-13|0|0"},
    )
    found = look(session, cast.mona, content)
    assert faults(found) == [
        (2, "new", "not_a_number"),
        (3, "new", "required"),
        (5, "new", "milestone_mark_unreadable"),
        (7, "new", "yes_no_unreadable"),
        (8, "key", "figure_row_unknown"),
        (9, "key", "figure_row_twice"),
        (10, "key", "figure_key_missing"),
        (11, "on", "not_a_date"),
    ]
    with pytest.raises(Invalid) as refused:
        take_file(session, actor_of(cast.mona), content=content, locale=INDONESIAN)
    assert [fault.at for fault in refused.value.faults][:2] == ["rows[2].new", "rows[3].new"]
    assert len(session.scalars(select(Entry)).all()) == 2


def test_somebody_elses_change_is_not_overwritten(session: Session, cast: Cast, plan: Plan) -> None:
    content = filled(exported(session, cast.mona, plan), {2: 99})
    put(session, cast.hana, plan, 0, Figure(Decimal(50)))
    assert faults(look(session, cast.mona, content)) == [(2, "new", "stale_version")]
    with pytest.raises((Invalid, Conflict)):
        take_file(session, actor_of(cast.mona), content=content, locale=INDONESIAN)


def test_nobody_writes_what_is_not_theirs(session: Session, cast: Cast, plan: Plan) -> None:
    content = filled(exported(session, cast.mona, plan), {2: 99})
    for person in (cast.omar, cast.eli, cast.audi):
        assert faults(look(session, person, content)) == [(2, "key", "figure_row_unknown")]
    for person in (cast.omar, cast.eli, cast.audi):
        sheet = openpyxl.load_workbook(io.BytesIO(exported(session, person, plan))).active
        assert sheet.max_row == 1
    period_of(plan.cycle, "2026-01").state = PeriodState.CLOSED
    session.flush()
    assert faults(look(session, cast.mona, content)) == [(2, "new", "period_closed")]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"a;b\n1;2\n", "figures_file_foreign"), (b"", "file_empty"), (b"#kinerja;b\n1;2\n", "figures_file_empty")],
)
def test_other_files_are_refused(session: Session, content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_file(session, content)
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [("file", code)]
