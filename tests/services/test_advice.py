"""Does the advice about a plan know its texts, its library, its other KPIs and what was reached last year?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.models import KpiDefinition
from app.rules.entries import Figure
from app.rules.smart import Advice, Severity
from app.rules.vocabulary import Aggregation, Language, MeasureKind, Method
from app.services.actuals import EntryValues, put_entry
from app.services.advice import earlier_figures, plan_advice, typed_kpi_advice, typed_objective_advice
from app.services.library import copy_of, seed_library
from app.services.plan_drafts import kpis_of
from app.services.plan_kpis import ObjectiveValues, put_objective
from tests.cast import Cast, actor_of
from tests.objectives import DETAILS
from tests.plans import VALUES, add_kpi, add_objective, make_active, make_draft, open_cycle, start

pytestmark = pytest.mark.database


@pytest.fixture
def hana(cast: Cast) -> Actor:
    return actor_of(cast.hana)


def test_a_plan_is_told_what_could_be_better_at_its_places(session: Session, cast: Cast, hana: Actor) -> None:
    plan = start(session, hana, cast.eli, open_cycle(session, hana))
    values = ObjectiveValues("Menaikkan penjualan menjadi Rp 5 miliar", "", DETAILS)
    objective = put_objective(session, hana, plan_id=plan.id, version=plan.version, values=values)
    good = replace(VALUES, name="Nilai penjualan")
    add_kpi(session, hana, plan, objective, replace(good, name="Nilai penjualan", definition="Faktur lunas"))
    assert plan_advice(plan) == []
    add_kpi(session, hana, plan, objective, replace(good, name="Penjualan tidak lunas", definition="", target=None))
    add_kpi(session, hana, plan, objective, replace(good, name="Penjualan lunas", definition="Faktur"))
    values = ObjectiveValues("Meningkatkan mutu. Semua optimal")
    put_objective(session, hana, plan_id=plan.id, version=plan.version, values=values)
    assert [(each.at, each.code) for each in plan_advice(plan)] == [
        ("objectives[1].title", "several_sentences"),
        ("objectives[1].title", "no_number"),
        ("objectives[1].title", "change_without_measure"),
        ("objectives[1].title", "judgement_word"),
        ("objectives[1].success", "no_success"),
        ("objectives[1].due_on", "no_date"),
        ("kpis[1].definition", "no_definition"),
        ("kpis[2].name", "complement"),
    ]


def test_an_unchanged_copy_of_the_library_is_seen_in_either_language(session: Session, cast: Cast, hana: Actor) -> None:
    seed_library(session)
    plan = start(session, hana, cast.eli, open_cycle(session, hana))
    objective = add_objective(session, hana, plan)
    definition = session.scalars(select(KpiDefinition).where(KpiDefinition.code == "SAL-REV")).one()
    for language in Language:
        copy = copy_of(definition, language)
        values = replace(
            VALUES, name=copy.name, definition=copy.definition, definition_id=definition.id, relevance="Omzet"
        )
        found = typed_kpi_advice(plan, values, objective=objective, kpi=None)
        assert [(each.at, each.code) for each in found] == [("definition", "unchanged_copy")]
        changed = replace(values, definition=f"{copy.definition} Tanpa pajak.")
        assert not typed_kpi_advice(plan, changed, objective=objective, kpi=None)


def test_a_target_is_held_against_what_was_reached_in_the_last_cycle(session: Session, cast: Cast, hana: Actor) -> None:
    last = make_active(session, hana, cast.eli, open_cycle(session, hana, "2025"))
    first, second, *_ = kpis_of(last)
    second.aggregation, second.name = Aggregation.AVERAGE, "Nilai kepuasan"
    session.flush()
    late = actor_of(cast.mona, date(2026, 1, 5))
    for kpi, figures in ((first, ("2025-01", "2025-02")), (second, ("2025-01", "2025-02"))):
        for on in figures:
            put_entry(session, late, kpi_id=kpi.id, on=on, values=EntryValues(Figure(Decimal(400))), version=None)
    plan = make_draft(session, hana, cast.eli, open_cycle(session, hana))
    found = earlier_figures(session, plan)
    assert sorted(found.items()) == [
        ("value average rp juta code K2", Decimal(400)),
        ("value average rp juta name nilai kepuasan", Decimal(400)),
        ("value sum rp juta code K1", Decimal(800)),
        ("value sum rp juta name pendapatan penjualan", Decimal(800)),
    ]
    said = [each for each in plan_advice(plan) if each.at == "kpis[0].target"]
    assert said == []
    kpis_of(plan)[0].target = Decimal(1300)
    values = {"target": Fraction(1300), "before": Fraction(800)}
    expected = Advice("kpis[0].target", "much_harder", Severity.QUESTION, values, "Rp juta")
    assert [each for each in plan_advice(plan) if each.at == "kpis[0].target"] == [expected]
    plan.starts_on = date(2026, 7, 1)
    assert {name.split(" ")[1] for name in earlier_figures(session, plan)} == {"average"}


def test_without_history_the_baseline_speaks_but_not_that_of_growth(session: Session, cast: Cast, hana: Actor) -> None:
    plan = make_draft(session, hana, cast.eli, open_cycle(session, hana))
    values = replace(VALUES, target=Decimal(5), baseline=Decimal(5), definition="Faktur", relevance="Omzet")
    found = typed_kpi_advice(plan, values, objective=None, kpi=kpis_of(plan)[0])
    assert [(each.at, each.code) for each in found if each.at == "target"] == [("target", "not_harder")]
    growth = replace(values, measure=MeasureKind.GROWTH, aggregation=None, method=Method.HIGHER)
    found = typed_kpi_advice(plan, growth, objective=None, kpi=kpis_of(plan)[0])
    assert [each.code for each in found if each.at == "target"] == []


def test_an_objective_that_is_typed_counts_on_the_targets_of_its_kpis(
    session: Session, cast: Cast, hana: Actor
) -> None:
    plan = make_draft(session, hana, cast.eli, open_cycle(session, hana))
    typed: dict[str, Any] = {
        "title": "Penjualan wilayah naik",
        "description": "",
        "success": "Toko ramai",
        "due_on": date(2026, 6, 1),
    }
    assert list(typed_objective_advice(**typed, objective=plan.objectives[0])) == []
    assert [each.code for each in typed_objective_advice(**typed, objective=None)] == ["no_number"]
