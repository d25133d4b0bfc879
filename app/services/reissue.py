"""How does a decision become a new version of a scorecard that stays what it was?"""

import json
from dataclasses import replace
from decimal import Decimal

from sqlalchemy.orm import Session

from app import clock
from app.access import Actor
from app.models import Appeal, PublishedScorecard
from app.rules import outcome
from app.rules.scorecard import Computed, Result, Revision, Scorecard, SignOff
from app.rules.vocabulary import AdjustmentKind
from app.services import adjustments, branding, snapshots
from app.services.appraisals import new_code
from app.services.scorecard_facts import people_on


def kpi_codes(scorecard: PublishedScorecard) -> list[str]:
    """The codes of the KPIs that stand on a published scorecard, in their order."""
    objectives = json.loads(scorecard.snapshot)["scorecard"]["objectives"]
    return [kpi["code"] for objective in objectives for kpi in objective["kpis"]]


def after_appeal(
    session: Session,
    actor: Actor,
    before: PublishedScorecard,
    appeal: Appeal,
    total: Decimal | None,
    code: str | None,
) -> PublishedScorecard:
    """The version that tells of a decided appeal; the inputs stay, another total stands beside the computed one."""
    card = snapshots.thawed(before.snapshot)
    decider = people_on(session, [actor.person_id], actor.today)[actor.person_id]
    decided = None
    if total is not None:
        decided = outcome.Adjustment(
            AdjustmentKind.APPEAL, total, _computed_total(card.result), appeal.answer, decider.name, clock.now()
        )
        adjustments.add_adjustment(
            session,
            actor,
            appeal.appraisal,
            AdjustmentKind.APPEAL,
            total=total,
            computed_total=decided.computed_total,
            reason=appeal.answer,
        )
    revision = Revision(
        of_version=before.version_number,
        reason=appeal.answer,
        asked_by=card.employee.name,
        decided_by=decider.name,
        decided_at=clock.now(),
        outcome=appeal.outcome,
    )
    made = replace(
        card,
        document=replace(card.document, version=before.version_number + 1),
        published=SignOff(decider.name, decider.position, clock.now()),
        appeal_until=None,
        revision=revision,
        result=card.result if decided is None else _with_adjustment(card.result, decided),
    )
    return _issue(session, actor, before, snapshots.reissued(before.snapshot, made, decided), code)


def _computed_total(result: Result) -> Decimal:
    computed = result.computed.total if result.computed else result.total
    if computed is None:
        raise ValueError("a scorecard without a total cannot be adjusted")
    return computed


def _with_adjustment(result: Result, decided: outcome.Adjustment) -> Result:
    """The result with one more adjustment; its figures are computed anew when it is frozen."""
    computed = result.computed or Computed(
        kpi_total=_computed_total(result),
        behaviour=None,
        behaviour_share=Decimal("0.00"),
        total=_computed_total(result),
        grade=result.grade or "",
    )
    return replace(result, computed=replace(computed, adjustments=(*computed.adjustments, decided)))


def _issue(
    session: Session, actor: Actor, before: PublishedScorecard, snapshot: str, code: str | None
) -> PublishedScorecard:
    card: Scorecard = snapshots.thawed(snapshot)
    made = PublishedScorecard(
        appraisal_id=before.appraisal_id,
        version_number=card.document.version,
        verification_code=code or new_code(),
        snapshot=snapshot,
        snapshot_digest=snapshots.digest_of(snapshot),
        total=card.result.total,
        grade=card.result.grade,
        coverage=card.result.coverage,
        published_at=clock.now(),
        published_by_id=actor.person_id,
        branding_version=branding.number_in_force(session),
    )
    session.add(made)
    session.flush()
    return made
