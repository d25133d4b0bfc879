"""What does a reader see of a scorecard, in their language? The same on the screen and on paper."""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from app.i18n import Locale
from app.rules import charts
from app.rules.check_value import figures_text
from app.rules.numbers import plain
from app.rules.scorecard import Band, MilestoneShare, Scorecard, ScorecardKpi
from app.working import working_text

_BULLET: Final = (172, 20)
_TOTAL: Final = (312, 30)
_TREND: Final = (168, 32)
_TOTAL_FONT: Final = 11
_AXIS_FONT: Final = 8


@dataclass(frozen=True, slots=True)
class ShownKpi:
    """A KPI with its charts and its working as text."""

    number: str
    """Objective and KPI as they are counted: `2.1`."""
    kpi: ScorecardKpi
    weight: Decimal
    computed_weight: Decimal | None
    milestones: tuple[MilestoneShare, ...]
    bullet: charts.BulletChart
    trend: charts.TrendChart
    working: str
    changed_on: str


@dataclass(frozen=True, slots=True)
class ShownObjective:
    """An objective with its KPIs as they are shown."""

    title: str
    lines: tuple[ShownKpi, ...]


@dataclass(frozen=True, slots=True)
class ShownBand:
    """A grade in the reader's language."""

    name: str
    lower: Decimal
    is_reached: bool


class ScorecardView:
    """A scorecard with its charts placed, its working as text and its codes as words."""

    def __init__(self, card: Scorecard, locale: Locale) -> None:
        self.card = card
        self._locale = locale
        self._scale = charts.score_scale(card.policy, card.result)

    @cached_property
    def objectives(self) -> tuple[ShownObjective, ...]:
        """The objectives in the order of the plan."""
        return tuple(
            ShownObjective(
                objective.title,
                tuple(self._shown(f"{place}.{line}", kpi) for line, kpi in enumerate(objective.kpis, 1)),
            )
            for place, objective in enumerate(self.card.objectives, 1)
        )

    @property
    def lines(self) -> tuple[ShownKpi, ...]:
        """All KPIs in the order of the plan."""
        return tuple(line for objective in self.objectives for line in objective.lines)

    @property
    def figures_text(self) -> str:
        """What the check value was computed from."""
        return figures_text(self.card)

    @property
    def weight(self) -> Decimal:
        """The weights of all KPIs together."""
        return _without_zeros(sum((kpi.weight for kpi in self.card.kpis), Decimal(0)))

    @property
    def floor(self) -> Decimal:
        """The lowest score that the policy allows."""
        return _without_zeros(self.card.policy.floor)

    @property
    def cap(self) -> Decimal:
        """The highest score that the policy allows."""
        return _without_zeros(self.card.policy.cap)

    @property
    def total(self) -> charts.BulletChart:
        """The bullet graph of the total."""
        result = self.card.result
        previous = result.previous.total if result.previous else None
        return charts.bullet(result.total, self._scale, *_TOTAL, previous=previous, font_size=_TOTAL_FONT)

    @property
    def bands(self) -> tuple[ShownBand, ...]:
        """The scale of grades, highest first."""
        reached = self.card.result.grade
        return tuple(
            ShownBand(band.name(self._locale.language), band.lower, band.code == reached)
            for band in self.card.result.bands
        )

    @property
    def grade(self) -> str:
        """The grade that was reached."""
        return self._name(self.card.result.grade)

    @property
    def previous_grade(self) -> str:
        """The grade of the previous result."""
        previous = self.card.result.previous
        return self._name(previous.grade if previous else None)

    @property
    def axis(self) -> tuple[charts.AxisLabel, ...]:
        """The time axis over all trends; they share it."""
        longest = max((kpi.trend for kpi in self.card.kpis), key=len, default=())
        return charts.trend_axis(longest, _TREND[0], _AXIS_FONT)

    @property
    def zone(self) -> str:
        """The short name of the zone in which moments are printed, such as WIB."""
        published = self.card.published
        return published.signed_at.astimezone(self._zone_info).tzname() or "" if published else ""

    @property
    def _zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.card.document.time_zone)

    def _name(self, code: str | None) -> str:
        """The name of a grade, or its code where an older scale had it."""
        bands: dict[str, Band] = {band.code: band for band in self.card.result.bands}
        return bands[code].name(self._locale.language) if code in bands else code or ""

    def _shown(self, number: str, kpi: ScorecardKpi) -> ShownKpi:
        changed = kpi.data.changed_at
        return ShownKpi(
            number=number,
            kpi=kpi,
            weight=_without_zeros(kpi.weight),
            computed_weight=None if kpi.computed_weight is None else _without_zeros(kpi.computed_weight),
            milestones=tuple(replace(each, share=_without_zeros(each.share)) for each in kpi.target.milestones),
            bullet=charts.bullet(kpi.achievement, self._scale, *_BULLET),
            trend=charts.trend_bars(kpi.trend, self._scale, *_TREND, current=self.card.period.code),
            working=_kept_together(working_text(kpi.working, self._locale.language, is_grouped=True)),
            changed_on=self._locale.short_date(changed.astimezone(self._zone_info).date()) if changed else "",
        )


def _kept_together(working: str) -> str:
    """The working with no line broken between a sign and what it belongs to."""
    for sign in ("+ ", "− ", "× ", "= ", "→ ", " %"):
        working = working.replace(sign, sign.replace(" ", "\u00a0"))
    return working


def _without_zeros(value: Decimal) -> Decimal:
    return Decimal(plain(value))
