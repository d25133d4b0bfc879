"""How does the KPI library go out as a whole, and come in from a file: a preview first, then all of it or nothing?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app import clock
from app.access import Actor, require
from app.documents import library_file
from app.documents.library_file import HEADINGS, DefinitionRow
from app.documents.spreadsheets import CSV_TYPE, XLSX_TYPE
from app.errors import Conflict, Invalid
from app.i18n import Locale
from app.models import KpiDefinition
from app.rules.faults import Fault
from app.rules.numbers import NotANumber, recorded
from app.rules.vocabulary import Action, Aggregation, Frequency, MeasureKind, Method
from app.services import audit
from app.services.library import (
    CATEGORIES,
    DEPARTMENTS,
    INDUSTRIES,
    DefinitionValues,
    columns_of,
    definition_faults,
)

__all__ = [
    "HEADINGS", "LibraryPreview", "RowKind", "check_file", "exported", "import_rows", "import_template", "read_import",
    "run_import",
]  # fmt: skip

JSON_TYPE: Final = "application/json"
_WORDS: Final[Mapping[str, type[StrEnum]]] = {
    "measure": MeasureKind,
    "aggregation": Aggregation,
    "method": Method,
    "frequency": Frequency,
}
_YES: Final = frozenset({"yes", "ya", "y", "true", "1"})
_NO: Final = frozenset({"", "no", "tidak", "t", "n", "false", "0"})


class RowKind(StrEnum):
    """What an import does with a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class PlannedDefinition:
    """One definition of a file and what would become of it: the fields that change, what stands and what comes."""

    line: int
    code: str
    name_en: str
    name_id: str
    kind: RowKind
    columns: Mapping[str, Any]
    changes: Sequence[tuple[str, str, str]] = ()
    definition: KpiDefinition | None = None


@dataclass(frozen=True, slots=True)
class LibraryPreview:
    """What an import would do, definition by definition, and what stands against it."""

    rows: Sequence[PlannedDefinition]
    faults: Sequence[tuple[int, Fault]]
    ignored: Sequence[str] = ()

    @property
    def counts(self) -> Mapping[RowKind, int]:
        """How many definitions would be entered, changed and left as they are."""
        found = Counter(row.kind for row in self.rows)
        return {kind: found[kind] for kind in RowKind}

    @property
    def is_possible(self) -> bool:
        """Whether the import can be run and would change something."""
        return not self.faults and any(row.kind is not RowKind.SAME for row in self.rows)


# --- Out --------------------------------------------------------------------------------------------------------------


def exported(session: Session, actor: Actor, *, form: str, locale: Locale) -> tuple[bytes, str]:
    """The whole library, retired definitions too, as `xlsx`, `csv` or `json`; with its media type."""
    listed = [texts_of(row) for row in list_rows(session, actor)]
    if form == "csv":
        return library_file.write_text(listed, locale), CSV_TYPE
    if form == "json":
        return library_file.write_json(listed), JSON_TYPE
    return library_file.write_sheet(listed, _known_words(), locale), XLSX_TYPE


def import_template(session: Session, actor: Actor, *, locale: Locale) -> bytes:
    """The XLSX file to fill in: headings, and the words that some columns know."""
    require(session, actor, Action.LIBRARY_WRITE)
    return library_file.write_sheet((), _known_words(), locale)


def list_rows(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Every definition, by code, with what a file has of it."""
    require(session, actor, Action.LIBRARY_WRITE)
    found = session.scalars(select(KpiDefinition).order_by(KpiDefinition.code))
    return [{field: getattr(each, field) for field in HEADINGS} for each in found]


def texts_of(row: Mapping[str, Any]) -> dict[str, str]:
    """A definition as the texts of a file."""
    return {field: _text(value) for field, value in row.items()}


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def _known_words() -> dict[str, str]:
    """For each column that knows only some words, which."""
    lists = {"category": CATEGORIES, "department": DEPARTMENTS, "industry": INDUSTRIES}
    words = {field: ", ".join(known) for field, known in lists.items()}
    words |= {field: ", ".join(kind) for field, kind in _WORDS.items()}
    return {**words, "is_retired": "yes, no"}


# --- In ---------------------------------------------------------------------------------------------------------------


def check_file(content: bytes) -> None:
    """Refuse, with faults at `file`, what is no list of definitions at all."""
    library_file.read_definitions(content)


def read_import(session: Session, actor: Actor, *, content: bytes) -> LibraryPreview:
    """What the file would do; nothing is written."""
    require(session, actor, Action.LIBRARY_WRITE)
    file = library_file.read_definitions(content)
    preview = _planned(session, file.rows)
    return LibraryPreview(preview.rows, [*file.faults, *preview.faults], file.ignored)


def run_import(session: Session, actor: Actor, *, content: bytes, file_name: str) -> LibraryPreview:
    """Do what the file says; Invalid with every fault, at `rows[7].scale`, and nothing done, if it cannot be."""
    preview = read_import(session, actor, content=content)
    if preview.faults:
        raise Invalid([fault.under(f"rows[{line}]") for line, fault in preview.faults])
    _write(session, actor, preview, file_name)
    return preview


def import_rows(session: Session, actor: Actor, *, rows: Sequence[Mapping[str, str]], is_trial: bool) -> LibraryPreview:
    """The same for other programs, who send the rows themselves; a fault stands at `definitions[7].scale`."""
    require(session, actor, Action.LIBRARY_WRITE)
    preview = _planned(session, [DefinitionRow(line, row) for line, row in enumerate(rows)])
    if preview.faults:
        raise Invalid([fault.under(f"definitions[{line}]") for line, fault in preview.faults])
    if not is_trial:
        _write(session, actor, preview, "")
    return preview


def _planned(session: Session, rows: Sequence[DefinitionRow]) -> LibraryPreview:
    known = {each.code.casefold(): each for each in session.scalars(select(KpiDefinition))}
    lines: dict[str, int] = {}
    planned: list[PlannedDefinition] = []
    faults: list[tuple[int, Fault]] = []
    for row in rows:
        key = row.texts.get("code", "").casefold()
        if key in lines:
            faults.append((row.line, Fault("code", "code_repeated", {"row": str(lines[key])})))
            continue
        if key:
            lines[key] = row.line
        stands = known.get(key)
        columns, found = _read(row, stands)
        faults += [(row.line, fault) for fault in found]
        if not found:
            planned.append(_plan(row.line, columns, stands))
    return LibraryPreview(planned, faults)


def _read(row: DefinitionRow, stands: KpiDefinition | None) -> tuple[dict[str, Any], list[Fault]]:
    """The columns of a definition, and every fault of its row; what the file says nothing about stays as it is."""
    before = {} if stands is None else {field: _text(getattr(stands, field)) for field in HEADINGS}
    texts = {**dict.fromkeys(HEADINGS, ""), **before, **row.texts}
    if stands is not None:
        texts["code"] = stands.code
    faults: list[Fault] = []
    typed: dict[str, Any] = {
        name: _word(name, kind, texts.pop(name), faults, required=name != "aggregation")
        for name, kind in _WORDS.items()
    }
    typed["scale"] = _scale(texts.pop("scale"), faults)
    is_retired = _flag(texts.pop("is_retired"), faults)
    if faults:
        return {}, faults
    typed |= texts
    values = DefinitionValues(**typed)
    faults = definition_faults(values)
    return {**columns_of(values), "is_retired": is_retired}, faults


def _word(name: str, kind: type[StrEnum], text: str, faults: list[Fault], *, required: bool) -> StrEnum | None:
    text = text.casefold()
    if text in set(kind):
        return kind(text)
    if text or required:
        faults.append(Fault(name, "choice_unknown" if text else "required"))
    return None


def _scale(text: str, faults: list[Fault]) -> Decimal | None:
    if not text:
        return None
    try:
        return recorded(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except NotANumber as refused:
        faults.append(Fault("scale", refused.code))
        return None


def _flag(text: str, faults: list[Fault]) -> bool:
    text = text.casefold()
    if text not in _YES | _NO:
        faults.append(Fault("is_retired", "choice_unknown"))
    return text in _YES


def _plan(line: int, columns: Mapping[str, Any], stands: KpiDefinition | None) -> PlannedDefinition:
    names = (columns["code"], columns["name_en"], columns["name_id"])
    if stands is None:
        return PlannedDefinition(line, *names, RowKind.NEW, columns)
    changed = {name: value for name, value in columns.items() if getattr(stands, name) != value}
    changes = [(name, _text(getattr(stands, name)), _text(value)) for name, value in changed.items()]
    kind = RowKind.CHANGED if changed else RowKind.SAME
    return PlannedDefinition(line, *names, kind, changed, changes, stands)


def _write(session: Session, actor: Actor, preview: LibraryPreview, file_name: str) -> None:
    try:
        with session.begin_nested():
            _write_rows(session, actor, preview)
    except (IntegrityError, StaleDataError) as refused:
        # Somebody else wrote one of these definitions since the file was compared
        raise Conflict("import_overtaken") from refused
    counts = {kind.value: count for kind, count in preview.counts.items()}
    audit.record(
        session,
        "library.imported",
        actor_id=actor.person_id,
        about=("library", None),
        details=counts,
        words={"file": file_name} if file_name else None,
    )


def _write_rows(session: Session, actor: Actor, preview: LibraryPreview) -> None:
    now = clock.now()
    for row in preview.rows:
        if row.kind is RowKind.SAME:
            continue
        definition = row.definition or KpiDefinition(changed_at=now)
        for name, value in row.columns.items():
            setattr(definition, name, value)
        definition.changed_at = now
        session.add(definition)
        session.flush()
        audit.record(
            session,
            "definition.entered" if row.kind is RowKind.NEW else "definition.changed",
            actor_id=actor.person_id,
            about=("kpi_definition", definition.id),
            details={"code": definition.code, "changed": dict(row.columns)},
        )
