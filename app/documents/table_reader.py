"""What stands in a spreadsheet that somebody sent? Read in a process of its own that may fail without harm.

This file is run as a program, with nothing of the service around it: the file comes on standard input, the answer goes
to standard output as JSON: `{"rows": [[3, ["s:Ana", "n:12", "d:2026-01-31"]]], "encoding": …}`, or `{"refused": code,
"values": {…}}`. A cell is a letter for its kind and its text: s text, n number, d day, b yes/no, e error, f formula
without a result, m part of merged cells.
"""

import csv
import datetime as dt
import io
import json
import posixpath
import re
import resource
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final
from xml.parsers import expat

MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 100
MAX_ENTRIES: Final = 1_000
MAX_UNPACKED: Final = 200_000_000
MAX_RATIO: Final = 100
SMALL: Final = 5_000_000
"""Up to this size a part may be packed as tightly as it likes."""
MAX_MEMORY: Final = 600_000_000
MAX_SECONDS: Final = 20
LONGEST_CELL: Final = 32_767

_DELIMITERS: Final = ";,\t|"
_LOOKED_AT: Final = 30
"""Rows by which the delimiter is judged."""
_WHOLE_DIGITS: Final = 10**15

# What the modules that take a damaged file apart may raise
_DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError, ValueError, NotImplementedError, expat.ExpatError,
)  # fmt: skip

Rows = list[tuple[int, list[str]]]


class Refused(Exception):
    """The file cannot be taken; `code` names why."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = {name: str(value) for name, value in values.items()}


def read(content: bytes) -> dict[str, Any]:
    """The rows of the file, whatever kind of table its bytes say that it is."""
    if not content.strip():
        raise Refused("file_empty")
    if content.startswith(b"PK\x03\x04"):
        return {"rows": _read_xlsx(content), "encoding": ""}
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("file_old_or_protected")
    text, encoding = _decoded(content)
    return {"rows": _read_csv(text), "encoding": encoding}


# --- CSV --------------------------------------------------------------------------------------------------------------


def _decoded(content: bytes) -> tuple[str, str]:
    """The text and the encoding that it was in: what its mark says, else UTF-8, else that of Windows in the west."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif b"\x00" in content:
        candidates = _unmarked_utf_16(content[:400])
    else:
        candidates = ["utf-8-sig", "cp1252"]
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text or _looks_binary(text):
            break
        return text, encoding
    raise Refused("file_not_a_table")


def _unmarked_utf_16(start: bytes) -> list[str]:
    """Which half of the bytes is mostly empty, as it is in western text of two bytes a sign."""
    halves = {"utf-16-be": start[::2], "utf-16-le": start[1::2]}
    return [name for name, half in halves.items() if half.count(0) * 2 > len(half) and start.count(0) == half.count(0)]


def _looks_binary(text: str) -> bool:
    is_other = text.startswith(("%PDF", "{\\rtf", "<html", "<!DOCTYPE", "<?xml", "\x89PNG", "GIF8"))
    return is_other or any(ord(sign) < ord(" ") and sign not in "\t\r\n\x0b\x0c" for sign in text[:4000])


def _read_csv(text: str) -> Rows:
    csv.field_size_limit(LONGEST_CELL)
    stated = re.match(r"sep=(.)\r?\n", text)
    delimiter = stated[1] if stated else _delimiter(text)
    rows: Rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for line, cells in enumerate(reader, start=1):
            if stated and line == 1:
                continue
            _add(rows, line, [f"s:{cell}" if cell.strip() else "" for cell in cells])
    except csv.Error as broken:
        if "field larger" in str(broken):
            raise Refused("cell_too_long", line=reader.line_num) from broken
        raise Refused("csv_broken", line=reader.line_num) from broken
    return rows


def _delimiter(text: str) -> str:
    """The sign that parts the first rows into most columns, most of them alike."""
    best, delimiter = 0, ","
    for candidate in _DELIMITERS:
        # A cut in the middle of a quoted cell is no fault here
        sample = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=candidate)
        try:
            widths = [len(row) for row, _ in zip(sample, range(_LOOKED_AT), strict=False) if row]
        except csv.Error:
            continue
        width, times = Counter(widths).most_common(1)[0] if widths else (1, 0)
        if (width - 1) * times > best:
            best, delimiter = (width - 1) * times, candidate
    return delimiter


# --- XLSX -------------------------------------------------------------------------------------------------------------


def _read_xlsx(content: bytes) -> Rows:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _check_package(package)
            name, path = _first_sheet(package)
            scan = SheetScan()
            scan.read(package.read(path))
    except _DAMAGE as broken:
        raise Refused("file_damaged") from broken
    except RuntimeError as broken:
        raise Refused("file_old_or_protected") from broken
    return _cells(content, name, scan)


def _check_package(package: zipfile.ZipFile) -> None:
    """Nothing in the package may be bigger, more numerous or packed more tightly than an honest list ever is."""
    parts = package.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MAX_ENTRIES or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refused("file_too_demanding")
    if any(part.file_size > max(SMALL, MAX_RATIO * part.compress_size) for part in parts):
        raise Refused("file_too_demanding")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("file_old_or_protected")
    if len(set(names)) < len(names):
        raise Refused("file_damaged")
    if "xl/workbook.xml" not in names:
        is_table = any(name in names for name in ("content.xml", "xl/workbook.bin"))
        raise Refused("file_other_table" if is_table else "file_not_a_table")
    if package.testzip() is not None:
        raise Refused("file_damaged")


def _first_sheet(package: zipfile.ZipFile) -> tuple[str, str]:
    """Name and path of the first sheet that is not hidden."""
    paths: dict[str, str] = {}
    sheets: list[tuple[str, str]] = []

    def note_path(tag: str, given: dict[str, str]) -> None:
        if tag == "Relationship" and given.get("Type", "").endswith("/worksheet"):
            paths[given.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", given.get("Target", ""))).lstrip("/")

    def note_sheet(tag: str, given: dict[str, str]) -> None:
        if tag == "sheet" and given.get("state", "visible") == "visible":
            sheets.append((given.get("name", ""), next((v for k, v in given.items() if k.endswith(":id")), "")))

    _parse(package.read("xl/_rels/workbook.xml.rels"), note_path)
    _parse(package.read("xl/workbook.xml"), note_sheet)
    for name, relation in sheets:
        if relation in paths:
            return name, paths[relation]
    raise Refused("file_without_sheet")


class SheetScan:
    """What a reader of values does not tell: how far the cells reach, and which hold errors or are merged."""

    def __init__(self) -> None:
        self.marks: dict[tuple[int, int], str] = {}
        """Row and column, both from 1, of cells to which no value can be given, with what to say instead."""
        self._row = self._column = 0
        self._kind = ""
        self._has_formula = self._has_value = False

    def read(self, xml: bytes) -> None:
        """Walk through the sheet once, holding on to nothing but the marks."""
        _parse(xml, self._start, self._end)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "row":
            self._row = int(given.get("r", self._row + 1))
            self._column = 0
        elif tag == "c":
            row, column = _position(given["r"]) if "r" in given else (self._row, self._column + 1)
            self._row, self._column = row, column
            self._kind = given.get("t", "n")
            self._has_formula = self._has_value = False
        elif tag == "f":
            self._has_formula = True
        elif tag in {"v", "is"}:
            self._has_value = True
            _check_position(self._row, self._column)
        elif tag == "mergeCell":
            self._mark_merged(given.get("ref", ""))

    def _end(self, tag: str) -> None:
        if tag != "c":
            return
        if self._kind == "e":
            self.marks[self._row, self._column] = "e:"
        elif self._has_formula and not self._has_value:
            self.marks[self._row, self._column] = "f:"

    def _mark_merged(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        (top, left), (bottom, right) = _position(first), _position(last or first)
        for row in range(top, min(bottom, MAX_ROWS) + 1):
            for column in range(left, min(right, MAX_COLUMNS) + 1):
                if (row, column) != (top, left):
                    self.marks.setdefault((row, column), "m:")
            if len(self.marks) > MAX_ROWS:
                raise Refused("file_too_demanding")


def _parse(xml: bytes, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None] | None = None) -> None:
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        # No spreadsheet program writes a document type; entities come with one
        raise Refused("file_damaged")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, given: start(name.rpartition(":")[2], given)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    parser.Parse(xml, True)


def _position(reference: str) -> tuple[int, int]:
    """Row and column of `C4`: 4, 3."""
    found = re.fullmatch(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})", reference)
    if found is None:
        raise ValueError(reference)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


def _check_position(row: int, column: int) -> None:
    if row > MAX_ROWS:
        raise Refused("too_many_rows", maximum=MAX_ROWS)
    if column > MAX_COLUMNS:
        raise Refused("too_many_columns", maximum=MAX_COLUMNS)


def _cells(content: bytes, sheet: str, scan: SheetScan) -> Rows:
    # Loaded only here: reading CSV does not need it
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    rows: Rows = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            values = workbook.get_sheet_by_name(sheet)
            if values.start is None:
                return rows
            # The reader leaves out empty columns on the left, though not empty rows above
            left = values.start[1]
            for line, cells in enumerate(values.iter_rows(), start=1):
                _add(rows, line, list(_written(line, [""] * left + cells, scan.marks)))
    except CalamineError as broken:
        raise Refused("file_damaged") from broken
    return rows


def _written(line: int, cells: list[Any], marks: dict[tuple[int, int], str]) -> Iterator[str]:
    for column, value in enumerate(cells, start=1):
        mark = marks.get((line, column))
        yield mark if mark is not None else _cell(value)


def _cell(value: object) -> str:
    match value:
        case bool():
            return f"b:{'true' if value else 'false'}"
        case int() | float():
            number = Decimal(repr(value))  # the digits that a spreadsheet shows, not those of the binary value
            whole = number == number.to_integral_value() and abs(number) < _WHOLE_DIGITS
            return f"n:{int(number) if whole else format(number, 'f')}"
        case dt.datetime():
            return f"d:{value.date().isoformat()}"
        case dt.date():
            return f"d:{value.isoformat()}"
        case str():
            return f"s:{value[: LONGEST_CELL + 1]}" if value.strip() else ""
        case _:
            return f"s:{value}"


# --- The program ------------------------------------------------------------------------------------------------------


def _add(rows: Rows, line: int, cells: list[str]) -> None:
    while cells and not cells[-1]:
        cells.pop()
    if not cells:
        return
    if len(cells) > MAX_COLUMNS:
        raise Refused("too_many_columns", maximum=MAX_COLUMNS)
    if len(rows) >= MAX_ROWS:
        raise Refused("too_many_rows", maximum=MAX_ROWS)
    rows.append((line, cells))


def main() -> None:
    """Read the file within its limits and answer."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        answer = read(sys.stdin.buffer.read())
    except Refused as refused:
        answer = {"refused": refused.code, "values": refused.values}
    except MemoryError:
        answer = {"refused": "file_too_demanding", "values": {}}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
