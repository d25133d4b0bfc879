"""Which totals did people set beside the computed one, and how is another one added?"""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from app import clock
from app.access import Actor
from app.models import Adjustment, Appraisal
from app.rules import outcome as rules
from app.rules.vocabulary import AdjustmentKind
from app.services import audit


def adjustment_values(rows: Sequence[Adjustment]) -> tuple[rules.Adjustment, ...]:
    """The rows as the rules take them, in the order in which they were written."""
    return tuple(
        rules.Adjustment(row.kind, row.total, row.computed_total, row.reason, row.by.name, row.at) for row in rows
    )


def add_adjustment(
    session: Session,
    actor: Actor,
    appraisal: Appraisal,
    kind: AdjustmentKind,
    *,
    total: Decimal | None,
    computed_total: Decimal,
    reason: str,
) -> Adjustment:
    """Set a total beside the computed one, or withdraw what was set with `total=None`; put on record.

    Whoever calls has asked the permission, holds the appraisal's lock and says for which computed total it was decided.
    """
    row = Adjustment(
        appraisal_id=appraisal.id,
        kind=kind,
        total=total,
        computed_total=computed_total,
        reason=reason,
        by_id=actor.person_id,
        at=clock.now(),
    )
    appraisal.adjustments.append(row)
    session.flush()
    audit.record(
        session,
        "appraisal.adjusted",
        actor_id=actor.person_id,
        about=("appraisal", appraisal.id),
        subject_id=appraisal.person_id,
        details={"kind": kind.value, "total": total, "computed_total": computed_total},
        words={"reason": reason} if reason else None,
    )
    return row
