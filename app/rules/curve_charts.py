"""Where do the line of a score's curve, its target and the numbers on its axes stand?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

from app.rules.curves import curve
from app.rules.methods import Scoring
from app.rules.numbers import HUNDRED, ZERO, shown
from app.rules.vocabulary import Method

_LEFT: Final = 34
_RIGHT: Final = 12
_TOP: Final = 10
_BOTTOM: Final = 22
"""Room around the plane for the numbers on the axes."""
_DIGIT: Final = 7
"""Width of a digit of a label, and one more between two labels."""
_WITHOUT_CURVE: Final = frozenset({Method.YES_NO, Method.RATING, Method.MILESTONE})


@dataclass(frozen=True, slots=True)
class AxisMark:
    """A number on an axis: where it stands, and whether it is the target."""

    at: Decimal
    value: Decimal
    is_target: bool = False


@dataclass(frozen=True, slots=True)
class CurveChart:
    """A score against an actual: one line for each unbroken stretch, and what stands on the axes."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    lines: tuple[str, ...]
    jumps: tuple[str, ...]
    """Where the score leaps, as dotted lines."""
    actuals: tuple[AxisMark, ...]
    scores: tuple[AxisMark, ...]
    targets: tuple[Decimal, ...]
    """Where the target, or each end of the range, lies."""


def curve_chart(
    scoring: Scoring, floor: Fraction, cap: Fraction, width: int = 420, height: int = 210
) -> CurveChart | None:
    """The chart of a scoring that set_up_faults does not refuse; none where there are only a few possible actuals."""
    if scoring.method in _WITHOUT_CURVE:
        return None
    corners = curve(scoring, floor, cap)
    plane = _Plane(corners, floor, cap, width, height)
    lines, jumps = _stretches(corners, plane)
    targets = [bound for bound in (scoring.target, scoring.low, scoring.high) if bound is not None]
    return CurveChart(
        width=width,
        height=height,
        left=_LEFT,
        right=width - _RIGHT,
        top=_TOP,
        bottom=height - _BOTTOM,
        lines=lines,
        jumps=jumps,
        actuals=_on_actuals(corners, targets, plane),
        scores=tuple(
            AxisMark(plane.y(score), shown(score), score == HUNDRED) for score in _apart_scores(floor, cap, plane)
        ),
        targets=tuple(plane.x(target) for target in targets),
    )


class _Plane:
    """Turns actuals and scores into places in the picture."""

    def __init__(
        self, corners: Sequence[tuple[Fraction, Fraction]], floor: Fraction, cap: Fraction, width: int, height: int
    ) -> None:
        self.first, self.last = corners[0][0], corners[-1][0]
        self._lowest, self._highest = min(ZERO, floor), cap
        self._width, self._height = width - _LEFT - _RIGHT, height - _TOP - _BOTTOM

    def x(self, actual: Fraction) -> Decimal:
        span = self.last - self.first or Fraction(1)
        return shown(_LEFT + (actual - self.first) / span * self._width)

    def y(self, score: Fraction) -> Decimal:
        span = self._highest - self._lowest or Fraction(1)
        return shown(_TOP + (self._highest - score) / span * self._height)


def _stretches(corners: Sequence[tuple[Fraction, Fraction]], plane: _Plane) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The corners as lines, broken where one actual has two scores."""
    lines: list[list[str]] = [[_place(corners[0], plane)]]
    jumps = []
    for before, corner in pairwise(corners):
        if before[0] == corner[0]:
            jumps.append(f"{_place(before, plane)} {_place(corner, plane)}")
            lines.append([])
        lines[-1].append(_place(corner, plane))
    return tuple(" ".join(line) for line in lines if len(line) > 1), tuple(jumps)


def _place(corner: tuple[Fraction, Fraction], plane: _Plane) -> str:
    return f"{plane.x(corner[0])},{plane.y(corner[1])}"


def _on_actuals(
    corners: Sequence[tuple[Fraction, Fraction]], targets: Sequence[Fraction], plane: _Plane
) -> tuple[AxisMark, ...]:
    """The target, where the line begins, turns and ends, as far as the numbers have room."""
    turns = sorted({x for x, _ in corners[1:-1]}) if len(corners) < 2 * _DIGIT else []
    marks: list[AxisMark] = []
    for value in (*targets, plane.first, *turns, plane.last):
        mark = AxisMark(plane.x(value), shown(value), value in targets)
        if all(_is_apart(mark, other) for other in marks):
            marks.append(mark)
    return tuple(sorted(marks, key=lambda mark: mark.at))


def _is_apart(one: AxisMark, other: AxisMark) -> bool:
    room = Decimal(_DIGIT * (len(_written(one)) + len(_written(other)) + 2)) / 2
    return abs(one.at - other.at) >= room


def _written(mark: AxisMark) -> str:
    """The digits as they will stand there, near enough: with a sign for each group of three."""
    return f"{mark.value.normalize():,f}"


def _apart_scores(floor: Fraction, cap: Fraction, plane: _Plane) -> Iterable[Fraction]:
    chosen: list[Fraction] = []
    for score in (HUNDRED, cap, floor, ZERO):
        if floor <= score <= cap and all(abs(plane.y(score) - plane.y(other)) >= 2 * _DIGIT for other in chosen):
            chosen.append(score)
    return sorted(chosen)
