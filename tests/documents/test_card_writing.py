"""Is a plan written as a card that `kinerja score` reads, with what a card of a running year needs?"""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from app.documents.card_writing import CardKpi, card_json, exact_text
from app.documents.cards import CardRefused, read_card
from app.documents.score_files import score_json
from app.rules.aggregation import Entry, GrowthMeasure, MilestoneMeasure, RatioMeasure, Term, ValueMeasure, YesNoMeasure
from app.rules.faults import Fault
from app.rules.methods import Point, Scoring
from app.rules.policy import Policy
from app.rules.progress import Elapsed
from app.rules.vocabulary import Aggregation, Beyond, Language, Method, Missing

SUM = ValueMeasure(Aggregation.SUM)
HALF_YEAR = (date(2026, 1, 1), date(2026, 6, 30))


def score(card: dict[str, Any]) -> dict[str, Any]:
    return score_json(json.dumps(card).encode(), Language.ENGLISH)


def card_with(**kpi: Any) -> dict[str, Any]:
    values = {
        "code": "K",
        "weight": "100",
        "measure": {"kind": "value", "aggregation": "sum"},
        "scoring": {"method": "higher", "target": "365"},
        "entries": [{"on": "2026-01", "value": "31"}],
        **kpi,
    }
    return {"kpis": [values]}


def test_every_part_of_a_plan_is_written_in_the_words_of_the_contract() -> None:
    kpis = [
        CardKpi(
            "A",
            Decimal("20.00"),
            RatioMeasure((Term("won"), Term("lost", -1)), (Term("all"),), Fraction(100)),
            Scoring(Method.RANGE, low=Fraction("17.5"), high=Fraction(25), floor=Fraction(20), cap=Fraction(110)),
            [Entry("2026-H1", *HALF_YEAR, inputs={"won": Decimal("3.50"), "lost": Decimal(1), "all": Decimal(9)})],
        ),
        CardKpi(
            "B",
            Decimal("20.00"),
            MilestoneMeasure({"half": Fraction("33.34"), "done": Fraction("66.66")}),
            Scoring(Method.MILESTONE),
            [Entry("2026-01", date(2026, 1, 1), date(2026, 1, 31), reached=("half",))],
        ),
        CardKpi("C", Decimal("20.00"), GrowthMeasure(Fraction(4)), Scoring(Method.LOWER, target=Fraction(-2))),
        CardKpi(
            "D",
            Decimal("20.00"),
            YesNoMeasure(),
            Scoring(Method.YES_NO, maximum_target=True),
            [Entry("2026", date(2026, 1, 1), date(2026, 12, 31), value=Decimal(1))],
            is_left_out=True,
        ),
        CardKpi(
            "E",
            Decimal("20.00"),
            SUM,
            Scoring(
                Method.POINTS,
                points=(Point(Fraction(0), Fraction(50)), Point(Fraction("1.5"), Fraction(100))),
                below=Beyond.ZERO,
            ),
            elapsed=Elapsed(31, 365),
        ),
    ]
    card = card_json(Policy(missing=Missing.ZERO), kpis)
    assert [{name: kpi[name] for name in kpi if name not in {"code", "weight"}} for kpi in card["kpis"]] == [
        {
            "measure": {"kind": "ratio", "numerator": ["won", "-lost"], "denominator": ["all"], "scale": "100"},
            "scoring": {"method": "range", "low": "17.5", "high": "25", "floor": "20", "cap": "110"},
            "entries": [{"on": "2026-06-30", "inputs": {"won": "3.50", "lost": "1", "all": "9"}}],
        },
        {
            "measure": {"kind": "milestone", "milestones": {"half": "33.34", "done": "66.66"}},
            "scoring": {"method": "milestone"},
            "entries": [{"on": "2026-01", "reached": ["half"]}],
        },
        {
            "measure": {"kind": "growth", "base": "4"},
            "scoring": {"method": "lower", "target": "-2"},
            "entries": [],
        },
        {
            "measure": {"kind": "yes_no"},
            "scoring": {"method": "yes_no", "maximum_target": True},
            "entries": [{"on": "2026", "value": True}],
            "due": False,
        },
        {
            "measure": {"kind": "value", "aggregation": "sum"},
            "scoring": {"method": "points", "points": [["0", "50"], ["1.5", "100"]], "below": "zero", "above": "clamp"},
            "entries": [],
            "elapsed": {"days": 31, "of": 365},
        },
    ]
    assert card["policy"]["missing"] == "zero"
    assert read_card(json.dumps(card).encode()).policy == Policy(missing=Missing.ZERO)


def test_no_digit_of_a_decimal_is_lost_and_no_other_number_is_written() -> None:
    number = "123456789012345678901234.123456789"
    assert exact_text(Fraction(number)) == number
    assert exact_text(Fraction("-0.5")) == "-0.5"
    with pytest.raises(ArithmeticError):
        exact_text(Fraction(1, 3))


def test_a_card_may_ask_for_the_elapsed_part_of_a_sum() -> None:
    assert score(card_with(elapsed={"days": 31, "of": 365}))["total"] == "100.00"
    assert score(card_with(elapsed={"days": "31", "of": "365"}))["kpis"][0]["explanation"] == (
        "31 / 31 → 100.00 × 100 % = 100.00"
    )
    assert score(card_with())["total"] == "8.49"


def test_what_is_not_due_is_left_out_whatever_the_policy_says() -> None:
    other = card_with()["kpis"][0] | {"code": "L", "weight": "40", "entries": []}
    card = card_with(weight="60", elapsed={"days": 31, "of": 365})
    card["policy"] = {"missing": "zero"}
    card["kpis"].append(other)
    assert (score(card)["total"], score(card)["coverage"]) == ("60.00", "60.00")
    card["kpis"][1] = {**other, "due": False}
    assert (score(card)["total"], score(card)["coverage"]) == ("100.00", "60.00")
    card["policy"] = {"missing": "block"}
    assert score(card)["total"] == "100.00"


@pytest.mark.parametrize(
    ("kpi", "faults"),
    [
        ({"elapsed": {"days": 0, "of": -1}}, [("elapsed.days", "not_above_0"), ("elapsed.of", "not_above_0")]),
        ({"elapsed": {"days": 31}}, [("elapsed.of", "required")]),
        ({"elapsed": {"days": 1.5, "of": 365}}, [("elapsed.days", "not_whole")]),
        ({"elapsed": {"days": 1, "of": 2, "from": 3}}, [("elapsed.from", "key_unknown")]),
        ({"elapsed": 31}, [("elapsed", "not_an_object")]),
        (
            {"elapsed": {"days": 1, "of": 2}, "measure": {"kind": "value", "aggregation": "last"}},
            [("elapsed", "elapsed_not_here")],
        ),
        ({"due": "no"}, [("due", "not_true_or_false")]),
    ],
)
def test_what_cannot_be_is_refused_at_its_path(kpi: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    with pytest.raises(CardRefused) as refused:
        read_card(json.dumps(card_with(**kpi)).encode())
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [
        (f"kpis[0].{at}", code) for at, code in faults
    ]
    assert all(isinstance(fault, Fault) for fault in refused.value.faults)
