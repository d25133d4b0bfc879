"""Which PDF operators draw the marks of a chart? The same shapes and colours as templates/parts/charts.svg.html."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from app.documents.pdf_drawing import circle, colour
from app.documents.qr import QrCode
from app.rules.branding import Branding
from app.rules.charts import BulletChart, TrendBar, TrendChart

_SHADES: Final = ("#b9cfce", "#cbdbda", "#dbe6e5", "#e8efee", "#f1f5f5")
_DARK: Final = colour("#10272b")
_GREY: Final = colour("#516468")
_LATER: Final = colour("#8b9a9a")
_GAP: Final = colour("#a34e12")


@dataclass(frozen=True, slots=True)
class Palette:
    """What an organisation's accent changes, as operands."""

    shades: tuple[str, ...]
    bar: str
    past: str


@lru_cache(maxsize=64)
def palette(branding: Branding) -> Palette:
    """The colours of this look."""
    shades = tuple(colour(branding.colour(code)) for code in _SHADES)
    return Palette(shades, colour(branding.colour("#0f5c62")), colour(branding.colour("#8fb3b3")))


def bullet(chart: BulletChart, look: Palette) -> str:
    """Ranges, bar, previous score and target."""
    inset, margin = chart.height * 3 // 10, chart.height // 10
    parts = [f"{look.shades[each.shade]} rg {each.x} 0 {each.width} {chart.height} re f" for each in chart.ranges]
    if chart.bar:
        parts.append(f"{look.bar} rg {chart.bar.x} {inset} {chart.bar.width} {chart.height - 2 * inset} re f")
    if chart.previous_at is not None:
        dot = _circle(chart.previous_at, Decimal(chart.height // 2), chart.height // 7)
        parts.append(f"1 1 1 rg {_DARK} RG 1 w {dot} B")
    parts.append(f"{_DARK} rg {chart.target_at - 1} {margin} 2 {chart.height - margin * 2} re f")
    return "\n".join(parts)


def trend(chart: TrendChart, look: Palette) -> str:
    """A bar, a gap or a dot for each period, the axis, the target."""
    past = (bar for bar in chart.bars if bar.height is not None and not bar.is_current)
    parts = [f"{look.past} rg", *(f"{bar.x} {bar.y} {bar.width} {bar.height} re f" for bar in past)]
    parts += [_single(bar, chart.zero_y, look) for bar in chart.bars if bar.height is None or bar.is_current]
    parts.append(f"{_GREY} rg 0 {chart.zero_y} {chart.width} 0.5 re f")
    parts.append(f"{_DARK} RG 0.6 w [2 1.4] 0 d 0 {chart.target_y} m {chart.width} {chart.target_y} l S [] 0 d")
    return "\n".join(parts)


def _single(bar: TrendBar, zero: Decimal, look: Palette) -> str:
    """What differs from the bars of the past: that of now, a gap, a period to come."""
    if bar.height is not None:
        return f"{look.bar} rg {bar.x} {bar.y} {bar.width} {bar.height} re f"
    if bar.trend.is_due:
        return f"{_GAP} RG 0.8 w {bar.x} {zero - 4} {bar.width} 3.4 re S"
    return f"{_LATER} rg {_circle(bar.middle, zero - 1, Decimal('0.7'))} f"


@lru_cache(maxsize=2_000)
def _circle(x: Decimal, y: Decimal, radius: Decimal | int) -> str:
    return circle(float(x), float(y), float(radius))


def qr(code: QrCode) -> str:
    """The dark squares."""
    return f"{_DARK} rg\n" + "\n".join(f"{x} {y} {length} 1 re" for x, y, length in code.runs) + "\nf"
