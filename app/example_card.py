"""Which scorecard is shown where a look is chosen? An invented one that has every section, scored by the real rules."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from app.i18n import Locale, mark
from app.rules import policy as rules
from app.rules.numbers import shown
from app.rules.scorecard import (
    Appraiser,
    Band,
    Cycle,
    DataQuality,
    Document,
    Employee,
    KpiWords,
    Period,
    Policy,
    PreviousResult,
    RatedBehaviour,
    Result,
    Review,
    Scorecard,
    ScorecardKpi,
    ScorecardObjective,
    SignOff,
    SourceCount,
    Target,
    Trend,
    Verification,
)
from app.rules.scoring import Kpi, KpiResult, Scoring, score_card
from app.rules.vocabulary import KpiStatus, Method, Missing, SourceKind, WeightingMethod


class _Example(NamedTuple):
    """A KPI in few words, with the scores of the months so far."""

    code: str
    name: str
    weight: int
    method: Method
    target: int
    actual: int
    status: KpiStatus
    scores: tuple[int, ...]


_H, _L, _K = Method.HIGHER, Method.LOWER, KpiStatus
_OBJECTIVES: Final = (
    (
        mark("Grow sales with present and new customers"),
        (
            _Example("REV", mark("Revenue"), 40, _H, 1200, 1260, _K.AHEAD, (96, 98, 101, 99, 104, 102, 106, 103, 105)),
            _Example("NEW", mark("New customers"), 25, _H, 24, 21, _K.ON_TRACK, (70, 80, 85, 90, 88, 92, 86, 84, 87)),
        ),
    ),
    (
        mark("Keep customers content"),
        (
            _Example("LOST", mark("Customers lost"), 20, _L, 5, 4, _K.AHEAD, (85, 90, 95, 99, 90, 99, 98, 110, 120)),
            _Example("REPLY", mark("Hours to a reply"), 15, _L, 4, 5, _K.BEHIND, (90, 85, 80, 70, 72, 78, 74, 71, 75)),
        ),
    ),
)
_MONTHS: Final = tuple(f"2026-{month:02}" for month in range(1, 13))
_BANDS: Final = (
    Band(Decimal(110), "outstanding", "Sangat Baik", "Outstanding"),
    Band(Decimal(90), "good", "Baik", "Good"),
    Band(Decimal(70), "needs_improvement", "Butuh Perbaikan", "Needs improvement"),
    Band(Decimal(50), "poor", "Kurang", "Poor"),
    Band(Decimal(0), "very_poor", "Sangat Kurang", "Very poor"),
)
_POLICY: Final = Policy(
    floor=Decimal(0),
    cap=Decimal(120),
    missing=Missing.EXCLUDE,
    weighting=WeightingMethod.COMPUTED,
    priority_share=Decimal(50),
    difficulty_share=Decimal(30),
    credibility_share=Decimal(20),
)
_BEHAVIOUR: Final = RatedBehaviour(
    "Collaboration",
    "Kerja sama",
    4,
    "Helps other teams without being asked.",
    "Membantu tim lain tanpa diminta.",
)


def example_card(locale: Locale, organisation: str, base_url: str) -> Scorecard:
    """The scorecard in the reader's language, under the organisation's name."""
    text = locale.text
    scored = score_card(rules.Policy(), [_rule(each) for _title, some in _OBJECTIVES for each in some])
    results = {result.code: result for result in scored.kpis}
    head = text(mark("Head of Sales"))
    return Scorecard(
        document=Document(organisation, "KSK/2026-09/0417", 1, is_final=True, time_zone=locale.zone),
        cycle=Cycle("2026", text(mark("Example year")), date(2026, 1, 1), date(2026, 12, 31)),
        period=Period("2026-09", date(2026, 9, 1), date(2026, 9, 30)),
        employee=Employee(
            number="0417",
            name="Kusumaningtyas Prawirodirdjo",
            position=text(mark("Account manager")),
            unit=text(mark("Sales")),
            joined_on=date(2019, 3, 18),
            plan_starts_on=date(2026, 1, 1),
            plan_ends_on=date(2026, 12, 31),
        ),
        appraiser=Appraiser("0032", "Bambang Hadikusumo", head, text(mark("Sales"))),
        policy=_POLICY,
        result=Result(
            scored.total, scored.grade, scored.coverage, _BANDS, PreviousResult("2026-08", Decimal("99.10"), "good")
        ),
        objectives=tuple(
            ScorecardObjective(text(title), tuple(_line(locale, each, results[each.code]) for each in some))
            for title, some in _OBJECTIVES
        ),
        comment=text(mark("A steady period. Reply to complaints at weekends, too, before the next one.")),
        published=SignOff("Bambang Hadikusumo", head, datetime(2026, 10, 6, 8, 41, tzinfo=UTC)),
        appeal_until=date(2026, 10, 20),
        verification=Verification("XXXX-XXXX-XXXX", "0000 0000 0000 0000", f"{base_url}/verify/XXXX-XXXX-XXXX"),
        review=Review(
            own=text(mark("Two large customers came back after the visits in spring.")),
            words=(
                KpiWords(
                    "NEW",
                    own=text(mark("Three contracts are signed next month.")),
                    comment=text(mark("Well prepared; they count in the next period.")),
                ),
            ),
            behaviours=(_BEHAVIOUR,),
        ),
    )


def _rule(example: _Example) -> Kpi:
    scoring = Scoring(method=example.method, target=Fraction(example.target))
    return Kpi(example.code, Decimal(example.weight), scoring, Fraction(example.actual))


def _line(locale: Locale, example: _Example, result: KpiResult) -> ScorecardKpi:
    weight = shown(result.weight)
    months = len(example.scores)
    return ScorecardKpi(
        code=example.code,
        name=locale.text(example.name),
        definition="",
        source="",
        source_kind=SourceKind.SYSTEM_OF_RECORD,
        unit_of_measure="",
        method=example.method,
        weight=weight,
        priority=4,
        difficulty=3,
        data_credibility=5,
        computed_weight=weight,
        weight_reason="",
        target=Target(target=Decimal(example.target)),
        floor=_POLICY.floor,
        cap=_POLICY.cap,
        actual=Decimal(example.actual),
        uncapped=None if result.uncapped is None else shown(result.uncapped),
        achievement=None if result.achievement is None else shown(result.achievement),
        contribution=result.contribution,
        status=example.status,
        is_due=True,
        is_missing=False,
        data=DataQuality(
            entries=months,
            entries_expected=months,
            evidence=months,
            changes=0,
            changed_at=None,
            recorded_by=("Bambang Hadikusumo",),
            sources=(SourceCount(SourceKind.SYSTEM_OF_RECORD, months),),
        ),
        working=result.working,
        trend=tuple(_month(code, example.scores[place : place + 1]) for place, code in enumerate(_MONTHS)),
    )


def _month(code: str, score: tuple[int, ...]) -> Trend:
    value = Decimal(score[0]) if score else None
    return Trend(code, value, None if value is None else shown(value), is_due=bool(score))
