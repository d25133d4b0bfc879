"""Who records the figures of a KPI, as it is written into a plan?"""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Kpi, KpiRecorder, Person, Plan
from app.rules.faults import Fault
from app.rules.recording import recorder_by_source
from app.rules.texts import tidy
from app.rules.vocabulary import RecorderRule
from app.services.kpi_values import KpiValues

_AT: Final = "recorder_number"


def rule_of(kpi: Kpi) -> RecorderRule:
    """Who records the KPI: what was said, else what its source means."""
    return kpi.recorder.rule if kpi.recorder else recorder_by_source(kpi.source_kind)


def recorder_faults(session: Session, plan: Plan, values: KpiValues) -> list[Fault]:
    """Why the third party that was named cannot record."""
    if values.recorder is not RecorderRule.THIRD_PARTY:
        return []
    number = tidy(values.recorder_number)
    if not number:
        return [Fault(_AT, "required")]
    person = _numbered(session, number)
    if person is None:
        return [Fault(_AT, "nobody_so_named")]
    if person.id == plan.person_id:
        return [Fault(_AT, "recorder_is_employee")]
    if person.left_on is not None and person.left_on < plan.ends_on:
        return [Fault(_AT, "recorder_left", {"name": person.name})]
    return []


def write_recorder(session: Session, kpi: Kpi, values: KpiValues) -> None:
    """Put down who records the KPI; without a rule its source decides."""
    if values.recorder is None:
        kpi.recorder = None
        return
    is_named = values.recorder is RecorderRule.THIRD_PARTY
    person = _numbered(session, tidy(values.recorder_number)) if is_named else None
    if kpi.recorder is None:
        kpi.recorder = KpiRecorder(rule=values.recorder, person=person)
    else:
        kpi.recorder.rule, kpi.recorder.person = values.recorder, person


def copy_recorder(kpi: Kpi, copied: Kpi, person_id: int) -> None:
    """Let the copy in this person's plan be recorded like the original; nobody becomes their own third party."""
    recorder = kpi.recorder
    if recorder is not None and recorder.person_id != person_id:
        copied.recorder = KpiRecorder(rule=recorder.rule, person_id=recorder.person_id)


def recorder_facts(kpi: Kpi) -> dict[str, object]:
    """Who records the KPI, for the record of acts; nothing where its source decides."""
    if kpi.recorder is None:
        return {}
    person = kpi.recorder.person
    return {"recorder": kpi.recorder.rule.value, **({"recorder_number": person.number} if person else {})}


def _numbered(session: Session, number: str) -> Person | None:
    return session.scalars(select(Person).where(Person.number == number)).one_or_none()
