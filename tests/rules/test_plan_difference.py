"""Does the difference between two versions say all that changed, and nothing else?"""

from hypothesis import given
from hypothesis import strategies as st

from app.rules.plan_difference import (
    Change,
    Fact,
    FactChange,
    KpiDifference,
    KpiFacts,
    ObjectiveFacts,
    PlanFacts,
    plan_difference,
)

FACTS: st.SearchStrategy[dict[str, Fact]] = st.dictionaries(
    st.sampled_from(["target", "weight", "name", "milestones"]),
    st.one_of(st.sampled_from(["1", "2", "3"]), st.integers(1, 3), st.just(("a", "b"))),
)


@st.composite
def plans(draw: st.DrawFn) -> PlanFacts:
    """Objectives with different numbers, KPIs with codes that no other KPI of the plan has."""
    codes = draw(st.lists(st.sampled_from("ABCDEF"), unique=True))
    numbers = draw(st.lists(st.integers(1, 5), unique=True, min_size=1))
    homes = [draw(st.sampled_from(numbers)) for _ in codes]
    return PlanFacts(
        tuple(
            ObjectiveFacts(
                number,
                draw(FACTS),
                tuple(KpiFacts(code, draw(FACTS)) for code, home in zip(codes, homes, strict=True) if home == number),
            )
            for number in numbers
        )
    )


def held(plan: PlanFacts) -> dict[str, dict[str, Fact]]:
    return {
        kpi.code: {"objective": objective.number, **kpi.facts}
        for objective in plan.objectives
        for kpi in objective.kpis
    }


@given(plans())
def test_a_plan_does_not_differ_from_itself(plan: PlanFacts) -> None:
    assert plan_difference(plan, plan).is_nothing


@given(plans(), plans())
def test_the_difference_leads_from_one_version_to_the_other(before: PlanFacts, after: PlanFacts) -> None:
    built = held(before)
    for kpi in plan_difference(before, after).kpis:
        if kpi.change is Change.REMOVED:
            del built[kpi.code]
            continue
        facts = built.setdefault(kpi.code, {})
        for fact in kpi.facts:
            assert facts.get(fact.name) == fact.before
            facts[fact.name] = fact.after
        built[kpi.code] = {name: fact for name, fact in facts.items() if fact is not None}
    assert built == held(after)


@given(plans(), plans())
def test_backwards_it_says_the_same_the_other_way_round(before: PlanFacts, after: PlanFacts) -> None:
    mirrored = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED}
    there, back = plan_difference(before, after), plan_difference(after, before)
    assert {(kpi.code, mirrored.get(kpi.change, kpi.change)) for kpi in there.kpis} == {
        (kpi.code, kpi.change) for kpi in back.kpis
    }
    assert {(each.number, mirrored.get(each.change, each.change)) for each in there.objectives} == {
        (each.number, each.change) for each in back.objectives
    }
    assert {(k.code, f.name, f.after, f.before) for k in there.kpis for f in k.facts} == {
        (k.code, f.name, f.before, f.after) for k in back.kpis for f in k.facts
    }


@given(plans(), plans())
def test_every_part_stands_there_once(before: PlanFacts, after: PlanFacts) -> None:
    found = plan_difference(before, after)
    codes = [kpi.code for kpi in found.kpis]
    assert sorted(codes) == sorted({*held(before), *held(after)})
    assert [kpi.change is Change.SAME for kpi in found.kpis] == [not kpi.facts for kpi in found.kpis]


def test_a_kpi_that_moved_has_another_objective() -> None:
    kpi = KpiFacts("A", {"target": "1"})
    before = PlanFacts((ObjectiveFacts(1, {}, (kpi,)), ObjectiveFacts(2)))
    after = PlanFacts((ObjectiveFacts(1), ObjectiveFacts(2, {}, (kpi,))))
    assert plan_difference(before, after).kpis == (
        KpiDifference("A", Change.CHANGED, (FactChange("objective", 1, 2),)),
    )
