"""Where do the marks of a chart stand? Exact positions for pages and PDF alike; templates only write them down."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from app.rules.numbers import plain, shown
from app.rules.scorecard import Policy, Result, Trend

TARGET = Decimal(100)
MOST_RANGES = 5
"""More intensities of one hue than these cannot be told apart (Few's specification of the bullet graph)."""

_SHADES = 5
_TICK_LENGTH = 5
_THINNEST = Fraction(6, 10)
"""A bar of zero still shows as a sliver: zero is a result, a gap is none."""
_BAR_SHARE = Fraction(62, 100)
_DIGIT_EM = Fraction(58, 100)
"""Advance of one tabular digit of Lato; labels are centred by it because `text-anchor` costs a layer in a PDF."""


@dataclass(frozen=True)
class Scale:
    """The one scale of scores in a document: from the lowest to the highest score, with the bounds of grades."""

    low: Decimal
    high: Decimal
    bounds: tuple[Decimal, ...] = ()

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Positions are looked up by scale hundreds of times for each card."""
        return hash((self.low, self.high, self.bounds))

    def at(self, score: Decimal, length: int) -> Fraction:
        """How far along a line of this length the score lies; beyond the ends it stays at the end."""
        part, of_part = (score - self.low).as_integer_ratio()
        whole, of_whole = (self.high - self.low).as_integer_ratio()
        along, end = part * of_whole, whole * of_part
        return Fraction(min(max(along, 0), end) * length, end)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a horizontal scale."""

    x: Decimal
    width: Decimal


@dataclass(frozen=True, slots=True)
class Range:
    """A qualitative range behind a bullet graph; `shade` 0 is the most intense, 4 the palest."""

    x: Decimal
    width: Decimal
    shade: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where it stands, the value it stands for, where its label begins."""

    at: Decimal
    value: Decimal
    label_at: Decimal


@dataclass(frozen=True, slots=True)
class BulletChart:
    """A score on the common scale: ranges, the bar, markers for target and previous score."""

    scale: Scale
    score: Decimal | None
    previous: Decimal | None
    width: int
    height: int
    font_size: int
    ranges: tuple[Range, ...]
    bar: Span | None
    target_at: Decimal
    previous_at: Decimal | None
    ticks: tuple[Tick, ...]

    @property
    def height_with_labels(self) -> int:
        """The height where ticks and their labels stand below the marks."""
        return self.height + _TICK_LENGTH + self.font_size


class TrendBar(NamedTuple):
    """One period of a trend: a bar, a gap that is due, or a period that is still to come."""

    trend: Trend
    x: Decimal
    width: Decimal
    middle: Decimal
    y: Decimal | None
    height: Decimal | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class AxisLabel:
    """A label of the time axis and where it begins."""

    text: str
    x: Decimal


@dataclass(frozen=True, slots=True)
class TrendChart:
    """Achievements over the periods of a cycle, on the same axes for every KPI."""

    width: int
    height: int
    bars: tuple[TrendBar, ...]
    target_y: Decimal
    zero_y: Decimal


def score_scale(policy: Policy, result: Result) -> Scale:
    """The scale that all charts of a scorecard share: from 0, or a lower floor, to the cap, with its grades."""
    return _scale(min(Decimal(0), policy.floor), policy.cap, tuple(band.lower for band in result.bands))


@lru_cache(maxsize=64)
def _scale(lowest: Decimal, highest: Decimal, bounds: tuple[Decimal, ...]) -> Scale:
    low, high = Decimal(plain(lowest)), Decimal(plain(highest))
    between = (Decimal(plain(bound)) for bound in bounds)
    return Scale(low, high, tuple(sorted(bound for bound in between if low < bound < high)))


def bullet(
    score: Decimal | None,
    scale: Scale,
    width: int,
    height: int,
    previous: Decimal | None = None,
    font_size: int = 7,
) -> BulletChart:
    """The bullet graph of one score."""
    return BulletChart(
        scale=scale,
        score=score,
        previous=previous,
        width=width,
        height=height,
        font_size=font_size,
        ranges=_ranges(scale, width),
        bar=None if score is None else _bar(score, scale, width),
        target_at=_place(scale, TARGET, width),
        previous_at=None if previous is None else _place(scale, previous, width),
        ticks=_ticks(scale, width, font_size),
    )


@lru_cache(maxsize=256)
def _ranges(scale: Scale, width: int) -> tuple[Range, ...]:
    """The ranges between the bounds; of more than five the lowest are drawn as one."""
    inner = scale.bounds[-(MOST_RANGES - 1) :]
    edges = [scale.low, *inner, scale.high]
    steps = max(len(edges) - 2, 1)
    return tuple(
        Range(
            x=shown(scale.at(start, width)),
            width=shown(scale.at(end, width) - scale.at(start, width)),
            shade=index * (_SHADES - 1) // steps,
        )
        for index, (start, end) in enumerate(pairwise(edges))
    )


@lru_cache(maxsize=4_096)
def _bar(score: Decimal, scale: Scale, width: int) -> Span:
    """The bar from zero to the score, to the left of zero for a negative one."""
    zero, end = scale.at(Decimal(0), width), scale.at(score, width)
    length = max(abs(end - zero), _THINNEST)
    return Span(shown(min(zero, end)), shown(length))


@lru_cache(maxsize=256)
def _ticks(scale: Scale, width: int, font_size: int) -> tuple[Tick, ...]:
    """Ticks at the ends, the target and the bounds of grades, in that order of rank where labels would touch."""
    ranked = dict.fromkeys([scale.low, scale.high, TARGET, *reversed(scale.bounds)])
    placed: list[Tick] = []
    for value in ranked:
        if not scale.low <= value <= scale.high:
            continue
        tick = _tick(value, scale.at(value, width), width, font_size)
        if not any(_touch(tick, other, font_size) for other in placed):
            placed.append(tick)
    return tuple(sorted(placed, key=lambda tick: tick.value))


def _tick(value: Decimal, at: Fraction, width: int, font_size: int) -> Tick:
    """A tick whose label is centred below it and stays inside the picture."""
    label_width = _text_width(plain(value), font_size)
    start = min(max(at - label_width / 2, Fraction(0)), width - label_width)
    return Tick(shown(at), value, shown(start))


def _touch(one: Tick, other: Tick, font_size: int) -> bool:
    left, right = sorted((one, other), key=lambda tick: tick.label_at)
    return Fraction(left.label_at) + _text_width(plain(left.value) + " ", font_size) > right.label_at


def trend_bars(trend: Sequence[Trend], scale: Scale, width: int, height: int, current: str = "") -> TrendChart:
    """The trend of one KPI; `current` is the code of the period that the scorecard is about."""
    columns = _columns(max(len(trend), 1), width)
    return TrendChart(
        width=width,
        height=height,
        bars=tuple(
            _trend_bar(point, column, scale, height, current) for point, column in zip(trend, columns, strict=False)
        ),
        target_y=_height(scale, TARGET, height),
        zero_y=_height(scale, Decimal(0), height),
    )


@lru_cache(maxsize=64)
def _columns(count: int, width: int) -> tuple[tuple[Decimal, Decimal, Decimal], ...]:
    """Left edge, width and middle of each of so many bars."""
    step = Fraction(width, count)
    wide = step * _BAR_SHARE
    lefts = (place * step for place in range(count))
    return tuple((shown(left + (step - wide) / 2), shown(wide), shown(left + step / 2)) for left in lefts)


@lru_cache(maxsize=4_096)
def _upright(achievement: Decimal, scale: Scale, height: int) -> tuple[Decimal, Decimal]:
    """Upper edge and height of a bar."""
    zero, end = scale.at(Decimal(0), height), scale.at(achievement, height)
    length = max(abs(end - zero), _THINNEST)
    return shown(height - max(end, min(zero, end) + length)), shown(length)


@lru_cache(maxsize=2_000)
def _place(scale: Scale, value: Decimal, width: int) -> Decimal:
    return shown(scale.at(value, width))


@lru_cache(maxsize=2_000)
def _height(scale: Scale, value: Decimal, height: int) -> Decimal:
    return shown(height - scale.at(value, height))


def _trend_bar(
    point: Trend, column: tuple[Decimal, Decimal, Decimal], scale: Scale, height: int, current: str
) -> TrendBar:
    x, width, middle = column
    top, tall = (None, None) if point.achievement is None else _upright(point.achievement, scale, height)
    return TrendBar(
        trend=point,
        x=x,
        width=width,
        middle=middle,
        y=top,
        height=tall,
        is_current=point.period_code == current,
    )


def trend_axis(trend: Sequence[Trend], width: int, font_size: int) -> tuple[AxisLabel, ...]:
    """The labels below which the bars of every trend stand: `1` to `12`, `Q1`, `H1`; as many as there is room for."""
    return _axis(tuple(point.period_code.rpartition("-")[2].lstrip("0") for point in trend), width, font_size)


@lru_cache(maxsize=256)
def _axis(texts: tuple[str, ...], width: int, font_size: int) -> tuple[AxisLabel, ...]:
    step = Fraction(width, max(len(texts), 1))
    widest = max((_text_width(text, font_size) for text in texts), default=Fraction(0))
    every = -(-widest // step) if widest > step else 1
    return tuple(
        AxisLabel(text, shown(index * step + (step - _text_width(text, font_size)) / 2))
        for index, text in enumerate(texts)
        if index % every == 0
    )


def _text_width(text: str, font_size: int) -> Fraction:
    return _DIGIT_EM * font_size * len(text)
