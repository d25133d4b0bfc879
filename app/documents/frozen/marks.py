"""Which PDF operators draw the marks of a chart? The same shapes and colours as templates/parts/charts.svg.html."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final

from app.documents.qr import QrCode
from app.rules.branding import Branding
from app.rules.charts import BulletChart, TrendBar, TrendChart

_ROUND: Final = 0.5522847498
"""How far the handles of a quarter of a circle reach."""


def _colour(code: str) -> str:
    return " ".join(f"{int(code[at : at + 2], 16) / 255:.6f}" for at in (1, 3, 5))


_SHADES: Final = ("#b9cfce", "#cbdbda", "#dbe6e5", "#e8efee", "#f1f5f5")
_DARK: Final = _colour("#10272b")
_GREY: Final = _colour("#516468")
_LATER: Final = _colour("#8b9a9a")
_GAP: Final = _colour("#a34e12")


@dataclass(frozen=True, slots=True)
class Palette:
    """What an organisation's accent changes, as operands."""

    shades: tuple[str, ...]
    bar: str
    past: str


@lru_cache(maxsize=64)
def palette(branding: Branding) -> Palette:
    """The colours of this look."""
    shades = tuple(_colour(branding.colour(code)) for code in _SHADES)
    return Palette(shades, _colour(branding.colour("#0f5c62")), _colour(branding.colour("#8fb3b3")))


def bullet(chart: BulletChart, look: Palette) -> str:
    """Ranges, bar, previous score and target."""
    inset, margin = chart.height * 3 // 10, chart.height // 10
    parts = [f"{look.shades[each.shade]} rg {each.x} 0 {each.width} {chart.height} re f" for each in chart.ranges]
    if chart.bar:
        parts.append(f"{look.bar} rg {chart.bar.x} {inset} {chart.bar.width} {chart.height - 2 * inset} re f")
    if chart.previous_at is not None:
        circle = _circle(chart.previous_at, Decimal(chart.height // 2), chart.height // 7)
        parts.append(f"1 1 1 rg {_DARK} RG 1 w {circle} B")
    parts.append(f"{_DARK} rg {chart.target_at - 1} {margin} 2 {chart.height - margin * 2} re f")
    return "\n".join(parts)


def trend(chart: TrendChart, look: Palette) -> str:
    """A bar, a gap or a dot for each period, the axis, the target."""
    parts = [_trend_bar(bar, chart.zero_y, look) for bar in chart.bars]
    parts.append(f"{_GREY} rg 0 {chart.zero_y} {chart.width} 0.5 re f")
    parts.append(f"{_DARK} RG 0.6 w [2 1.4] 0 d 0 {chart.target_y} m {chart.width} {chart.target_y} l S [] 0 d")
    return "\n".join(parts)


def _trend_bar(bar: TrendBar, zero: Decimal, look: Palette) -> str:
    if bar.height is not None:
        return f"{look.bar if bar.is_current else look.past} rg {bar.x} {bar.y} {bar.width} {bar.height} re f"
    if bar.trend.is_due:
        return f"{_GAP} RG 0.8 w {bar.x} {zero - 4} {bar.width} 3.4 re S"
    return f"{_LATER} rg {_circle(bar.middle, zero - 1, Decimal('0.7'))} f"


@lru_cache(maxsize=2_000)
def _circle(x: Decimal, y: Decimal, radius: Decimal | int) -> str:
    """Four curves from quarter to quarter, each pulled along the two ends' own directions."""
    middle_x, middle_y, size = float(x), float(y), float(radius)
    reach = size * _ROUND
    parts = [f"{middle_x + size:.6f} {middle_y:.6f} m"]
    for (a, b), (c, d) in pairwise(((1, 0), (0, 1), (-1, 0), (0, -1), (1, 0))):
        points = (
            size * a + reach * c,
            size * b + reach * d,
            size * c + reach * a,
            size * d + reach * b,
            size * c,
            size * d,
        )
        placed = (middle + each for each, middle in zip(points, (middle_x, middle_y) * 3, strict=True))
        parts.append(" ".join(f"{each:.6f}" for each in placed) + " c")
    return " ".join(parts)


def qr(code: QrCode) -> str:
    """The dark squares."""
    return f"{_DARK} rg\n" + "\n".join(f"{x} {y} {length} 1 re" for x, y, length in code.runs) + "\nf"
