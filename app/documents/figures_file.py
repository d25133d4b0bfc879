"""How do the figures of a team go out as a spreadsheet and come back filled in?"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from app.documents.spreadsheets import Cell, CellKind, Column, Sheet, read_table, write_xlsx
from app.errors import Invalid
from app.i18n import Locale, mark
from app.rules.faults import Fault

MARK: Final = "#kinerja"
"""Heads the hidden column: a file of ours, in whatever language."""
NEW: Final = "new"
HEADINGS: Final = {
    "key": mark("Key"),
    "number": mark("Employee number"),
    "name": mark("Name"),
    "kpi": mark("KPI"),
    "on": mark("For"),
    "part": mark("Part"),
    "unit": mark("Unit of measure"),
    "target": mark("Target"),
    "present": mark("Present figure"),
    NEW: mark("New figure"),
}
_WIDTHS: Final = (4, 16, 28, 36, 12, 20, 16, 14, 18, 18)
_KEY: Final = re.compile(r"([1-9][0-9]{0,17})\|([0-9QH-]{4,10})\|([0-9]{1,9})\|([0-9]{1,2})")
_FAULTS: Final = {
    CellKind.DATE: "not_a_number",
    CellKind.ERROR: "cell_error",
    CellKind.MERGED: "cell_merged",
    CellKind.UNRESOLVED: "cell_not_computed",
}


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One field of a figure as it goes out: what it is about, and what is there."""

    kpi_id: int
    on: str
    version: int
    place: int
    """The place of the field within its figure."""
    words: tuple[str, ...]
    """Employee number, name, KPI, span, part, unit, target and present figure."""


@dataclass(frozen=True, slots=True)
class SentLine:
    """One field of a figure as it comes back, where something new was written."""

    line: int
    kpi_id: int
    on: str
    version: int
    place: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong in a row; `fault.at` is the column."""

    line: int
    fault: Fault


def write_figures(lines: Iterable[FigureLine], locale: Locale) -> bytes:
    """The file to fill in: all but the last column is locked, and nothing in it is a formula."""
    columns = [
        Column(
            MARK if field == "key" else locale.text(heading),
            width,
            is_hidden=field == "key",
            is_open=field == NEW,
        )
        for (field, heading), width in zip(HEADINGS.items(), _WIDTHS, strict=True)
    ]
    rows = [(f"{each.kpi_id}|{each.on}|{each.version}|{each.place}", *each.words) for each in lines]
    return write_xlsx([Sheet(locale.text(mark("Figures")), columns, rows, is_protected=True)])


def read_figures(content: bytes) -> tuple[Sequence[SentLine], Sequence[LineFault]]:
    """The rows in which something new stands, and those that cannot be taken.

    Raises Invalid with faults at `file` where the file is none of ours.
    """
    rows = read_table(content).rows
    if not rows or rows[0].cell(0).text != MARK:
        raise Invalid([Fault("file", "figures_file_foreign")])
    found: list[SentLine] = []
    faults: list[LineFault] = []
    seen: dict[str, int] = {}
    for row in rows[1:]:
        key, cell = row.cell(0).text, row.cell(len(HEADINGS) - 1)
        if not cell.text.strip() and cell.kind not in _FAULTS:
            continue
        parts = _KEY.fullmatch(key)
        if parts is None:
            faults.append(LineFault(row.line, Fault("key", "figure_key_missing")))
        elif key in seen:
            faults.append(LineFault(row.line, Fault("key", "figure_row_twice", {"line": str(seen[key])})))
        elif cell.kind in _FAULTS:
            faults.append(LineFault(row.line, Fault(NEW, _FAULTS[cell.kind])))
        else:
            kpi_id, on, version, place = parts.groups()
            found.append(SentLine(row.line, int(kpi_id), on, int(version), int(place), cell))
        seen.setdefault(key, row.line)
    if not found and not faults:
        raise Invalid([Fault("file", "figures_file_empty")])
    return found, faults
