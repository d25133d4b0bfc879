"""Which scores do all possible actuals give: as a curve to draw, and backwards from a wanted score?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

from app.rules.methods import Scoring, given
from app.rules.numbers import HUNDRED, ZERO
from app.rules.vocabulary import Beyond, Method


class Span(NamedTuple):
    """A stretch of actuals; an end that is none has no bound, an open end does not belong to it."""

    low: Fraction | None
    high: Fraction | None
    low_is_open: bool = False
    high_is_open: bool = False


class _Piece(NamedTuple):
    """A straight part of a method: achievement = slope·x + rise for the actuals of the span."""

    span: Span
    slope: Fraction
    rise: Fraction

    def at(self, x: Fraction) -> Fraction:
        return self.slope * x + self.rise

    def crossing(self, score: Fraction) -> Fraction | None:
        """The actual that gives the score, wherever the piece ends; none where it is flat."""
        return (score - self.rise) / self.slope if self.slope else None


@dataclass(frozen=True, slots=True)
class Need:
    """What must be reached: the achievement of the KPI, and the stretches of actuals that give at least that."""

    achievement: Fraction
    spans: tuple[Span, ...]


# --- The methods as straight pieces -----------------------------------------------------------------------------------


def _flat(span: Span, score: Fraction) -> _Piece:
    return _Piece(span, ZERO, score)


def _line(span: Span, x: Fraction, score: Fraction, slope: Fraction) -> _Piece:
    """The piece through the point (x, score)."""
    return _Piece(span, slope, score - slope * x)


def _target_pieces(scoring: Scoring) -> list[_Piece]:
    target = given(scoring.target)
    slope = HUNDRED / abs(target)
    if scoring.method is Method.HIGHER:
        return [_line(Span(None, None), target, HUNDRED, slope)]
    if scoring.method is Method.LOWER:
        return [_line(Span(None, None), target, HUNDRED, -slope)]
    return [
        _line(Span(None, target), target, HUNDRED, slope),
        _line(Span(target, None, low_is_open=True), target, HUNDRED, -slope),
    ]


def _range_pieces(scoring: Scoring) -> list[_Piece]:
    low, high = given(scoring.low), given(scoring.high)
    return [
        _line(Span(None, low, high_is_open=True), low, HUNDRED, HUNDRED / low),
        _flat(Span(low, high), HUNDRED),
        _line(Span(high, None, low_is_open=True), high, HUNDRED, -HUNDRED / high),
    ]


def _points_pieces(scoring: Scoring) -> list[_Piece]:
    first, last = scoring.points[0], scoring.points[-1]
    below = first.score if scoring.below is Beyond.CLAMP else ZERO
    above = last.score if scoring.above is Beyond.CLAMP else ZERO
    inner = [
        _line(Span(left.x, right.x), left.x, left.score, (right.score - left.score) / (right.x - left.x))
        for left, right in pairwise(scoring.points)
    ]
    return [
        _flat(Span(None, first.x, high_is_open=True), below),
        *inner,
        _flat(Span(last.x, None, low_is_open=True), above),
    ]


def _steps_pieces(scoring: Scoring) -> list[_Piece]:
    first, last = scoring.steps[0], scoring.steps[-1]
    return [
        _flat(Span(None, first.x, high_is_open=True), ZERO),
        *(_flat(Span(one.x, after.x, high_is_open=True), one.score) for one, after in pairwise(scoring.steps)),
        _flat(Span(last.x, None), last.score),
    ]


def _levels_pieces(scoring: Scoring) -> list[_Piece]:
    levels = Fraction(scoring.levels or 1)
    return [_Piece(Span(Fraction(1), levels), HUNDRED / levels, ZERO)]


def _milestone_pieces(_scoring: Scoring) -> list[_Piece]:
    return [_Piece(Span(ZERO, HUNDRED), Fraction(1), ZERO)]


def _yes_no_pieces(_scoring: Scoring) -> list[_Piece]:
    done = Fraction(1)
    return [_flat(Span(ZERO, done, high_is_open=True), ZERO), _flat(Span(done, done), HUNDRED)]


_PIECES: Final[Mapping[Method, Callable[[Scoring], list[_Piece]]]] = {
    Method.EXACT: _target_pieces,
    Method.HIGHER: _target_pieces,
    Method.LOWER: _target_pieces,
    Method.MILESTONE: _milestone_pieces,
    Method.POINTS: _points_pieces,
    Method.RANGE: _range_pieces,
    Method.RATING: _levels_pieces,
    Method.STEPS: _steps_pieces,
    Method.YES_NO: _yes_no_pieces,
}
"""All methods but `lower_inverse`, whose achievement bends."""


# --- Backwards: which actuals give a score? ---------------------------------------------------------------------------


def reaching(scoring: Scoring, wanted: Fraction, floor: Fraction, cap: Fraction) -> Need | None:
    """The actuals whose achievement is at least the wanted one; none where it is out of reach."""
    if wanted > cap:
        return None
    uncapped = min(wanted, HUNDRED) if scoring.maximum_target else wanted
    spans = _whole_domain(scoring) if wanted <= floor else _reaching_uncapped(scoring, uncapped)
    return Need(max(wanted, floor), tuple(spans)) if spans else None


def _whole_domain(scoring: Scoring) -> list[Span]:
    if scoring.method is Method.LOWER_INVERSE:
        return [Span(ZERO, None)]
    return _joined([piece.span for piece in _PIECES[scoring.method](scoring)])


def _reaching_uncapped(scoring: Scoring, wanted: Fraction) -> list[Span]:
    if scoring.method is Method.LOWER_INVERSE:
        return [Span(ZERO, 100 * given(scoring.target) / wanted if wanted > 0 else None)]
    parts = (_part_reaching(piece, wanted) for piece in _PIECES[scoring.method](scoring))
    return _joined([part for part in parts if part is not None])


def _part_reaching(piece: _Piece, wanted: Fraction) -> Span | None:
    span = piece.span
    crossing = piece.crossing(wanted)
    if crossing is None:
        return span if piece.rise >= wanted else None
    if piece.slope > 0:
        if span.low is None or crossing > span.low:
            span = span._replace(low=crossing, low_is_open=False)
    elif span.high is None or crossing < span.high:
        span = span._replace(high=crossing, high_is_open=False)
    return None if _is_empty(span) else span


def _is_empty(span: Span) -> bool:
    if span.low is None or span.high is None:
        return False
    return span.low > span.high or (span.low == span.high and (span.low_is_open or span.high_is_open))


def _joined(spans: list[Span]) -> list[Span]:
    """Neighbouring stretches as one."""
    joined = spans[:1]
    for span in spans[1:]:
        last = joined[-1]
        if last.high == span.low and not (last.high_is_open and span.low_is_open):
            joined[-1] = Span(last.low, span.high, last.low_is_open, span.high_is_open)
        else:
            joined.append(span)
    return joined


# --- Forwards: the curve to draw --------------------------------------------------------------------------------------


def curve(scoring: Scoring, floor: Fraction, cap: Fraction, points: int = 33) -> list[tuple[Fraction, Fraction]]:
    """The corners (actual, achievement) of the score's curve from left to right; at a jump one actual has several.

    A bent curve (`lower_inverse`) comes as about `points` corners, every other one as its exact corners.
    """
    if scoring.method is Method.LOWER_INVERSE:
        corners = list(_bent(scoring, floor, cap, points))
    else:
        pieces = _PIECES[scoring.method](scoring)
        window = _window(pieces, floor, cap)
        corners = [corner for piece in pieces for corner in _corners(piece, scoring, window, floor, cap)]
        if scoring.maximum_target:
            corners = list(_with_peak(corners, cap))
    return [corner for index, corner in enumerate(corners) if index == 0 or corner != corners[index - 1]]


def _window(pieces: list[_Piece], floor: Fraction, cap: Fraction) -> tuple[Fraction, Fraction]:
    """The actuals worth drawing: from the first to the last one where something happens, and a tenth beyond."""
    crossings = ((piece, piece.crossing(score)) for piece in pieces for score in (floor, HUNDRED, cap))
    marks = [x for piece, x in crossings if x is not None and _holds(piece.span, x)]
    marks += [end for piece in pieces for end in piece.span[:2] if end is not None]
    first, last = min(marks), max(marks)
    margin = (last - first) / 10 or max(abs(first) / 10, Fraction(1))
    return max(first - margin, ZERO) if first >= 0 else first - margin, last + margin


def _holds(span: Span, x: Fraction) -> bool:
    return (span.low is None or span.low <= x) and (span.high is None or x <= span.high)


def _corners(
    piece: _Piece, scoring: Scoring, window: tuple[Fraction, Fraction], floor: Fraction, cap: Fraction
) -> Iterator[tuple[Fraction, Fraction]]:
    first = window[0] if piece.span.low is None else max(piece.span.low, window[0])
    last = window[1] if piece.span.high is None else min(piece.span.high, window[1])
    scores = (floor, HUNDRED, cap) if scoring.maximum_target else (floor, cap)
    crossings = (piece.crossing(score) for score in scores)
    cuts = sorted({first, last, *(x for x in crossings if x is not None and first < x < last)})
    for left, right in pairwise(cuts) if first < last else [(first, first)] * (first == last):
        middle = piece.at((left + right) / 2)
        if middle >= cap or (scoring.maximum_target and middle >= HUNDRED):
            yield from ((left, cap), (right, cap))
        elif middle <= floor:
            yield from ((left, floor), (right, floor))
        else:
            yield from ((left, piece.at(left)), (right, piece.at(right)))


def _with_peak(corners: list[tuple[Fraction, Fraction]], cap: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
    """The corners with the cap at an actual that alone reaches 100, as the target of `exact` does."""
    at_cap = {actual for actual, score in corners if score == cap}
    for actual, score in corners:
        yield actual, score
        if score == HUNDRED and actual not in at_cap:
            at_cap.add(actual)
            yield actual, cap
            if actual != corners[-1][0]:
                yield actual, score


def _bent(scoring: Scoring, floor: Fraction, cap: Fraction, points: int) -> Iterator[tuple[Fraction, Fraction]]:
    target = given(scoring.target)
    yield ZERO, cap
    if cap <= 0:
        yield 2 * target, cap
        return
    is_jump = scoring.maximum_target and cap > HUNDRED
    first = target if is_jump else 100 * target / cap
    yield first, cap
    last = max(100 * target / floor if floor > 0 else 3 * first, first)
    count = max(points, 2) - 1
    for index in range(count + 1):
        x = first + (last - first) * index / count
        yield x, min(max(100 * target / x, floor), cap)
    if floor > 0:
        yield last * Fraction(11, 10), floor
