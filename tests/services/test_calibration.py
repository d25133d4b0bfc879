"""Are results compared before they are released, and moved with a reason by others than their owners?"""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, KinerjaError
from app.models import Adjustment, AuditEntry
from app.rules.vocabulary import AdjustmentKind
from app.services.appraisals import publish
from app.services.calibration import CalibrationView, calibration_view, move_total
from app.services.scorecards import scorecard_of
from tests.cards import Example, give_plan, make_example
from tests.cast import Cast, actor_of


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    give_plan(session, cast.eva, made.cycle)
    give_plan(session, cast.hana, made.cycle)
    return made


def view(session: Session, example: Example, name: str = "hana") -> CalibrationView:
    actor = actor_of(getattr(example.cast, name))
    return calibration_view(session, actor, example.cycle, example.period("2026-01"))


def move(
    session: Session, example: Example, name: str = "hana", total: str | None = "90", seen: str = "81.37"
) -> Adjustment:
    return move_total(
        session,
        actor_of(getattr(example.cast, name)),
        person_id=example.cast.eli.id,
        period_id=example.period("2026-01").id,
        total=None if total is None else Decimal(total),
        seen=Decimal(seen),
        reason="Dibandingkan dengan rekan setim.",
    )


def test_the_view_shows_results_of_others_that_are_not_out(session: Session, example: Example) -> None:
    found = view(session, example)
    assert [(row.name, str(row.before), str(row.after), row.manager) for row in found.rows] == [
        ("Eli Effendi", "81.37", "81.37", "Mona Maharani")
    ]
    assert (found.without_total, found.is_cut) == (1, False)  # eva has no figures; hana's own is not there
    assert [each.count for each in found.after] == [0, 0, 1, 0, 0]
    assert [[row.name for row in view(session, example, name).rows] for name in ("root", "mona", "eli", "omar")] == [
        ["Eli Effendi"], [], [], [],
    ]  # fmt: skip
    publish(session, actor_of(example.cast.mona), person_id=example.cast.eli.id, period_id=example.period("2026-01").id)
    assert view(session, example).rows == []


def test_a_move_stands_beside_the_computed_total_with_reason_and_author(session: Session, example: Example) -> None:
    move(session, example)
    (row,) = view(session, example).rows
    assert (str(row.before), str(row.after), row.grade_before, row.grade_after) == (
        "81.37",
        "90.00",
        "needs_improvement",
        "good",
    )
    found = view(session, example)
    assert (found.moves["raised"], found.moves["regraded"]) == (1, 1)
    assert [(each.by, each.name, str(each.total)) for each in found.history] == [
        ("Hana Hartati", "Eli Effendi", "90.00")
    ]
    made = publish(
        session, actor_of(example.cast.mona), person_id=example.cast.eli.id, period_id=example.period("2026-01").id
    )
    computed = scorecard_of(made).result.computed
    assert computed is not None
    assert (str(made.total), str(computed.total), computed.adjustments[0].kind) == (
        "90.00",
        "81.37",
        AdjustmentKind.CALIBRATION,
    )
    with pytest.raises(Conflict) as refused:
        move(session, example, total="95")
    assert refused.value.code == "already_published"


def test_a_move_is_taken_back(session: Session, example: Example) -> None:
    move(session, example)
    move(session, example, total=None)
    (row,) = view(session, example).rows
    assert (row.after, row.is_moved) == (row.before, False)
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action == "appraisal.adjusted")).all()
    assert len(acts) == 2


@pytest.mark.parametrize(("name", "code"), [("mona", "not_allowed"), ("eli", "not_allowed"), ("omar", "not_found")])
def test_only_hr_and_those_above_calibrate(session: Session, example: Example, name: str, code: str) -> None:
    with pytest.raises(KinerjaError) as refused:
        move(session, example, name)
    assert (refused.value.code, session.scalars(select(Adjustment)).all()) == (code, [])


@pytest.mark.parametrize(
    ("total", "fault"), [("121", "too_large"), ("-1", "too_small"), ("81.37", "total_stands_already")]
)
def test_totals_that_cannot_be_are_refused(session: Session, example: Example, total: str, fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        move(session, example, total=total)
    assert [(each.at, each.code) for each in refused.value.faults] == [("total", fault)]


def test_what_changed_meanwhile_is_not_moved(session: Session, example: Example) -> None:
    with pytest.raises(Conflict) as refused:
        move(session, example, seen="80.00")
    assert refused.value.code == "stale"
