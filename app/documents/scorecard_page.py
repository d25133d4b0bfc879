"""How does a scorecard become the page that is printed? Values in, HTML out; what it looks like is in templates/pdf."""

from typing import Final

from app.documents.qr import qr_code
from app.documents.slots import PlainSlots
from app.i18n import Locale
from app.rules.branding import HOUSE, Branding
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import Language
from app.scorecard_view import ScorecardView
from app.templating import render

TEMPLATE_VERSION: Final = "6"
"""Goes up with every change of what is printed; stands on the paper and beside each issued PDF."""

_TEMPLATE: Final = "pdf/scorecard.html"
_PLAIN: Final = PlainSlots()


def page(card: Scorecard, language: Language, branding: Branding = HOUSE, slots: object = _PLAIN) -> str:
    """The print page of a scorecard; its style and fonts are added by whoever shows it."""
    locale = Locale(language, card.document.time_zone)
    return render(
        _TEMPLATE,
        locale,
        view=ScorecardView(card, locale),
        qr=None if card.verification is None else qr_code(card.verification.url),
        branding=branding,
        slots=slots,
        template_version=TEMPLATE_VERSION,
    )
