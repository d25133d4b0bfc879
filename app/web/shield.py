"""What does every answer carry, and what does somebody see when we have made a mistake? Headers and the last resort."""

import logging
import secrets
from collections.abc import Callable
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.i18n import Locale, choose_language
from app.settings import Settings

log = logging.getLogger(__name__)

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
}
"""What an answer carries unless it says otherwise itself, as files do that may be kept."""
_HSTS: Final = "max-age=31536000; includeSubDomains"


class HeadersMiddleware:
    """Adds the headers; takes away Range, since nothing that we send is worth its risks."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._headers = {**HEADERS, "Strict-Transport-Security": _HSTS} if settings.secure_cookies else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on without Range, and its answer back with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"range"]

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, dressed)


class LastResortMiddleware:
    """Answers when something failed that nobody foresaw: without detail, with a number that stands in the log too."""

    def __init__(self, app: ASGIApp, owner: FastAPI, answer: Callable[[Request, str], Response]) -> None:
        self._app = app
        self._owner = owner
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; what is raised ends here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        settings: Settings = self._owner.state.settings
        scope["app"] = self._owner
        request = Request(scope, receive)
        accepted = request.headers.get("accept-language")
        language = choose_language(None, None, accepted, settings.default_language)
        request.state.locale = Locale(language, settings.time_zone)
        request.state.signed_in = request.state.actor = None
        has_started = False

        async def watched(message: Message) -> None:
            nonlocal has_started
            has_started = has_started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            log.info("the client went away")
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("failed %s: %s", reference, scope["method"])
            if has_started:
                raise
            await self._answer(request, reference)(scope, receive, send)
