"""Does an import do exactly what its preview said, all of it or nothing?"""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, NotAllowed
from app.models import AuditEntry, Person, Placement, Position, ReportingLine, Unit
from app.services import audit, import_plan, people, people_import
from app.services.people_import import ImportPreview, ImportResult, Kind
from tests.cast import Cast, actor_of
from tests.factories import LONG_AGO, TODAY
from tests.workbooks import HEADINGS, csv

DAY = timedelta(days=1)
TEAM = (
    ("K-3", "Citra", "citra@contoh.id", "Penjualan", "Staf", "K-2", "08/01/2024"),
    ("K-2", "Budi", "budi@contoh.id", "Penjualan", "Manajer", "K-1", "13/07/2020"),
    ("K-1", "Ratna", "ratna@contoh.id", "Direksi", "Direktur", "", "01/03/2018"),
)


def read(session: Session, cast: Cast, *rows: tuple[str, ...], day: date | None = None) -> ImportPreview:
    content = csv(HEADINGS, *rows)
    return people_import.read_import(session, actor_of(cast.hana), content=content, file_name="a.csv", day=day)


def run(session: Session, cast: Cast, *rows: tuple[str, ...], day: date | None = None) -> ImportResult:
    content = csv(HEADINGS, *rows)
    return people_import.run_import(session, actor_of(cast.hana), content=content, file_name="a.csv", day=day)


def faults(preview: ImportPreview) -> list[tuple[int, str, str]]:
    return [(found.line, found.fault.at, found.fault.code) for found in preview.faults]


def person(session: Session, number: str) -> Person:
    return session.scalars(select(Person).where(Person.number == number)).one()


def lines(session: Session, number: str) -> list[tuple[date, date | None, str]]:
    return [(row.starts_on, row.ends_on, row.manager.number) for row in person(session, number).reporting_lines]


def counted(session: Session) -> tuple[int, ...]:
    tables = (Person, Placement, ReportingLine, Unit, Position, AuditEntry)
    return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def changed(number: int, **cells: str) -> tuple[str, ...]:
    """A row of the team with other cells."""
    places = {"name": 1, "email": 2, "unit": 3, "position": 4, "manager": 5, "joined_on": 6}
    row = list(TEAM[number])
    for name, text in cells.items():
        row[places[name]] = text
    return tuple(row)


# --- Everybody new ----------------------------------------------------------------------------------------------------


def test_a_preview_writes_nothing(session: Session, cast: Cast) -> None:
    before = counted(session)
    preview = read(session, cast, *TEAM)
    assert counted(session) == before
    assert preview.is_possible
    assert (preview.counts, list(preview.new_units), list(preview.new_positions)) == (
        {Kind.NEW: 3, Kind.CHANGED: 0, Kind.SAME: 0, Kind.LEFT: 0},
        ["Penjualan", "Direksi"],
        ["Staf", "Manajer", "Direktur"],
    )


def test_managers_may_stand_further_down(session: Session, cast: Cast) -> None:
    assert run(session, cast, *TEAM) == ImportResult(entered=3, changed=0, unchanged=0, left=0, units=2, positions=3)
    assert lines(session, "K-3") == [(date(2024, 1, 8), None, "K-2")]
    assert lines(session, "K-2") == [(date(2020, 7, 13), None, "K-1")]
    assert lines(session, "K-1") == []
    citra = person(session, "K-3")
    assert [(row.starts_on, row.ends_on, row.unit.code, row.position.name) for row in citra.placements] == [
        (date(2024, 1, 8), None, "PENJUALAN", "Staf")
    ]
    assert (citra.name, citra.email, citra.version) == ("Citra", "citra@contoh.id", 1)


def test_everything_is_on_record(session: Session, cast: Cast) -> None:
    run(session, cast, *TEAM)
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == [
        *["unit.entered"] * 2, *["position.entered"] * 3, *["person.entered"] * 3, "people.imported",
    ]  # fmt: skip
    assert {entry.actor_id for entry in entries} == {cast.hana.id}
    assert [entry.subject_id for entry in entries[5:8]] == [person(session, row[0]).id for row in TEAM]
    facts = json.loads(entries[8].details)
    assert (facts["entered"], facts["changed"], facts["unchanged"]) == (3, 0, 0)
    assert "Citra" not in "".join(entry.details for entry in entries)
    assert audit.verify(session) is None


def test_the_same_file_again_changes_nothing(session: Session, cast: Cast) -> None:
    run(session, cast, *TEAM)
    preview = read(session, cast, *TEAM)
    assert (preview.counts[Kind.SAME], preview.is_possible) == (3, False)
    before = counted(session)
    assert run(session, cast, *TEAM).unchanged == 3
    # only that there was an import
    assert counted(session) == (*before[:-1], before[-1] + 1)


def test_the_line_waits_for_a_manager_who_joins_later(session: Session, cast: Cast) -> None:
    run(session, cast, changed(0, manager="K-1", joined_on="01/01/2010"), TEAM[2])
    assert lines(session, "K-3") == [(date(2018, 3, 1), None, "K-1")]


# --- Changes ----------------------------------------------------------------------------------------------------------


def test_changes_hold_from_the_day_that_was_said(session: Session, cast: Cast) -> None:
    run(session, cast, *TEAM)
    day = date(2026, 1, 15)
    row = changed(0, name="Citra L.", position="Senior", manager="K-1")
    preview = read(session, cast, row, day=day)
    assert [(c.field, c.before, c.after) for c in preview.rows[0].changes] == [
        ("name", "Citra", "Citra L."),
        ("position", "Staf", "Senior"),
        ("manager", "Budi", "Ratna"),
    ]
    assert run(session, cast, row, day=day).changed == 1
    assert lines(session, "K-3") == [(date(2024, 1, 8), day - DAY, "K-2"), (day, None, "K-1")]
    assert [(r.starts_on, r.ends_on, r.position.name) for r in person(session, "K-3").placements] == [
        (date(2024, 1, 8), day - DAY, "Staf"),
        (day, None, "Senior"),
    ]
    assert person(session, "K-3").version == 2
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.changed")).one()
    assert json.loads(entry.details)["fields"] == ["manager", "name", "position"]


def test_a_column_that_is_missing_changes_nothing_and_an_empty_cell_empties(session: Session, cast: Cast) -> None:
    run(session, cast, *TEAM)
    short = csv(("NIK", "Nama", "Tanggal bergabung"), ("k-3", "Citra", "08/01/2024"))
    hana = actor_of(cast.hana)
    assert people_import.read_import(session, hana, content=short, file_name="").counts[Kind.SAME] == 1
    run(session, cast, changed(0, email="", unit="", position="", manager=""))
    citra = person(session, "K-3")
    assert (citra.email, people.placement_on(citra, TODAY), people.line_on(citra, TODAY)) == (None, None, None)
    assert lines(session, "K-3") == [(date(2024, 1, 8), TODAY - DAY, "K-2")]


def test_another_day_of_joining_moves_placement_and_line(session: Session, cast: Cast) -> None:
    run(session, cast, *TEAM)
    run(session, cast, changed(0, joined_on="01/06/2023"))
    citra = person(session, "K-3")
    assert [row.starts_on for row in citra.placements] == [date(2023, 6, 1)]
    assert lines(session, "K-3") == [(date(2023, 6, 1), None, "K-2")]


def test_two_people_may_swap_their_addresses(session: Session, cast: Cast) -> None:
    run(session, cast, *TEAM)
    run(session, cast, changed(0, email="budi@contoh.id"), changed(1, email="citra@contoh.id"))
    assert (person(session, "K-3").email, person(session, "K-2").email) == ("budi@contoh.id", "citra@contoh.id")


def test_units_are_known_by_name_and_by_code_whatever_their_capitals(session: Session, cast: Cast) -> None:
    session.add(Unit(code="SAL", name="Penjualan"))
    session.flush()
    preview = read(session, cast, changed(2, unit=" sal "), changed(1, unit="PENJUALAN", manager=""))
    assert (list(preview.new_units), faults(preview)) == ([], [])


def test_who_has_left_is_passed_over(session: Session, cast: Cast) -> None:
    row = (cast.gone.number, "Somebody else", "", "", "", "", "01/01/2020")
    preview = read(session, cast, row, TEAM[2])
    assert [planned.kind for planned in preview.rows] == [Kind.LEFT, Kind.NEW]
    assert run(session, cast, row, TEAM[2]).left == 1
    assert cast.gone.name == "Gone Gunawan"


def test_those_who_are_not_in_the_file_stay_as_they_are(session: Session, cast: Cast) -> None:
    run(session, cast, *TEAM)
    assert people.line_on(cast.eli, TODAY) is not None
    assert cast.eli.left_on is None


# --- Refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([TEAM[0], TEAM[2]], [(2, "manager", "manager_unknown")]),
        ([changed(2, manager="k-1")], [(2, "manager", "own_manager")]),
        ([changed(2, manager="9")], [(2, "manager", "manager_left")]),
        ([*TEAM, changed(2, name="Other", email="")], [(5, "number", "number_repeated")]),
        ([TEAM[2], changed(1, email="RATNA@contoh.id", manager="")], [(3, "email", "email_repeated")]),
        ([changed(2, email="eli@example.com")], [(2, "email", "already_taken")]),
        ([changed(2, email="gone@example.com")], [(2, "email", "already_taken")]),
        ([*TEAM[:2], changed(2, manager="K-3")], [(2, "manager", "reporting_circle")]),
        ([changed(2, manager="4"), ("1", "R", "", "", "", "K-1", "01/01/2020")], [(2, "manager", "reporting_circle")]),
    ],
)  # fmt: skip
def test_rows_that_contradict_each_other_or_what_is_there(
    session: Session, cast: Cast, rows: list[tuple[str, ...]], expected: list[tuple[int, str, str]]
) -> None:
    before = counted(session)
    preview = read(session, cast, *rows)
    assert (faults(preview), preview.is_possible) == (expected, False)
    with pytest.raises(Invalid) as refusal:
        run(session, cast, *rows)
    assert [(fault.at, fault.code) for fault in refusal.value.faults] == [
        (f"rows[{line}].{at}", code) for line, at, code in expected
    ]
    assert counted(session) == before


def test_one_bad_cell_among_many_keeps_everything_out(session: Session, cast: Cast) -> None:
    before = counted(session)
    rows = [(f"N-{n}", f"Nama {n}", f"n{n}@contoh.id", "U", "P", "", "01/01/2024") for n in range(300)]
    rows[250] = (*rows[250][:6], "soon")
    preview = read(session, cast, *rows)
    assert faults(preview) == [(252, "joined_on", "date_unreadable")]
    with pytest.raises(Invalid):
        run(session, cast, *rows)
    assert counted(session) == before


def test_the_fault_of_a_managers_row_is_not_told_again_in_the_rows_of_the_team(session: Session, cast: Cast) -> None:
    preview = read(session, cast, *TEAM[:2], changed(2, joined_on="soon"))
    assert (faults(preview), preview.is_possible) == ([(4, "joined_on", "date_unreadable")], False)


def test_joining_after_leaving(session: Session, cast: Cast) -> None:
    cast.eli.left_on = TODAY + DAY
    session.flush()
    row = (cast.eli.number, cast.eli.name, "", "", "", "", (TODAY + 2 * DAY).isoformat())
    assert faults(read(session, cast, row)) == [(2, "joined_on", "joins_after_leaving")]


def test_somebody_faster_is_a_conflict_and_nothing_is_written(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = import_plan.plan_import

    def overtaken(session: Session, *rest: object) -> object:
        plan = real(session, *rest)  # type: ignore[arg-type]
        session.add(Person(number="K-3", name="Faster", joined_on=LONG_AGO, changed_at=cast.eli.changed_at))
        session.flush()
        return plan

    monkeypatch.setattr(people_import, "plan_import", overtaken)
    with pytest.raises(Conflict) as conflict:
        run(session, cast, *TEAM)
    assert conflict.value.code == "import_overtaken"
    assert person(session, "K-3").name == "Faster"
    assert session.scalar(select(func.count()).where(Person.number == "K-1")) == 0


@pytest.mark.parametrize("name", ["eli", "mona", "audi"])
def test_only_hr_imports(session: Session, cast: Cast, name: str) -> None:
    actor = actor_of(getattr(cast, name))
    with pytest.raises(NotAllowed):
        people_import.read_import(session, actor, content=b"", file_name="")
    with pytest.raises(NotAllowed):
        people_import.run_import(session, actor, content=b"", file_name="")


@pytest.mark.slow
def test_thousands_of_people_come_in_at_once(session: Session, cast: Cast) -> None:
    def row(n: int) -> tuple[str, ...]:
        manager = f"N-{n // 8}" if n else ""
        return f"N-{n}", f"Nama {n}", f"n{n}@contoh.id", f"Unit {n % 40}", f"Jabatan {n % 20}", manager, "01/01/2024"

    rows = [row(n) for n in range(2_000)]
    assert run(session, cast, *rows).entered == 2_000
    assert session.scalar(select(func.count()).where(ReportingLine.starts_on == date(2024, 1, 1))) == 1_999
    assert read(session, cast, *rows).counts[Kind.SAME] == 2_000
    assert audit.verify(session) is None
