"""Who plays in the tests? A small company in which every relation between two people occurs."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy.orm import Session

from app.access import Actor
from app.models import Person
from app.rules.vocabulary import Role
from tests.factories import TODAY, make_account, make_person


@dataclass(frozen=True)
class Cast:
    """root leads mona and omar; mona leads eli and eva, omar leads otto; hana is HR, audi audits, gone has left."""

    root: Person
    mona: Person
    omar: Person
    eli: Person
    eva: Person
    otto: Person
    hana: Person
    audi: Person
    gone: Person

    def __iter__(self) -> Iterator[Person]:
        """Everybody, from the top down."""
        return iter(getattr(self, field.name) for field in fields(self))


def make_cast(session: Session) -> Cast:
    """The whole cast, each with an account."""
    root = make_person(session, "1", "Root Raharja")
    mona = make_person(session, "2", "Mona Maharani", manager=root)
    omar = make_person(session, "3", "Omar Ondang", manager=root)
    cast = Cast(
        root=root,
        mona=mona,
        omar=omar,
        eli=make_person(session, "4", "Eli Effendi", manager=mona),
        eva=make_person(session, "5", "Eva Elvira", manager=mona),
        otto=make_person(session, "6", "Otto Oktavian", manager=omar),
        hana=make_person(session, "7", "Hana Hartati", manager=root, roles=(Role.HR,)),
        audi=make_person(session, "8", "Audi Aditya", roles=(Role.AUDITOR,)),
        gone=make_person(session, "9", "Gone Gunawan", manager=mona, left_on=date(2026, 1, 31)),
    )
    for person in cast:
        make_account(session, person)
    return cast


def actor_of(person: Person, today: date = TODAY) -> Actor:
    """The person as somebody who asks a service."""
    return Actor(person.id, frozenset(grant.role for grant in person.grants), today)
