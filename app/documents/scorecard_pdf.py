"""How does a scorecard become a file? As the PDF that is handed out, or as the print page that the PDF is made from."""

from app.documents.branding_style import style_of, with_style
from app.documents.fonts import embedded_font_faces
from app.documents.pdf_process import RenderFailed, render_pdf, warm_up
from app.documents.scorecard_page import TEMPLATE_VERSION, page
from app.rules.branding import HOUSE, Branding
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import Language
from app.templating import templates_dir

__all__ = ["TEMPLATE_VERSION", "RenderFailed", "scorecard_html", "scorecard_pdf", "warm_up"]


def scorecard_pdf(card: Scorecard, language: Language, branding: Branding = HOUSE, *, in_batch: bool = False) -> bytes:
    """The PDF; the same scorecard, language, branding and template version give the same bytes.

    `in_batch`: one of many for which nobody waits singly.
    """
    return render_pdf(with_style(page(card, language, branding), style_of(branding)), in_batch=in_batch)


def scorecard_html(card: Scorecard, language: Language, branding: Branding = HOUSE) -> str:
    """The print page with style and fonts inside, so that it opens anywhere."""
    bare = page(card, language, branding)
    css = (templates_dir() / "pdf" / "scorecard.css").read_text(encoding="utf-8")
    return with_style(bare, embedded_font_faces(bare) + css + style_of(branding))
