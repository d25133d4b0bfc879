"""Does whatever was published compute to the same bytes again, and does every change show?"""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.models import (
    Cycle,
    Entry,
    EntryInput,
    EntryMilestone,
    Kpi,
    KpiInput,
    Milestone,
    Objective,
    Period,
    PeriodTarget,
    Plan,
    ScoreBand,
)
from app.rules.aggregation import Slot, due_slots
from app.rules.vocabulary import (
    Aggregation,
    Frequency,
    MeasureKind,
    Method,
    Missing,
    PeriodState,
    PlanState,
    SourceKind,
    WeightingMethod,
)
from app.services.appraisals import publish
from app.services.cycles import policy_of
from app.services.scorecard_facts import PeriodFacts, PersonFacts, Placed
from app.services.scorecard_parts import scorecard_of_scored
from app.services.snapshots import FORMULA_VERSION, digest_of, frozen, recomputed, thawed
from app.services.standings import score_person
from app.settings import Settings
from tests.cards import add_bands, make_example
from tests.cast import Cast, actor_of
from tests.factories import NOW

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
SETTINGS = Settings(_env_file=None)
NUMBERS = st.decimals(Decimal("0.001"), Decimal(10**9), places=3)
SIGNED = st.decimals(Decimal(-(10**9)), Decimal(10**9), places=3)
TARGET_METHODS = (Method.HIGHER, Method.LOWER, Method.LOWER_INVERSE, Method.EXACT)
FREE_METHODS = (*TARGET_METHODS, Method.RANGE, Method.POINTS, Method.STEPS)


@st.composite
def scorings(draw: st.DrawFn, kpi: Kpi, methods: tuple[Method, ...] = FREE_METHODS) -> Kpi:
    kpi.method = draw(st.sampled_from(methods))
    if kpi.method in TARGET_METHODS:
        kpi.target = draw(NUMBERS)
        kpi.is_target_maximum = draw(st.booleans())
    elif kpi.method is Method.RANGE:
        kpi.low = draw(NUMBERS)
        kpi.high = kpi.low + draw(NUMBERS)
    else:
        xs = draw(st.lists(SIGNED, min_size=2, max_size=4, unique=True))
        scores = draw(st.lists(st.integers(0, 120), min_size=len(xs), max_size=len(xs)))
        kpi.bands = [
            ScoreBand(place=place, start=x, score=Decimal(score))
            for place, (x, score) in enumerate(zip(sorted(xs), scores, strict=True), start=1)
        ]
    kpi.floor = draw(st.sampled_from([None, Decimal(20)]))
    kpi.cap = draw(st.sampled_from([None, Decimal("110.5")]))
    return kpi


def set_up(draw: st.DrawFn, kpi: Kpi, periods: list[Period]) -> None:
    match kpi.measure:
        case MeasureKind.VALUE:
            kpi.aggregation = draw(st.sampled_from(list(Aggregation)))
            draw(scorings(kpi))
            if kpi.aggregation is Aggregation.SUM and kpi.target is not None and draw(st.booleans()):
                kpi.period_targets = [PeriodTarget(period_id=each.id, target=draw(SIGNED)) for each in periods]
        case MeasureKind.RATIO:
            kpi.scale = Decimal(100)
            kpi.inputs = [
                KpiInput(place=1, name="won", is_denominator=False, is_subtracted=False),
                KpiInput(place=2, name="lost", is_denominator=False, is_subtracted=True),
                KpiInput(place=3, name="all", is_denominator=True, is_subtracted=False),
            ]
            draw(scorings(kpi))
        case MeasureKind.GROWTH:
            kpi.baseline = draw(st.none() | NUMBERS)
            draw(scorings(kpi))
        case MeasureKind.MILESTONE:
            kpi.method = Method.MILESTONE
            kpi.milestones = [
                Milestone(place=1, name="half", share=Decimal("33.34")),
                Milestone(place=2, name="done", share=Decimal("66.66")),
            ]
        case MeasureKind.YES_NO:
            kpi.method = Method.YES_NO
        case MeasureKind.RATING:
            kpi.method, kpi.levels = Method.RATING, 7
            kpi.aggregation = draw(st.sampled_from([Aggregation.AVERAGE, Aggregation.LAST]))


def entry(draw: st.DrawFn, kpi: Kpi, slot: Slot) -> Entry:
    made = Entry(
        on=slot.on,
        starts_on=slot.first_day,
        ends_on=slot.last_day,
        source_kind=draw(st.sampled_from(list(SourceKind))),
        evidence_link=draw(st.sampled_from(["", "https://example.com/1"])),
        recorded_at=NOW,
        recorded_by_id=2,
        changes=draw(st.integers(0, 2)),
    )
    match kpi.measure:
        case MeasureKind.RATIO:
            made.inputs = [EntryInput(name=name, value=draw(NUMBERS)) for name in ("won", "lost", "all")]
        case MeasureKind.MILESTONE:
            made.reached = [EntryMilestone(name=draw(st.sampled_from(["half", "done"])))]
        case MeasureKind.YES_NO:
            made.value = Decimal(draw(st.integers(0, 1)))
        case MeasureKind.RATING:
            made.value = Decimal(draw(st.integers(1, 7)))
        case _:
            made.value = draw(NUMBERS if kpi.method is Method.LOWER_INVERSE else SIGNED)
    return made


def make_kpi(draw: st.DrawFn, number: int, weight: Decimal, periods: list[Period]) -> Kpi:
    kpi = Kpi(
        id=number,
        objective_id=number,
        code=f"K{number}",
        name=f"KPI {number}",
        definition="",
        source="",
        source_kind=SourceKind.THIRD_PARTY,
        unit_of_measure="%",
        measure=draw(st.sampled_from(list(MeasureKind))),
        frequency=draw(st.sampled_from([each for each in Frequency if each is not Frequency.DAILY])),
        weight=weight,
        weight_reason="",
        is_target_maximum=False,
    )
    set_up(draw, kpi, periods)
    return kpi


@st.composite
def facts(draw: st.DrawFn) -> PeriodFacts:
    cycle = Cycle(
        code="2026",
        name="2026",
        starts_on=FIRST,
        ends_on=LAST,
        priority_share=Decimal(50),
        difficulty_share=Decimal(30),
        credibility_share=Decimal(20),
        weight_step=Decimal(1),
        weight_floor=Decimal(5),
        weight_ceiling=Decimal(40),
        score_floor=Decimal(0),
        score_cap=Decimal(120),
        missing=draw(st.sampled_from([Missing.EXCLUDE, Missing.ZERO])),
        on_track_from=Decimal(90),
        ahead_from=Decimal(110),
        entry_grace_days=7,
    )
    add_bands(cycle)
    spans = due_slots(Frequency.MONTHLY, FIRST, LAST)
    cycle.periods = [
        Period(id=number, code=slot.on, starts_on=slot.first_day, ends_on=slot.last_day, state=PeriodState.OPEN)
        for number, slot in enumerate(spans, start=1)
    ]
    weights = [Decimal(weight) for weight in draw(st.sampled_from([(100,), (40, 60), (20, 30, 50), (25, 25, 25, 25)]))]
    plan = Plan(
        starts_on=draw(st.dates(FIRST, date(2026, 6, 1))),
        ends_on=LAST,
        weighting=WeightingMethod.COMPUTED,
        state=PlanState.ACTIVE,
    )
    entries: dict[int, list[Entry]] = {}
    for number, weight in enumerate(weights, start=1):
        kpi = make_kpi(draw, number, weight, cycle.periods)
        plan.objectives.append(Objective(id=number, place=number, title=f"Sasaran {number}", kpis=[kpi]))
        slots = due_slots(kpi.frequency, plan.starts_on, LAST)
        chosen = [slot for slot in slots[:12] if draw(st.booleans())]
        entries[number] = [entry(draw, kpi, slot) for slot in chosen]
    person = Placed(1, "111", "Eli", FIRST, None, "AM", "Sales", None)
    whole = PersonFacts(person, None, plan, entries, None, 0, None)
    period = draw(st.sampled_from(cycle.periods[5:]))
    return PeriodFacts(cycle, period, policy_of(cycle), date(2027, 1, 1), {1: whole}, {2: "Mona"})


@settings(max_examples=150, deadline=None)
@given(made=facts())
def test_every_card_computes_to_the_same_bytes_again(made: PeriodFacts) -> None:
    scored = score_person(made, made.people[1])
    if scored.blocking:
        return
    card = scorecard_of_scored(scored, SETTINGS, "")
    snapshot = frozen(card, scored)
    assert recomputed(snapshot) == snapshot
    assert thawed(snapshot) == card
    contributions = [kpi.contribution for kpi in card.kpis if kpi.contribution is not None]
    assert sum(contributions, Decimal(0)) == (card.result.total or 0)


@pytest.fixture
def snapshot(session: Session, cast: Cast) -> str:
    example = make_example(session, cast)
    example.record_january(session)
    period = example.period("2026-01")
    return publish(session, actor_of(example.cast.mona), person_id=example.cast.eli.id, period_id=period.id).snapshot


def test_a_snapshot_holds_scorecard_card_and_the_version_of_the_rules(snapshot: str) -> None:
    facts_kept: dict[str, Any] = json.loads(snapshot)
    assert facts_kept.keys() == {"scorecard", "card", "formula_version"}
    assert facts_kept["formula_version"] == FORMULA_VERSION
    assert facts_kept["card"]["kpis"][0] == {
        "code": "SALES",
        "weight": "30.00",
        "measure": {"kind": "value", "aggregation": "sum"},
        "scoring": {"method": "higher", "target": "365"},
        "elapsed": {"days": 31, "of": 365},
        "entries": [{"on": "2026-01", "value": "28"}],
    }
    assert facts_kept["card"]["kpis"][4]["due"] is False


@pytest.mark.parametrize(
    ("old", "new"),
    [('"total":"81.37"', '"total":"91.37"'), ('"value":"28"', '"value":"29"'), ('"90.32"', '"90.33"')],
)
def test_a_figure_that_was_changed_shows(snapshot: str, old: str, new: str) -> None:
    changed = snapshot.replace(old, new, 1)
    assert changed != snapshot
    assert recomputed(changed) != changed
    assert digest_of(changed) != digest_of(snapshot)
