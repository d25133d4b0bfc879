"""Which cards may come along? Good ones of every kind, made from a seed, with awkward numbers in all places."""

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

Card = dict[str, Any]


def make_card(seed: int) -> Card:
    """A good card: any methods, measures, policies, missing data; the same seed gives the same card."""
    chance = random.Random(seed)  # noqa: S311
    policy = _policy(chance)
    count = chance.randint(1, 10)
    card: Card = {"kpis": [_kpi(chance, index, policy) for index in range(count)]}
    if chance.random() < 0.5:
        weights = _weights(chance, count)
        for kpi, weight in zip(card["kpis"], weights, strict=True):
            kpi["weight"] = weight
    else:
        policy |= _bounds(chance, count)
        for kpi in card["kpis"]:
            kpi |= {name: chance.randint(1, 5) for name in ("priority", "difficulty", "credibility")}
    if policy:
        card["policy"] = policy
    return card


def number(chance: random.Random, low: int = -200, high: int = 200) -> str | int:
    """A number as people, programs and testers write it."""
    form = chance.randrange(7)
    if form == 0:
        return chance.randint(low, high)
    if form == 1:
        return f"{chance.randint(low, high)}.{chance.randint(0, 999999)}"
    if form == 2:
        return f"{chance.randint(low, high)}e-{chance.randint(0, 3)}"
    if form == 3:
        return f"{chance.randint(low, high)}.50"
    if form == 4 and low <= 0:
        return chance.choice(["0", "-0", "0.000", "0e5"])
    return str(chance.randint(low, high))


def _but_not_0(chance: random.Random, low: int = -200, high: int = 200) -> str | int:
    while True:
        found = number(chance, low, high)
        if Fraction(found) != 0:
            return found


def _policy(chance: random.Random) -> Card:
    policy: Card = {}
    if chance.random() < 0.4:
        policy |= {"floor": number(chance, -20, 40), "cap": f"{chance.randint(90, 200)}.{chance.randint(0, 99)}"}
    if chance.random() < 0.4:
        policy["missing"] = chance.choice(["exclude", "zero"])
    if chance.random() < 0.3:
        bounds = sorted({Fraction(number(chance, -50, 150)) for _ in range(chance.randint(1, 6))})
        policy["grades"] = [{"from": _text(bound), "code": f"G{place}"} for place, bound in enumerate(bounds)]
        chance.shuffle(policy["grades"])
    if chance.random() < 0.3:
        first = chance.randint(0, 100)
        second = chance.randint(0, 100 - first)
        policy["criteria"] = {"priority": first, "difficulty": str(second), "credibility": 100 - first - second}
    return policy


def _text(value: Fraction) -> str:
    return f"{float(value):.6f}"


def _weights(chance: random.Random, count: int) -> list[str]:
    cuts = sorted(chance.sample(range(1, 10_000), count - 1))
    parts = [after - before for before, after in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    return [f"{part // 100}.{part % 100:02}" if chance.random() < 0.8 else f"{part}e-2" for part in parts]


def _bounds(chance: random.Random, count: int) -> Card:
    step = chance.choice(["0.5", "1", "1", "5"] if chance.random() < 0.98 else ["0.01"])
    units = int(100 / Fraction(step))
    least = chance.randint(0, units // count) if chance.random() < 0.5 else 0
    most = chance.randint(-(-units // count), units) if chance.random() < 0.5 else units
    return {
        "weight_step": step,
        "weight_floor": _text(least * Fraction(step)),
        "weight_ceiling": _text(most * Fraction(step)),
    }


def _kpi(chance: random.Random, index: int, policy: Card) -> Card:
    make = chance.choice(_MAKERS)
    scoring, measure, entry = make(chance)
    floor, cap = Fraction(policy.get("floor", 0)), Fraction(policy.get("cap", 120))
    if chance.random() < 0.2:
        scoring |= {"floor": _text(floor + (cap - floor) / 8), "cap": _text(cap - (cap - floor) / 8)}
    if chance.random() < 0.2 and scoring["method"] not in {"points", "steps"}:
        scoring["maximum_target"] = chance.random() < 0.8
    kpi: Card = {"code": f"K{index + 1}", "scoring": scoring}
    if measure or chance.random() < 0.5:
        kpi["measure"] = measure
    days = [] if chance.random() < 0.2 else _days(chance)
    if days or chance.random() < 0.5:
        kpi["entries"] = [{"on": on, **entry()} for on in days]
    return kpi


def _days(chance: random.Random) -> list[str]:
    """Different last days, in any order, from a day to a year."""
    months = [f"2026-{month:02}" for month in range(1, 13)]
    days = [f"2025-03-{day:02}" for day in range(1, 30)]
    quarters = [f"2027-Q{quarter}" for quarter in range(1, 5)]
    choice = chance.sample([*months, *days, *quarters, "2024", "2028"], chance.randint(1, 14))
    return choice if chance.random() < 0.5 else sorted(choice)


Made = tuple[Card, Card, Callable[[], Card]]


def _measured(chance: random.Random, scoring: Card) -> Made:
    """A value, ratio or growth to go with the scoring; never below 0 where the method cannot have that."""
    low = 0 if scoring["method"] == "lower_inverse" else -200
    kind = chance.choice(["value", "value", "ratio", "growth"])
    if kind == "value":
        measure: Card = {"aggregation": chance.choice(["sum", "average", "last", "max", "min"])}
        if chance.random() < 0.5:
            measure["kind"] = "value"
        return scoring, measure, lambda: {"value": number(chance, low)}
    if kind == "growth":
        measure = {"kind": "growth"}
        if chance.random() < 0.5:
            measure["base"] = _but_not_0(chance)
        if low == 0:  # growing from below 0 to above it is never a fall
            return scoring, {"kind": "growth", "base": "-500"}, lambda: {"value": number(chance)}
        return scoring, measure, lambda: {"value": _but_not_0(chance)}
    measure = {"kind": "ratio", "numerator": ["won", "kept"], "denominator": ["asked"], "scale": "100"}
    names = ["won", "kept", "asked"]
    if chance.random() < 0.4 and low:
        measure = {"kind": "ratio", "numerator": ["return", "-cost"], "denominator": ["cost"], "scale": 1}
        names = ["return", "cost"]
    return scoring, measure, lambda: {"inputs": {name: number(chance, 0) for name in names}}


def _target(chance: random.Random) -> Made:
    method = chance.choice(["higher", "lower", "exact", "lower_inverse"])
    low = 1 if method == "lower_inverse" else -200
    return _measured(chance, {"method": method, "target": _but_not_0(chance, low)})


def _range(chance: random.Random) -> Made:
    low = chance.randint(1, 100)
    return _measured(chance, {"method": "range", "low": str(low), "high": f"{low + chance.randint(1, 50)}.25"})


def _curve(chance: random.Random) -> Made:
    method = chance.choice(["points", "steps"])
    bounds = sorted(chance.sample(range(-150, 150), chance.randint(2, 6)))
    scoring: Card = {"method": method, method: [[bound, number(chance, -20, 150)] for bound in bounds]}
    if method == "points":
        for end in ("below", "above"):
            if chance.random() < 0.6:
                scoring[end] = chance.choice(["clamp", "zero"])
    return _measured(chance, scoring)


def _milestone(chance: random.Random) -> Made:
    shares = _weights(chance, chance.randint(1, 6))
    names = {f"step {place}": share for place, share in enumerate(shares)}
    measure = {"kind": "milestone", "milestones": names}
    return {"method": "milestone"}, measure, lambda: {"reached": chance.sample(list(names), chance.randint(0, 2) % 2)}


def _yes_no(chance: random.Random) -> Made:
    return {"method": "yes_no"}, {}, lambda: {"value": chance.random() < 0.5}


def _rating(chance: random.Random) -> Made:
    levels = chance.randint(1, 7)
    measure = {"kind": "rating", "aggregation": chance.choice(["average", "last"])} if chance.random() < 0.7 else {}
    return {"method": "rating", "levels": levels}, measure, lambda: {"value": str(chance.randint(1, levels))}


_MAKERS = (_target, _target, _target, _range, _curve, _curve, _milestone, _yes_no, _rating)
