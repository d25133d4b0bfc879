"""How does the KPI library go out as a file and come in again, so that nothing is lost on the way?"""

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from app.documents.spreadsheets import Cell, CellKind, Column, Row, Sheet, read_table, write_csv, write_xlsx
from app.errors import Invalid
from app.i18n import Locale, mark
from app.rules.faults import Fault
from app.rules.texts import tidy, tidy_lines
from app.rules.vocabulary import Language

MOST_DEFINITIONS: Final = 2_000
_HEADING_WITHIN: Final = 20
_CELL_FAULTS: Final = {
    CellKind.ERROR: "cell_error",
    CellKind.MERGED: "cell_merged",
    CellKind.UNRESOLVED: "cell_not_computed",
}
HEADINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "code": mark("Code"),
        "category": mark("Category"),
        "department": mark("Department"),
        "industry": mark("Industry"),
        "name_id": mark("Name in Indonesian"),
        "name_en": mark("Name in English"),
        "definition_id": mark("Definition in Indonesian"),
        "definition_en": mark("Definition in English"),
        "formula_id": mark("Formula in Indonesian"),
        "formula_en": mark("Formula in English"),
        "unit_of_measure_id": mark("Unit of measure in Indonesian"),
        "unit_of_measure_en": mark("Unit of measure in English"),
        "measure": mark("Measure"),
        "aggregation": mark("Entries become the actual as"),
        "method": mark("Scoring"),
        "frequency": mark("Entries are due"),
        "scale": mark("Times"),
        "numerator_id": mark("Numerator in Indonesian"),
        "numerator_en": mark("Numerator in English"),
        "denominator_id": mark("Denominator in Indonesian"),
        "denominator_en": mark("Denominator in English"),
        "is_retired": mark("Retired"),
    }
)
"""Field → its column, in the order of the file."""
_LONG: Final = frozenset({"definition_id", "definition_en"})


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    """One definition as a row of the file says it: texts by field; a field for which there is no column is missing."""

    line: int
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """What stands in a file, the cells that cannot be read, and the headings that are not understood."""

    rows: Sequence[DefinitionRow]
    faults: Sequence[tuple[int, Fault]]
    ignored: Sequence[str] = ()


# --- Out --------------------------------------------------------------------------------------------------------------


def write_sheet(definitions: Iterable[Mapping[str, str]], words: Mapping[str, str], locale: Locale) -> bytes:
    """An XLSX file with the definitions, and a sheet that says which words some columns know."""
    columns = [Column(locale.text(heading), 44 if field in _LONG else 24) for field, heading in HEADINGS.items()]
    notes = [[locale.text(HEADINGS[field]), text] for field, text in words.items()]
    return write_xlsx(
        [
            Sheet(locale.text(mark("KPI library")), columns, (_in_order(each) for each in definitions)),
            Sheet(
                locale.text(mark("Notes")),
                [Column(locale.text(mark("Column")), 28), Column(locale.text(mark("What belongs in it")), 110)],
                notes,
            ),
        ]
    )


def write_text(definitions: Iterable[Mapping[str, str]], locale: Locale) -> bytes:
    """The same as CSV."""
    return write_csv([locale.text(heading) for heading in HEADINGS.values()], map(_in_order, definitions))


def write_json(definitions: Iterable[Mapping[str, str]]) -> bytes:
    """The same as JSON, for other programs."""
    whole = {"definitions": [{field: each[field] for field in HEADINGS} for each in definitions]}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def _in_order(texts: Mapping[str, str]) -> list[str]:
    return [texts[field] for field in HEADINGS]


# --- In ---------------------------------------------------------------------------------------------------------------


def read_definitions(content: bytes) -> LibraryFile:
    """The definitions in an XLSX, CSV or JSON file; Invalid with faults at `file` where it is no such list at all."""
    found = _read_json(content) if content.lstrip()[:1] in {b"{", b"["} else _read_table(content)
    if not found.rows and not found.faults:
        raise Invalid([Fault("file", "no_definitions")])
    if len(found.rows) > MOST_DEFINITIONS:
        raise Invalid([Fault("file", "too_many_rows", {"maximum": str(MOST_DEFINITIONS)})])
    return found


def _read_json(content: bytes) -> LibraryFile:
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError) as broken:
        raise Invalid([Fault("file", "not_a_library")]) from broken
    listed = whole.get("definitions") if isinstance(whole, dict) else whole
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise Invalid([Fault("file", "not_a_library")])
    rows, faults = [], []
    for line, each in enumerate(listed, start=1):
        texts = {field: _json_text(each[field]) for field in HEADINGS if field in each}
        faults += [(line, Fault(field, "not_text")) for field, text in texts.items() if text is None]
        rows.append(DefinitionRow(line, {field: _tidied(field, text or "") for field, text in texts.items()}))
    ignored = dict.fromkeys(str(name)[:100] for each in listed for name in each if name not in HEADINGS)
    return LibraryFile(rows, faults, tuple(ignored))


def _json_text(value: object) -> str | None:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str() | int():
            return str(value)
        case _:
            return None


def _read_table(content: bytes) -> LibraryFile:
    table = read_table(content)
    heading = next((row for row in table.rows[:_HEADING_WITHIN] if "code" in _places(row)), Row(0, ()))
    places = _places(heading)
    if "code" not in places:
        raise Invalid([Fault("file", "column_code_missing")])
    rows, faults = [], []
    for row in table.rows:
        if row.line <= heading.line or not any(cell.text.strip() for cell in row.cells):
            continue
        cells = {field: row.cell(place) for field, place in places.items()}
        faults += [
            (row.line, Fault(field, code)) for field, cell in cells.items() if (code := _CELL_FAULTS.get(cell.kind))
        ]
        rows.append(DefinitionRow(row.line, {field: _cell_text(field, cell) for field, cell in cells.items()}))
    known = _known_headings()
    ignored = [tidy(cell.text) for cell in heading.cells if cell.text.strip() and _key(cell.text) not in known]
    return LibraryFile(rows, faults, tuple(ignored))


def _cell_text(field: str, cell: Cell) -> str:
    if cell.kind is CellKind.BOOLEAN:
        return "yes" if cell.text.casefold() in {"1", "true"} else "no"
    text = cell.text
    # What would start a formula is marked as text in a CSV file
    if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@", "\t", "\r"}:
        text = text[1:]
    return _tidied(field, text)


def _tidied(field: str, text: str) -> str:
    return tidy_lines(text) if field in _LONG else tidy(text)


def _places(heading: Row) -> dict[str, int]:
    places: dict[str, int] = {}
    known = _known_headings()
    for place, cell in enumerate(heading.cells):
        if field := known.get(_key(cell.text)):
            places.setdefault(field, place)
    return places


def _key(heading: str) -> str:
    """A heading without capitals, blanks and signs."""
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


@cache
def _known_headings() -> Mapping[str, str]:
    """Every heading that is understood: the field itself, and its heading in every language."""
    found = {_key(field): field for field in HEADINGS}
    for language in Language:
        found |= {_key(Locale(language).text(heading)): field for field, heading in HEADINGS.items()}
    return found
