"""Can every measure and method be set up through the form, and does it come back as typed when something is refused?"""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.models import Account, Cycle, Kpi, KpiDefinition, Objective, Plan
from app.rules.aggregation import (
    GrowthMeasure,
    Measure,
    MilestoneMeasure,
    RatingMeasure,
    RatioMeasure,
    Term,
    ValueMeasure,
    YesNoMeasure,
)
from app.rules.methods import Point, Scoring
from app.rules.vocabulary import Aggregation, Beyond, Language, MeasureKind, Method, SourceKind
from app.services.library import seed_library
from app.services.plan_drafts import kpis_of
from app.services.plan_kpis import put_kpi
from app.services.planning import measure_of, scoring_of
from tests.cast import Cast, actor_of
from tests.fields import Fields
from tests.plans import RATIO_VALUES, VALUES, add_kpi, add_objective, open_cycle, start
from tests.tools import Browser, SignIn

HTMX = {"HX-Request": "true", "Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
COMMON = {"name": "Angka", "source_kind": "third_party", "frequency": "monthly"}


@pytest.fixture
def hr(cast: Cast) -> Actor:
    return actor_of(cast.hana)


@pytest.fixture
def cycle(session: Session, hr: Actor) -> Cycle:
    return open_cycle(session, hr)


@pytest.fixture
def plan(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> Plan:
    plan = start(session, hr, cast.eli, cycle)
    add_objective(session, hr, plan)
    return plan


@pytest.fixture
def objective(plan: Plan) -> Objective:
    return plan.objectives[0]


@pytest.fixture
def hana(cast: Cast, as_: SignIn) -> Browser:
    """HR, reading Indonesian: a comma before the decimals."""
    return as_(cast.hana)


def in_english(session: Session, cast: Cast) -> None:
    account = session.scalars(select(Account).where(Account.person_id == cast.hana.id)).one()
    account.language = Language.ENGLISH
    session.flush()


def only_kpi(session: Session, plan: Plan) -> Kpi:
    session.expire_all()
    [kpi] = kpis_of(plan)
    return kpi


SET_UPS: Mapping[str, tuple[Mapping[str, str], Measure, Scoring]] = {
    "higher": (
        {"measure": "value", "aggregation": "sum", "method": "higher", "target": "1.200,5"},
        ValueMeasure(Aggregation.SUM),
        Scoring(Method.HIGHER, target=Fraction(2401, 2)),
    ),
    "lower": (
        {"measure": "value", "aggregation": "average", "method": "lower", "target": "-4", "is_target_maximum": "on"},
        ValueMeasure(Aggregation.AVERAGE),
        Scoring(Method.LOWER, target=Fraction(-4), maximum_target=True),
    ),
    "lower_inverse": (
        {"measure": "value", "aggregation": "max", "method": "lower_inverse", "target": "8", "floor": "20"},
        ValueMeasure(Aggregation.MAX),
        Scoring(Method.LOWER_INVERSE, target=Fraction(8), floor=Fraction(20)),
    ),
    "exact": (
        {"measure": "value", "aggregation": "last", "method": "exact", "target": "50", "cap": "110"},
        ValueMeasure(Aggregation.LAST),
        Scoring(Method.EXACT, target=Fraction(50), cap=Fraction(110)),
    ),
    "range": (
        {
            "measure": "ratio",
            "numerator": "hasil, -biaya",
            "denominator": "biaya",
            "scale": "100",
            "method": "range",
            "low": "18",
            "high": "25",
        },
        RatioMeasure((Term("hasil"), Term("biaya", -1)), (Term("biaya"),), Fraction(100)),
        Scoring(Method.RANGE, low=Fraction(18), high=Fraction(25)),
    ),
    "points": (
        {
            "measure": "growth",
            "baseline": "400",
            "method": "points",
            "band_start_1": "0",
            "band_score_1": "50",
            "band_start_3": "12,5",
            "band_score_3": "120",
            "below": "zero",
            "above": "clamp",
        },
        GrowthMeasure(Fraction(400)),
        Scoring(
            Method.POINTS,
            points=(Point(Fraction(0), Fraction(50)), Point(Fraction(25, 2), Fraction(120))),
            below=Beyond.ZERO,
        ),
    ),
    "steps": (
        {
            "measure": "value",
            "aggregation": "min",
            "method": "steps",
            "band_start_1": "80",
            "band_score_1": "60",
            "band_start_2": "95",
            "band_score_2": "100",
        },
        ValueMeasure(Aggregation.MIN),
        Scoring(Method.STEPS, steps=(Point(Fraction(80), Fraction(60)), Point(Fraction(95), Fraction(100)))),
    ),
    "milestone": (
        {
            "measure": "milestone",
            "method": "milestone",
            "milestone_name_1": "Rancangan",
            "milestone_share_1": "33,5",
            "milestone_name_2": "Selesai",
            "milestone_share_2": "66,5",
        },
        MilestoneMeasure({"Rancangan": Fraction(67, 2), "Selesai": Fraction(133, 2)}),
        Scoring(Method.MILESTONE),
    ),
    "yes_no": ({"measure": "yes_no", "method": "yes_no"}, YesNoMeasure(), Scoring(Method.YES_NO)),
    "rating": (
        {"measure": "rating", "method": "rating", "aggregation": "average", "levels": "5"},
        RatingMeasure(Aggregation.AVERAGE),
        Scoring(Method.RATING, levels=5),
    ),
}


@pytest.mark.parametrize("name", SET_UPS)
def test_every_method_is_set_up_and_comes_back(
    session: Session, plan: Plan, objective: Objective, hana: Browser, name: str
) -> None:
    typed, measure, scoring = SET_UPS[name]
    sent = {**COMMON, **typed, "version": plan.version, "objective": objective.id}
    answer = hana.submit(f"/plans/{plan.id}/kpis", sent)
    kpi = only_kpi(session, plan)
    assert answer.headers["location"] == f"/plans/{plan.id}#kpi-{kpi.id}"
    assert (measure_of(kpi), scoring_of(kpi), kpi.source_kind) == (measure, scoring, SourceKind.THIRD_PARTY)
    html = hana.get(f"/plans/{plan.id}/kpis/{kpi.id}").text
    assert "<caption>Contoh</caption>" in html
    shown = Fields(html).sent
    assert shown["measure"] == typed["measure"]
    answer = hana.submit(f"/plans/{plan.id}/kpis/{kpi.id}", shown)
    again = only_kpi(session, plan)
    assert (answer.status_code, measure_of(again), scoring_of(again)) == (303, measure, scoring)


@pytest.mark.parametrize("name", SET_UPS)
def test_the_form_shows_no_field_that_does_not_apply(
    plan: Plan, objective: Objective, hana: Browser, name: str
) -> None:
    typed, _, _ = SET_UPS[name]
    answer = hana.submit(
        f"/plans/{plan.id}/kpis/preview",
        {**COMMON, "objective": objective.id, "measure": typed["measure"], "method": typed["method"]},
    )
    always = {
        "version", "definition_id", "objective", "name", "definition", "source_kind", "source", "frequency", "measure",
        "recorder", "recorder_number", "relevance", "method", "baseline", "floor", "cap", "next", "csrf",
    }  # fmt: skip
    rows = {
        f"{part}_{row}"
        for part in ("band_start", "band_score", "milestone_name", "milestone_share")
        for row in (1, 2, 3)
    }
    figures = {name.partition("period_target")[0] for name in Fields(answer.text).sent} - always - rows - {""}
    expected = set(typed) - always - {field for field in typed if field[-1].isdecimal()} - {"is_target_maximum"}
    if typed["measure"] in {"value", "ratio", "growth"}:
        expected |= {"unit_of_measure"}
    assert figures == expected | ({"below", "above"} if name == "points" else set())


def test_a_refused_form_comes_back_as_typed(
    session: Session, cast: Cast, plan: Plan, objective: Objective, hana: Browser
) -> None:
    sent = {
        **COMMON,
        "version": str(plan.version),
        "objective": str(objective.id),
        "name": "",
        "definition": "Tanpa PPN",
        "measure": "value",
        "aggregation": "sum",
        "method": "points",
        "band_start_1": "20",
        "band_score_1": "seratus",
        "band_start_2": "10",
        "band_score_2": "50",
        "below": "clamp",
        "above": "zero",
        "floor": "-5",
        "cap": "1.2.3",
    }
    answer = hana.submit(f"/plans/{plan.id}/kpis", sent)
    page = Fields(answer.text)
    assert (answer.status_code, page.invalid) == (400, {"name", "band_score_1", "cap"})
    assert {name: page.sent[name] for name in sent} == sent
    assert "wajib diisi" in answer.text
    in_english(session, cast)
    page = Fields(hana.submit(f"/plans/{plan.id}/kpis", {**sent, "band_score_1": "100", "cap": "", "name": "A"}).text)
    assert page.invalid == {"floor"}
    assert page.sent["floor"] == "-5"
    assert kpis_of(plan) == []


@pytest.mark.parametrize(
    ("language", "message"),
    [
        (Language.ENGLISH, "shares must add up to 100, not 90"),
        (Language.INDONESIAN, "jumlah porsi harus 100, bukan 90"),
    ],
)
def test_a_fault_of_the_rules_stands_beside_its_field(
    session: Session, cast: Cast, plan: Plan, objective: Objective, hana: Browser, language: Language, message: str
) -> None:
    account = session.scalars(select(Account).where(Account.person_id == cast.hana.id)).one()
    account.language = language
    session.flush()
    typed = {"measure": "milestone", "method": "milestone", "milestone_name_1": "A", "milestone_share_1": "90"}
    answer = hana.submit(
        f"/plans/{plan.id}/kpis", {**COMMON, **typed, "version": plan.version, "objective": objective.id}
    )
    assert answer.status_code == 400
    found = re.search(r'id="field-milestones-fault">.*?<span class="sentence">(.*?)</span>', answer.text, re.DOTALL)
    assert found is not None
    assert found[1].lower() == message


def test_targets_of_periods_are_typed(session: Session, plan: Plan, objective: Objective, hana: Browser) -> None:
    sent = {**COMMON, "measure": "value", "aggregation": "sum", "method": "higher", "target": "120"}
    sent |= {"version": str(plan.version), "objective": str(objective.id)}
    months = {f"period_target_2026-{month:02}": "10" for month in range(1, 13)}
    answer = hana.submit(f"/plans/{plan.id}/kpis", {**sent, **months, "period_target_2026-12": "9,5"})
    assert answer.status_code == 400
    assert "119,5" in answer.text
    assert Fields(answer.text).sent["period_target_2026-12"] == "9,5"
    hana.submit(f"/plans/{plan.id}/kpis", {**sent, **months})
    kpi = only_kpi(session, plan)
    assert [target.target for target in kpi.period_targets] == [Decimal(10)] * 12
    assert Fields(hana.get(f"/plans/{plan.id}/kpis/{kpi.id}").text).sent["period_target_2026-07"] == "10"


# --- From the library -------------------------------------------------------------------------------------------------


def test_a_kpi_is_chosen_from_the_library_and_adapted(
    session: Session, plan: Plan, objective: Objective, hana: Browser
) -> None:
    seed_library(session)
    session.flush()
    definition = session.scalars(select(KpiDefinition).where(KpiDefinition.code == "SAL-REV")).one()
    path = f"/plans/{plan.id}/kpis/new?objective={objective.id}"
    shelf = hana.get(path).text
    assert shelf.count('<h3><a href="') == 41
    assert f"{path}&definition={definition.id}".replace("&", "&amp;") in shelf
    found = hana.get(f"{path}&search=pendapatan").text
    assert definition.name_id in found
    assert found.count('<h3><a href="') < 41
    fields = Fields(hana.get(f"{path}&definition={definition.id}").text).sent
    assert (fields["name"], fields["measure"], fields["method"]) == (definition.name_id, "value", "higher")
    sent = {**fields, "name": "Pendapatan Jawa Timur", "target": "5", "source_kind": "third_party"}
    hana.submit(f"/plans/{plan.id}/kpis", sent)
    kpi = only_kpi(session, plan)
    assert (kpi.code, kpi.name, kpi.definition_id) == ("SAL-REV", "Pendapatan Jawa Timur", definition.id)
    assert "sudah ada di rencana ini" in hana.get(path).text


@pytest.mark.parametrize("query", ["", "?objective=99999", "?objective=x", "?objective={id}&definition=99999"])
def test_a_form_for_what_does_not_exist_is_not_found(
    plan: Plan, objective: Objective, hana: Browser, query: str
) -> None:
    assert hana.get(f"/plans/{plan.id}/kpis/new" + query.format(id=objective.id)).status_code == 404


# --- The preview ------------------------------------------------------------------------------------------------------


def test_the_preview_answers_with_a_part_of_the_page(plan: Plan, objective: Objective, hana: Browser) -> None:
    sent = {**COMMON, "objective": objective.id, "measure": "value", "method": "higher", "target": "250", "name": ""}
    answer = hana.post(f"/plans/{plan.id}/kpis/preview", data={**sent, "csrf": hana.csrf}, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert re.findall(r'id="(kpi-\w+)"', answer.text) == ["kpi-figures", "kpi-preview", "kpi-advice"]
    assert 'class="curve-line"' in answer.text
    assert "250 bernilai 100" in answer.text
    assert kpis_of(plan) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"target": "0"}, "Target"),
        ({"target": "abc"}, "Target"),
        ({"target": ""}, "Kurva nilai terhadap realisasi tampil di sini"),
        ({"target": "5", "cap": "200"}, "Nilai tertinggi"),
        ({"target": "-5", "method": "lower_inverse"}, "Target"),
    ],
)
def test_the_preview_says_why_there_is_no_curve(
    plan: Plan, objective: Objective, hana: Browser, typed: Mapping[str, str], said: str
) -> None:
    sent = {**COMMON, "objective": objective.id, "measure": "value", "method": "higher", **typed}
    answer = hana.post(f"/plans/{plan.id}/kpis/preview", data={**sent, "csrf": hana.csrf}, headers=HTMX)
    preview = answer.text.partition('id="kpi-preview"')[2]
    assert 'class="curve-line"' not in preview
    assert said in preview


def test_another_measure_lets_go_of_a_method_that_cannot_score_it(
    plan: Plan, objective: Objective, hana: Browser
) -> None:
    sent = {**COMMON, "objective": objective.id, "measure": "rating", "method": "higher", "aggregation": "sum"}
    page = Fields(hana.submit(f"/plans/{plan.id}/kpis/preview", sent).text).sent
    assert (page["method"], page["aggregation"]) == ("rating", "average")


def test_more_rows_are_there_when_asked_for(plan: Plan, objective: Objective, hana: Browser) -> None:
    sent = {**COMMON, "objective": objective.id, "measure": "value", "method": "steps"}
    rows = [
        sum(
            name.startswith("band_start_")
            for name in Fields(hana.submit(f"/plans/{plan.id}/kpis/preview", each).text).sent
        )
        for each in (sent, {**sent, "more": "yes"}, {**sent, "band_start_4": "9"}, {**sent, "band_start_24": "9"})
    ]
    assert rows == [3, 5, 6, 24]


# --- Against another's change -----------------------------------------------------------------------------------------


def test_a_kpi_that_somebody_else_changed_shows_both(
    session: Session, hr: Actor, plan: Plan, objective: Objective, hana: Browser
) -> None:
    kpi = add_kpi(session, hr, plan, objective, replace(VALUES, name="Pendapatan"))
    path = f"/plans/{plan.id}/kpis/{kpi.id}"
    mine = Fields(hana.get(path).text).sent | {"target": "1.300", "name": "Pendapatan bersih"}
    put_kpi(
        session,
        hr,
        plan_id=plan.id,
        version=plan.version,
        objective_id=objective.id,
        kpi_id=kpi.id,
        values=replace(VALUES, name="Pendapatan", target=Decimal(1500), method=Method.LOWER),
    )
    answer = hana.submit(path, mine)
    page = Fields(answer.text).sent
    assert (answer.status_code, page["target"], page["name"]) == (409, "1.300", "Pendapatan bersih")
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", answer.text) == [
        ("Nama", "Pendapatan"),
        ("Metode penilaian", "Makin rendah makin baik"),
        ("Target", "1.500"),
    ]
    assert hana.submit(path, page).status_code == 303
    kpi = only_kpi(session, plan)
    assert (kpi.name, kpi.target, kpi.method) == ("Pendapatan bersih", Decimal(1300), Method.HIGHER)


def test_a_new_kpi_against_a_changed_plan_is_not_lost(
    session: Session, hr: Actor, plan: Plan, objective: Objective, hana: Browser
) -> None:
    typed, _, _ = SET_UPS["higher"]
    sent = {**COMMON, **typed, "version": plan.version, "objective": objective.id}
    add_objective(session, hr, plan, "Another")
    answer = hana.submit(f"/plans/{plan.id}/kpis", sent)
    assert answer.status_code == 409
    assert hana.submit(f"/plans/{plan.id}/kpis", Fields(answer.text).sent).status_code == 303
    assert only_kpi(session, plan).name == "Angka"


def test_the_form_of_a_plan_in_force_leads_to_the_plan(
    session: Session, hr: Actor, plan: Plan, objective: Objective, hana: Browser
) -> None:
    kpi = add_kpi(session, hr, plan, objective, RATIO_VALUES)
    plan.state = type(plan.state)("active")
    session.flush()
    answer = hana.get(f"/plans/{plan.id}/kpis/{kpi.id}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/plans/{plan.id}#kpi-{kpi.id}")
    sent = {**COMMON, "version": plan.version, "objective": objective.id, "measure": "value", "method": "higher"}
    assert hana.submit(f"/plans/{plan.id}/kpis/{kpi.id}", sent).status_code == 409


def test_a_form_without_version_is_taken_for_stale(plan: Plan, objective: Objective, hana: Browser) -> None:
    typed, _, _ = SET_UPS["yes_no"]
    assert hana.submit(f"/plans/{plan.id}/kpis", {**COMMON, **typed, "objective": objective.id}).status_code == 409


@pytest.mark.parametrize("kind", list(MeasureKind))
def test_odd_choices_are_refused_and_never_break(
    plan: Plan, objective: Objective, hana: Browser, kind: MeasureKind
) -> None:
    sent = {"version": plan.version, "objective": objective.id, "name": "X", "measure": kind.value, "method": "magic"}
    sent |= {"source_kind": "rumour", "frequency": "never", "aggregation": "mode", "band_start_999999": "1"}
    answer = hana.submit(f"/plans/{plan.id}/kpis", sent)
    assert answer.status_code == 400
    assert kpis_of(plan) == []
