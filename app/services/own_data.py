"""What is stored about one person, all of it? Found by following the tables, so that no new one is forgotten."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session

from app.models import AuditEntry, Base, Person

IMPERSONAL: Final = frozenset(
    {
        "behaviour", "behaviour_level", "brand_logo", "branding_version", "cycle", "goal", "grade_band",
        "incentive_band", "issuing_policy", "job", "kpi_definition", "organisation_profile", "pdf_batch", "period",
        "position", "responsibility", "sign_in_failure", "unit",
    }
)  # fmt: skip
"""Tables that hold nothing about an employee as such; where they name somebody, it is by id and in office."""
TECHNICAL: Final = frozenset({"idempotency_key", "mail", "one_time_link"})
"""What passes by itself: answers to programs, letters on their way, links that work once."""
OF_OTHERS: Final = frozenset({"feedback_request", "feedback_answer"})
"""Named colleagues were promised who reads their words; what the employee may read stands on the scorecard."""
ELSEWHERE: Final = frozenset({"audit_entry", "audit_text"})
"""Given separately: acts that concern the person, with names instead of ids."""

_SECRETS: Final = frozenset({"password_hash", "token_hash", "csrf_token"})
_NOT_THE_SUBJECT: Final = {("kpi_recorder", "person_id")}
"""Who records somebody else's KPI is not the one whom it concerns."""


@cache
def owners() -> Mapping[str, str]:
    """For every table about a person the column that leads there: to the person, or to a row of theirs."""
    found: dict[str, str] = {"person": "id"}
    for table in Base.metadata.sorted_tables:
        if table.name in IMPERSONAL | ELSEWHERE or table.name in found:
            continue
        for column, target in _links(table):
            if (target in found and target != "person") or (target == "person" and column == "person_id"):
                found[table.name] = column
                break
    return found


def _links(table: Table) -> Sequence[tuple[str, str]]:
    """The columns that lead to other tables, the one to the person first."""
    links = [
        (column.name, key.column.table.name)
        for column in table.columns
        for key in column.foreign_keys
        if (table.name, column.name) not in _NOT_THE_SUBJECT
    ]
    return sorted(links, key=lambda link: link[0] != "person_id")


def is_of(table: Table, person_id: int) -> ColumnElement[bool]:
    """Whether a row of a table is about the person."""
    column = owners()[table.name]
    if table.name == "person" or column == "person_id":
        return table.c[column] == person_id
    (key,) = table.c[column].foreign_keys
    parent = key.column.table
    return table.c[column].in_(select(parent.c.id).where(is_of(parent, person_id)))


def rows_about(session: Session, person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Every row about the person by table, ready for JSON; secrets and what is others' stays out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in owners() or table.name in TECHNICAL | OF_OTHERS:
            continue
        columns = [column for column in table.columns if column.name not in _SECRETS]
        rows = session.execute(select(*columns).where(is_of(table, person_id)).order_by(table.c.id)).mappings()
        found[table.name] = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return found


def acts_about(session: Session, person_id: int) -> list[dict[str, Any]]:
    """Who did or looked at what about the person, the latest first."""
    wanted = (
        select(AuditEntry.at, AuditEntry.action, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.subject_id == person_id)
        .order_by(AuditEntry.id.desc())
    )
    return [{"at": at.isoformat(), "action": action, "by": name or ""} for at, action, name in session.execute(wanted)]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value
