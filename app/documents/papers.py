"""How does something become a page of our paper? The frame that plans and reports have in common."""

from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from app.documents.branding_style import style_of
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
    return render(
        template,
        locale,
        title=title,
        organisation=organisation,
        branding=branding,
        style=Markup(style_of(branding, "paper")),  # noqa: S704 - rules of our own in another colour, no text of anybody
        made_at=made_at.astimezone(UTC).isoformat(timespec="seconds"),
        **values,
    )
