"""How does a route say who may use it? Routes that declare exactly one action, and the check that it was asked."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.routing import APIRoute

from app.access import Actor
from app.database import SAFE_METHODS, DbSession, reading, writing
from app.errors import NotFound
from app.rules.vocabulary import Action
from app.settings import Settings

__all__ = ["Actor", "CurrentActor", "DbSession", "Needs", "PolicyRoute", "RowId", "make_router", "reading", "writing"]

PUBLIC_PATHS = (
    "/sign-in",
    "/setup/",
    "/invitation/",
    "/verify",
    "/healthz",
    "/readyz",
    "/language",
    "/static/",
    "/api/v1/openapi.json",
)
"""Beginnings of the paths that answer somebody who is not signed in; everything else is closed (ADR 0006)."""


def is_public(path: str) -> bool:
    """Whether a path answers without a sign-in."""
    return any(path == start.rstrip("/") or path.startswith(start) for start in PUBLIC_PATHS)


class Needs:
    """The one action that a route declares; the service that it calls asks for the object."""

    def __init__(self, action: Action) -> None:
        self.action = action

    async def __call__(self) -> None:
        """Nothing at request time: the declaration is what counts; as a coroutine it needs no thread for that."""


class PolicyRoute(APIRoute):
    """A route that cannot be made without exactly one declared action, and does not answer unless it was asked."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        found = [d.call for d in self.dependant.dependencies if isinstance(d.call, Needs)]
        if len(found) != 1:
            raise RuntimeError(f"{self.methods} {path}: exactly one action, found {len(found)}")
        self.action = found[0].action
        if self.action.is_read and set(self.methods or ()) - SAFE_METHODS:
            raise RuntimeError(f"{path}: a read action on an unsafe method")
        if self.action is Action.PUBLIC and not is_public(path):
            raise RuntimeError(f"{path}: public, but not on the list of public paths")

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the check behind it: an answer whose permission nobody asked for is never sent."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            # Nothing is called so, and PostgreSQL takes no such text even to look for it
            if any("\0" in text for text in request.path_params.values()):
                raise NotFound
            response = await handler(request)
            action = self.action  # read now: the handler is made before the route has its action
            session = getattr(request.state, "session", None)
            if action is not Action.PUBLIC and (session is None or action not in session.info.get("asked", ())):
                raise RuntimeError(f"{request.method} {self.path}: permission {action} was never asked")
            return response

        return guarded


def make_router(**options: Any) -> APIRouter:
    """The only way in which routers are made."""
    return APIRouter(route_class=PolicyRoute, **options)


async def current_actor(request: Request) -> Actor:
    """Who is signed in; the session middleware has seen to it that somebody is."""
    actor: Actor = request.state.actor
    return actor


def settings_of(request: Request) -> Settings:
    """What the service was started with."""
    settings: Settings = request.app.state.settings
    return settings


CurrentActor = Annotated[Actor, Depends(current_actor)]
RowId = Annotated[int, Path(ge=1, lt=2**63)]
"""The id of a row in an address; what no database can hold is an address that leads nowhere."""
