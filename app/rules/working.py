"""Which steps lead from an actual to its contribution, so that they can be printed beside the number?

A working is a tuple of small texts, kept as they are in a snapshot: numbers in plain form (`135.5`, `-4`, told apart by
their first character), words (`@cap`) and the signs between them with their spaces. app.working prints it in a
language and number format.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

from app.rules.methods import Scoring, given, is_best_of_all, line_at
from app.rules.numbers import HUNDRED, plain, shown_text
from app.rules.vocabulary import Beyond, Method

Working = tuple[str, ...]


class Word(StrEnum):
    """The words that a working may hold."""

    CAP = "@cap"
    FLOOR = "@floor"
    LEFT_OUT = "@left_out"
    MAXIMUM = "@maximum"
    NO_DATA = "@no_data"
    NO_DONE = "@no"
    REACHED = "@reached"
    REWEIGHTED = "@reweighted"
    STAYS = "@stays"
    """Of a forecast: a level that goes on as it is."""
    YES_DONE = "@yes"


class Scored(NamedTuple):
    """The figures of one KPI's result that its working is made of."""

    scoring: Scoring
    actual: Fraction
    floor: Fraction
    cap: Fraction
    uncapped: Fraction
    achievement: Fraction


class _Formula(NamedTuple):
    """The left side of a working, how its result is written, and whether that is said where no limit changes it."""

    signs: Working
    result: Callable[[Fraction], str] | None = None
    is_always_said: bool = False


def working(scored: Scored, weight: Decimal, counted: Fraction | None, contribution: Decimal) -> Working:
    """The steps from actual to contribution; `counted` is the re-normalised weight where it is another one."""
    formula = _FORMULAS[scored.scoring.method](scored.scoring, scored.actual)
    limit = _limit(scored)
    result: Working = ()
    if formula.result and (limit or formula.is_always_said):
        result = (" = ", formula.result(scored.uncapped))
    share = () if counted is None else (" (", Word.REWEIGHTED.value, " ", shown_text(counted), " %)")
    return (
        *formula.signs,
        *result,
        " → ",
        shown_text(scored.achievement),
        *limit,
        " × ",
        plain(weight),
        " %",
        *share,
        " = ",
        str(contribution),
    )


def working_without_data(weight: Decimal, *, counts_as_zero: bool) -> Working:
    """What is said of a KPI without data: that it counts as 0, or that it is left out."""
    if not counts_as_zero:
        return (Word.NO_DATA.value, ": ", Word.LEFT_OUT.value)
    return (Word.NO_DATA.value, " → ", "0.00", " × ", plain(weight), " %", " = ", "0.00")


def _limit(scored: Scored) -> Working:
    """The floor or cap, where it made or met the achievement."""
    if scored.scoring.maximum_target and scored.uncapped >= HUNDRED:
        return (" (", Word.MAXIMUM.value, ", ", Word.CAP.value, " ", plain(scored.cap), ")")
    if scored.achievement is scored.uncapped and scored.uncapped != scored.cap:
        return ()  # the usual case, told without comparing fractions
    if scored.uncapped >= scored.cap:
        return (" (", Word.CAP.value, " ", plain(scored.cap), ")")
    if scored.uncapped < scored.floor:
        return (" (", Word.FLOOR.value, " ", plain(scored.floor), ")")
    return ()


def _ratio(uncapped: Fraction) -> str:
    """The achievement as the quotient that the formula comes to: 1.20 for 120 %."""
    return shown_text(uncapped / 100)


def _inner(value: Fraction) -> Working:
    """A number inside a formula; a negative one stands in brackets."""
    return (plain(value),) if value >= 0 else ("(", plain(value), ")")


def _difference(actual: Fraction, target: Fraction) -> Working:
    return (plain(actual), " − ", *_inner(target))


def _higher(scoring: Scoring, actual: Fraction) -> _Formula:
    target = given(scoring.target)
    if target > 0:
        return _Formula((plain(actual), " / ", plain(target)), _ratio)
    signs = ("1", " + (", *_difference(actual, target), ")/", plain(-target))
    return _Formula(signs, _ratio, is_always_said=True)


def _lower(scoring: Scoring, actual: Fraction) -> _Formula:
    target = given(scoring.target)
    if target > 0:
        signs: Working = ("2", " − ", *_inner(actual), "/", plain(target))
    else:
        signs = ("1", " − (", *_difference(actual, target), ")/", plain(-target))
    return _Formula(signs, _ratio, is_always_said=True)


def _lower_inverse(scoring: Scoring, actual: Fraction) -> _Formula:
    if is_best_of_all(scoring, actual):
        return _Formula(("0",))
    return _Formula((plain(given(scoring.target)), " / ", plain(actual)), _ratio)


def _exact(scoring: Scoring, actual: Fraction) -> _Formula:
    target = given(scoring.target)
    signs = ("1", " − |", *_difference(actual, target), "|/", plain(abs(target)))
    return _Formula(signs, _ratio, is_always_said=True)


def _range(scoring: Scoring, actual: Fraction) -> _Formula:
    low, high = given(scoring.low), given(scoring.high)
    if actual < low:
        return _Formula((plain(actual), " / ", plain(low)), _ratio)
    if actual <= high:
        return _Formula((plain(low), " ≤ ", plain(actual), " ≤ ", plain(high)))
    return _Formula(("2", " − ", plain(actual), "/", plain(high)), _ratio, is_always_said=True)


def _points(scoring: Scoring, actual: Fraction) -> _Formula:
    first, last = scoring.points[0], scoring.points[-1]
    if actual < first.x:
        return _Formula((plain(actual), " < ", plain(first.x)), shown_text, scoring.below is Beyond.CLAMP)
    if actual > last.x:
        return _Formula((plain(actual), " > ", plain(last.x)), shown_text, scoring.above is Beyond.CLAMP)
    left, right = line_at(scoring.points, actual)
    place = (plain(left.x), " ≤ ", plain(actual), " ≤ ", plain(right.x), ": ")
    slope = (
        *("(", *_difference(actual, left.x), ")/(", *_difference(right.x, left.x), ")"),
        *(" × (", *_difference(right.score, left.score), ")"),
    )
    return _Formula((*place, plain(left.score), " + ", *slope), shown_text)


def _steps(scoring: Scoring, actual: Fraction) -> _Formula:
    bounds = [step.x for step in scoring.steps]
    reached = sum(bound <= actual for bound in bounds)
    lower = (plain(bounds[reached - 1]), " ≤ ") if reached else ()
    upper = (" < ", plain(bounds[reached])) if reached < len(bounds) else ()
    return _Formula((*lower, plain(actual), *upper), shown_text)


def _milestone(_scoring: Scoring, actual: Fraction) -> _Formula:
    return _Formula((Word.REACHED.value, " ", plain(actual), " %"))


def _rating(scoring: Scoring, actual: Fraction) -> _Formula:
    return _Formula((plain(actual), " / ", str(scoring.levels)), _ratio)


def _yes_no(_scoring: Scoring, actual: Fraction) -> _Formula:
    return _Formula(((Word.YES_DONE if actual else Word.NO_DONE).value,))


_FORMULAS: Final[Mapping[Method, Callable[[Scoring, Fraction], _Formula]]] = {
    Method.EXACT: _exact,
    Method.HIGHER: _higher,
    Method.LOWER: _lower,
    Method.LOWER_INVERSE: _lower_inverse,
    Method.MILESTONE: _milestone,
    Method.POINTS: _points,
    Method.RANGE: _range,
    Method.RATING: _rating,
    Method.STEPS: _steps,
    Method.YES_NO: _yes_no,
}
