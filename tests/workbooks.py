"""Which spreadsheet files do tests send? Good ones, and such as no honest program writes."""

import io
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

HEADINGS = (
    "Nomor karyawan", "Nama", "Email", "Unit kerja", "Jabatan", "Nomor karyawan atasan", "Tanggal bergabung",
)  # fmt: skip


def xlsx(rows: Sequence[Sequence[object]], fill: Callable[[Any, Any], None] | None = None, **options: object) -> bytes:
    """A workbook with one sheet; days become date cells, `fill` adds to it what it likes."""
    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, **options})
    sheet = workbook.add_worksheet("Data")
    day_format = workbook.add_format({"num_format": "dd/mm/yyyy"})
    for line, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(line, place, value, day_format)
            elif value is not None:
                sheet.write(line, place, value)
    if fill:
        fill(workbook, sheet)
    workbook.close()
    return file.getvalue()


def repacked(content: bytes, changes: Mapping[str, bytes | None], *more: tuple[str, bytes]) -> bytes:
    """The package with some parts exchanged, left out (None) or added, a second time if one likes."""
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        warnings.simplefilter("ignore")  # that a name is there twice is what some tests want
        for name in old.namelist():
            part = changes.get(name, old.read(name))
            if part is not None:
                new.writestr(name, part, zipfile.ZIP_DEFLATED)
        for name, part in more:
            new.writestr(name, part, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    """One part of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name)


def package(**parts: bytes) -> bytes:
    """A package of these parts: `xl__workbook_bin` is xl/workbook.bin."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as new:
        for name, part in parts.items():
            path, _, ending = name.replace("__", "/").rpartition("_")
            new.writestr(f"{path}.{ending}" if path else name, part)
    return file.getvalue()


def csv(*rows: Sequence[str], delimiter: str = ";") -> bytes:
    """A CSV file without any quoting."""
    return "\r\n".join(delimiter.join(row) for row in rows).encode()
