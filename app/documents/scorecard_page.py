"""How does a scorecard become the page that is printed? Values in, HTML out; what it looks like is in templates/pdf."""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

import segno
from markupsafe import Markup

from app.i18n import Locale, mark
from app.rules import charts
from app.rules.numbers import plain
from app.rules.scorecard import Band, MilestoneShare, Scorecard, ScorecardKpi
from app.rules.vocabulary import Language
from app.templating import render
from app.working import working_text

TEMPLATE_VERSION: Final = "1"
"""Goes up with every change of what is printed; stands on the paper and beside each issued PDF."""

_TEMPLATE: Final = "pdf/scorecard.html"
_BULLET: Final = (172, 20)
_TOTAL: Final = (312, 30)
_TREND: Final = (168, 32)
_TOTAL_FONT: Final = 11
_AXIS_FONT: Final = 8
_QR_TITLE: Final = mark("QR code with the address for verification")


@dataclass(frozen=True, slots=True)
class PrintedKpi:
    """A KPI with its charts and its working as text."""

    kpi: ScorecardKpi
    weight: Decimal
    computed_weight: Decimal | None
    milestones: tuple[MilestoneShare, ...]
    bullet: charts.BulletChart
    trend: charts.TrendChart
    working: str
    changed_on: str


@dataclass(frozen=True, slots=True)
class PrintedObjective:
    """An objective with its printed KPIs."""

    title: str
    lines: tuple[PrintedKpi, ...]


@dataclass(frozen=True, slots=True)
class PrintedBand:
    """A grade in the reader's language."""

    name: str
    lower: Decimal
    is_reached: bool


class ScorecardView:
    """Everything the template prints, found once."""

    template_version: Final = TEMPLATE_VERSION

    def __init__(self, card: Scorecard, locale: Locale) -> None:
        self.card = card
        self._locale = locale
        self._scale = charts.score_scale(card.policy, card.result)

    @cached_property
    def objectives(self) -> tuple[PrintedObjective, ...]:
        """The objectives in the order of the plan."""
        return tuple(
            PrintedObjective(objective.title, tuple(self._printed(kpi) for kpi in objective.kpis))
            for objective in self.card.objectives
        )

    @property
    def lines(self) -> tuple[PrintedKpi, ...]:
        """All KPIs in the order of the plan."""
        return tuple(line for objective in self.objectives for line in objective.lines)

    @property
    def weight(self) -> Decimal:
        """The weights of all KPIs together."""
        return _without_zeros(sum((kpi.weight for kpi in self.card.kpis), Decimal(0)))

    @property
    def total(self) -> charts.BulletChart:
        """The bullet graph of the total."""
        result = self.card.result
        previous = result.previous.total if result.previous else None
        return charts.bullet(result.total, self._scale, *_TOTAL, previous=previous, font_size=_TOTAL_FONT)

    @property
    def bands(self) -> tuple[PrintedBand, ...]:
        """The scale of grades, highest first."""
        reached = self.card.result.grade
        return tuple(
            PrintedBand(band.name(self._locale.language), band.lower, band.code == reached)
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
        """The short name of the zone in which moments are printed: WIB, WITA, WIT."""
        published = self.card.published
        return published.signed_at.astimezone(self._zone_info).tzname() or "" if published else ""

    @property
    def qr(self) -> Markup:
        """The address of the verification page as a QR code."""
        if self.card.verification is None:
            return Markup()
        code = segno.make(self.card.verification.url, error="m", micro=False)
        title = self._locale.text(_QR_TITLE)
        # every word in the picture is ours: the address is in its squares only
        return Markup(code.svg_inline(scale=4, border=0, title=title, omitsize=True, dark="#10272b"))  # noqa: S704

    @property
    def _zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.card.document.time_zone)

    def _name(self, code: str | None) -> str:
        """The name of a grade, or its code where an older scale had it."""
        bands: dict[str, Band] = {band.code: band for band in self.card.result.bands}
        return bands[code].name(self._locale.language) if code in bands else code or ""

    def _printed(self, kpi: ScorecardKpi) -> PrintedKpi:
        changed = kpi.data.changed_at
        return PrintedKpi(
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
    for sign in ("× ", "= ", "→ ", " %"):
        working = working.replace(sign, sign.replace(" ", "\u00a0"))
    return working


def _without_zeros(value: Decimal) -> Decimal:
    return Decimal(plain(value))


def page(card: Scorecard, language: Language, style: str = "") -> str:
    """The print page of a scorecard; with a style sheet in it, it needs nothing else."""
    locale = Locale(language, card.document.time_zone)
    return render(_TEMPLATE, locale, view=ScorecardView(card, locale), style=Markup(style))  # noqa: S704 - our own CSS
