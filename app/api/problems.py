"""How does the API say no? One shape for every refusal (RFC 9457), and each fault at the path where it stands."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from app.api.wire import CLEAN, CODE, DAY, LINES, ON, UNIT_CODE
from app.errors import Conflict, Invalid, KinerjaError, NotAllowed, NotFound, Unavailable
from app.i18n import Locale
from app.messages import TEXTS, code_text, fault_text
from app.rules.faults import Fault, key_path

MEDIA_TYPE: Final = "application/problem+json"
STATUS: Final[Mapping[type[KinerjaError], HTTPStatus]] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.BAD_REQUEST,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
_STALE: Final = frozenset({"stale", "stale_version"})
_SAID_HERE: Final = {"not_found": "nothing_here", "not_allowed": "not_allowed_here"}
"""Codes whose text speaks of pages to the reader of a page."""

_CODES: Final[Mapping[str, str]] = {
    "bool_type": "not_true_or_false",
    "dict_type": "not_an_object",
    "enum": "not_one_of",
    "extra_forbidden": "key_unknown",
    "greater_than_equal": "too_small",
    "int_from_float": "not_whole",
    "int_parsing": "not_whole",
    "int_parsing_size": "not_whole",
    "int_type": "not_whole",
    "json_invalid": "body_not_json",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "list_type": "not_a_list",
    "literal_error": "not_one_of",
    "missing": "required",
    "model_attributes_type": "not_an_object",
    "model_type": "not_an_object",
    "string_too_long": "text_too_long",
    "string_too_short": "required",
    "string_type": "not_text",
    "string_unicode": "text_unreadable",
    "too_long": "list_too_long",
    "too_short": "list_too_short",
    "union_tag_invalid": "not_one_of",
    "union_tag_not_found": "required",
}
"""What the reader of the schema calls it → our code."""
_BY_PATTERN: Final[Mapping[str, str]] = {
    CLEAN: "text_unreadable",
    CODE: "code_signs",
    DAY: "not_a_day",
    LINES: "text_unreadable",
    ON: "not_a_date",
    UNIT_CODE: "code_signs",
}
_VALUES: Final[Mapping[str, tuple[str, str]]] = {
    "not_one_of": ("choices", "expected"),
    "text_too_long": ("limit", "max_length"),
    "list_too_long": ("most", "max_length"),
    "list_too_short": ("fewest", "min_length"),
    "too_large": ("maximum", "le"),
    "too_small": ("minimum", "ge"),
}
"""The value that a code's text names, and under which name the reader of the schema has it."""


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
        content["errors"] = [said(fault, locale) for fault in faults]
    return JSONResponse(content, int(status), media_type=MEDIA_TYPE)


def said(fault: Fault, locale: Locale) -> dict[str, str]:
    """One fault as it stands in a document."""
    return {"at": fault.at, "code": fault.code, "message": fault_text(fault, locale)}


def refuse(request: Request, status: int, code: str) -> JSONResponse:
    """The problem document of a code that has no values."""
    return problem(request, status, code, code_text(_SAID_HERE.get(code, code), {}, request.state.locale))


def refusal(request: Request, error: KinerjaError) -> JSONResponse:
    """The problem document of an error that a service raised."""
    if isinstance(error, Conflict) and error.code in _STALE and "if-match" in request.headers:
        return refuse(request, HTTPStatus.PRECONDITION_FAILED, "stale")
    faults = error.faults if isinstance(error, Invalid) else ()
    return problem(request, STATUS[type(error)], error.code, refusal_text(error, request.state.locale), faults)


def refusal_text(error: KinerjaError, locale: Locale) -> str:
    """Why something was refused, as the API says it."""
    return code_text(_SAID_HERE.get(error.code, error.code), error.values, locale)


# --- What the schema refused ------------------------------------------------------------------------------------------


def unreadable(request: Request, error: RequestValidationError) -> JSONResponse:
    """The problem document of a request whose address or body is not of the form that the schema says."""
    faults = [_fault(each, error.body) for each in error.errors()]
    detail = code_text("unreadable_request", {}, request.state.locale)
    return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, "unreadable", detail, faults)


def _fault(error: Mapping[str, Any], body: object) -> Fault:
    kind, context = error["type"], error.get("ctx") or {}
    code = _CODES.get(kind, kind)
    if kind == "string_pattern_mismatch":
        code = _BY_PATTERN.get(context["pattern"], "unreadable")
    if code == "body_not_json":
        return Fault("", "key_twice_somewhere" if context["error"].startswith("key twice") else code)
    known = {name: str(value) for name, value in context.items() if isinstance(value, str | int | Decimal)}
    if code in _VALUES:
        name, theirs = _VALUES[code]
        known[name] = known.get(theirs) or known.get("expected_tags") or known.get("lt", "")
    return Fault(_path(error["loc"], body), code if code in TEXTS else "unreadable", known)


def _path(steps: Sequence[str | int], body: object) -> str:
    """The place as the whole product writes it, `scoring.points[0]`, without the tags that only the schema has."""
    place, *rest = steps
    node = whole = body if place == "body" else None
    path = ""
    is_new = False
    for step in rest:
        if step == "[key]" or (is_new and node is not whole and _is_tag(step, node)):
            is_new = False
            continue
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            name = key_path(step)
            path += f".{name}" if path and not name.startswith("[") else name
        node, is_new = _inside(node, step), True
    return path


def _is_tag(step: str | int, node: object) -> bool:
    """Whether the step is the kind or method by which the schema chose how to read this part: it comes first in it."""
    return isinstance(node, dict) and step in (node.get("kind"), node.get("method"))


def _inside(node: object, step: str | int) -> object:
    if isinstance(node, dict):
        return node.get(step)
    return node[step] if isinstance(node, list) and isinstance(step, int) and step < len(node) else None
