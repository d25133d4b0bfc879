"""How does a scorecard become the page that is printed? Values in, HTML out; what it looks like is in templates/pdf."""

import re
from dataclasses import dataclass
from typing import Final

import segno

from app.i18n import Locale
from app.rules.branding import HOUSE, Branding
from app.rules.scorecard import Scorecard, Verification
from app.rules.vocabulary import Language
from app.scorecard_view import ScorecardView
from app.templating import render

TEMPLATE_VERSION: Final = "3"
"""Goes up with every change of what is printed; stands on the paper and beside each issued PDF."""

_TEMPLATE: Final = "pdf/scorecard.html"
_DARK: Final = re.compile(b"\\x01+")


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code as a picture: its squares are one path in a field of so many units."""

    size: int
    path: str


def page(card: Scorecard, language: Language, branding: Branding = HOUSE) -> str:
    """The print page of a scorecard; its style and fonts are added by whoever shows it."""
    locale = Locale(language, card.document.time_zone)
    return render(
        _TEMPLATE,
        locale,
        view=ScorecardView(card, locale),
        qr=None if card.verification is None else _qr(card.verification),
        branding=branding,
        template_version=TEMPLATE_VERSION,
    )


def _qr(verification: Verification) -> QrCode:
    """The address of the verification page as a QR code."""
    rows = segno.make(verification.url, error="m", micro=False).matrix
    runs = (
        f"M{run.start()} {y}h{len(run[0])}v1h-{len(run[0])}z"
        for y, row in enumerate(rows)
        for run in _DARK.finditer(row)
    )
    return QrCode(len(rows), "".join(runs))
