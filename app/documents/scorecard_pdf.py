"""How does a scorecard become a file? As the PDF that is handed out, or as the print page that the PDF is made from."""

import logging
from collections import Counter
from typing import Final

from app.documents.branding_style import style_of, with_style
from app.documents.fonts import embedded_font_faces
from app.documents.frozen.fill import fill
from app.documents.frozen.library import keep_in
from app.documents.frozen.unfit import Unfit
from app.documents.pdf_process import RenderFailed, render_pdf, warm_up
from app.documents.scorecard_page import TEMPLATE_VERSION, page
from app.rules.branding import HOUSE, Branding
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import Language
from app.templating import templates_dir

__all__ = [
    "TEMPLATE_VERSION",
    "RenderFailed",
    "keep_in",
    "laid_out",
    "scorecard_html",
    "scorecard_pdf",
    "warm_up",
    "ways_taken",
]

_log: Final = logging.getLogger(__name__)
_ways: Final[Counter[str]] = Counter()


def scorecard_pdf(card: Scorecard, language: Language, branding: Branding = HOUSE, *, in_batch: bool = False) -> bytes:
    """The PDF; the same scorecard, language, branding and template version give the same bytes.

    Filled in where the card's blocks can be frozen, else laid out by the engine: the same pages either way.
    `in_batch`: one of many for which nobody waits singly.
    """
    try:
        filled = fill(card, language, branding, in_batch=in_batch)
    except Unfit as unfit:
        _ways[unfit.reason] += 1
        _log.info("a scorecard is laid out in full: %s", unfit.reason)
        return laid_out(card, language, branding, in_batch=in_batch)
    _ways["filled"] += 1
    return filled


def laid_out(card: Scorecard, language: Language, branding: Branding = HOUSE, *, in_batch: bool = False) -> bytes:
    """The PDF as the engine makes it from the whole page."""
    return render_pdf(with_style(page(card, language, branding), style_of(branding)), in_batch=in_batch)


def ways_taken() -> dict[str, int]:
    """How many scorecards of this process were filled in, and how many were laid out in full for which reason."""
    return dict(_ways)


def scorecard_html(card: Scorecard, language: Language, branding: Branding = HOUSE) -> str:
    """The print page with style and fonts inside, so that it opens anywhere."""
    bare = page(card, language, branding)
    css = (templates_dir() / "pdf" / "scorecard.css").read_text(encoding="utf-8")
    return with_style(bare, embedded_font_faces(bare) + css + style_of(branding))
