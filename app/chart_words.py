"""What does a chart say to those who cannot see it? The same numbers as text, in the reader's language."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from app.i18n import Locale, mark
from app.rules.charts import TrendBar

_NO_DATA = mark("no data")
_LATER = mark("not due yet")


def trend_words(bars: Sequence[TrendBar], locale: Locale) -> str:
    """Each period of a trend with its achievement."""
    points = (bar.trend for bar in bars)
    return "; ".join(_point(locale, point.period_code, point.achievement, is_due=point.is_due) for point in points)


@lru_cache(maxsize=4_096)
def _point(locale: Locale, period_code: str, achievement: Decimal | None, *, is_due: bool) -> str:
    if achievement is None:
        return f"{locale.period(period_code)}: {locale.text(_NO_DATA if is_due else _LATER)}"
    return f"{locale.period(period_code)}: {locale.number(achievement, 2)}"
