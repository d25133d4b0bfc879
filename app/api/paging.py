"""Which part of a list is wanted?"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Query

from app.api.wire import CLEAN, CODE, ON

_Offset = Annotated[int, Query(ge=0, le=1_000_000, description="How many items to pass over.")]
_Limit = Annotated[int, Query(ge=1, le=200, description="How many items to give at most.")]


@dataclass(frozen=True, slots=True)
class _Part:
    offset: int
    limit: int

    @property
    def cut(self) -> slice:
        """The part of a list that is there already."""
        return slice(self.offset, self.offset + self.limit)


async def _part(offset: _Offset = 0, limit: _Limit = 50) -> _Part:
    return _Part(offset, limit)


Part = Annotated[_Part, Depends(_part)]
"""Which part of a list is wanted."""
Switch = Annotated[bool, Query()]
Search = Annotated[str, Query(max_length=100, pattern=CLEAN, description="Words that must all occur.")]
CycleCode = Annotated[str, Path(min_length=1, max_length=40, pattern=CODE)]
PeriodCode = Annotated[str, Path(min_length=4, max_length=10, pattern=ON)]
