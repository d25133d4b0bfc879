"""Who is signed in, and may this request come in at all? Cookie or token, language, origin; closed unless public."""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from app.database import SAFE_METHODS, Sessions, transaction
from app.i18n import Locale, choose_language
from app.messages import TEXTS
from app.routing import is_public, settings_of
from app.services.sign_in import SignedIn, note_use, signed_in_by_session, signed_in_by_token
from app.settings import Settings
from app.web.render import error_page

LANGUAGE_COOKIE: Final = "kinerja-language"
ANONYMOUS_BODY_BYTES: Final = 100_000
"""Nobody who is not signed in has a form that is longer, but for the page that proves a PDF."""
_VERIFY: Final = "/verify"
PDF_BYTES: Final = 2_000_000
_UNTRACKED: Final = ("/static/", "/healthz", "/readyz")
"""What needs to know nobody: no cookie is looked up for it."""
_API: Final = "/api/"
_LONGEST_TOKEN: Final = 200

RefuseApi = Callable[[Request, int, str], Response]
"""How the API says no: request, status, code."""


def cookie_name(settings: Settings) -> str:
    """The session's cookie; with HTTPS its name lets no other host and no plain connection set it."""
    return "__Host-kinerja" if settings.secure_cookies else "kinerja"


def keep_session(response: Response, token: str, settings: Settings) -> None:
    """Give the browser the token of its session."""
    response.set_cookie(
        cookie_name(settings), token, path="/", httponly=True, samesite="lax", secure=bool(settings.secure_cookies)
    )


def forget_session(response: Response, settings: Settings) -> None:
    """Take the session's token back, and with it what the browser has kept of our pages."""
    response.delete_cookie(
        cookie_name(settings), path="/", httponly=True, samesite="lax", secure=bool(settings.secure_cookies)
    )
    response.headers["Clear-Site-Data"] = '"cache"'


class SessionMiddleware:
    """Sets `signed_in`, `actor` and `locale` of each request, and turns away whom nothing public was asked by."""

    def __init__(self, app: ASGIApp, owner: FastAPI, refuse_api: RefuseApi) -> None:
        self._app = app
        self._owner = owner
        self._refuse_api = refuse_api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass with its actor, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["app"] = self._owner
        request = Request(scope, receive)
        await self._recognise(request)
        refusal = self._refusal(request)
        await (refusal or self._app)(scope, receive, send)

    async def _recognise(self, request: Request) -> None:
        settings: Settings = self._owner.state.settings
        signed_in: SignedIn | None = None
        token, is_session = _token(request, settings)
        if token:
            signed_in = await run_in_threadpool(self._look_up, token, is_session=is_session)
        language = choose_language(
            signed_in.language if signed_in else None,
            request.cookies.get(LANGUAGE_COOKIE),
            request.headers.get("accept-language"),
            settings.default_language,
        )
        request.state.locale = Locale(language, settings.time_zone)
        request.state.signed_in = signed_in
        request.state.actor = signed_in.actor if signed_in else None
        request.state.session_token = token if is_session else ""

    def _look_up(self, token: str, *, is_session: bool) -> SignedIn | None:
        settings: Settings = self._owner.state.settings
        sessions: Sessions = self._owner.state.sessions
        find = signed_in_by_session if is_session else signed_in_by_token
        with transaction(sessions, writes=False) as session:
            signed_in = find(session, token, settings)
        if signed_in is not None:
            note_use(sessions, signed_in, token)
        return signed_in

    def _refusal(self, request: Request) -> Response | None:
        path: str = request.scope["path"]
        is_api = path.startswith(_API)
        is_open = is_public(path) or request.state.signed_in is not None
        if not is_api and request.method not in SAFE_METHODS and not self._is_own_origin(request):
            return error_page(request, 403, request.state.locale.text(TEXTS["foreign_origin"]))
        if is_open and not _is_too_large(request):
            return None
        if is_open:
            if is_api:
                return self._refuse_api(request, 413, "too_large_body")
            return error_page(request, 413, request.state.locale.text(TEXTS["too_large_body"]))
        if is_api:
            response = self._refuse_api(request, 401, "token_missing")
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        return _to_sign_in(request)

    def _is_own_origin(self, request: Request) -> bool:
        """Whether the browser says that a page of ours sent this; one that says nothing is judged by its token."""
        site = request.headers.get("sec-fetch-site")
        if site is not None and site not in {"same-origin", "none"}:
            return False
        origin = request.headers.get("origin")
        if origin is None:
            return True
        settings: Settings = self._owner.state.settings
        ours = {request.headers.get("host", ""), _host_of(settings.base_url)} - {""}
        return _host_of(origin) in ours


def _host_of(address: str) -> str:
    """Host and port of an address; nothing where none can be read, as in `null`, which sandboxed pages send."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _token(request: Request, settings: Settings) -> tuple[str, bool]:
    """The token that the request brings, and whether it is a browser's session: the API takes no cookie."""
    path: str = request.scope["path"]
    if path.startswith(_UNTRACKED):
        return "", False
    if path.startswith(_API):
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return (token.strip() if kind.lower() == "bearer" else "")[:_LONGEST_TOKEN], False
    return request.cookies.get(cookie_name(settings), "")[:_LONGEST_TOKEN], True


def _to_sign_in(request: Request) -> Response:
    path: str = request.scope["path"]
    query = request.scope["query_string"].decode("latin-1")
    wanted = quote(path, safe="/") + (f"?{query}" if query else "")
    address = "/sign-in"
    if request.method in SAFE_METHODS and path != "/":
        address += f"?next={quote(wanted, safe='/')}"
    if "hx-request" in request.headers:  # htmx would put the sign-in page into a part of the present one
        return Response(status_code=401, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


def _is_too_large(request: Request) -> bool:
    """Whether somebody who is not signed in sends what they could never need to, or does not say how much it is."""
    length = request.headers.get("content-length", "0")
    if request.state.signed_in is not None:
        settings = settings_of(request)
        return length.isdecimal() and int(length) > settings.max_body_bytes
    is_told = "transfer-encoding" not in request.headers and length.isdecimal()
    limit = PDF_BYTES if request.scope["path"] == _VERIFY else ANONYMOUS_BODY_BYTES
    return not is_told or int(length) > limit
