"""Which decisions of two people, and which other appraiser, belong to a person's appraisal?"""

from collections.abc import Mapping

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from app.models import Appeal, AppraiserAssignment, CaseRequest
from app.rules.scorecard import Revision
from app.rules.vocabulary import CaseKind

_ABOUT_KPIS = (CaseKind.EXCLUDE_KPI, CaseKind.INCLUDE_KPI)


def exclusions_of(session: Session, people: Mapping[int, int]) -> dict[int, dict[str, str]]:
    """The KPIs that two people left out, by person and code, with the reason; `people` is appraisal → person."""
    if not people:
        return {}
    rows = session.execute(
        select(CaseRequest.appraisal_id, CaseRequest.kind, CaseRequest.kpi_code, CaseRequest.reason)
        .where(
            CaseRequest.appraisal_id.in_(people),
            CaseRequest.kind.in_(_ABOUT_KPIS),
            CaseRequest.is_accepted.is_(True),
        )
        .order_by(CaseRequest.decided_at, CaseRequest.id)
    )
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        left_out = found.setdefault(people[row.appraisal_id], {})
        if row.kind is CaseKind.EXCLUDE_KPI:
            left_out[row.kpi_code] = row.reason
        else:
            left_out.pop(row.kpi_code, None)
    return found


def appraisers_of(session: Session, period_id: int, managers: Mapping[int, int | None]) -> dict[int, int]:
    """Who appraises each of these people in the period: who was assigned, or else the manager."""
    rows = session.execute(
        select(AppraiserAssignment.person_id, AppraiserAssignment.appraiser_id).where(
            AppraiserAssignment.period_id == period_id, AppraiserAssignment.person_id.in_(managers)
        )
    )
    return {
        **{person_id: manager_id for person_id, manager_id in managers.items() if manager_id is not None},
        **{row.person_id: row.appraiser_id for row in rows},
    }


def correction_of(session: Session, appraisal_id: int, versions: int) -> Revision | None:
    """What a version after the first one says of itself, when it is published because of a correction."""
    if not versions:
        return None
    asked = session.scalar(
        select(CaseRequest)
        .where(
            CaseRequest.appraisal_id == appraisal_id,
            CaseRequest.kind == CaseKind.CORRECT,
            CaseRequest.is_accepted.is_(True),
        )
        .order_by(CaseRequest.decided_at.desc(), CaseRequest.id.desc())
        .limit(1)
        .options(joinedload(CaseRequest.asked_by), joinedload(CaseRequest.decided_by))
    )
    if asked is None or asked.decided_by is None or asked.decided_at is None:
        return None
    return Revision(
        of_version=versions,
        reason=asked.reason,
        asked_by=asked.asked_by.name,
        decided_by=asked.decided_by.name,
        decided_at=asked.decided_at,
    )


def was_appealed(session: Session, appraisal_id: int) -> bool:
    """Whether the one appeal that an appraisal may have was used."""
    return bool(session.scalar(select(exists().where(Appeal.appraisal_id == appraisal_id))))
