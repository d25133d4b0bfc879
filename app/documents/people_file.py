"""How does a list of people come in as a file, and what does the template for it look like?"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from app.documents.spreadsheets import Cell, CellKind, Column, Row, Sheet, Table, read_table, write_xlsx
from app.errors import Invalid
from app.i18n import Locale, mark
from app.rules.faults import Fault
from app.rules.texts import is_email, text_faults, tidy

_HEADING_WITHIN: Final = 20
"""Rows from the top among which the headings are looked for; a title may stand above them."""
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EARLIEST_YEAR: Final = 1940
_LATEST_YEAR: Final = 2200

_CELL_FAULTS: Final = {
    CellKind.ERROR: "cell_error",
    CellKind.MERGED: "cell_merged",
    CellKind.UNRESOLVED: "cell_not_computed",
}


@dataclass(frozen=True, slots=True)
class PeopleColumn:
    """A column of the file: its field, English heading and longest text, and what else it may be headed by."""

    field: str
    heading: str
    limit: int
    also: tuple[str, ...]
    is_required: bool = False


COLUMNS: Final = (
    PeopleColumn(
        "number",
        mark("Employee number"),
        40,
        (
            "employee no", "employee id", "number", "nik", "nip", "nomor karyawan", "no karyawan", "id karyawan",
            "nomor induk karyawan", "nomor pegawai", "no pegawai",
        ),
        is_required=True,
    ),
    PeopleColumn(
        "name",
        mark("Name"),
        200,
        ("full name", "employee name", "nama", "nama lengkap", "nama karyawan", "nama pegawai"),
        is_required=True,
    ),
    PeopleColumn("email", mark("E-mail"), 254, ("email address", "surel", "alamat email", "alamat surel")),
    PeopleColumn(
        "unit",
        mark("Unit"),
        200,
        ("department", "team", "unit kerja", "departemen", "bagian", "divisi", "unit code", "kode unit"),
    ),
    PeopleColumn(
        "position",
        mark("Position"),
        200,
        ("job title", "job", "jabatan", "posisi", "nama jabatan", "position code", "kode jabatan"),
    ),
    PeopleColumn(
        "manager",
        mark("Manager's employee number"),
        40,
        (
            "manager employee number", "manager number", "manager", "nomor karyawan atasan", "no karyawan atasan",
            "nik atasan", "nomor atasan", "atasan", "nomor pegawai atasan",
        ),
    ),
    PeopleColumn(
        "joined_on",
        mark("Joined on"),
        40,
        (
            "join date", "joined", "date joined", "hire date", "start date", "tanggal bergabung", "tanggal masuk",
            "tgl masuk", "tgl bergabung", "mulai bekerja",
        ),
        is_required=True,
    ),
)  # fmt: skip
HEADINGS: Final[Mapping[str, str]] = MappingProxyType({column.field: column.heading for column in COLUMNS})


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as a row of the file says it; texts are empty where a cell is."""

    line: int
    number: str
    name: str
    joined_on: date
    email: str = ""
    unit: str = ""
    position: str = ""
    manager: str = ""
    """The manager's employee number."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a row; `fault.at` is the field, and so the column."""

    line: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """What stands in a file, and what of it cannot be taken."""

    rows: Sequence[PersonRow]
    faults: Sequence[RowFault]
    fields: frozenset[str]
    """The fields for which the file has a column; what it has none for stays as it is."""
    ignored: Sequence[str] = field(default_factory=tuple)
    """Headings that are not understood."""
    encoding: str = ""
    unread: frozenset[str] = frozenset()
    """Numbers of people whose rows cannot be taken: others in the file may still report to them."""


def read_people(content: bytes) -> PeopleFile:
    """The people in a CSV or XLSX file; Invalid with faults at `file` where it is not such a list at all."""
    table = read_table(content)
    heading = _find_heading(table)
    places, ignored = _places(heading)
    rows: list[PersonRow] = []
    faults: list[RowFault] = []
    unread: set[str] = set()
    for row in table.rows:
        if row.line <= heading.line or not any(cell.text for cell in row.cells):
            continue
        person, found = _read_row(row, places)
        faults += [RowFault(row.line, fault) for fault in found]
        if person is not None:
            rows.append(person)
        else:
            unread.add(tidy(row.cell(places["number"]).text))
    if not rows and not faults:
        raise Invalid([Fault("file", "no_rows")])
    return PeopleFile(rows, faults, frozenset(places), ignored, table.encoding, frozenset(unread))


def write_template(locale: Locale) -> bytes:
    """The file to fill in, in the reader's language: the list, an example, and notes."""
    columns = [Column(locale.text(column.heading), 26) for column in COLUMNS]
    notes = [[locale.text(column.heading), locale.text(_NOTES[column.field])] for column in COLUMNS]
    return write_xlsx(
        [
            Sheet(locale.text(mark("People")), columns),
            Sheet(locale.text(mark("Example")), columns, _EXAMPLE),
            Sheet(
                locale.text(mark("Notes")),
                [Column(locale.text(mark("Column")), 28), Column(locale.text(mark("What belongs in it")), 90)],
                [*notes, ["", locale.text(_GENERAL_NOTE)]],
            ),
        ]
    )


_NOTES: Final = {
    "number": mark("Required. Every person has one of their own; it is how a later import finds them again."),
    "name": mark("Required. The full name as it is printed on the scorecard."),
    "email": mark("Needed by those who sign in. Every address once."),
    "unit": mark("Name or code of the unit. One that does not exist yet is made, and listed before you confirm."),
    "position": mark("Name or code of the position. One that does not exist yet is made as well."),
    "manager": mark(
        "Employee number of the person to whom they report; it may stand further down. Empty for whoever leads all."
    ),
    "joined_on": mark("Required. A date cell, or text such as 31/12/2026 or 2026-12-31."),
}
_GENERAL_NOTE: Final = mark(
    "Only the first sheet is read. Columns may stand in any order; headings may be in Indonesian or in English."
)
_EXAMPLE: Final = (
    ("K-001", "Ratna Wulandari", "ratna@contoh.id", "Direksi", "Direktur", "", date(2018, 3, 1)),
    ("K-014", "Budi Santoso", "budi@contoh.id", "Penjualan", "Manajer Penjualan", "K-001", date(2020, 7, 13)),
    ("K-027", "Citra Lestari", "citra@contoh.id", "Penjualan", "Tenaga Penjual", "K-014", date(2024, 1, 8)),
)


def _key(heading: str) -> str:
    """A heading without capitals, blanks and signs: `Manager's e-mail` and `managers email` are one."""
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


_FIELD_OF: Final = {_key(text): column.field for column in COLUMNS for text in (column.heading, *column.also)}


def _find_heading(table: Table) -> Row:
    """The first row that names numbers and names, else the one of which most is understood."""

    def known(row: Row) -> set[str | None]:
        return {_FIELD_OF.get(_key(cell.text)) for cell in row.cells} - {None}

    candidates = table.rows[:_HEADING_WITHIN]
    heading = max(candidates, key=lambda row: len(known(row)), default=None)
    return next((row for row in candidates if {"number", "name"} <= known(row)), heading or Row(0, ()))


def _places(heading: Row) -> tuple[dict[str, int], tuple[str, ...]]:
    """Where each field stands, and the headings that are not understood."""
    places: dict[str, int] = {}
    ignored: list[str] = []
    faults: list[Fault] = []
    for place, cell in enumerate(heading.cells):
        name = _FIELD_OF.get(_key(cell.text))
        if name is None:
            ignored += [tidy(cell.text)] if cell.text.strip() else []
        elif name in places:
            faults.append(Fault("file", "column_twice", {"column": tidy(cell.text)}))
        else:
            places[name] = place
    required = (column.field for column in COLUMNS if column.is_required)
    faults += [Fault("file", f"column_{name}_missing") for name in required if name not in places]
    if faults:
        raise Invalid(faults)
    return places, tuple(ignored)


def _read_row(row: Row, places: Mapping[str, int]) -> tuple[PersonRow | None, list[Fault]]:
    """The person of a row, or none where one of the three fields is unusable; and every fault of the row."""
    texts: dict[str, str] = {}
    faults: list[Fault] = []
    for column in COLUMNS[:-1]:
        cell = row.cell(places[column.field]) if column.field in places else Cell()
        texts[column.field], found = _text(column, cell)
        faults += found
    if texts["email"]:
        texts["email"] = texts["email"].lower()
        if not is_email(texts["email"]):
            faults.append(Fault("email", "email_unreadable"))
    joined_on, found = _day(row.cell(places["joined_on"]))
    faults += found
    faults += _seat_faults(texts)
    if joined_on is None or not texts["number"]:
        return None, faults
    return PersonRow(line=row.line, joined_on=joined_on, **texts), faults


def _text(column: PeopleColumn, cell: Cell) -> tuple[str, list[Fault]]:
    if code := _CELL_FAULTS.get(cell.kind):
        return "", [Fault(column.field, code)]
    if cell.kind in {CellKind.BOOLEAN, CellKind.DATE} and column.field in {"number", "name", "manager"}:
        return "", [Fault(column.field, "cell_not_text")]
    text = tidy(cell.text)
    # Signs that cannot be kept would end up in the preview of everything else
    faults = text_faults(column.field, text, limit=column.limit, required=column.is_required)
    return ("" if faults else text), faults


def _day(cell: Cell) -> tuple[date | None, list[Fault]]:
    if code := _CELL_FAULTS.get(cell.kind):
        return None, [Fault("joined_on", code)]
    text = tidy(cell.text)
    if not text:
        return None, [Fault("joined_on", "required")]
    day = _calendar_day(text) if cell.kind in {CellKind.TEXT, CellKind.DATE} else None
    if day is None:
        return None, [Fault("joined_on", "date_unreadable")]
    if not _EARLIEST_YEAR <= day.year < _LATEST_YEAR:
        return None, [Fault("joined_on", "date_out_of_range")]
    return day, []


def _calendar_day(text: str) -> date | None:
    """The day that is written year first or day first."""
    if day_first := _DAY_FIRST.fullmatch(text):
        text = f"{day_first[3]}-{day_first[2]:0>2}-{day_first[1]:0>2}"
    try:
        return date.fromisoformat(text) if _YEAR_FIRST.fullmatch(text) else None
    except ValueError:
        return None


def _seat_faults(texts: Mapping[str, str]) -> Iterator[Fault]:
    if texts["unit"] and not texts["position"]:
        yield Fault("position", "unit_without_position")
    if texts["position"] and not texts["unit"]:
        yield Fault("unit", "position_without_unit")
