"""Is a body one JSON document that says each thing once?"""

import json
from typing import Any, NoReturn

from fastapi import Request

KEY_TWICE = "key twice"


class JsonRequest(Request):
    """A request whose JSON means one thing only: no key stands twice in an object, NaN and Infinity are no numbers."""

    async def json(self) -> Any:
        """The document; raises JSONDecodeError, which the API answers like any other unreadable body."""
        body = await self.body()
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as refused:
            raise json.JSONDecodeError("not UTF-8", "", refused.start) from refused
        try:
            return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        except _RepeatedKey as refused:
            raise json.JSONDecodeError(KEY_TWICE, text, 0) from refused
        except json.JSONDecodeError:
            raise
        except (ValueError, RecursionError) as refused:
            # A whole number of thousands of digits, NaN, or objects within objects without end
            raise json.JSONDecodeError("out of bounds", text, 0) from refused


class _RepeatedKey(Exception):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _RepeatedKey
    return made


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def is_json(content_type: str) -> bool:
    """Whether a body says of itself that it is JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
