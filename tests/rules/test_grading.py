"""Which grade does a total get, and how does a running KPI stand?"""

from decimal import Decimal
from fractions import Fraction

import pytest

from app.rules.grading import grade, status
from app.rules.policy import DEFAULT_GRADES, GradeBand, StatusThresholds
from app.rules.vocabulary import KpiStatus


@pytest.mark.parametrize(
    ("total", "code"),
    [
        ("120.00", "outstanding"),
        ("110.00", "outstanding"),
        ("109.99", "good"),
        ("90.00", "good"),
        ("89.99", "needs_improvement"),
        ("70.00", "needs_improvement"),
        ("69.99", "poor"),
        ("50.00", "poor"),
        ("49.99", "very_poor"),
        ("0.00", "very_poor"),
        ("-20.00", "very_poor"),
    ],
)
def test_bands_begin_at_their_lower_bound(total: str, code: str) -> None:
    assert grade(Decimal(total), DEFAULT_GRADES) == code
    assert grade(Decimal(total), DEFAULT_GRADES[::-1]) == code


def test_the_lowest_band_has_no_end() -> None:
    assert grade(Decimal(-1000), [GradeBand(Fraction(50), "A"), GradeBand(Fraction(20), "B")]) == "B"


@pytest.mark.parametrize(
    ("to_date", "full", "is_final", "expected"),
    [
        (None, None, False, None),
        ("120", "101", True, KpiStatus.ACHIEVED),
        ("100", "100", True, KpiStatus.ACHIEVED),
        ("120", "150", False, KpiStatus.AHEAD),
        ("110", "40", False, KpiStatus.AHEAD),
        ("109.99", "40", False, KpiStatus.ON_TRACK),
        ("90", "99", True, KpiStatus.ON_TRACK),
        ("89.99", None, False, KpiStatus.BEHIND),
    ],
)
def test_status_follows_the_thresholds(
    to_date: str | None, full: str | None, *, is_final: bool, expected: KpiStatus | None
) -> None:
    found = status(
        None if to_date is None else Fraction(to_date),
        full=None if full is None else Fraction(full),
        is_final=is_final,
        thresholds=StatusThresholds(),
    )
    assert found is expected
