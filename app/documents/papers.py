"""How does something become a page of our paper? The frame that plans and reports have in common."""

from datetime import UTC, datetime
from typing import Any

from app.i18n import Locale
from app.templating import render


def paper_page(
    template: str, locale: Locale, *, title: str, organisation: str, made_at: datetime, **values: Any
) -> str:
    """The print page of a template that extends pdf/paper.html; `made_at` is when what it says was so."""
    return render(
        template,
        locale,
        title=title,
        organisation=organisation,
        made_at=made_at.astimezone(UTC).isoformat(timespec="seconds"),
        **values,
    )
