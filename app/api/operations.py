"""How is the API described to those who write programs for it? The OpenAPI document and its parts."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.problems import MEDIA_TYPE
from app.api.schemas import Problem

Responses = dict[int | str, dict[str, Any]]

TAGS: Final = [
    {"name": "account", "description": "Whose token this is."},
    {"name": "notices", "description": "What its owner was told."},
    {"name": "people", "description": "Staff with unit, position and manager, each from a day on."},
    {"name": "organisation", "description": "Units and positions."},
    {"name": "cycles", "description": "Cycles with policy, grades and periods."},
    {"name": "library", "description": "KPI definitions to copy into plans."},
    {"name": "goals", "description": "Goals of company and units, vision and mission, responsibilities of positions."},
    {"name": "plans", "description": "Objectives and KPIs of an employee for a cycle, with weights and targets."},
    {"name": "entries", "description": "Recorded figures: the idempotent feed for other systems."},
    {"name": "following", "description": "Status, forecast, causes, notes, development plans, incentive bands."},
    {"name": "reviews", "description": "Self-assessment, scoring, approval and feedback at a period's end."},
    {"name": "privacy", "description": "Personal data as such: one's own, requests, legal holds, erasing."},
    {"name": "scorecards", "description": "Results to date and as published, and publishing them."},
]
_DESCRIPTION: Final = """\
Everything that the pages do, for other programs, under the rights of whoever made the token.

* Send a personal token as `Authorization: Bearer …`.
* Exact numbers are JSON strings (integers are accepted, floats are refused).
* Every refusal is a problem document (RFC 9457); `errors` names each refused value with its path.
* What two people may edit has an `ETag`; send it back as `If-Match`.
* Each POST may carry an `Idempotency-Key`, unless it says otherwise: repeated within two days it is done once.
"""
_REASONS: Final = {
    400: "Values are refused; `errors` names each.",
    401: "No token, or one that is not good.",
    403: "You may see this, but not do it.",
    404: "There is nothing here, or you may not see it.",
    405: "Nothing is done here with this method.",
    409: "The state of things does not allow it.",
    412: "It has changed since the version in If-Match.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The request has not the form that this document says; `errors` names each place.",
    428: "If-Match is needed.",
    503: "A part of the service does not work at the moment; try again later.",
}
_ETAG: Final = {
    "ETag": {
        "description": "The version, for If-Match.",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$', "maxLength": 12},
    }
}
_LOCATION: Final = {
    "Location": {"description": "Where the new thing is.", "schema": {"type": "string", "maxLength": 500}}
}


def refusals(*statuses: int) -> Responses:
    """The problem documents with which an operation may answer, beside those that every one may."""
    return {status: _problem(status) for status in (401, *statuses, 422)}


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": _REASONS[status], "content": {MEDIA_TYPE: {"schema": schema}}}


def tagged(status: int = 200, *, located: bool = False) -> Responses:
    """The headers of an answer that shows a version, and where a new thing is."""
    return {status: {"headers": {**_ETAG, **(_LOCATION if located else {})}}}


WRITES: Final = (400, 403, 404, 409, 413, 415)
"""How a change that comes with a body may be refused."""
CHANGES: Final = (*WRITES, 412)
"""The same where it may say which version it was made from, by If-Match."""
REPLACES: Final = (*CHANGES, 428)
"""The same where it must say so."""


def describe(app: FastAPI, prefix: str) -> None:
    """Let the service describe its API: nothing but operations under the prefix, closed with a bearer token."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app, prefix)
        return app.openapi_schema

    # FastAPI's own way to have a say in the document
    app.openapi = openapi  # type: ignore[method-assign]


def _described(app: FastAPI, prefix: str) -> dict[str, Any]:
    document = get_openapi(
        title="Kinerja API",
        version=app.version,
        description=_DESCRIPTION,
        routes=app.routes,
        tags=TAGS,
    )
    components = document.setdefault("components", {})
    template = "#/components/schemas/{model}"
    problem = Problem.model_json_schema(ref_template=template, mode="serialization")
    components.setdefault("schemas", {}).update(problem.pop("$defs", {}))
    components["schemas"]["Problem"] = problem
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A personal token, made on the account page."}
    }
    document["security"] = [{"token": []}]
    document["paths"] = {path: found for path, found in document["paths"].items() if path.startswith(prefix)}
    return document
