"""How does a scorecard become a file? As the PDF that is handed out, or as the print page that the PDF is made from."""

from app.documents.fonts import embedded_font_faces
from app.documents.pdf_process import RenderFailed, render_pdf, warm_up
from app.documents.scorecard_page import TEMPLATE_VERSION, page
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import Language
from app.templating import templates_dir

__all__ = ["TEMPLATE_VERSION", "RenderFailed", "scorecard_html", "scorecard_pdf", "warm_up"]


def scorecard_pdf(card: Scorecard, language: Language, *, in_batch: bool = False) -> bytes:
    """The PDF; the same scorecard, language and template version give the same bytes.

    `in_batch`: one of many for which nobody waits singly.
    """
    return render_pdf(page(card, language), in_batch=in_batch)


def scorecard_html(card: Scorecard, language: Language) -> str:
    """The print page with style and fonts inside, so that it opens anywhere."""
    bare = page(card, language)
    css = (templates_dir() / "pdf" / "scorecard.css").read_text(encoding="utf-8")
    return bare.replace("</head>", f"<style>\n{embedded_font_faces(bare)}{css}</style>\n</head>", 1)
