"""How does the print page write what differs from card to card? Plainly; app/documents/frozen cuts it out instead."""

from typing import Any, Final

from app.rules.charts import BulletChart, TrendChart

SCALE_SIZE: Final = ("66mm", "10.1mm")
BULLET_SIZE: Final = ("31mm", "3.6mm")
TREND_SIZE: Final = ("42mm", "8.4mm")
QR_SIZE: Final = "21mm"


class PlainSlots:
    """Every text and drawing stands where it is; blocks have no borders.

    `charts` is always the module of chart macros, which know the reader's language.
    """

    begin: Final = ""
    end: Final = ""
    unusual: Final = ""

    def text(self, _style: str, text: str, _millimetres: float | None = None) -> str:
        """A text that is a paragraph by itself."""
        return text

    def meta(self, _name: str, text: str) -> str:
        """A text about the document."""
        return text

    def link(self, address: str) -> str:
        """Where a link leads to."""
        return address

    def scale(self, chart: BulletChart, label: str, charts: Any) -> str:
        """The bullet graph with ticks and labels."""
        return charts.scale(chart, label, *SCALE_SIZE)  # type: ignore[no-any-return]

    def bullet(self, chart: BulletChart, label: str, charts: Any) -> str:
        """A bullet graph."""
        return charts.bullet(chart, label, *BULLET_SIZE)  # type: ignore[no-any-return]

    def trend(self, chart: TrendChart, label: str, charts: Any) -> str:
        """The bars of a trend."""
        return charts.trend(chart, label, *TREND_SIZE)  # type: ignore[no-any-return]

    def qr(self, code: Any, label: str, charts: Any) -> str:
        """A QR code."""
        return charts.qr(code, label, QR_SIZE)  # type: ignore[no-any-return]
