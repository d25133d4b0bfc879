"""What does docs/scoring.md give for a card, computed a second time, as simply as it can be written?

Nothing of app.rules is used here: plain fractions, one step after the other, no thought of speed.
It reads good cards only.
"""

import calendar
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

Card = dict[str, Any]

POLICY: Card = {
    "floor": "0",
    "cap": "120",
    "missing": "exclude",
    "criteria": {"priority": "50", "difficulty": "30", "credibility": "20"},
    "weight_step": "1",
    "weight_floor": "5",
    "weight_ceiling": "40",
    "grades": [
        {"from": "110", "code": "outstanding"},
        {"from": "90", "code": "good"},
        {"from": "70", "code": "needs_improvement"},
        {"from": "50", "code": "poor"},
        {"from": "0", "code": "very_poor"},
    ],
}


def result_of(card: Card) -> Card:
    """The result without its explanations."""
    policy = POLICY | card.get("policy", {})
    criteria = POLICY["criteria"] | policy["criteria"]
    kpis = card["kpis"]
    weights = [Fraction(kpi["weight"]) for kpi in kpis] if "weight" in kpis[0] else shared_out(kpis, policy, criteria)
    scores = [score_of(kpi, policy) for kpi in kpis]
    covered = sum((w for w, score in zip(weights, scores, strict=True) if score is not None), Fraction(0))
    divisor = Fraction(100) if policy["missing"] == "zero" else covered
    exact = [
        None if score is None else weight * score["achievement"] / divisor if divisor else Fraction(0)
        for weight, score in zip(weights, scores, strict=True)
    ]
    total = None
    if any(score is not None for score in scores) and divisor:
        total = sum((line for line in exact if line is not None), Fraction(0))
    lines = in_cents(exact)
    return {
        "total": None if total is None else in_text(total),
        "grade": None if total is None else grade_of(rounded(total, 2), policy["grades"]),
        "coverage": in_text(covered),
        "kpis": [
            {
                "code": kpi["code"],
                "weight": in_text(weight),
                "actual": None if score is None else without_zeros(score["actual"]),
                "achievement": None if score is None else in_text(score["achievement"]),
                "uncapped": None if score is None else in_text(score["uncapped"]),
                "contribution": line,
            }
            for kpi, weight, score, line in zip(kpis, weights, scores, lines, strict=True)
        ],
    }


# --- Rounding ---------------------------------------------------------------------------------------------------------


def rounded(value: Fraction, places: int) -> Fraction:
    unit = Fraction(1, 10**places)
    whole = abs(value) // unit
    if abs(value) - whole * unit >= unit / 2:
        whole += 1
    return whole * unit if value >= 0 else -whole * unit


def in_text(value: Fraction, places: int = 2) -> str:
    cents = abs(int(rounded(value, places) * 10**places))
    text = str(cents).rjust(places + 1, "0")
    sign = "-" if rounded(value, places) < 0 else ""
    return sign + text[:-places] + "." + text[-places:]


def without_zeros(value: Fraction) -> str:
    text = in_text(value, 6)
    while text.endswith("0"):
        text = text[:-1]
    return text.removesuffix(".")


def in_cents(exact: list[Fraction | None]) -> list[str | None]:
    given = [index for index, value in enumerate(exact) if value is not None]
    total = rounded(sum((exact[index] or Fraction(0) for index in given), Fraction(0)), 2)
    floors = {index: (exact[index] or Fraction(0)) * 100 // 1 for index in given}
    rests = {index: (exact[index] or Fraction(0)) * 100 - floors[index] for index in given}
    lacking = int(total * 100) - sum(floors.values())
    for _ in range(lacking):
        best = max(rests, key=lambda index: (rests[index], -index))
        floors[best] += 1
        del rests[best]
    return [in_text(Fraction(floors[index], 100)) if index in floors else None for index in range(len(exact))]


def grade_of(total: Fraction, grades: list[Card]) -> str:
    descending = sorted(grades, key=lambda band: Fraction(band["from"]), reverse=True)
    for band in descending:
        if total >= Fraction(band["from"]):
            return str(band["code"])
    return str(descending[-1]["code"])


# --- Weights ----------------------------------------------------------------------------------------------------------


def shared_out(kpis: list[Card], policy: Card, criteria: Card) -> list[Fraction]:
    """Sainte-Laguë, one step after the other."""
    step = Fraction(policy["weight_step"])
    raw = [sum(Fraction(criteria[name]) * int(kpi[name]) for name in criteria) / 100 for kpi in kpis]
    steps = [int(Fraction(policy["weight_floor"]) / step)] * len(kpis)
    most = int(Fraction(policy["weight_ceiling"]) / step)
    claims = [each / (2 * count + 1) for each, count in zip(raw, steps, strict=True)]
    for _ in range(int(100 / step) - sum(steps)):
        best = -1
        for index, claim in enumerate(claims):
            if steps[index] < most and (best < 0 or claim > claims[best]):
                best = index
        steps[best] += 1
        claims[best] = raw[best] / (2 * steps[best] + 1)
    return [count * step for count in steps]


# --- Actual and achievement -------------------------------------------------------------------------------------------


def last_day(on: str) -> date:
    parts = on.split("-")
    year = int(parts[0])
    if len(parts) == 1:
        return date(year, 12, 31)
    if parts[1].startswith("Q"):
        month = int(parts[1][1:]) * 3
        return date(year, month, calendar.monthrange(year, month)[1])
    month = int(parts[1])
    return date(year, month, int(parts[2]) if len(parts) == 3 else calendar.monthrange(year, month)[1])


def score_of(kpi: Card, policy: Card) -> dict[str, Fraction] | None:
    scoring = kpi["scoring"]
    measure = kpi.get("measure", {})
    own = {"milestone", "yes_no", "rating"}
    kind = measure.get("kind", scoring["method"] if scoring["method"] in own else "value")
    figure = actual_of(kind, measure, sorted(kpi.get("entries", []), key=lambda entry: last_day(entry["on"])))
    if figure is None:
        return None
    floor = Fraction(scoring.get("floor", policy["floor"]))
    cap = Fraction(scoring.get("cap", policy["cap"]))
    if scoring["method"] == "lower_inverse" and figure == 0:
        return {"actual": figure, "uncapped": cap, "achievement": cap}
    uncapped = uncapped_of(scoring, figure)
    achievement = max(floor, min(cap, uncapped))
    if scoring.get("maximum_target") and uncapped >= 100:
        achievement = cap
    return {"actual": figure, "uncapped": uncapped, "achievement": achievement}


def actual_of(  # noqa: C901, PLR0911
    kind: str, measure: Card, entries: list[Card]
) -> Fraction | None:
    if not entries:
        return None
    if kind == "ratio":

        def total(names: list[str]) -> Fraction:
            result = Fraction(0)
            for entry in entries:
                for name in names:
                    if name.startswith("-"):
                        result -= Fraction(entry["inputs"][name[1:]])
                    else:
                        result += Fraction(entry["inputs"][name])
            return result

        below = total(measure["denominator"])
        return total(measure["numerator"]) / below * Fraction(measure["scale"]) if below else None
    if kind == "milestone":
        reached = set()
        for entry in entries:
            reached.update(entry["reached"])
        return sum((Fraction(measure["milestones"][name]) for name in reached), Fraction(0))
    if kind == "yes_no":
        return Fraction(1 if entries[-1]["value"] else 0)
    values = [Fraction(entry["value"]) for entry in entries]
    if kind == "growth":
        if "base" not in measure and len(values) == 1:
            return None
        base = Fraction(measure["base"]) if "base" in measure else values[0]
        return (values[-1] - base) / abs(base) * 100
    aggregation = measure.get("aggregation", "last")
    if aggregation == "sum":
        return sum(values, Fraction(0))
    if aggregation == "average":
        return sum(values, Fraction(0)) / len(values)
    return {"last": values[-1], "max": max(values), "min": min(values)}[aggregation]


def uncapped_of(scoring: Card, a: Fraction) -> Fraction:  # noqa: C901, PLR0911
    method = scoring["method"]
    if method in {"higher", "lower", "exact"}:
        t = Fraction(scoring["target"])
        if method == "higher":
            return 100 * (1 + (a - t) / abs(t))
        if method == "lower":
            return 100 * (1 - (a - t) / abs(t))
        return 100 * (1 - abs(a - t) / abs(t))
    if method == "lower_inverse":
        return 100 * Fraction(scoring["target"]) / a
    if method == "range":
        low, high = Fraction(scoring["low"]), Fraction(scoring["high"])
        if a < low:
            return 100 * a / low
        return 100 * (2 - a / high) if a > high else Fraction(100)
    if method == "milestone":
        return a
    if method == "yes_no":
        return 100 * a
    if method == "rating":
        return 100 * a / int(scoring["levels"])
    return on_curve(scoring, a)


def on_curve(scoring: Card, a: Fraction) -> Fraction:
    curve = [(Fraction(x), Fraction(s)) for x, s in scoring[scoring["method"]]]
    if scoring["method"] == "steps":
        reached = [s for x, s in curve if x <= a]
        return reached[-1] if reached else Fraction(0)
    if a < curve[0][0]:
        return Fraction(0) if scoring.get("below") == "zero" else curve[0][1]
    if a > curve[-1][0]:
        return Fraction(0) if scoring.get("above") == "zero" else curve[-1][1]
    for (x1, s1), (x2, s2) in pairwise(curve):
        if x1 <= a <= x2:
            return s1 + (s2 - s1) * (a - x1) / (x2 - x1)
    raise AssertionError("no part of the curve holds the actual")
