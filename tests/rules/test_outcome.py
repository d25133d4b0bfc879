"""Is the final total the last adjustment in force, with the computed one untouched beside it?"""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.outcome import LEVELS, ORDER, Adjustment, behaviour_total, in_force, outcome
from app.rules.policy import DEFAULT_GRADES
from app.rules.scoring import with_behaviour
from app.rules.vocabulary import AdjustmentKind

TOTALS = st.decimals(Decimal(0), Decimal(200), places=2)
ROWS = st.lists(st.builds(Adjustment, st.sampled_from(list(AdjustmentKind)), TOTALS | st.none(), TOTALS), max_size=8)


def adjustment(kind: AdjustmentKind, total: str | None, computed: str = "88.40") -> Adjustment:
    return Adjustment(kind, None if total is None else Decimal(total), Decimal(computed))


def test_without_behaviours_and_adjustments_the_result_is_that_of_the_kpis() -> None:
    made = outcome(Fraction(1790, 20), DEFAULT_GRADES)
    assert (made.kpi_total, made.computed, made.total, made.grade) == (
        Decimal("89.50"),
        Decimal("89.50"),
        Decimal("89.50"),
        "needs_improvement",
    )
    assert made.is_plain
    assert not made.stale


def test_without_any_data_there_is_no_total_whatever_people_set() -> None:
    made = outcome(None, DEFAULT_GRADES, adjustments=[adjustment(AdjustmentKind.MANAGER, "90")])
    assert (made.total, made.grade, made.adjustments, made.computed) == (None, None, (), None)


def test_nothing_is_rounded_before_behaviours_are_mixed_in() -> None:
    made = outcome(Fraction(268, 3), DEFAULT_GRADES, levels=[5, 4, 4], behaviour_share=Decimal("12.50"))
    exact = with_behaviour(Fraction(268, 3), Fraction(260, 3), Fraction(25, 2))
    assert (made.kpi_total, made.behaviour) == (Decimal("89.33"), Decimal("86.67"))
    assert exact == 89
    assert made.computed == Decimal("89.00")


def test_levels_count_for_nothing_where_the_policy_gives_them_no_share() -> None:
    made = outcome(Fraction(80), DEFAULT_GRADES, levels=[5, 5])
    assert (made.behaviour, made.total, made.is_plain) == (None, Decimal(80), True)


def test_the_last_row_of_a_kind_counts_and_a_withdrawal_ends_it() -> None:
    manager, calibration = AdjustmentKind.MANAGER, AdjustmentKind.CALIBRATION
    rows = [adjustment(manager, "91"), adjustment(calibration, "90"), adjustment(manager, "92")]
    assert [each.total for each in in_force(rows)] == [Decimal(92), Decimal(90)]
    rows.append(adjustment(calibration, None))
    made = outcome(Fraction(442, 5), DEFAULT_GRADES, adjustments=rows)
    assert (made.computed, made.total, made.before(calibration)) == (Decimal("88.40"), Decimal(92), Decimal(92))


def test_an_adjustment_for_another_computed_total_is_stale() -> None:
    rows = [adjustment(AdjustmentKind.MANAGER, "91", "88.40"), adjustment(AdjustmentKind.CALIBRATION, "90", "80.00")]
    made = outcome(Fraction(442, 5), DEFAULT_GRADES, adjustments=rows)
    assert [each.kind for each in made.stale] == [AdjustmentKind.CALIBRATION]


@given(exact=st.fractions(0, 200), levels=st.lists(st.integers(1, LEVELS), max_size=6), rows=ROWS)
def test_the_computed_total_never_depends_on_what_people_set(
    exact: Fraction, levels: list[int], rows: list[Adjustment]
) -> None:
    share = Decimal(30)
    plain = outcome(exact, DEFAULT_GRADES, levels=levels, behaviour_share=share)
    made = outcome(exact, DEFAULT_GRADES, levels=levels, behaviour_share=share, adjustments=rows)
    assert (made.kpi_total, made.computed, made.computed_grade) == (plain.kpi_total, plain.total, plain.grade)
    kinds = [each.kind for each in made.adjustments]
    assert kinds == [kind for kind in ORDER if kind in kinds]
    assert made.total == (made.adjustments[-1].total if made.adjustments else made.computed)


@pytest.mark.parametrize(("levels", "total"), [([], None), ([1], 20), ([5, 5], 100), ([3, 4], 70)])
def test_levels_are_a_share_of_the_highest(levels: list[int], total: int | None) -> None:
    assert behaviour_total(levels) == total
