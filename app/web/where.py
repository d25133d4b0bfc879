"""Whose card of which period does the address of a page name?"""

from typing import Annotated, Final

from fastapi import Depends

from app.routing import RowId
from app.services.where import Where

ONE: Final = "{person_id}/{cycle_code}/{period_code}"
"""The part of an address that names it."""


async def _where(person_id: RowId, cycle_code: str, period_code: str) -> Where:
    return Where(person_id, cycle_code, period_code)


At = Annotated[Where, Depends(_where)]


def review_path(where: Where) -> str:
    """The address of a review."""
    return f"/reviews/{where.person_id}/{where.cycle_code}/{where.period_code}"
