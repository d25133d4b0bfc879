"""How does a scorecard become the page that is printed? Values in, HTML out; what it looks like is in templates/pdf."""

from typing import Final

import segno
from markupsafe import Markup

from app.i18n import Locale, mark
from app.rules.scorecard import Scorecard, Verification
from app.rules.vocabulary import Language
from app.scorecard_view import ScorecardView
from app.templating import render

TEMPLATE_VERSION: Final = "1"
"""Goes up with every change of what is printed; stands on the paper and beside each issued PDF."""

_TEMPLATE: Final = "pdf/scorecard.html"
_QR_TITLE: Final = mark("QR code with the address for verification")


def page(card: Scorecard, language: Language, style: str = "") -> str:
    """The print page of a scorecard; with a style sheet in it, it needs nothing else."""
    locale = Locale(language, card.document.time_zone)
    return render(
        _TEMPLATE,
        locale,
        view=ScorecardView(card, locale),
        qr=_qr(card.verification, locale),
        template_version=TEMPLATE_VERSION,
        style=Markup(style),  # noqa: S704 - our own CSS
    )


def _qr(verification: Verification | None, locale: Locale) -> Markup:
    """The address of the verification page as a QR code."""
    if verification is None:
        return Markup()
    code = segno.make(verification.url, error="m", micro=False)
    picture = code.svg_inline(scale=4, border=0, title=locale.text(_QR_TITLE), omitsize=True, dark="#10272b")
    return Markup(picture)  # noqa: S704 - every word in the picture is ours: the address is in its squares only
