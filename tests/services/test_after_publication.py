"""Are receipts, objections and their decisions on record once, by the right people, within their days?"""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, KinerjaError, NotAllowed, NotFound
from app.models import Acknowledgement, Adjustment, Appeal, AuditEntry, PublishedScorecard, ReportingLine
from app.rules.vocabulary import AdjustmentKind, AppealOutcome, AppraisalState
from app.services import audit, snapshots
from app.services.appeals import Decision, decide_appeal, get_appeal, list_appeals, raise_appeal
from app.services.appraisals import publish
from app.services.receipts import acknowledge, list_receipts
from app.services.scorecards import period_card, scorecard_of
from app.services.where import Where
from tests.cards import Example, give_plan, make_example
from tests.cast import Cast, actor_of

LAST_DAY = date(2026, 2, 17)
WAITING = date(2026, 2, 10)
"""A day on which the objection of 3 February waits for the second-level manager."""


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


@pytest.fixture
def january(session: Session, example: Example) -> PublishedScorecard:
    """Eli's, published by mona."""
    return publish(
        session, actor_of(example.cast.mona), person_id=example.cast.eli.id, period_id=example.period("2026-01").id
    )


def receive(session: Session, cast: Cast, name: str = "eli", comment: str = "") -> Acknowledgement:
    actor = actor_of(getattr(cast, name))
    return acknowledge(session, actor, where=Where(cast.eli.id, "2026", "2026-01"), comment=comment)


def appeal(session: Session, cast: Cast, name: str = "eli", today: date = LAST_DAY, **points: str) -> Appeal:
    return raise_appeal(
        session,
        actor_of(getattr(cast, name), today),
        where=Where(cast.eli.id, "2026", "2026-01"),
        reason="Angka penjualan belum lengkap.",
        points=points,
    )


def decide(session: Session, cast: Cast, made: Appeal, name: str = "root", **given: object) -> PublishedScorecard:
    today = given.pop("today", WAITING)
    assert isinstance(today, date)
    decision = Decision(**{"outcome": AppealOutcome.UPHELD, "answer": "Faktur telat tercatat.", **given})  # type: ignore[arg-type]
    return decide_appeal(
        session, actor_of(getattr(cast, name), today), appeal_id=made.id, version=made.version, decision=decision
    )


# --- Receipt ----------------------------------------------------------------------------------------------------------


def test_receipt_is_confirmed_once_by_the_owner_alone(
    session: Session, cast: Cast, january: PublishedScorecard
) -> None:
    made = receive(session, cast, comment="Terima kasih.")
    assert (made.scorecard_id, made.name, made.comment) == (january.id, "Eli Effendi", "Terima kasih.")
    assert january.appraisal.state is AppraisalState.ACKNOWLEDGED
    with pytest.raises(Conflict) as refused:
        receive(session, cast)
    assert refused.value.code == "already_acknowledged"
    act = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (act.action, act.actor_id, act.subject_id) == ("scorecard.acknowledged", cast.eli.id, cast.eli.id)
    assert audit.verify(session) is None


@pytest.mark.parametrize(("name", "refusal"), [("mona", NotAllowed), ("hana", NotAllowed), ("eva", NotFound)])
def test_nobody_confirms_for_somebody_else(
    session: Session, cast: Cast, january: PublishedScorecard, name: str, refusal: type[KinerjaError]
) -> None:
    with pytest.raises(refusal):
        receive(session, cast, name)
    assert january.appraisal.state is AppraisalState.PUBLISHED


def test_what_is_not_published_cannot_be_received(session: Session, example: Example) -> None:
    with pytest.raises(NotFound) as refused:
        receive(session, example.cast)
    assert refused.value.code == "not_published"


def test_the_list_says_who_has_not_confirmed(session: Session, example: Example, january: PublishedScorecard) -> None:
    cast, period = example.cast, example.period("2026-01")

    def listed(name: str, *, only_open: bool = True) -> list[tuple[str, bool]]:
        found = list_receipts(session, actor_of(getattr(cast, name)), period, only_open=only_open)
        assert found.total == len(found.items)
        return [(row.name, row.acknowledged_at is not None) for row in found.items]

    assert january.version_number == 1
    names = ("mona", "root", "hana", "audi", "eli", "eva", "omar")
    assert {name: listed(name) for name in names} == {
        **{name: [("Eli Effendi", False)] for name in ("mona", "root", "hana", "audi")},
        **{name: [] for name in ("eli", "eva", "omar")},
    }
    receive(session, cast)
    assert (listed("mona"), listed("mona", only_open=False)) == ([], [("Eli Effendi", True)])


# --- Objection --------------------------------------------------------------------------------------------------------


def test_an_objection_names_its_reasons_and_freezes_the_card(
    session: Session, cast: Cast, january: PublishedScorecard
) -> None:
    made = appeal(session, cast, SALES="Dua faktur tidak terhitung.", COST="  ")
    assert (made.scorecard_id, made.reason) == (january.id, "Angka penjualan belum lengkap.")
    assert [(point.kpi_code, point.words) for point in made.points] == [("SALES", "Dua faktur tidak terhitung.")]
    assert january.appraisal.state is AppraisalState.APPEALED
    act = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (act.action, json.loads(act.details)["kpis"]) == ("appeal.raised", ["SALES"])
    with pytest.raises(Conflict) as refused:
        appeal(session, cast)
    assert refused.value.code == "already_appealed"


def test_the_last_day_counts_and_the_next_one_is_too_late(
    session: Session, cast: Cast, january: PublishedScorecard
) -> None:
    with pytest.raises(Conflict) as refused:
        appeal(session, cast, today=date(2026, 2, 18))
    assert refused.value.code == "appeal_days_over"
    assert appeal(session, cast, today=LAST_DAY).scorecard_id == january.id


@pytest.mark.parametrize(("name", "refusal"), [("mona", NotAllowed), ("hana", NotAllowed), ("eva", NotFound)])
def test_nobody_objects_for_somebody_else(
    session: Session, cast: Cast, january: PublishedScorecard, name: str, refusal: type[KinerjaError]
) -> None:
    with pytest.raises(refusal):
        appeal(session, cast, name)
    assert january.appraisal.state is AppraisalState.PUBLISHED


def test_every_fault_of_an_objection_is_refused(session: Session, cast: Cast, january: PublishedScorecard) -> None:
    with pytest.raises(Invalid) as refused:
        appeal(session, cast, NOTHING="x")
    assert [fault.code for fault in refused.value.faults] == ["kpi_not_on_card"]
    assert january.verification_code


def test_the_decision_stands_on_a_new_version_beside_the_computed_total(
    session: Session, cast: Cast, january: PublishedScorecard
) -> None:
    made = appeal(session, cast)
    new = decide(session, cast, made, total=Decimal("90.00"))
    session.expire_all()
    assert (new.version_number, str(new.total), new.grade) == (2, "90.00", "good")
    assert (str(january.total), january.grade) == ("81.37", "needs_improvement")
    assert january.appraisal.state is AppraisalState.PUBLISHED
    card = scorecard_of(new)
    revision = card.revision
    assert revision is not None
    assert (revision.of_version, revision.outcome, revision.reason, revision.decided_by) == (
        1,
        AppealOutcome.UPHELD,
        "Faktur telat tercatat.",
        "Root Raharja",
    )
    computed = card.result.computed
    assert computed is not None
    assert (str(computed.total), computed.grade) == ("81.37", "needs_improvement")
    assert [(each.kind, str(each.total)) for each in computed.adjustments] == [(AdjustmentKind.APPEAL, "90.00")]
    assert snapshots.recomputed(new.snapshot) == new.snapshot
    assert (card.appeal_until, card.document.version) == (None, 2)
    row = session.scalars(select(Adjustment)).one()
    assert (row.kind, str(row.total), str(row.computed_total), row.by_id) == (
        AdjustmentKind.APPEAL,
        "90.00",
        "81.37",
        cast.root.id,
    )


def test_a_rejected_objection_makes_a_version_too(session: Session, cast: Cast, january: PublishedScorecard) -> None:
    made = appeal(session, cast)
    new = decide(session, cast, made, outcome=AppealOutcome.REJECTED)
    assert (new.version_number, new.total, new.grade) == (2, january.total, january.grade)
    assert scorecard_of(new).result == scorecard_of(january).result
    assert snapshots.recomputed(new.snapshot) == new.snapshot
    with pytest.raises(Conflict) as refused:
        appeal(session, cast)
    assert refused.value.code == "appeal_days_over"
    receive(session, cast)
    with pytest.raises(Conflict) as refused:
        decide(session, cast, made)
    assert refused.value.code == "appeal_decided"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("mona", "not_allowed"),
        ("eli", "not_allowed"),
        ("audi", "not_allowed"),
        ("hana", "second_level_decides"),
        ("eva", "not_found"),
        ("omar", "not_found"),
    ],
)
def test_only_the_second_level_decides(
    session: Session, cast: Cast, january: PublishedScorecard, name: str, code: str
) -> None:
    made = appeal(session, cast)
    with pytest.raises(KinerjaError) as refused:
        decide(session, cast, made, name)
    assert (refused.value.code, made.outcome, january.appraisal.state) == (code, None, AppraisalState.APPEALED)


def test_hr_decides_where_the_second_level_published_or_is_silent(session: Session, example: Example) -> None:
    cast = example.cast
    publish(session, actor_of(cast.root), person_id=cast.eli.id, period_id=example.period("2026-01").id)
    made = appeal(session, cast)
    with pytest.raises(Conflict) as refused:
        decide(session, cast, made)
    assert refused.value.code == "second_person_needed"
    assert get_appeal(session, actor_of(cast.hana), appeal_id=made.id).refusal is None
    assert decide(session, cast, made, "hana").published_by_id == cast.hana.id


def test_hr_decides_after_the_appeal_has_waited(session: Session, cast: Cast, january: PublishedScorecard) -> None:
    made = appeal(session, cast)
    late = date(2026, 2, 17)
    assert get_appeal(session, actor_of(cast.hana, late), appeal_id=made.id).decide_from == late
    assert get_appeal(session, actor_of(cast.hana, WAITING), appeal_id=made.id).refusal is not None
    assert decide(session, cast, made, "hana", today=late).appraisal_id == january.appraisal_id


def test_hr_decides_where_nobody_is_above(session: Session, cast: Cast, january: PublishedScorecard) -> None:
    made = appeal(session, cast, today=date(2026, 2, 3))
    line = session.scalars(select(ReportingLine).where(ReportingLine.person_id == cast.mona.id)).one()
    session.delete(line)
    session.flush()
    assert decide(session, cast, made, "hana", today=date(2026, 2, 4)).version_number == january.version_number + 1


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"total": Decimal(90), "outcome": AppealOutcome.REJECTED}, ("total", "total_stays_when_rejected")),
        ({"total": Decimal(121)}, ("total", "too_large")),
        ({"total": Decimal(-1)}, ("total", "too_small")),
        ({"total": Decimal("90.005")}, ("total", "more_than_2_decimals")),
        ({"answer": " "}, ("answer", "required")),
    ],
)
def test_a_decision_that_says_nothing_or_too_much_is_refused(
    session: Session, cast: Cast, january: PublishedScorecard, given: dict[str, Any], fault: tuple[str, str]
) -> None:
    made = appeal(session, cast)
    with pytest.raises(Invalid) as refused:
        decide(session, cast, made, **given)
    assert [(each.at, each.code) for each in refused.value.faults] == [fault]
    assert session.scalars(select(PublishedScorecard.id)).all() == [january.id]


def test_a_stale_decision_is_refused(session: Session, cast: Cast, january: PublishedScorecard) -> None:
    made = appeal(session, cast)
    with pytest.raises(Conflict) as refused:
        decide_appeal(
            session,
            actor_of(cast.root),
            appeal_id=made.id,
            version=made.version + 1,
            decision=Decision(AppealOutcome.UPHELD, "Ya"),
        )
    assert (refused.value.code, january.version_number) == ("stale", 1)


def test_only_those_who_see_the_card_see_the_objection(
    session: Session, cast: Cast, january: PublishedScorecard
) -> None:
    made = appeal(session, cast)
    seen = {}
    for name in ("eli", "mona", "root", "hana", "audi", "eva", "omar", "otto"):
        actor = actor_of(getattr(cast, name))
        found = [each.id for each in list_appeals(session, actor).items]
        try:
            get_appeal(session, actor, appeal_id=made.id)
            seen[name] = True
        except NotFound:
            seen[name] = False
        assert found == ([made.id] if seen[name] else [])
    assert {name for name, sees in seen.items() if sees} == {"eli", "mona", "root", "hana", "audi"}
    assert january.id


def test_the_card_says_what_came_after(session: Session, example: Example, january: PublishedScorecard) -> None:
    cast = example.cast
    give_plan(session, cast.eva, example.cycle)
    found = period_card(
        session, actor_of(cast.eli), person_id=cast.eli.id, cycle_code="2026", period_code="2026-01"
    ).case
    assert found is not None
    assert (found.may_acknowledge, found.days_left, found.last_day, found.refusal_to_appeal) == (
        True,
        15,
        LAST_DAY,
        None,
    )
    assert [row.version_number for row in found.versions] == [january.version_number]
    seen_by_mona = period_card(session, actor_of(cast.mona), person_id=cast.eli.id, cycle_code="2026").case
    assert seen_by_mona is not None
    assert (seen_by_mona.may_acknowledge, seen_by_mona.is_own, seen_by_mona.is_reopened) == (False, False, False)
    nothing = period_card(session, actor_of(cast.mona), person_id=cast.eva.id, cycle_code="2026")
    assert nothing.case is None
