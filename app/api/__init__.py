"""What does the JSON interface for other programs look like? The router, and the one shape of its errors (RFC 9457)."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from app.errors import Conflict, Invalid, KinerjaError, NotAllowed, NotFound, Unavailable
from app.i18n import Locale
from app.messages import code_text, error_text, fault_text
from app.routing import make_router
from app.rules.faults import Fault

PREFIX: Final = "/api/v1"
router = make_router(prefix=PREFIX)

STATUS: Final[dict[type[KinerjaError], HTTPStatus]] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.BAD_REQUEST,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


def problem(request: Request, status: int, code: str, detail: str, faults: Sequence[Fault] = ()) -> JSONResponse:
    """A problem document: what happened, why in the reader's language, and every fault at its path."""
    locale: Locale = request.state.locale
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
    }
    if faults:
        content["errors"] = [
            {"at": fault.at, "code": fault.code, "message": fault_text(fault, locale)} for fault in faults
        ]
    return JSONResponse(content, int(status), media_type="application/problem+json")


def refuse(request: Request, status: int, code: str) -> JSONResponse:
    """The problem document of a code that has no values."""
    return problem(request, status, code, code_text(code, {}, request.state.locale))


def refusal(request: Request, error: KinerjaError) -> JSONResponse:
    """The problem document of an error that a service raised."""
    faults = error.faults if isinstance(error, Invalid) else ()
    return problem(request, STATUS[type(error)], error.code, error_text(error, request.state.locale), faults)


def unreadable(request: Request, error: RequestValidationError) -> JSONResponse:
    """The problem document of a request whose address or body is not of the form that the schema says."""
    places = [".".join(str(step) for step in each["loc"][1:]) for each in error.errors()]
    faults = [Fault(place, "unreadable") for place in places]
    locale: Locale = request.state.locale
    return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, "unreadable", code_text("unreadable", {}, locale), faults)
