"""What does a card put into its page? While the template runs, texts and marks are taken out and slots stay behind."""

from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from markupsafe import Markup

from app.documents.frozen import lettering, marks
from app.documents.frozen.styles import STYLES
from app.documents.frozen.unfit import Unfit
from app.documents.qr import QrCode
from app.documents.slots import BULLET_SIZE, QR_SIZE, SCALE_SIZE, TREND_SIZE
from app.rules.branding import Branding
from app.rules.charts import BulletChart, TrendChart

BEGIN: Final = "\x02"
END: Final = "\x03"
SLOT: Final = "\x05"
"""Stands before the style and the number of lines, and after them."""
LINK: Final = "kinerja:link"
SENTINEL: Final = "010203"
"""The colour of the square that stands where the marks of a chart go."""
DRAWING: Final = "\x06"
"""Stands in a drawing for the words that describe it."""

_CHART: Final = (
    '<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="{}" height="{}" role="img"'
    ' font-family="Lato, sans-serif"><title>' + DRAWING + "</title>"
    '<rect width="1" height="1" fill="#' + SENTINEL + '"/>{}</svg>'
)


class CutSlots:
    """Takes the place of PlainSlots; afterwards it holds what was cut out, in the order of the page."""

    begin: Final = Markup(BEGIN)  # noqa: S704 - a sign of ours
    end: Final = Markup(END)  # noqa: S704

    def __init__(self, branding: Branding) -> None:
        self._palette = marks.palette(branding)
        self.lines: list[lettering.Shaped] = []
        """All texts, line by line."""
        self.drawings: list[tuple[str, str]] = []
        """Drawing by drawing: its operators and the words that describe it."""
        self.links: list[str] = []
        self.about: dict[str, str] = {}

    @property
    def unusual(self) -> str:
        """What is too rare to be frozen."""
        raise Unfit("unusual")

    def text(self, style: str, text: str, millimetres: float | None = None) -> Markup:
        """A slot for so many lines; it is as wide as its style says, or as the caller does."""
        found = lettering.lines(_styled(style, millimetres), _plain(text))
        self.lines.extend(found)
        return _slot(style, len(found))

    def meta(self, name: str, text: str) -> str:
        """What the document says about itself has no place on the page."""
        self.about[name] = _plain(text)
        return ""

    def link(self, address: str) -> str:
        """An address that a link leads to."""
        self.links.append(address)
        return LINK

    def scale(self, chart: BulletChart, label: str, charts: Any) -> Markup:
        """The bullet graph with ticks and labels, which stay."""
        self._draw(marks.bullet(chart, self._palette), label, charts.bullet_words(chart))
        return _chart(chart.width, chart.height_with_labels, SCALE_SIZE, charts.ticks(chart))

    def bullet(self, chart: BulletChart, label: str, charts: Any) -> Markup:
        """A bullet graph."""
        self._draw(marks.bullet(chart, self._palette), label, charts.bullet_words(chart))
        return _chart(chart.width, chart.height, BULLET_SIZE)

    def trend(self, chart: TrendChart, label: str, charts: Any) -> Markup:
        """The bars of a trend."""
        self._draw(marks.trend(chart, self._palette), label, charts.trend_words(chart))
        return _chart(chart.width, chart.height, TREND_SIZE)

    def qr(self, code: QrCode, label: str, _charts: Any) -> Markup:
        """A QR code."""
        self.drawings.append((marks.qr(code), label))
        return _chart(code.size, code.size, (QR_SIZE, QR_SIZE))

    def _draw(self, operators: str, label: str, words: Markup) -> None:
        self.drawings.append((operators, f"{label}: {_plain(words)}"))


@lru_cache(maxsize=1_000)
def _slot(style: str, lines: int) -> Markup:
    return Markup(f"{SLOT}{style}:{lines}{SLOT}")  # noqa: S704 - a name of ours and a number


@lru_cache(maxsize=256)
def _styled(name: str, millimetres: float | None) -> lettering.Style:
    return STYLES[name] if millimetres is None else replace(STYLES[name], millimetres=millimetres)


def _chart(width: int, height: int, size: tuple[str, str], ground: str = "") -> Markup:
    return Markup(_CHART.format(width, height, *size, ground))  # noqa: S704 - numbers of ours and marks of our template


def _plain(text: str) -> str:
    """What a macro returns is markup, but its text is what is lettered."""
    if not isinstance(text, Markup):
        return text
    return text.unescape() if "&" in text else str(text)
