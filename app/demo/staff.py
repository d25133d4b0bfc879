"""How do units, positions, people and their accounts come into the tables, and onto the record?"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final, NamedTuple

from app.demo.bulk import Sheets
from app.demo.calendar import LIBRARY_READY, STAFF_IMPORTED
from app.demo.cases import Cast
from app.demo.chain import Notes
from app.demo.organisation import Employee, Organisation, line_start
from app.models import Account, Person, Placement, Position, ReportingLine, RoleGrant, Unit
from app.rules.vocabulary import Language, Role
from app.security import hash_password
from app.services.units import code_from

_WORDS: Final = (
    "melati", "rembulan", "sungai", "kelapa", "gunung", "pelangi", "layar", "kopiah", "lentera", "angin", "bambu",
    "cempaka", "delima", "embun", "fajar", "garam", "hujan", "jendela", "kenari", "lumbung", "mutiara", "nelayan",
)  # fmt: skip


class Login(NamedTuple):
    """What it takes to sign in as one of the cast."""

    role: str
    email: str
    password: str


class Staff:
    """Writes the organisation; the ids of people are those of the organisation."""

    def __init__(self, sheets: Sheets, notes: Notes, organisation: Organisation, cast: Cast) -> None:
        self._sheets = sheets
        self._notes = notes
        self._organisation = organisation
        self._cast = cast

    def write(self) -> None:
        """Units and positions as HR entered them, then everybody who was there when the staff was imported."""
        hr = self._cast.hr.id
        for unit in self._organisation.units:
            self._sheets.put(Unit, id=unit.id, code=unit.code, name=unit.name, parent_id=unit.parent_id)
            facts: dict[str, Any] = {"code": unit.code, "name": unit.name, "parent": unit.parent_id}
            self._note(STAFF_IMPORTED, "unit.entered", ("unit", unit.id), facts, actor_id=hr)
        codes: set[str] = set()
        for name, key in self._organisation.jobs.items():
            code = code_from(name, codes)
            codes.add(code)
            self._sheets.put(Position, id=key, code=code, name=name)
            self._note(STAFF_IMPORTED, "position.entered", ("position", key), {"code": code, "name": name}, actor_id=hr)
        for person in self._organisation.people:
            self._person(person)
        # Only now: somebody may report to a person who stands further down
        for person in self._organisation.people:
            self._dated(person)
        self._grant(self._cast.hr, Role.HR)
        self._grant(self._cast.auditor, Role.AUDITOR)

    def accounts(self, seed: int) -> list[Login]:
        """An account for each of the cast, with a password that follows from the seed."""
        chance = Random(f"{seed}/logins")
        logins = []
        for key, (role, person) in enumerate(zip(self._cast._fields, self._cast, strict=True), start=1):
            password = f"{'-'.join(chance.sample(_WORDS, 3))}-{chance.randrange(100, 1000)}"
            at = LIBRARY_READY + timedelta(minutes=9 * key)
            self._sheets.put(
                Account,
                id=self._sheets.ids.next(Account),
                person_id=person.id,
                email=person.email,
                password_hash=hash_password(password),
                language=Language.INDONESIAN,
                created_at=at,
            )
            action = "account.first_hr_made" if role == "hr" else "account.invitation_accepted"
            self._note(at, action, ("account", key), {}, actor_id=person.id, subject_id=person.id)
            logins.append(Login(role, person.email, password))
        return logins

    def _person(self, person: Employee) -> None:
        at = self._entered_at(person)
        self._sheets.put(
            Person,
            id=person.id,
            number=person.number,
            name=person.name,
            email=person.email,
            joined_on=person.joined_on,
            left_on=person.left_on,
            version=1 + (person.left_on is not None) + (len(person.seats) > 1),
            changed_at=at,
        )

    def _dated(self, person: Employee) -> None:
        """Placements and reporting lines of somebody."""
        facts = _facts(person, self._organisation)
        for starts_on, ends_on, unit_id, position_id in facts["placements"]:
            self._sheets.put(
                Placement,
                id=self._sheets.ids.next(Placement),
                person_id=person.id,
                unit_id=unit_id,
                position_id=position_id,
                starts_on=starts_on,
                ends_on=ends_on,
            )
        for starts_on, ends_on, manager_id in facts["reporting_lines"]:
            self._sheets.put(
                ReportingLine,
                id=self._sheets.ids.next(ReportingLine),
                person_id=person.id,
                manager_id=manager_id,
                starts_on=starts_on,
                ends_on=ends_on,
            )
        self._note_person(person, facts, self._entered_at(person))

    def _note_person(self, person: Employee, facts: Mapping[str, Any], at: datetime) -> None:
        """How somebody was entered, and what changed about them since."""
        about, hr = ("person", person.id), self._cast.hr.id
        words = {"name": self._notes.words(person.name), "email": self._notes.words(person.email)}
        dated = {
            name: [[*facts[name][0][:1], None, *facts[name][0][2:]]] if facts[name] else []
            for name in ("placements", "reporting_lines")
        }
        first = {"number": person.number, "joined_on": person.joined_on, "left_on": None, **dated}
        self._note(at, "person.entered", about, {**first, **words}, actor_id=hr, subject_id=person.id)
        for changed_at in _changes(person):
            after = {**facts, "left_on": person.left_on}
            changes = {name: [first[name], after[name]] for name in ("left_on", *dated) if first[name] != after[name]}
            self._note(changed_at, "person.changed", about, changes, actor_id=hr, subject_id=person.id)

    def _entered_at(self, person: Employee) -> datetime:
        if person.joined_on <= STAFF_IMPORTED.date():
            return STAFF_IMPORTED
        return STAFF_IMPORTED.replace(
            year=person.joined_on.year, month=person.joined_on.month, day=person.joined_on.day, hour=2
        )

    def _grant(self, person: Employee, role: Role) -> None:
        self._sheets.put(RoleGrant, id=self._sheets.ids.next(RoleGrant), person_id=person.id, role=role)
        at = STAFF_IMPORTED + timedelta(minutes=20)
        actor = None if role is Role.HR else self._cast.hr.id
        self._note(at, "role.granted", ("person", person.id), {"role": role}, actor_id=actor, subject_id=person.id)

    def _note(
        self,
        at: datetime,
        action: str,
        about: tuple[str, int],
        details: Mapping[str, Any],
        *,
        actor_id: int | None,
        subject_id: int | None = None,
    ) -> None:
        self._notes.act(at, action, actor_id=actor_id, about=about, subject_id=subject_id, details=details)


def _facts(person: Employee, organisation: Organisation) -> dict[str, list[list[Any]]]:
    """Placements and reporting lines as the record keeps them."""
    placements, lines = [], []
    for seat in person.seats:
        placements.append([seat.starts_on, seat.ends_on, seat.unit.id, organisation.jobs[seat.job.name]])
        if seat.manager_id is not None:
            first = line_start(seat.starts_on, organisation.people[seat.manager_id - 1].joined_on)
            lines.append([first, seat.ends_on, seat.manager_id])
    return {"placements": placements, "reporting_lines": lines}


def _changes(person: Employee) -> list[datetime]:
    """When something about somebody was changed: some days before they moved or left."""
    days: list[date] = [seat.starts_on for seat in person.seats[1:]]
    if person.left_on:
        days.append(person.left_on)
    return [STAFF_IMPORTED.replace(year=day.year, month=day.month, day=day.day) - timedelta(days=9) for day in days]
