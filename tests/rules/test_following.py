"""Do objectives and cards stand as their KPIs do, and is like held against like?"""

from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.rules.following import Change, Loss, Whole, change, change_of_all, losses, missing_streak, whole
from app.rules.numbers import shown
from app.rules.policy import StatusThresholds
from app.rules.progress import to_date
from app.rules.scorecard import DataQuality, ScorecardKpi, Target, Trend
from app.rules.vocabulary import Frequency, KpiStatus, Method, Missing, SourceKind
from tests.rules.test_progress import JAN, LATER, YEAR, entry, kpi

THRESHOLDS = StatusThresholds()
ACHIEVED, BEHIND = KpiStatus.ACHIEVED, KpiStatus.BEHIND


def line(
    weight: str,
    score: str | None,
    status: KpiStatus | None = None,
    *trend: str | None,
    code: str = "A",
    is_missing: bool = False,
) -> ScorecardKpi:
    achievement = None if score is None else Decimal(score)
    return ScorecardKpi(
        code=code,
        name=code,
        definition="",
        source="",
        source_kind=SourceKind.SYSTEM_WITH_LOG,
        unit_of_measure="",
        method=Method.HIGHER,
        weight=Decimal(weight),
        priority=3,
        difficulty=3,
        data_credibility=3,
        computed_weight=None,
        weight_reason="",
        target=Target(target=Decimal(100)),
        floor=Decimal(0),
        cap=Decimal(120),
        actual=achievement,
        uncapped=achievement,
        achievement=achievement,
        contribution=None,
        status=status,
        is_due=is_missing or score is not None,
        is_missing=is_missing,
        data=DataQuality(0, 0, 0, 0, None),
        trend=tuple(
            Trend(f"2026-{n:02}", None, None if value is None else Decimal(value), is_due=value is not None)
            for n, value in enumerate(trend, 1)
        ),
    )


def test_weights_decide_how_an_objective_stands() -> None:
    found = whole([line("30", "120", ACHIEVED), line("10", "60", BEHIND)], THRESHOLDS)
    assert found == Whole(KpiStatus.ON_TRACK, Decimal("105.00"), Decimal(40), Decimal(40))
    assert whole([line("10", "120", ACHIEVED), line("30", "60", BEHIND)], THRESHOLDS).status is BEHIND


def test_achieved_is_only_what_all_its_kpis_have_achieved() -> None:
    done, open_one = line("10", "100", ACHIEVED), line("5", None)
    assert whole([done, done], THRESHOLDS).status is ACHIEVED
    assert whole([done, open_one], THRESHOLDS) == Whole(KpiStatus.ON_TRACK, Decimal("100.00"), Decimal(10), Decimal(15))
    assert whole([done, line("0", "20", BEHIND)], THRESHOLDS).status is ACHIEVED  # only tracked, without weight


def test_without_data_there_is_no_status() -> None:
    assert whole([line("20", None), line("30", None)], THRESHOLDS) == Whole(None, None, Decimal(0), Decimal(50))
    assert whole([], THRESHOLDS) == Whole(None, None, Decimal(0), Decimal(0))


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 12000)), min_size=1, max_size=8), st.randoms())
def test_the_order_of_kpis_changes_nothing_and_the_mean_lies_between(
    parts: list[tuple[int, int]], chance: Random
) -> None:
    kpis = [line(str(weight), str(Decimal(score) / 100), KpiStatus.ON_TRACK) for weight, score in parts]
    found = whole(kpis, THRESHOLDS)
    chance.shuffle(kpis)
    assert whole(kpis, THRESHOLDS) == found
    scores = [kpi.achievement for kpi in kpis if kpi.achievement is not None]
    assert found.achievement is not None
    assert min(scores) <= found.achievement <= max(scores)


def test_a_period_is_held_against_the_last_one_with_a_figure() -> None:
    fallen = change(line("10", "1", None, "100", None, "90.01").trend)
    assert fallen == Change("2026-03", "2026-01", Decimal("90.01"), Decimal(100))
    assert (fallen.difference, fallen.is_alert) == (Decimal("-9.99"), False)
    worse = change(line("10", "1", None, "100", "90").trend)
    assert worse is not None
    assert worse.is_alert
    risen = change(line("10", "1", None, "80", "100").trend)
    assert risen is not None
    assert (risen.difference, risen.is_alert) == (Decimal(20), False)
    assert change(line("10", "1", None, None, "90").trend) is None
    assert change(()) is None


def test_like_is_held_against_like() -> None:
    """The quarter's figure of C in March does not make March better than February."""
    kpis = [
        line("30", "1", None, "100", "90", "80", code="A"),
        line("10", "1", None, "100", None, "40", code="B"),
        line("60", "1", None, None, None, "120", code="C"),
    ]
    assert change_of_all(kpis) == Change("2026-03", "2026-02", Decimal("80.00"), Decimal("90.00"))
    assert change_of_all(kpis[1:]) == Change("2026-03", "2026-01", Decimal("40.00"), Decimal("100.00"))
    assert change_of_all(kpis[2:]) is None
    assert change_of_all([]) is None


def test_most_is_to_be_won_where_weight_and_shortfall_meet() -> None:
    kpis = [
        line("40", "90", code="A"),
        line("10", "30", code="B"),
        line("20", "110", code="C"),
        line("30", None, code="D", is_missing=True),
    ]
    assert losses(kpis, Missing.EXCLUDE) == [Loss("B", Decimal("10.00")), Loss("A", Decimal("5.71"))]
    assert losses(kpis, Missing.ZERO) == [
        Loss("D", Decimal("30.00")),
        Loss("B", Decimal("7.00")),
        Loss("A", Decimal("4.00")),
    ]
    assert losses([], Missing.ZERO) == []


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 120)), min_size=1, max_size=8))
def test_what_is_lost_is_what_the_total_lacks(parts: list[tuple[int, int]]) -> None:
    kpis = [line(str(weight), str(score), code=str(n)) for n, (weight, score) in enumerate(parts)]
    whole_weight = sum(weight for weight, _ in parts)
    total = Fraction(sum(weight * score for weight, score in parts), whole_weight)
    surplus = Fraction(sum(weight * max(0, score - 100) for weight, score in parts), whole_weight)
    lost = sum((loss.points for loss in losses(kpis, Missing.EXCLUDE)), Decimal(0))
    assert abs(lost - shown(100 + surplus - total)) <= Decimal("0.01") * (len(parts) + 1)


def test_a_streak_is_counted_from_the_last_entry_that_is_due() -> None:
    march = YEAR[0].replace(month=3, day=31)
    assert missing_streak(to_date(kpi(), march, LATER)) == 3
    assert missing_streak(to_date(kpi(entry("2026-01")), march, LATER)) == 2
    assert missing_streak(to_date(kpi(entry("2026-01"), entry("2026-03")), march, LATER)) == 0
    assert missing_streak(to_date(kpi(frequency=Frequency.YEARLY), JAN, LATER)) == 0
