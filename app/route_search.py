"""Which routes can an address lead to? Only those are searched that begin as the address does, in their order."""

from typing import Final

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

_PARAMETER: Final = "{"


class RouteSearch:
    """A router's search through hundreds of patterns, begun with a look into a table instead of at the first one.

    It finds what the plain search finds, since every route that could match an address, with or without a slash at its
    end, is searched in the same order. What the table does not know is left to the plain search.
    """

    def __init__(self, whole: APIRouter) -> None:
        self._whole = whole
        self._read: list[BaseRoute] = []
        self._parts: dict[str, APIRouter] = {}
        self._depth = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the few routes that can answer it."""
        part = self._whole
        if scope["type"] == "http":
            scope.setdefault("router", self._whole)
            part = self.part_for(scope["path"], scope.get("root_path", ""))
        await part.app(scope, receive, send)

    def part_for(self, path: str, root_path: str = "") -> APIRouter:
        """The routes to search for an address: those of its longest known beginning, or all of them."""
        if self._read != self._whole.routes:
            self._fill()
        # The end of a pattern also stands before a line feed, which would be taken for a part of the beginning here
        if not root_path and "\n" not in path:
            segments = path.split("/", self._depth + 1)[: self._depth + 1]
            for count in range(len(segments), 1, -1):
                if part := self._parts.get("/".join(segments[:count])):
                    return part
        return self._whole

    def _fill(self) -> None:
        """For each beginning that a route has: a router of all that begin so, or with less of it."""
        self._read = list(self._whole.routes)
        starts = [{_start(context.path) for context in iter_route_contexts([route])} for route in self._read]
        self._parts = {}
        for known in set().union(*starts) - {""}:
            part = APIRouter(redirect_slashes=self._whole.redirect_slashes, default=self._whole.default)
            part.routes = [
                route
                for route, own in zip(self._read, starts, strict=True)
                if any(f"{known}/".startswith(f"{start}/") for start in own)
            ]
            self._parts[known] = part
        self._depth = max((known.count("/") for known in self._parts), default=0)


def _start(path: str | None) -> str:
    """What is fixed of a route's path: the segments before the first one that holds a parameter."""
    fixed, parameter, _ = (path or "").partition(_PARAMETER)
    return (fixed.rpartition("/")[0] if parameter else fixed).rstrip("/")
