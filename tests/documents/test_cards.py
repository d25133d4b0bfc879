"""Is every good card scored right, and every bad one refused with all its faults at their paths?"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.documents.cards import CardRefused
from app.documents.score_files import fault_lines, score_json, score_lines
from app.rules.vocabulary import Language
from tests.rules.card_maker import make_card
from tests.rules.second_opinion import result_of

Json = dict[str, Any]
EXAMPLE: Json = {
    "policy": {
        "floor": "0",
        "cap": "120",
        "missing": "exclude",
        "criteria": {"priority": "50", "difficulty": "30", "credibility": "20"},
        "weight_step": "1",
        "weight_floor": "0",
        "weight_ceiling": "100",
        "grades": [{"from": "90", "code": "A"}, {"from": "0", "code": "B"}],
    },
    "kpis": [
        {
            "code": "K1",
            "weight": "40",
            "measure": {"kind": "value", "aggregation": "sum"},
            "scoring": {"method": "higher", "target": "120"},
            "entries": [{"on": "2026-01", "value": "70"}, {"on": "2026-02", "value": "65.5"}],
        },
        {
            "code": "K2",
            "weight": "60",
            "measure": {"kind": "ratio", "numerator": ["won"], "denominator": ["leads"], "scale": "100"},
            "scoring": {"method": "range", "low": "18", "high": "25"},
            "entries": [{"on": "2026-01", "inputs": {"won": "20", "leads": "100"}}],
        },
    ],
}
RESULT: Json = {
    "total": "105.17",
    "grade": "A",
    "coverage": "100.00",
    "kpis": [
        {
            "code": "K1",
            "weight": "40.00",
            "actual": "135.5",
            "achievement": "112.92",
            "uncapped": "112.92",
            "contribution": "45.17",
            "explanation": "135.5 / 120 → 112.92 × 40 % = 45.17",
        },
        {
            "code": "K2",
            "weight": "60.00",
            "actual": "20",
            "achievement": "100.00",
            "uncapped": "100.00",
            "contribution": "60.00",
            "explanation": "18 ≤ 20 ≤ 25 → 100.00 × 60 % = 60.00",
        },
    ],
}


def scored(card: object, language: Language = Language.ENGLISH) -> Json:
    raw = card if isinstance(card, bytes) else json.dumps(card).encode()
    return score_json(raw, language)


def refused(card: object) -> list[str]:
    with pytest.raises(CardRefused) as refusal:
        scored(card)
    return list(fault_lines(refusal.value.faults, Language.ENGLISH))


def changed(**places: object) -> Json:
    """The example with something else in places such as `kpis__0__weight`; what is `...` is taken out."""
    card: Json = json.loads(json.dumps(EXAMPLE))
    for place, value in places.items():
        *keys, last = [int(key) if key.isdecimal() else key for key in place.split("__")]
        part: Any = card
        for key in keys:
            part = part[key]
        if value is ...:
            del part[last]
        else:
            part[last] = value
    return card


# --- Good cards -------------------------------------------------------------------------------------------------------


def test_the_example_of_the_contract() -> None:
    assert scored(EXAMPLE) == RESULT


def test_indonesian_explains_in_indonesian() -> None:
    explanations = [kpi["explanation"] for kpi in scored(EXAMPLE, Language.INDONESIAN)["kpis"]]
    assert explanations == ["135,5 / 120 → 112,92 × 40 % = 45,17", "18 ≤ 20 ≤ 25 → 100,00 × 60 % = 60,00"]


@pytest.mark.parametrize("block", range(4))
def test_two_implementations_agree_on_thousands_of_cards(block: int) -> None:
    for seed in range(block * 500, (block + 1) * 500):
        card = make_card(seed)
        result = scored(card)
        for kpi in result["kpis"]:
            del kpi["explanation"]
        assert result == result_of(card), f"card {seed}: {json.dumps(card)}"


def test_ratings_become_weights() -> None:
    ratings = [(5, 4, 5), (4, 4, 4), (4, 5, 4), (3, 3, 5), (3, 2, 3), (2, 1, 4)]
    kpis = [
        {"code": f"K{place}", "priority": p, "difficulty": str(d), "credibility": c, "scoring": {"method": "yes_no"}}
        for place, (p, d, c) in enumerate(ratings)
    ]
    result = scored({"kpis": kpis})
    assert [kpi["weight"] for kpi in result["kpis"]] == ["22.00", "19.00", "20.00", "16.00", "13.00", "10.00"]
    assert (result["total"], result["grade"], result["coverage"]) == (None, None, "0.00")
    assert result["kpis"][0] == {
        "code": "K0",
        "weight": "22.00",
        "actual": None,
        "achievement": None,
        "uncapped": None,
        "contribution": None,
        "explanation": "no data: left out",
    }


def one(scoring: Json, entries: list[Any] | None = None, **more: object) -> Json:
    kpi = {"code": "K", "weight": 100, "scoring": scoring, **more}
    return {"kpis": [kpi if entries is None else kpi | {"entries": entries}]}


@pytest.mark.parametrize(
    ("card", "actual", "achievement"),
    [
        (one({"method": "yes_no"}, [{"on": "2026", "value": True}]), "1", "100.00"),
        (one({"method": "yes_no"}, [{"on": "2026", "value": False}]), "0", "0.00"),
        (one({"method": "rating", "levels": 5}, [{"on": "2026-01", "value": 4}]), "4", "80.00"),
        (
            one(
                {"method": "milestone"},
                [{"on": "2026-01", "reached": ["design"]}, {"on": "2026-02", "reached": []}],
                measure={"milestones": {"design": "30", "build": 70}},
            ),
            "30",
            "30.00",
        ),
        (one({"method": "higher", "target": 3}, [{"on": "2026", "value": 1}], measure={}), "1", "33.33"),
        (one({"method": "exact", "target": "1e1"}, [{"on": "2026-01-31", "value": "9.000000049"}]), "9", "90.00"),
        (
            one(
                {"method": "higher", "target": "3"},
                [{"on": "2026-01", "inputs": {"return": "150", "cost": "100"}}],
                measure={"kind": "ratio", "numerator": ["return", "-cost"], "denominator": ["cost"], "scale": "100"},
            ),
            "50",
            "120.00",
        ),
        (
            one({"method": "higher", "target": "10"}, [{"on": "2026", "value": "110"}], measure={"kind": "growth"}),
            None,
            None,
        ),
        (
            one(
                {"method": "higher", "target": "10"},
                [{"on": "2026", "value": "111"}],
                measure={"kind": "growth", "base": "100"},
            ),
            "11",
            "110.00",
        ),
        (one({"method": "lower_inverse", "target": "5"}, [{"on": "2026", "value": "0"}]), "0", "120.00"),
    ],
)
def test_each_measure_and_default(card: Json, actual: str | None, achievement: str | None) -> None:
    kpi = scored(card)["kpis"][0]
    assert (kpi["actual"], kpi["achievement"]) == (actual, achievement)


def test_json_numbers_are_read_by_their_text() -> None:
    raw = json.dumps(changed(kpis__0__entries__0__value="@")).replace('"@"', "0.10000000000000000000000000001").encode()
    assert scored(raw)["kpis"][0]["actual"] == "65.6"
    sum_of_floats = changed(kpis__0__entries=[{"on": f"2026-{month:02}", "value": 0.1} for month in (1, 2, 3)])
    assert scored(sum_of_floats)["kpis"][0]["actual"] == "0.3"


def test_a_byte_order_mark_is_no_fault() -> None:
    assert scored(b"\xef\xbb\xbf" + json.dumps(EXAMPLE).encode()) == RESULT


# --- Bad cards --------------------------------------------------------------------------------------------------------

A_DATE = "must be a day (2026-01-31), month (2026-01), quarter (2026-Q1) or year (2026)"
METHODS = "exact, higher, lower, lower_inverse, milestone, points, range, rating, steps, yes_no"


@pytest.mark.parametrize(
    ("card", "faults"),
    [
        # policy
        (changed(policy__cap="0"), ["policy.cap: must be above floor"]),
        (changed(policy__cap="abc"), ["policy.cap: must be a number"]),
        (changed(policy__floor=True), ["policy.floor: must be a number"]),
        (changed(policy__floor="120"), ["policy.cap: must be above floor"]),
        (changed(policy__flor="0"), ["policy.flor: is not a known key; did you mean floor?"]),
        (changed(policy__missing="skip"), ["policy.missing: must be one of block, exclude, zero"]),
        (changed(policy__criteria={"priority": "60"}), ["policy.criteria: must add up to 100, not 110"]),
        (
            changed(policy__criteria={"priority": "-20", "difficulty": 100}),
            ["policy.criteria.priority: must not be negative"],
        ),
        (changed(policy__weight_step="2"), ["policy.weight_step: must be one of 0.01, 0.5, 1, 5"]),
        (changed(policy__weight_floor="0.5"), ["policy.weight_floor: must be a multiple of weight_step (1)"]),
        (changed(policy__weight_ceiling="101"), ["policy.weight_ceiling: must be between 0 and 100"]),
        (
            changed(policy__weight_floor="50", policy__weight_ceiling="40"),
            ["policy.weight_ceiling: must not be below weight_floor"],
        ),
        (changed(policy__grades=[]), ["policy.grades: needs at least one grade"]),
        (changed(policy__grades={}), ["policy.grades: must be a list"]),
        (
            changed(policy__grades=[{"from": "1", "code": "A"}, {"from": 1.0, "code": "B"}]),
            ["policy.grades: has more than one grade from 1"],
        ),
        (changed(policy__grades__1__code=...), ["policy.grades[1].code: is required"]),
        (changed(policy__grades__1={"from": "x", "code": " "}), [
            "policy.grades[1].from: must be a number",
            "policy.grades[1].code: must not be empty",
        ]),
        (changed(policy=None), ["policy: must be an object"]),
        # weights
        (changed(kpis__0__weight="50"), ["kpis: weights must add up to 100, not 110: 10 is too much"]),
        (changed(kpis__0__weight="39.99"), ["kpis: weights must add up to 100, not 99.99: 0.01 is missing"]),
        (changed(kpis__0__weight="0", kpis__1__weight="100"), ["kpis[0].weight: must be above 0"]),
        (changed(kpis__0__weight="39.999", kpis__1__weight="60.001"), [
            "kpis[0].weight: must have at most 2 decimals",
            "kpis[1].weight: must have at most 2 decimals",
        ]),
        (changed(kpis__0__weight=...), ["kpis[0].weight: is required"]),
        (changed(kpis__0__weight=..., kpis__1__weight=...), [
            "kpis[0].weight: is required, or else priority, difficulty and credibility",
            "kpis[1].weight: is required, or else priority, difficulty and credibility",
        ]),
        (
            changed(kpis__0__priority=3),
            ["kpis: either every KPI has weight, or every KPI has priority, difficulty and credibility"],
        ),
        (
            changed(
                kpis__0__weight=..., kpis__1__weight=..., kpis__0__priority=0, kpis__0__difficulty=6,
                kpis__0__credibility="2.5", kpis__1__priority="3",
            ),
            [
                "kpis[0].priority: must be a whole number from 1 to 5",
                "kpis[0].difficulty: must be a whole number from 1 to 5",
                "kpis[0].credibility: must be a whole number",
                "kpis[1].difficulty: is required",
                "kpis[1].credibility: is required",
            ],
        ),
        (
            {"kpis": [
                {"code": code, "priority": 3, "difficulty": 3, "credibility": 3, "scoring": {"method": "yes_no"}}
                for code in "AB"
            ]},
            ["kpis: 2 KPIs of at most 40 reach only 80 of 100"],
        ),
        # the KPI
        (changed(kpis__0__code=""), ["kpis[0].code: must not be empty"]),
        (changed(kpis__0__code=5), ["kpis[0].code: must be text"]),
        (changed(kpis__1__code="K1"), ["kpis[1].code: stands twice: K1"]),
        (changed(kpis__0__code="a\nb"), ["kpis[0].code: contains characters that cannot be shown"]),
        (changed(kpis__0__wieght=1), ["kpis[0].wieght: is not a known key; did you mean weight?"]),
        (changed(kpis__0={}, kpis__1__weight="100"), [
            "kpis[0].code: is required", "kpis[0].scoring: is required", "kpis[0].weight: is required"
        ]),
        (changed(kpis__0=None), ["kpis[0]: must be an object"]),
        (changed(kpis=[]), ["kpis: needs at least one KPI"]),
        (changed(kpis={}), ["kpis: must be a list"]),
        (changed(kpis=...), ["kpis: is required"]),
        # measure
        (changed(kpis__0__measure="value"), ["kpis[0].measure: must be an object"]),
        (changed(kpis__0__measure__kind="vlaue"), [
            "kpis[0].measure.kind: must be one of growth, milestone, rating, ratio, value, yes_no"
        ]),
        (changed(kpis__0__measure__aggregation="total"), [
            "kpis[0].measure.aggregation: must be one of average, last, max, min, sum"
        ]),
        (changed(kpis__0__measure__base="1"), ["kpis[0].measure.base: does not go with the measure value"]),
        (changed(kpis__0__measure={"kind": "growth", "base": "0"}), ["kpis[0].measure.base: must not be 0"]),
        (changed(kpis__1__measure__scale=...), ["kpis[1].measure.scale: is required"]),
        (changed(kpis__1__measure__scale="0"), ["kpis[1].measure.scale: must be above 0"]),
        (changed(kpis__1__measure__numerator=...), ["kpis[1].measure.numerator: needs at least one input"]),
        (changed(kpis__1__measure__numerator=["-"]), ["kpis[1].measure.numerator[0]: must not be empty"]),
        (changed(kpis__1__measure__denominator="leads"), [
            "kpis[1].measure.denominator: must be a list",
        ]),
        (one({"method": "milestone"}), ["kpis[0].measure.milestones: shares must add up to 100, not 0"]),
        (
            one({"method": "milestone"}, measure={"milestones": {"a": "50", "b.c": "-1", "d\n": "x"}}),
            [
                'kpis[0].measure.milestones["d\\n"]: must be a number',
                'kpis[0].measure.milestones["d\\n"]: contains characters that cannot be shown',
                'kpis[0].measure.milestones["b.c"]: must be above 0',
            ],
        ),
        (
            one({"method": "rating", "levels": 5}, measure={"kind": "rating", "aggregation": "sum"}),
            ["kpis[0].measure.aggregation: must be one of average, last"],
        ),
        # scoring
        (changed(kpis__0__scoring={}), ["kpis[0].scoring.method: is required"]),
        (changed(kpis__0__scoring="higher"), ["kpis[0].scoring: must be an object"]),
        (changed(kpis__0__scoring__method="up"), [f"kpis[0].scoring.method: must be one of {METHODS}"]),
        (changed(kpis__0__scoring__target="0"), ["kpis[0].scoring.target: must not be 0"]),
        (changed(kpis__0__scoring={"method": "lower", "target": 0}), [
            "kpis[0].scoring.target: must not be 0; use steps or points instead"
        ]),
        (changed(kpis__0__scoring={"method": "lower_inverse", "target": "-1"}), [
            "kpis[0].scoring.target: must be above 0"
        ]),
        (changed(kpis__0__scoring__target=...), ["kpis[0].scoring.target: is required"]),
        (changed(kpis__0__scoring__target=True), ["kpis[0].scoring.target: must be a number"]),
        (changed(kpis__0__scoring__target=None), ["kpis[0].scoring.target: must be a number"]),
        (changed(kpis__0__scoring__target=float("nan")), ["kpis[0].scoring.target: must be a number"]),
        (changed(kpis__0__scoring__target=float("inf")), ["kpis[0].scoring.target: must be a number"]),
        (changed(kpis__0__scoring__target=10**60), ["kpis[0].scoring.target: must have at most 60 characters"]),
        (changed(kpis__0__scoring__target="1e999999"), [
            "kpis[0].scoring.target: must have an exponent of at most two digits"
        ]),
        (changed(kpis__0__scoring__low="3"), ["kpis[0].scoring.low: does not go with the method higher"]),
        (changed(kpis__0__scoring__cap="130"), ["kpis[0].scoring.cap: must not be above the policy's cap (120)"]),
        (changed(kpis__0__scoring__floor="-1"), ["kpis[0].scoring.floor: must not be below the policy's floor (0)"]),
        (changed(kpis__0__scoring__floor="50", kpis__0__scoring__cap="50"), [
            "kpis[0].scoring.cap: must be above floor"
        ]),
        (changed(kpis__0__scoring__cap="130", policy__cap="x"), ["policy.cap: must be a number"]),
        (changed(kpis__0__scoring={"method": "yes_no"}), [
            "kpis[0].scoring.method: yes_no cannot score the measure value"
        ]),
        (changed(kpis__1__scoring__low="25"), ["kpis[1].scoring.low: must be below high"]),
        (changed(kpis__1__scoring__low="0"), ["kpis[1].scoring.low: must be above 0"]),
        (changed(kpis__1__scoring__low="-5", kpis__1__scoring__high="x"), [
            "kpis[1].scoring.high: must be a number", "kpis[1].scoring.low: must be above 0"
        ]),
        (changed(kpis__1__scoring__maximum_target="yes"), [
            "kpis[1].scoring.maximum_target: must be true or false"
        ]),
        (one({"method": "points", "points": [["1", "2"]]}), ["kpis[0].scoring.points: needs at least two points"]),
        (one({"method": "points", "points": [["1", "2"], [1.0, 3]], "below": "none", "maximum_target": True}), [
            "kpis[0].scoring.below: must be one of clamp, zero",
            "kpis[0].scoring.maximum_target: does not go with the method points",
            "kpis[0].scoring.points: must have rising x",
        ]),
        (one({"method": "steps", "steps": []}), ["kpis[0].scoring.steps: needs at least one step"]),
        (one({"method": "steps", "steps": [["2", "1"], ["1", "x"], [1]]}), [
            "kpis[0].scoring.steps[1][1]: must be a number",
            "kpis[0].scoring.steps[2]: must be a list of two numbers",
        ]),
        (one({"method": "steps", "steps": [["2", "1"], ["1", "1"]]}), [
            "kpis[0].scoring.steps: must have rising bounds"
        ]),
        (one({"method": "rating"}), ["kpis[0].scoring.levels: is required"]),
        (one({"method": "rating", "levels": "2.5"}), ["kpis[0].scoring.levels: must be a whole number"]),
        (one({"method": "rating", "levels": "0"}), ["kpis[0].scoring.levels: must be above 0"]),
        # entries
        (changed(kpis__0__entries=None), ["kpis[0].entries: must be a list"]),
        (changed(kpis__0__entries__1=5), ["kpis[0].entries[1]: must be an object"]),
        (changed(kpis__0__entries__1__on="2026-01"), ["kpis[0].entries[1].on: stands twice: 2026-01"]),
        (changed(kpis__0__entries__1__on="2026-02-30"), [f"kpis[0].entries[1].on: {A_DATE}"]),
        (changed(kpis__0__entries__1__on="2026-H1"), [f"kpis[0].entries[1].on: {A_DATE}"]),
        (changed(kpis__0__entries__1__on=2026), [f"kpis[0].entries[1].on: {A_DATE}"]),
        (changed(kpis__0__entries__1__on=..., kpis__0__entries__0__value="1,5"), [
            "kpis[0].entries[0].value: must be a number", "kpis[0].entries[1].on: is required"
        ]),
        (changed(kpis__0__entries__1={"on": "x"}), [
            "kpis[0].entries[1].value: is required", f"kpis[0].entries[1].on: {A_DATE}"
        ]),
        (changed(kpis__0__entries__1__vaule="1"), [
            "kpis[0].entries[1].vaule: is not a known key; did you mean value?"
        ]),
        (changed(kpis__1__entries__0__inputs={"won": "1"}), ["kpis[1].entries[0].inputs.leads: is required"]),
        (changed(kpis__1__entries__0__inputs__lead="1"), [
            "kpis[1].entries[0].inputs.lead: is not a known key; did you mean leads?"
        ]),
        (changed(kpis__1__entries__0__inputs="1"), ["kpis[1].entries[0].inputs: must be an object"]),
        (changed(kpis__1__entries__0__inputs__won=[]), ["kpis[1].entries[0].inputs.won: must be a number"]),
        (changed(kpis__1__entries__0__inputs__leads="-1"), [
            "kpis[1].entries: come to a negative denominator (-1)"
        ]),
        (one({"method": "lower_inverse", "target": 1}, [{"on": "2026", "value": "-0.5"}]), [
            "kpis[0].entries: come to a negative actual (-0.5), which lower_inverse cannot score"
        ]),
        (
            one(
                {"method": "higher", "target": 1},
                [{"on": "2026-02", "value": "5"}, {"on": "2026-01", "value": "0"}],
                measure={"kind": "growth"},
            ),
            ["kpis[0].entries[1].value: is the base of the growth and must not be 0"],
        ),
        (one({"method": "yes_no"}, [{"on": "2026", "value": "yes"}]), [
            "kpis[0].entries[0].value: must be true or false"
        ]),
        (one({"method": "rating", "levels": 5}, [{"on": "2026", "value": 6}, {"on": "2025", "value": "1.5"}]), [
            "kpis[0].entries[0].value: must be a whole level from 1 to 5",
            "kpis[0].entries[1].value: must be a whole level from 1 to 5",
        ]),
        (one({"method": "rating"}, [{"on": "2026", "value": 0}]), [
            "kpis[0].scoring.levels: is required", "kpis[0].entries[0].value: must be a whole level"
        ]),
        (
            one(
                {"method": "milestone"},
                [{"on": "2026", "reached": ["a", "b", 1]}],
                measure={"milestones": {"a": 100}},
            ),
            [
                "kpis[0].entries[0].reached[1]: is not one of the milestones",
                "kpis[0].entries[0].reached[2]: must be text",
            ],
        ),
        (
            one({"method": "milestone"}, [{"on": "2026", "reached": "a"}], measure={"milestones": {"a": 100}}),
            ["kpis[0].entries[0].reached: must be a list"],
        ),
        (one({"method": "up"}, [{"on": "2026-13"}, {"value": 1}, 3]), [
            f"kpis[0].scoring.method: must be one of {METHODS}",
            f"kpis[0].entries[0].on: {A_DATE}",
            "kpis[0].entries[1].on: is required",
            "kpis[0].entries[2]: must be an object",
        ]),
        (changed(policy__missing="block", kpis__0__entries=[]), [
            "kpis[0].entries: has no data, and the policy does not let a period be closed without"
        ]),
        (changed(policy__missing="block", kpis__1__entries__0__inputs__leads="0"), [
            "kpis[1].entries: has no data, and the policy does not let a period be closed without"
        ]),
        # the card
        ([], [": must be an object"]),
        ("card", [": must be an object"]),
        (None, [": must be an object"]),
        ({"kpi": []}, ["kpi: is not a known key; did you mean kpis?", "kpis: is required"]),
        (b"", [": is empty; expected a JSON object"]),
        (b" \r\n", [": is empty; expected a JSON object"]),
        (b'{"kpis": [}', [": is not valid JSON (line 1, column 11)"]),
        (b"{} {}", [": is not valid JSON (line 1, column 4)"]),
        (b'{"kpis": "\xff"}', [": is not UTF-8 text (byte 11)"]),
        ("{}".encode("utf-16"), [": is not UTF-8 text (byte 1)"]),
        (b"[" * 100_000, [": is nested too deeply"]),
        (b'{"a":' * 100_000, [": is nested too deeply"]),
        (b'{"kpis": [], "kpis": {}}', ["kpis: stands twice", "kpis: must be a list"]),
        (
            b'{"kpis": [{"code": "A", "weight": 100, "scoring": {"method": "higher", "target": 1, "target": 2}}]}',
            ["kpis[0].scoring.target: stands twice"],
        ),
        (
            b'{"\\ud800": 1, "kpis": [{"code": "\\udfff", "weight": -Infinity, "scoring": {"method": "yes_no"}}]}',
            [
                '["\\ud800"]: is not a known key',
                "kpis[0].code: contains characters that cannot be shown",
                "kpis[0].weight: must be a number",
            ],
        ),
    ],
)  # fmt: skip
def test_bad_cards_are_refused_with_every_fault(card: object, faults: list[str]) -> None:
    assert sorted(refused(card)) == sorted(faults)


def test_all_faults_of_a_card_are_told_at_once() -> None:
    card = changed(
        policy__cap="0",
        policy__grades=[],
        kpis__0__weight="50",
        kpis__0__scoring__target="0",
        kpis__0__entries__0__value="x",
        kpis__1__scoring__low="30",
    )
    assert refused(card) == [
        "policy.cap: must be above floor",
        "policy.grades: needs at least one grade",
        "kpis[0].scoring.target: must not be 0",
        "kpis[0].entries[0].value: must be a number",
        "kpis[1].scoring.low: must be below high",
        "kpis: weights must add up to 100, not 110: 10 is too much",
    ]


def _places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of everything inside a JSON value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*path, key)
        yield from _places(part, (*path, key))


PLACES = [place for seed in (3, 8) for place in [(seed, *path) for path in _places(make_card(seed))]]
JUNK: list[Any] = [
    *(None, True, 5, -1, 1e308, "", " ", "x", "NaN", "1e99", "-1e99", "\ud800", "a\u0000", "9" * 70),
    *([], [[]], {}, {"on": 1}),
]


def test_junk_anywhere_gives_a_result_or_faults_and_nothing_else() -> None:
    for number, (seed, *path) in enumerate(PLACES):
        for junk in JUNK[number % 5 :: 5]:
            card: Any = make_card(int(seed))
            part = card
            for key in path[:-1]:
                part = part[key]
            part[path[-1]] = junk
            try:
                assert set(scored(card)) == {"total", "grade", "coverage", "kpis"}
            except CardRefused as refusal:
                lines = list(fault_lines(refusal.faults, Language.ENGLISH))
                assert lines
                assert all(line.isprintable() for line in lines)


def test_whatever_is_cut_off_is_refused() -> None:
    raw = json.dumps(EXAMPLE).encode()
    for length in range(0, len(raw), 7):
        assert refused(raw[:length])[0].startswith(": is ")


# --- One card a line --------------------------------------------------------------------------------------------------


def test_each_line_has_its_answer_in_order() -> None:
    good = json.dumps(EXAMPLE).encode()
    bad = json.dumps(changed(kpis__1__scoring__low="30")).encode()
    answers = list(score_lines([good + b"\n", b"\n", bad + b"\r\n", b"nothing\n", good], Language.ENGLISH))
    assert [answer.is_refused for answer in answers] == [False, True, True, True, False]
    assert all(answer.line.endswith(b"\n") and answer.line.count(b"\n") == 1 for answer in answers)
    assert [json.loads(answer.line) for answer in answers] == [
        RESULT,
        {"errors": [{"at": "", "message": "is empty; expected a JSON object"}]},
        {"errors": [{"at": "kpis[1].scoring.low", "message": "must be below high"}]},
        {"errors": [{"at": "", "message": "is not valid JSON (line 1, column 1)"}]},
        RESULT,
    ]


def test_faults_are_told_in_indonesian_too() -> None:
    bad = json.dumps(changed(kpis__1__scoring__low="30")).encode()
    (answer,) = score_lines([bad], Language.INDONESIAN)
    assert json.loads(answer.line) == {
        "errors": [{"at": "kpis[1].scoring.low", "message": "harus di bawah batas tertinggi"}]
    }
