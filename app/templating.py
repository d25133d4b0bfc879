"""How does a template become text? The one Jinja environment that pages, PDF and mail build on."""

from collections.abc import Callable
from functools import cache, partial
from gettext import NullTranslations
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from app.chart_words import trend_words
from app.i18n import Locale, catalogue

_HERE: Final = Path(__file__).parent


def templates_dir() -> Path:
    """Where the templates lie: beside the package in a checkout, inside it in a wheel."""
    shipped = _HERE / "_shipped" / "templates"
    return shipped if shipped.is_dir() else _HERE.parent / "templates"


class DirectCalls(Context):
    """Calls functions, methods and macros as they are; a page makes hundreds of calls.

    Jinja looks each time whether the context is wanted as the first argument; that is asked here of the rest only.
    """

    def call(self, function: Callable[..., Any], *args: Any, **values: Any) -> Any:
        """What the function returns."""
        if type(function) not in _DIRECT or hasattr(function, "jinja_pass_arg"):
            return super().call(function, *args, **values)
        values.pop("_loop_vars", None)
        values.pop("_block_vars", None)
        return function(*args, **values)


_DIRECT: Final = {FunctionType, MethodType, Macro}
"""A macro would be told whether to escape, which here is always the case, and what it assumes by itself."""


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
    made.context_class = DirectCalls
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
    """What `_` does in a template: as the extension has it, but each text is looked up once only."""

    @cache
    def found(msgid: str) -> Markup:
        return Markup(texts.gettext(msgid))  # noqa: S704 - our own texts

    @cache
    def plain(msgid: str) -> Markup:
        return found(msgid) % {}

    def translated(msgid: str, **values: object) -> Markup:
        return found(msgid) % values if values else plain(msgid)

    return translated


def render(template: str, locale: Locale, **values: Any) -> str:
    """The text of a template for readers of this locale."""
    return environment(locale).get_template(template).render(values)
