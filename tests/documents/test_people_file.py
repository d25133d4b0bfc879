"""Does a list of people say who is meant, in whatever order and language its columns are headed?"""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from app.documents.people_file import COLUMNS, PersonRow, read_people, write_template
from app.errors import Invalid
from app.i18n import locale_for
from app.rules.faults import Fault
from tests.workbooks import HEADINGS, csv, xlsx

ANA = PersonRow(2, "K-1", "Ana", date(2024, 1, 31), "ana@contoh.id", "Penjualan", "Staf", "K-9")
CELLS = ("K-1", "Ana", "Ana@Contoh.id", "Penjualan", "Staf", "K-9", "31/01/2024")


def faults_of(*rows: tuple[str, ...]) -> list[tuple[int, str, str]]:
    found = read_people(csv(HEADINGS, *rows)).faults
    return [(each.line, each.fault.at, each.fault.code) for each in found]


def with_cell(place: int, text: str) -> tuple[str, ...]:
    return (*CELLS[:place], text, *CELLS[place + 1 :])


def refused(content: bytes) -> list[Fault]:
    with pytest.raises(Invalid) as refusal:
        read_people(content)
    return list(refusal.value.faults)


@pytest.mark.parametrize(
    "headings",
    [
        HEADINGS,
        ("Employee number", "Name", "E-mail", "Unit", "Position", "Manager's employee number", "Joined on"),
        ("NIK", " nama  LENGKAP ", "E Mail", "DEPARTEMEN", "posisi", "NIK Atasan", "tgl. masuk"),
        ("Employee ID", "full name", "Email address", "Department", "Job title", "Manager", "Hire date"),
    ],
)
def test_headings_of_both_languages(headings: tuple[str, ...]) -> None:
    file = read_people(csv(headings, CELLS))
    assert (list(file.rows), list(file.faults), file.ignored) == ([ANA], [], ())
    assert file.fields == {column.field for column in COLUMNS}


def test_any_order_a_title_above_and_columns_nobody_knows() -> None:
    headings = tuple(reversed((*HEADINGS, "Golongan")))
    file = read_people(xlsx([("Daftar karyawan 2026",), (), headings, ("III", *reversed(CELLS)), ("", "")]))
    assert list(file.rows) == [PersonRow(4, *_but_line(ANA))]
    assert file.ignored == ("Golongan",)


def _but_line(row: PersonRow) -> tuple[Any, ...]:
    return row.number, row.name, row.joined_on, row.email, row.unit, row.position, row.manager


def test_a_file_needs_three_columns_only() -> None:
    file = read_people(csv(("Nama", "NIK", "Tanggal bergabung"), ("Ana", "K-1", "2024-01-31")))
    assert list(file.rows) == [PersonRow(2, "K-1", "Ana", date(2024, 1, 31))]
    assert file.fields == {"name", "number", "joined_on"}


def test_files_that_are_no_list_of_people() -> None:
    assert refused(csv(("Produk", "Harga"), ("x", "1"))) == [
        Fault("file", "column_number_missing"),
        Fault("file", "column_name_missing"),
        Fault("file", "column_joined_on_missing"),
    ]
    assert refused(csv(("NIK", "Nama", "Email"), ("K", "A", ""))) == [Fault("file", "column_joined_on_missing")]
    assert refused(csv((*HEADINGS, "surel"), CELLS)) == [Fault("file", "column_twice", {"column": "surel"})]
    assert refused(csv(HEADINGS)) == [Fault("file", "no_rows")]


@pytest.mark.parametrize("text", ["31/01/2024", "31-1-2024", "31.01.2024", "2024-01-31", " 2024-01-31 "])
def test_days_in_every_usual_form(text: str) -> None:
    assert read_people(csv(HEADINGS, with_cell(6, text))).rows[0].joined_on == date(2024, 1, 31)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        ("31/02/2024", "date_unreadable"),
        ("01/31/2024", "date_unreadable"),
        ("31/01/24", "date_unreadable"),
        ("20240131", "date_unreadable"),
        ("45322", "date_unreadable"),
        ("\u0663\u0661/01/2024", "date_unreadable"),
        ("01/01/1900", "date_out_of_range"),
        ("31/12/9999", "date_out_of_range"),
    ],
)
def test_days_that_are_none(text: str, code: str) -> None:
    assert faults_of(with_cell(6, text)) == [(2, "joined_on", code)]


@pytest.mark.parametrize(
    ("place", "text", "fault"),
    [
        (0, "", ("number", "required")),
        (0, "x" * 41, ("number", "text_too_long")),
        (1, "", ("name", "required")),
        (1, "a\x7fb", ("name", "text_unreadable")),
        (2, "nobody", ("email", "email_unreadable")),
        (3, "", ("unit", "position_without_unit")),
        (4, "", ("position", "unit_without_position")),
        (4, "x" * 201, ("position", "text_too_long")),
    ],
)
def test_cells_that_cannot_be_taken(place: int, text: str, fault: tuple[str, str]) -> None:
    found = faults_of(with_cell(place, text))
    assert (2, *fault) in found


def test_every_fault_of_every_row_at_once() -> None:
    rows = (("", "", "x", "", "", "", ""), CELLS, ("K-3", "", "", "U", "", "", "?"))
    assert faults_of(*rows) == [
        (2, "number", "required"),
        (2, "name", "required"),
        (2, "email", "email_unreadable"),
        (2, "joined_on", "required"),
        (4, "name", "required"),
        (4, "joined_on", "date_unreadable"),
        (4, "position", "unit_without_position"),
    ]


def test_cells_of_a_workbook_that_hold_no_text() -> None:
    def fill(_workbook: Any, sheet: Any) -> None:
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_boolean(2, 1, True)
        sheet.merge_range(3, 1, 4, 1, "Both")

    rows = [list(HEADINGS)] + [[1000 + n, None, None, None, None, None, date(2024, 1, 31)] for n in range(4)]
    file = read_people(xlsx(rows, fill))
    assert [(each.line, each.fault.at, each.fault.code) for each in file.faults] == [
        (2, "name", "cell_error"),
        (3, "name", "cell_not_text"),
        (5, "name", "cell_merged"),
    ]
    assert [row.number for row in file.rows] == ["1000", "1001", "1002", "1003"]


def test_formulas_count_by_their_result_and_not_without() -> None:
    def fill(_workbook: Any, sheet: Any) -> None:
        sheet.write_formula(1, 1, '="An"&"a"', None, "Ana")

    content = xlsx([list(HEADINGS), ["K-1", None, None, None, None, None, date(2024, 1, 31)]], fill)
    assert [row.name for row in read_people(content).rows] == ["Ana"]


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_template_is_understood_when_it_comes_back(language: str) -> None:
    content = write_template(locale_for(language))
    assert refused(content) == [Fault("file", "no_rows")]
    book = openpyxl.load_workbook(io.BytesIO(content))
    list_sheet, example, notes = book.worksheets
    headings = [cell.value for cell in list_sheet[1]]
    assert [cell.value for cell in example[1]] == headings
    assert [row[0].value for row in notes.iter_rows(min_row=2, max_row=8)] == headings
    for row in example.iter_rows(min_row=2, values_only=True):
        list_sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    read = read_people(file.getvalue())
    assert [(row.number, row.manager, row.joined_on) for row in read.rows] == [
        ("K-001", "", date(2018, 3, 1)),
        ("K-014", "K-001", date(2020, 7, 13)),
        ("K-027", "K-014", date(2024, 1, 8)),
    ]
    assert (list(read.faults), read.ignored) == ([], ())
