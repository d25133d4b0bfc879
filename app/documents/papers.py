"""How does something become a page of our paper? The frame that plans and reports have in common."""

from datetime import UTC, datetime
from typing import Any

from app.documents.branding_style import style_of, with_style
from app.i18n import Locale
from app.rules.branding import Branding
from app.templating import render


def paper_page(
    template: str,
    locale: Locale,
    *,
    title: str,
    organisation: str,
    branding: Branding,
    made_at: datetime,
    **values: Any,
) -> str:
    """The print page of a template that extends pdf/paper.html; `made_at` is when what it says was so."""
    page = render(
        template,
        locale,
        title=title,
        organisation=organisation,
        branding=branding,
        made_at=made_at.astimezone(UTC).isoformat(timespec="seconds"),
        **values,
    )
    return with_style(page, style_of(branding, "paper"))
