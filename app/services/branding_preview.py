"""How does an example look on paper with a look that nobody has set yet?"""

from app.documents.scorecard_pdf import RenderFailed, laid_out, scorecard_html
from app.errors import Unavailable
from app.example_card import example_card
from app.i18n import Locale
from app.rules.branding import Branding
from app.rules.scorecard import Scorecard
from app.settings import Settings


def example_page(branding: Branding, locale: Locale, settings: Settings) -> str:
    """The print page of the example, complete in itself."""
    return scorecard_html(_card(branding, locale, settings), locale.language, branding)


def example_pdf(branding: Branding, locale: Locale, settings: Settings) -> bytes:
    """The same as a PDF; a look that is only tried is not worth freezing."""
    try:
        return laid_out(_card(branding, locale, settings), locale.language, branding)
    except RenderFailed as failed:
        raise Unavailable("pdf_failed", {"reason": failed.code}) from failed


def _card(branding: Branding, locale: Locale, settings: Settings) -> Scorecard:
    return example_card(locale, branding.name or settings.organisation_name, settings.base_url.rstrip("/"))
