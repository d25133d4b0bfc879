"""How does a template become text? The one Jinja environment that pages, PDF and mail build on."""

from collections.abc import Callable
from functools import cache, partial
from gettext import NullTranslations
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.chart_words import trend_words
from app.i18n import Locale, catalogue

_HERE: Final = Path(__file__).parent


def templates_dir() -> Path:
    """Where the templates lie: beside the package in a checkout, inside it in a wheel."""
    shipped = _HERE / "_shipped" / "templates"
    return shipped if shipped.is_dir() else _HERE.parent / "templates"


@cache
def environment(locale: Locale) -> Environment:
    """The environment for readers of this locale: everything is escaped, what is undefined raises.

    Filters: number, percent, measure, date, short_date, datetime, month, period; see `app.i18n.Locale`.
    """
    made = Environment(
        loader=FileSystemLoader(templates_dir()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    made.policies["ext.i18n.trimmed"] = True
    texts = catalogue(locale.language)
    made.install_gettext_callables(  # type: ignore[attr-defined]
        texts.gettext, texts.ngettext, newstyle=True, pgettext=texts.pgettext, npgettext=texts.npgettext
    )
    made.globals["_"] = _translator(texts)
    made.filters.update(
        number=locale.number,
        percent=locale.percent,
        measure=locale.measure,
        date=locale.date,
        short_date=locale.short_date,
        datetime=locale.datetime,
        month=locale.month,
        period=locale.period,
        trend_words=partial(trend_words, locale=locale),
    )
    made.globals["locale"] = locale
    return made


def _translator(texts: NullTranslations) -> Callable[..., Markup]:
    """What `_` does in a template: as the extension has it, but a text without values is looked up once only."""

    @cache
    def plain(msgid: str) -> Markup:
        return Markup(texts.gettext(msgid)) % {}  # noqa: S704 - our own texts

    def translated(msgid: str, **values: object) -> Markup:
        return Markup(texts.gettext(msgid)) % values if values else plain(msgid)  # noqa: S704

    return translated


def render(template: str, locale: Locale, **values: Any) -> str:
    """The text of a template for readers of this locale."""
    return environment(locale).get_template(template).render(values)
