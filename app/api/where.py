"""Whose card of which period does the address of an operation name?"""

from typing import Annotated, Final

from fastapi import Depends

from app.api.paging import CycleCode, PeriodCode
from app.routing import RowId
from app.services.where import Where

ONE: Final = "{person_id}/{cycle_code}/{period_code}"
"""The part of an address that names it."""


async def _where(person_id: RowId, cycle_code: CycleCode, period_code: PeriodCode) -> Where:
    return Where(person_id, cycle_code, period_code)


At = Annotated[Where, Depends(_where)]
