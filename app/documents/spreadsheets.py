"""How do tables come in and go out as files? CSV and XLSX, read with every caution, written so that text stays text."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from app.documents import table_reader
from app.errors import Invalid
from app.rules.faults import Fault

MAX_BYTES: Final = 10_000_000
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE: Final = "text/csv; charset=utf-8"

_PATIENCE: Final = 25
"""Seconds after which the reader is ended: a little more than the processor time that it may use."""
_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class CellKind(StrEnum):
    """What a cell of a file holds, as far as it can be told."""

    BOOLEAN = "b"
    DATE = "d"
    ERROR = "e"
    MERGED = "m"
    NUMBER = "n"
    TEXT = "s"
    UNRESOLVED = "f"
    """A formula that was never computed."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its kind, and its content as text (days as 2026-01-31)."""

    kind: CellKind = CellKind.TEXT
    text: str = ""


EMPTY: Final = Cell()


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty, by the number that the spreadsheet program shows beside it."""

    line: int
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        """The cell in a column counted from 0; empty beyond the last one."""
        return self.cells[column] if column < len(self.cells) else EMPTY


@dataclass(frozen=True, slots=True)
class Table:
    """What stands in a file; `encoding` names how a CSV file's letters were written."""

    rows: tuple[Row, ...]
    encoding: str = ""


def read_table(content: bytes) -> Table:
    """The table in a file: the first visible sheet of an XLSX file, or a CSV file of any usual make.

    Raises Invalid with a fault at `file` for everything that is no such table, is damaged, or asks too much.
    """
    if len(content) > MAX_BYTES:
        raise _refused("file_too_large", {"maximum": str(MAX_BYTES // 1_000_000)})
    try:
        done = subprocess.run(  # noqa: S603 - our own program, given nothing but bytes on standard input
            [sys.executable, "-I", str(Path(table_reader.__file__))],
            input=content,
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
            env={},
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as failed:
        raise _refused("file_too_demanding") from failed
    if "refused" in answer:
        raise _refused(answer["refused"], answer["values"])
    rows = tuple(Row(line, tuple(map(_cell, cells))) for line, cells in answer["rows"])
    return Table(rows, answer["encoding"])


@dataclass(frozen=True, slots=True)
class Column:
    """A column to be written: its heading and width in characters; `note` appears when the heading is pointed at."""

    heading: str
    width: int = 20
    note: str = ""
    is_hidden: bool = False
    is_open: bool = False
    """Whether it may be written into where the sheet is protected."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to be written; values are text, days, or nothing."""

    name: str
    columns: Sequence[Column] = ()
    rows: Iterable[Sequence[str | date | None]] = field(default_factory=tuple)
    is_protected: bool = False


def write_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook in which nothing is a formula or a link, whatever the text begins with."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as workbook:
        formats = {
            "heading": workbook.add_format({"bold": True, "bg_color": "#E8EDF5", "bottom": 1, "text_wrap": True}),
            "date": workbook.add_format({"num_format": "dd/mm/yyyy", "align": "left"}),
            "open": workbook.add_format({"locked": False, "border": 1, "valign": "top"}),
            "shut": workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "bg_color": "#F1F2F4"}),
            "text": workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        }
        for sheet in sheets:
            _write_sheet(workbook.add_worksheet(sheet.name), sheet, formats)
    return file.getvalue()


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str | date | None]]) -> bytes:
    """A CSV file that spreadsheet programs open rightly by themselves, and in which nothing becomes a formula."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([csv_cell(heading) for heading in headings])
    writer.writerows([[csv_cell(value) for value in row] for row in rows])
    return file.getvalue().encode("utf-8-sig")


def csv_cell(value: str | date | None) -> str:
    """The text of a cell; one that would start a formula is marked as text."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date) else value
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


def _write_sheet(worksheet: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    for place, column in enumerate(sheet.columns):
        kind = ("open" if column.is_open else "shut") if sheet.is_protected else "text"
        worksheet.set_column(place, place, column.width, formats[kind], {"hidden": column.is_hidden})
        worksheet.write_string(0, place, column.heading, formats["heading"])
        if column.note:
            worksheet.write_comment(0, place, column.note, {"x_scale": 2})
    worksheet.freeze_panes(1, 0)
    for line, row in enumerate(sheet.rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, date):
                worksheet.write_datetime(line, place, value, formats["date"])
            elif value:
                worksheet.write_string(line, place, value, formats["shut" if sheet.is_protected else "text"])
    if sheet.is_protected:  # against slips of the hand; what comes back is checked all the same
        worksheet.protect(options={"format_columns": True, "autofilter": True, "sort": True})


def _cell(written: str) -> Cell:
    return Cell(CellKind(written[0]), written[2:]) if written else EMPTY


def _refused(code: str, values: dict[str, str] | None = None) -> Invalid:
    return Invalid([Fault("file", code, values or {})])
