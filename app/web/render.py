"""How does an answer become a page? Navigation by role, messages that survive a redirect, error pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app import clock, templating
from app.errors import Conflict, Invalid, KinerjaError, NotAllowed, NotFound, Unavailable
from app.i18n import LANGUAGE_NAMES, Locale, mark
from app.messages import error_text
from app.routing import settings_of
from app.rules.vocabulary import Role
from app.security import sign, unsign
from app.services.sign_in import SignedIn
from app.web import assets
from app.web.forms import CSRF_FIELD

FLASH_COOKIE: Final = "kinerja-message"
_LONGEST_FLASH: Final = 3_000


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation: where it leads, what it is called, its icon, and who sees it."""

    path: str
    name: str
    icon: str
    roles: frozenset[Role] = frozenset()
    """Roles that see it; empty for everybody."""
    for_managers: bool = False
    """Whether those to whom somebody reports see it too, when it is not for everybody."""
    beside: frozenset[str] = frozenset()
    """The first words of other addresses whose pages are reached from here."""

    def holds(self, path: str) -> bool:
        """Whether a page is this one, below it or beside it."""
        first = path.removeprefix("/").partition("/")[0]
        return f"/{first}" == self.path or first in self.beside

    def is_for(self, signed_in: SignedIn) -> bool:
        """Whether this person finds the entry in their navigation; what they may do there the services decide."""
        if not self.roles and not self.for_managers:
            return True
        return bool(self.roles & signed_in.actor.roles) or (self.for_managers and signed_in.is_manager)


_HR: Final = frozenset({Role.HR})
_OVERSIGHT: Final = frozenset({Role.HR, Role.AUDITOR})
_ABOUT_SCORECARDS: Final = frozenset(
    {"acknowledgements", "appeals", "calibration", "cases", "pdf-batches", "publications", "verify"}
)

NAVIGATION: Final = (
    Place("/", mark("Home"), "home"),
    Place("/scorecards", mark("Scorecards"), "scorecard", beside=_ABOUT_SCORECARDS),
    Place("/team", mark("Team"), "people", _OVERSIGHT, for_managers=True),
    Place("/reviews", mark("Reviews"), "done", beside=frozenset({"feedback"})),
    Place("/plans", mark("Performance plans"), "plan"),
    Place("/development", mark("Development plans"), "up"),
    Place("/goals", mark("Goals"), "goal"),
    Place("/entries", mark("Entries"), "entries"),
    Place("/people", mark("People"), "people", _OVERSIGHT, for_managers=True),
    Place("/cycles", mark("Cycles"), "cycle", _OVERSIGHT),
    Place("/library", mark("KPI library"), "library"),
    Place("/branding", mark("Branding"), "edit", _HR),
    Place("/privacy", mark("Data protection"), "key", _HR),
    Place("/audit", mark("Audit trail"), "audit", _OVERSIGHT),
)

STATUS: Final[Mapping[type[KinerjaError], HTTPStatus]] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.BAD_REQUEST,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
_TITLES: Final[Mapping[int, str]] = {
    400: mark("This cannot be read"),
    403: mark("Not allowed"),
    404: mark("Nothing here"),
    405: mark("Nothing here"),
    409: mark("Not possible at the moment"),
    413: mark("Too large"),
    429: mark("Too many attempts"),
    500: mark("Something went wrong"),
    503: mark("Not possible at the moment"),
}


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The page of a template; `values` join what every page has (see `_frame`)."""
    flash = _read_flash(request)
    text = templating.render(template, request.state.locale, **_frame(request), flash=flash, **values)
    response = HTMLResponse(text, status)
    if flash is not None:
        response.delete_cookie(FLASH_COOKIE, httponly=True, samesite="lax")
    return response


def redirect(
    request: Request, path: str, flash: str | None = None, *, kind: str = "success", **values: str
) -> RedirectResponse:
    """Go to one of our own pages after a change; `flash` is a message id that the next page shows once.

    `kind` is success, info or warning; `values` fill the message.
    """
    response = RedirectResponse(own_path(path), HTTPStatus.SEE_OTHER)
    if flash is not None:
        settings = settings_of(request)
        signed = sign(settings.secret, "flash", [kind, flash, values])
        if len(signed) <= _LONGEST_FLASH:
            response.set_cookie(
                FLASH_COOKIE,
                signed,
                max_age=60,
                httponly=True,
                samesite="lax",
                secure=bool(settings.secure_cookies),
            )
    return response


def own_path(path: str) -> str:
    """The path if it leads to one of our own pages, else the home page: nobody is sent elsewhere by a link of ours."""
    is_own = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return quote(path, safe="/?&=%#:,;+~@!$'()*[]-._") if is_own else "/"


def error_page(request: Request, status: int, text: str, *, reference: str = "") -> HTMLResponse:
    """The page that says why a request was refused; it needs nothing that may have failed."""
    title = _TITLES.get(status, _TITLES[400] if status < HTTPStatus.INTERNAL_SERVER_ERROR else _TITLES[500])
    frame = {**_frame(request), "flash": None}
    return HTMLResponse(
        templating.render(
            "errors/error.html",
            request.state.locale,
            **frame,
            status=status,
            title=title,
            text=text,
            reference=reference,
        ),
        status,
    )


def refusal_page(request: Request, error: KinerjaError) -> HTMLResponse:
    """The page for an error that no form could show."""
    locale: Locale = request.state.locale
    response = error_page(request, STATUS[type(error)], error_text(error, locale))
    if "hx-request" in request.headers:  # htmx would put this page into a part of the present one
        response.headers["HX-Refresh"] = "true"
    return response


def _frame(request: Request) -> dict[str, Any]:
    """What every page has: who is signed in, the navigation, links to our files, the token for forms."""
    settings = settings_of(request)
    signed_in: SignedIn | None = request.state.signed_in
    path = request.scope["path"]
    token = signed_in.csrf_token if signed_in else ""
    parts: Any = templating.environment(request.state.locale).get_template("parts/csrf.html").module
    return {
        "organisation": settings.organisation_name,
        "signed_in": signed_in,
        "navigation": [place for place in NAVIGATION if signed_in is not None and place.is_for(signed_in)],
        "path": path,
        "next_path": _present_address(request),
        "languages": LANGUAGE_NAMES,
        "static_url": assets.url,
        "csrf": lambda: parts.field(CSRF_FIELD, token),
        "csrf_token": token,
        "today": clock.today(settings.time_zone),
    }


def _present_address(request: Request) -> str:
    """Where a change of language returns to: this page, unless it answers a form."""
    if request.method != "GET":
        return "/"
    query = request.scope["query_string"].decode("latin-1")
    path: str = request.scope["path"]
    return path + (f"?{query}" if query else "")


@dataclass(frozen=True, slots=True)
class Flash:
    """A message about what was just done."""

    kind: str
    text: str


def _read_flash(request: Request) -> Flash | None:
    signed = request.cookies.get(FLASH_COOKIE)
    if not signed:
        return None
    settings = settings_of(request)
    message = unsign(settings.secret, "flash", signed)
    if message is None:
        return None
    kind, msgid, values = message
    return Flash(kind, request.state.locale.text(msgid, **values))
