"""How does a template become text? The one Jinja environment that pages, PDF and mail build on."""

from collections.abc import Callable
from functools import cache, partial
from gettext import NullTranslations
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from markupsafe import Markup, escape

from app.chart_words import trend_words
from app.i18n import Locale, catalogue
from app.template_code import FixedTexts, StraightCalls

_HERE: Final = Path(__file__).parent


def templates_dir() -> Path:
    """Where the templates lie: beside the package in a checkout, inside it in a wheel."""
    shipped = _HERE / "_shipped" / "templates"
    return shipped if shipped.is_dir() else _HERE.parent / "templates"


class OneLanguage(Environment):
    """An environment for readers of one language, whose texts are looked up when a template becomes code."""

    code_generator_class = StraightCalls

    def __init__(self, texts: NullTranslations, **options: Any) -> None:
        super().__init__(**options)
        self._translate = _translator(texts)
        self.globals["_"] = self._translate

    def _generate(self, source: nodes.Template, *args: Any, **values: Any) -> str:
        return super()._generate(FixedTexts(self._translate).visit(source), *args, **values)


@cache
def environment(locale: Locale) -> Environment:
    """The environment for readers of this locale: everything is escaped, what is undefined raises.

    Filters: number, percent, measure, date, short_date, datetime, month, period; see `app.i18n.Locale`.
    """
    texts = catalogue(locale.language)
    made = OneLanguage(
        texts,
        loader=FileSystemLoader(templates_dir()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]
        texts.gettext, texts.ngettext, newstyle=True, pgettext=texts.pgettext, npgettext=texts.npgettext
    )
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
    """What `_` does in a template: as the extension has it, but each text is looked up once only."""

    @cache
    def found(msgid: str) -> Markup:
        return Markup(texts.gettext(msgid))  # noqa: S704 - our own texts

    @cache
    def plain(msgid: str) -> Markup:
        return found(msgid) % {}

    def translated(msgid: str, **values: object) -> Markup:
        if not values:
            return plain(msgid)
        return Markup(str.__mod__(found(msgid), {name: escape(each) for name, each in values.items()}))  # noqa: S704

    return translated


def render(template: str, locale: Locale, **values: Any) -> str:
    """The text of a template for readers of this locale."""
    return environment(locale).get_template(template).render(values)
