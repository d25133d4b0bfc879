"""How do people come in from a file? A preview of what would change, and then all of it or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.access import Actor, require
from app.documents.people_file import HEADINGS, RowFault, read_people, write_template
from app.documents.spreadsheets import XLSX_TYPE
from app.errors import Conflict, Invalid
from app.i18n import Locale
from app.models import Person, Placement, Position, ReportingLine, Unit
from app.rules.timeline import Span
from app.rules.vocabulary import Action
from app.services import audit
from app.services.employment import write_lines, write_seats
from app.services.import_plan import Change, ImportPlan, Kind, Known, Names, PlannedRow, plan_import
from app.services.units import code_from

__all__ = [
    "HEADINGS", "XLSX_TYPE", "Change", "ImportPreview", "ImportResult", "Kind", "PlannedRow", "RowFault",
    "check_file",
    "check_may_import", "people_template", "read_import", "run_import",
]  # fmt: skip

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would do, row by row, and what stands against it."""

    file_name: str
    day: date
    rows: Sequence[PlannedRow]
    counts: Mapping[Kind, int]
    faults: Sequence[RowFault]
    new_units: Sequence[str]
    new_positions: Sequence[str]
    ignored: Sequence[str]
    """Headings that are not understood."""
    is_encoding_guessed: bool
    """Whether letters with accents should be looked at: the file does not say how they are written."""

    @property
    def is_possible(self) -> bool:
        """Whether the import can be run."""
        return not self.faults and bool(self.counts[Kind.NEW] + self.counts[Kind.CHANGED])


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did."""

    entered: int
    changed: int
    unchanged: int
    left: int
    units: int
    positions: int


def check_may_import(session: Session, actor: Actor) -> None:
    """Refuse those who may not import."""
    require(session, actor, Action.PERSON_IMPORT)


def check_file(content: bytes) -> None:
    """Refuse, with faults at `file`, what is no list of people at all."""
    read_people(content)


def people_template(session: Session, actor: Actor, *, locale: Locale) -> bytes:
    """The XLSX file to fill in."""
    require(session, actor, Action.PERSON_IMPORT)
    return write_template(locale)


def read_import(
    session: Session, actor: Actor, *, content: bytes, file_name: str, day: date | None = None
) -> ImportPreview:
    """What the file would do; nothing is written.

    Changes of unit, position and manager hold from `day`, or else from today. Raises Invalid with faults at `file`
    where the file is no list of people at all.
    """
    require(session, actor, Action.PERSON_IMPORT)
    file = read_people(content)
    plan = plan_import(session, file, day or actor.today)
    return ImportPreview(
        file_name=file_name,
        day=day or actor.today,
        rows=plan.rows,
        counts=plan.counts,
        faults=plan.faults,
        new_units=plan.units.new,
        new_positions=plan.positions.new,
        ignored=file.ignored,
        is_encoding_guessed=file.encoding == "cp1252",
    )


def run_import(
    session: Session, actor: Actor, *, content: bytes, file_name: str, day: date | None = None
) -> ImportResult:
    """Do what the file says; Invalid with every fault, at `rows[7].email`, and nothing done, if it cannot be."""
    require(session, actor, Action.PERSON_IMPORT)
    plan = plan_import(session, read_people(content), day or actor.today)
    if plan.faults:
        raise Invalid([found.fault.under(f"rows[{found.line}]") for found in plan.faults])
    try:
        with session.begin_nested():
            _write(session, actor, plan)
    except IntegrityError as refused:
        # Somebody else entered one of these people since the file was compared
        raise Conflict("import_overtaken") from refused
    result = ImportResult(
        entered=plan.counts[Kind.NEW],
        changed=plan.counts[Kind.CHANGED],
        unchanged=plan.counts[Kind.SAME],
        left=plan.counts[Kind.LEFT],
        units=len(plan.units.new),
        positions=len(plan.positions.new),
    )
    details = {
        "entered": result.entered, "changed": result.changed, "unchanged": result.unchanged, "left": result.left,
    }  # fmt: skip
    audit.record(
        session,
        "people.imported",
        actor_id=actor.person_id,
        about=("import", None),
        details=details,
        words={"file": file_name},
    )
    return result


def _write(session: Session, actor: Actor, plan: ImportPlan) -> None:
    acts: list[audit.Act] = []
    keys = {
        "units": _enter_names(session, Unit, plan.units, acts),
        "positions": _enter_names(session, Position, plan.positions, acts),
    }
    new = [planned.person for planned in plan.rows if planned.kind is Kind.NEW]
    changed = [planned for planned in plan.rows if planned.kind is Kind.CHANGED]
    ids = _enter_people(session, new)
    translate = _Translation(ids, keys["units"], keys["positions"])
    _insert(session, Placement, (row for person in new for row in translate.seat_rows(person)))
    _insert(session, ReportingLine, (row for person in new for row in translate.line_rows(person)))
    acts += [_entered(ids[person.key], person, translate) for person in new]
    _free_emails(session, changed)
    for start in range(0, len(changed), _BATCH):
        acts += _change_people(session, changed[start : start + _BATCH], translate)
    audit.record_many(session, acts, actor_id=actor.person_id)
    session.expire_all()


@dataclass(frozen=True, slots=True)
class _Translation:
    """From keys that the plan gave to what is new, to the ids that the database gave it."""

    people: Mapping[int, int]
    units: Mapping[int, int]
    positions: Mapping[int, int]

    def seats(self, person: Known) -> list[Span[tuple[int, int]]]:
        return [
            Span(
                span.first,
                span.last,
                (self.units.get(span.value[0], span.value[0]), self.positions.get(span.value[1], span.value[1])),
            )
            for span in person.seats
        ]

    def lines(self, person: Known) -> list[Span[int]]:
        return [Span(span.first, span.last, self.people.get(span.value, span.value)) for span in person.lines]

    def seat_rows(self, person: Known) -> Iterator[dict[str, Any]]:
        for span in self.seats(person):
            yield {
                "person_id": self.people[person.key],
                "starts_on": span.first,
                "ends_on": span.last,
                "unit_id": span.value[0],
                "position_id": span.value[1],
            }

    def line_rows(self, person: Known) -> Iterator[dict[str, Any]]:
        for span in self.lines(person):
            yield {
                "person_id": self.people[person.key],
                "starts_on": span.first,
                "ends_on": span.last,
                "manager_id": span.value,
            }


def _enter_names(
    session: Session, kind: type[Unit] | type[Position], names: Names, acts: list[audit.Act]
) -> dict[int, int]:
    """Make the units or positions that the file names for the first time; their keys and ids."""
    taken = set(session.scalars(select(kind.code)))
    made = []
    for name in names.new:
        code = code_from(name, taken)
        taken.add(code)
        made.append(kind(code=code, name=name))
    session.add_all(made)
    session.flush()
    word = kind.__tablename__
    acts += [
        audit.Act(f"{word}.entered", (word, each.id), details={"code": each.code, "name": each.name}) for each in made
    ]
    return {-place: each.id for place, each in enumerate(made, start=1)}


def _enter_people(session: Session, people: Sequence[Known]) -> dict[int, int]:
    now = clock.now()
    rows = (
        {
            "number": person.number,
            "name": person.name,
            "email": person.email or None,
            "joined_on": person.joined_on,
            "version": 1,
            "changed_at": now,
        }
        for person in people
    )
    _insert(session, Person, rows)
    ids: dict[int, int] = {}
    for start in range(0, len(people), _BATCH):
        keys = {person.number: person.key for person in people[start : start + _BATCH]}
        found = session.execute(select(Person.number, Person.id).where(Person.number.in_(keys)))
        ids.update({keys[number]: person_id for number, person_id in found})
    return ids


def _insert(session: Session, table: type[Person | Placement | ReportingLine], rows: Iterator[dict[str, Any]]) -> None:
    if batch := list(rows):
        session.execute(insert(table), batch)


def _free_emails(session: Session, changed: Sequence[PlannedRow]) -> None:
    # Two people may swap their addresses, and the database allows none twice even for a moment
    ids = [row.person.key for row in changed if any(change.field == "email" for change in row.changes)]
    for start in range(0, len(ids), _BATCH):
        batch = Person.id.in_(ids[start : start + _BATCH])
        session.execute(
            update(Person).where(batch).values(email=None), execution_options={"synchronize_session": False}
        )


def _change_people(session: Session, rows: Sequence[PlannedRow], translate: _Translation) -> Iterator[audit.Act]:
    query = (
        select(Person)
        .where(Person.id.in_([row.person.key for row in rows]))
        .options(selectinload(Person.placements), selectinload(Person.reporting_lines))
        .execution_options(populate_existing=True)
    )
    people = {person.id: person for person in session.scalars(query)}
    now = clock.now()
    for row in rows:
        person = people[row.person.key]
        person.name, person.email = row.person.name, row.person.email or None
        person.joined_on, person.changed_at = row.person.joined_on, now
        flag_modified(person, "changed_at")
        write_seats(person, translate.seats(row.person))
        write_lines(person, translate.lines(row.person))
        yield _changed(row, translate)
    session.flush()


def _entered(person_id: int, person: Known, translate: _Translation) -> audit.Act:
    words = {"name": person.name, **({"email": person.email} if person.email else {})}
    details = {"number": person.number, "joined_on": person.joined_on, "left_on": None, **_dated(person, translate)}
    return audit.Act("person.entered", ("person", person_id), person_id, details, words)


def _changed(row: PlannedRow, translate: _Translation) -> audit.Act:
    fields = {change.field for change in row.changes}
    said = {"name": row.person.name, "email": row.person.email}
    words = {name: text for name, text in said.items() if name in fields and text}
    details: dict[str, Any] = {"fields": sorted(fields), **_dated(row.person, translate)}
    if "joined_on" in fields:
        details["joined_on"] = row.person.joined_on
    return audit.Act("person.changed", ("person", row.person.key), row.person.key, details, words)


def _dated(person: Known, translate: _Translation) -> dict[str, Any]:
    """Placements and reporting lines as they stand on record; the same form as in services.people."""
    return {
        "placements": [[span.first, span.last, *span.value] for span in translate.seats(person)],
        "reporting_lines": [[span.first, span.last, span.value] for span in translate.lines(person)],
    }
