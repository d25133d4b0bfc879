"""Is every table read as it stands, every broken or hostile file refused in words, and text written as text?"""

import io
import struct
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest

from app.documents import table_reader
from app.documents.spreadsheets import (
    Cell,
    CellKind,
    Column,
    Sheet,
    csv_cell,
    read_table,
    write_csv,
    write_xlsx,
)
from app.errors import Invalid
from app.messages import TEXTS
from tests.workbooks import package, part_of, repacked, xlsx

ROWS = [["Nomor", "Nama"], ["K-1", "Ana"], ["K-2", "Budi"]]
READ = [(1, ["Nomor", "Nama"]), (2, ["K-1", "Ana"]), (3, ["K-2", "Budi"])]
GOOD = xlsx(ROWS)
SHEET = "xl/worksheets/sheet1.xml"


def texts(content: bytes) -> list[tuple[int, list[str]]]:
    return [(row.line, [cell.text for cell in row.cells]) for row in read_table(content).rows]


def code_of(content: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        read_table(content)
    (fault,) = refusal.value.faults
    assert fault.at == "file"
    assert TEXTS[fault.code] % fault.values
    return fault.code


# --- What is read -----------------------------------------------------------------------------------------------------


def test_cells_keep_their_kind() -> None:
    def fill(_workbook: Any, sheet: Any) -> None:
        sheet.write_formula(1, 5, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 6, "=A1", None, "seen")
        sheet.write_boolean(1, 7, True)

    row = [1001, 1.5, "007", date(2026, 1, 31), "  two  words "]
    cells = read_table(xlsx([["a"], row], fill)).rows[1].cells
    assert list(cells) == [
        Cell(CellKind.NUMBER, "1001"),
        Cell(CellKind.NUMBER, "1.5"),
        Cell(CellKind.TEXT, "007"),
        Cell(CellKind.DATE, "2026-01-31"),
        Cell(CellKind.TEXT, "  two  words "),
        Cell(CellKind.ERROR, ""),
        Cell(CellKind.TEXT, "seen"),
        Cell(CellKind.BOOLEAN, "true"),
    ]


def test_a_table_that_begins_in_the_middle_keeps_its_rows_and_columns() -> None:
    assert texts(xlsx([[], [], [None, None, "x"], [None, None, None, "y"]])) == [
        (3, ["", "", "x"]),
        (4, ["", "", "", "y"]),
    ]


def test_merged_cells_are_marked() -> None:
    def fill(_workbook: Any, sheet: Any) -> None:
        sheet.merge_range(1, 0, 2, 0, "both")

    rows = read_table(xlsx([["a", "b"], [None, "x"], [None, "y"]], fill)).rows
    assert [row.cells[0] for row in rows] == [
        Cell(CellKind.TEXT, "a"), Cell(CellKind.TEXT, "both"), Cell(CellKind.MERGED, ""),
    ]  # fmt: skip


def test_days_of_1904_and_of_a_moment() -> None:
    day = date(2026, 3, 4)
    assert texts(xlsx([[day]], date_1904=True)) == [(1, ["2026-03-04"])]
    assert texts(xlsx([[datetime(2026, 3, 4, 13, 30)]]))[0][1] == ["2026-03-04"]  # noqa: DTZ001 - cells have no zone


def test_only_the_first_visible_sheet_is_read() -> None:
    def fill(workbook: Any, sheet: Any) -> None:
        workbook.add_worksheet("Lain").write(0, 0, "other")
        workbook.worksheets()[1].activate()
        sheet.hide()

    assert texts(xlsx(ROWS, fill)) == [(1, ["other"])]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(repacked(GOOD, {}, ("../../etc/passwd", b"x"), ("/abs", b"y")), id="names that lead elsewhere"),
        pytest.param(repacked(GOOD, {}, ("xl/vbaProject.bin", b"\xd0\xcf")), id="macros"),
        pytest.param(
            repacked(GOOD, {SHEET: part_of(GOOD, SHEET).replace(b'ref="A1:B3"', b'ref="A1:XFD1048576"')}),
            id="a dimension that lies",
        ),
        pytest.param(repacked(GOOD, {"docProps/app.xml": None, "docProps/core.xml": None}), id="no properties"),
    ],
)
def test_what_is_odd_and_harmless_is_read(content: bytes) -> None:
    assert texts(content) == READ


CSV = "Nomor;Nama\r\nK-1;Ana\r\nK-2;Budi\r\n"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(CSV.encode(), id="semicolons"),
        pytest.param(CSV.replace(";", ",").encode(), id="commas"),
        pytest.param(CSV.replace(";", "\t").encode(), id="tabs"),
        pytest.param(CSV.replace(";", "|").encode(), id="bars"),
        pytest.param(CSV.encode("utf-8-sig"), id="byte order mark"),
        pytest.param(CSV.encode("utf-16"), id="utf-16"),
        pytest.param(CSV.encode("utf-16-be"), id="utf-16 without mark"),
        pytest.param(b"\xfe\xff" + CSV.encode("utf-16-be"), id="utf-16 the other way round"),
        pytest.param(CSV.replace("\r\n", "\n").encode(), id="line feeds"),
        pytest.param(CSV.replace("\r\n", "\r").encode(), id="carriage returns"),
        pytest.param(CSV.rstrip().encode(), id="no last line end"),
        pytest.param(CSV.replace("Ana", '"Ana"').encode(), id="quotes"),
        pytest.param(CSV.replace("Ana", "Ana;;").encode(), id="ragged"),
    ],
)
def test_csv_files_of_every_make(content: bytes) -> None:
    assert texts(content) == READ


def test_csv_details() -> None:
    assert texts(b"sep=|\r\na|b;c") == [(2, ["a", "b;c"])]
    assert texts(b'a;b\n"x;1\ny";"say ""hi"""') == [(1, ["a", "b"]), (2, ["x;1\ny", 'say "hi"'])]
    assert texts(b"a;b\n\n;\nc;d") == [(1, ["a", "b"]), (4, ["c", "d"])]
    table = read_table("Nama;X\nJosé;1".encode("cp1252"))
    assert (table.encoding, table.rows[1].cells[0].text) == ("cp1252", "José")
    assert texts(b"one column\nalone") == [(1, ["one column"]), (2, ["alone"])]


# --- What is refused --------------------------------------------------------------------------------------------------


def sheet_with(old: bytes, new: bytes) -> bytes:
    xml = part_of(GOOD, SHEET)
    assert old in xml
    return repacked(GOOD, {SHEET: xml.replace(old, new, 1)})


def merged(reference: str) -> bytes:
    merge = f'<mergeCells><mergeCell ref="{reference}"/></mergeCells>'.encode()
    return sheet_with(b"</sheetData>", b"</sheetData>" + merge)


def flipped(content: bytes, name: str) -> bytes:
    """One bit of a part turned over, so that its check value does not hold any more."""
    start = content.index(name.encode()) + len(name) + 5
    return content[:start] + bytes([content[start] ^ 4]) + content[start + 1 :]


def central(content: bytes, offset: int, value: bytes) -> bytes:
    """A field of the first entry of the package's directory overwritten."""
    at = content.index(b"PK\x01\x02") + offset
    return content[:at] + value + content[at + len(value) :]


def entity(name: bytes, target: bytes) -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE ' + name + b" [<!ENTITY e " + target + b">]>"


WORKBOOK = part_of(GOOD, "xl/workbook.xml")
XML = part_of(GOOD, SHEET)
HEAD = XML[: XML.index(b"<worksheet")]
LAUGHS = entity(b"worksheet", b'"ha"') + XML[len(HEAD) :]
OUTSIDE = entity(b"workbook", b'SYSTEM "file:///etc/passwd"') + WORKBOOK[WORKBOOK.index(b"<workbook") :]

DAMAGED: dict[str, Callable[[], bytes]] = {
    "a bit turned over": lambda: flipped(GOOD, SHEET),
    "a part twice": lambda: repacked(GOOD, {}, (SHEET, XML)),
    "a size that lies": lambda: central(GOOD, 24, struct.pack("<I", 99)),
    "a check value that lies": lambda: central(GOOD, 16, b"\0\0\0\0"),
    "an unknown way of packing": lambda: central(GOOD, 10, struct.pack("<H", 77)),
    "a document type in the sheet": lambda: repacked(GOOD, {SHEET: LAUGHS}),
    "an entity from outside": lambda: repacked(GOOD, {"xl/workbook.xml": OUTSIDE}),
    "markup that is not closed": lambda: repacked(GOOD, {SHEET: XML[:-30]}),
    "a sheet that is no markup": lambda: repacked(GOOD, {SHEET: b"\x00\x01"}),
    "a cell with no place": lambda: sheet_with(b'r="A1"', b'r="ZZZZ1"'),
    "a row with no number": lambda: sheet_with(b'<row r="1"', b'<row r="one"'),
    "a sheet that is missing": lambda: repacked(GOOD, {SHEET: None}),
    "no relations": lambda: repacked(GOOD, {"xl/_rels/workbook.xml.rels": None}),
    "a merge of nonsense": lambda: sheet_with(
        b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A:1"/></mergeCells>'
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_workbooks(name: str) -> None:
    assert code_of(DAMAGED[name]()) == "file_damaged"


@pytest.mark.parametrize("part", range(1, 13))
def test_workbooks_that_were_cut_off(part: int) -> None:
    assert code_of(GOOD[: len(GOOD) * part // 13]) == "file_damaged"


def bomb() -> bytes:
    return repacked(GOOD, {SHEET: XML.replace(b"</sheetData>", b" " * 6_000_000 + b"</sheetData>")})


def many_parts() -> bytes:
    return repacked(GOOD, {}, *((f"x/{number}", b"") for number in range(1_001)))


OTHERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a sheet that unpacks to a thousand times its size": (bomb, "file_too_demanding"),
    "a thousand parts": (many_parts, "file_too_demanding"),
    "a merge over everything": (
        lambda: merged("A1:XFD1048576"),
        "file_too_demanding",
    ),
    "a password": (lambda: central(GOOD, 8, b"\x01\x00"), "file_old_or_protected"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_old_or_protected"),
    "an OpenDocument table": (
        lambda: package(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_xml=b"<x/>"),
        "file_other_table",
    ),
    "a binary workbook": (lambda: package(xl__workbook_bin=b"x"), "file_other_table"),
    "a text document": (lambda: package(word__document_xml=b"<x/>"), "file_not_a_table"),
    "every sheet hidden": (
        lambda: repacked(GOOD, {"xl/workbook.xml": WORKBOOK.replace(b"<sheet ", b'<sheet state="hidden" ')}),
        "file_without_sheet",
    ),
    "too many columns": (lambda: xlsx([["x"] * 101]), "too_many_columns"),
    "the last column there is": (lambda: xlsx([[None] * 16_383 + ["x"]]), "too_many_columns"),
    "a PDF": (lambda: b"%PDF-1.7\n1 0 obj", "file_not_a_table"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "file_not_a_table"),
    "a page": (lambda: b"<!DOCTYPE html><table><tr><td>1", "file_not_a_table"),
    "something packed": (lambda: b"\x1f\x8b\x08\x00" + bytes(range(200)), "file_not_a_table"),
    "nothing": (lambda: b"", "file_empty"),
    "blanks": (lambda: b" \r\n\t ", "file_empty"),
    "a quotation mark that is not closed": (lambda: b'a;b\n"x;1', "csv_broken"),
    "a quotation mark with something behind it": (lambda: b'a;b\n"x"y;1', "csv_broken"),
    "a NUL": (lambda: b"a;b\nx\x00y;1", "file_not_a_table"),
    "half a sign of UTF-16": (lambda: b"\xff\xfea", "file_not_a_table"),
    "half a pair of signs": (lambda: b"\xff\xfe\x00\xd8a\x00", "file_not_a_table"),
    "a cell without end": (lambda: b"a;b\n" + b"x" * 40_000, "cell_too_long"),
    "columns without end": (lambda: b"a;" * 150, "too_many_columns"),
    "rows without end": (lambda: b"a;b\n" * 100_001, "too_many_rows"),
    "ten megabytes": (lambda: b"a" * 10_000_001, "file_too_large"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_that_are_refused(name: str) -> None:
    make, code = OTHERS[name]
    assert code_of(make()) == code


def test_a_row_far_below_is_refused_before_anything_is_laid_out() -> None:
    def fill(_workbook: Any, sheet: Any) -> None:
        sheet.write(1_048_575, 0, "far")

    assert code_of(xlsx(ROWS, fill)) == "too_many_rows"


def test_cells_far_away_that_hold_nothing_do_no_harm() -> None:
    def fill(workbook: Any, sheet: Any) -> None:
        sheet.write_blank(1_048_575, 16_383, None, workbook.add_format({"bold": True}))

    assert texts(xlsx(ROWS, fill)) == READ


def test_many_parts_that_are_honest_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_reader, "MAX_UNPACKED", 1_000)
    with pytest.raises(table_reader.Refused, match="file_too_demanding"):
        table_reader.read(GOOD)


def test_a_reader_that_is_killed_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.documents.spreadsheets._PATIENCE", 0.001)
    assert code_of(GOOD) == "file_too_demanding"


# --- What is written --------------------------------------------------------------------------------------------------

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "http://example.com", "007", "1e5", "{=1}"]


def test_text_stays_text_in_another_programs_eyes() -> None:
    content = write_xlsx([Sheet("A", [Column("Judul")], [[text] for text in HOSTILE]), Sheet("B")])
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [row[0] for row in book["A"].iter_rows(min_row=2)]
    assert [(cell.data_type, cell.value, cell.hyperlink) for cell in cells] == [("s", text, None) for text in HOSTILE]
    assert book.sheetnames == ["A", "B"]


def test_what_is_written_is_read_again() -> None:
    day = date(2026, 1, 31) + timedelta(days=1)
    assert texts(write_xlsx([Sheet("A", [Column("x"), Column("y")], [["=1", day]])])) == [
        (1, ["x", "y"]),
        (2, ["=1", "2026-02-01"]),
    ]


def test_csv_cells_never_begin_a_formula() -> None:
    assert [csv_cell(text) for text in HOSTILE[:5]] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx"]
    assert [csv_cell(value) for value in ("Ana", None, date(2026, 1, 2))] == ["Ana", "", "2026-01-02"]
    content = write_csv(["=a", "b"], [["x;y", date(2026, 1, 2)], [None, "é"]])
    assert content == '\'=a;b\r\n"x;y";2026-01-02\r\n;é\r\n'.encode("utf-8-sig")
