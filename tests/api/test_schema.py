"""Does every operation keep to what the OpenAPI document says, whatever is sent to it and whoever sends it?"""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.access_table import ABOUT_EVA, ABOUT_OTTO, API
from tests.api.conftest import AsProgram, Program
from tests.api.seeded import Good, seed
from tests.cast import Cast
from tests.tools import Clock

CHECKS = [
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
OTHERS = {"answer_feedback", "decline_feedback", "name_second_person", "remove_note", "send_scorecard_link"}
"""What neither HR nor the employee does here: eva was asked, mona has written the note, two can decide about eli.

Nor is a link sent to eli, who was told today.
"""
ROLES = {"hana": 8, "mona": 5, "eli": 5, "anonymous": 1}
"""Who calls, and with how many generated requests of each sign for each operation."""
FEW = {
    "get_scorecard_pdf",
    "get_scorecard_pdfs",
    "get_plan_pdf",
    "get_calibration_pdf",
    "get_completeness_pdf",
    "lock_scorecard_pdf",
}
"""Operations that take their time: called only as they should be."""


@pytest.fixture
def document(app: FastAPI) -> Any:
    rejected = {"negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 405, 409, 412, 415, 422, 428]}}
    config = SchemathesisConfig.from_dict({"checks": rejected, "generation": {"with-security-parameters": False}})
    return schemathesis.openapi.from_dict(app.openapi(), config=config)


def operations(document: Any) -> list[Any]:
    return [found.ok() for found in document.get_all_operations()]


def name_of(operation: Any) -> str:
    name: str = operation.definition.raw["operationId"]
    return name


def well_made(operation: Any, good: Good) -> Any:
    body = {} if good.body is None else {"body": good.body, "media_type": "application/json"}
    return operation.Case(path_parameters=good.path, query=good.query, headers=good.headers, **body)


class Caller:
    """Sends cases as somebody, and takes back what each did."""

    def __init__(self, program: Program, connection: Connection, role: str) -> None:
        self.role = role
        self._program = program
        self._connection = connection
        self.reached: dict[str, set[int]] = {}

    def call(self, case: Any, checks: list[Callable[..., Any]]) -> int:
        parts = case.as_transport_kwargs(base_url="http://testserver")
        parts["headers"] = {**dict(parts["headers"]), **self._program.headers}
        parts.pop("cookies", None)
        if isinstance(parts.get("data"), bytes | str):
            parts["content"] = parts.pop("data")
        with self._connection.begin_nested() as state:
            response = self._program.request(parts.pop("method"), parts.pop("url"), **parts)
            state.rollback()
        case.validate_response(response, checks=checks)
        status: int = response.status_code
        self.reached.setdefault(name_of(case.operation), set()).add(status)
        return status


def at_known_places(case: Any, good: Good) -> Any:
    """The generated case, sent to where something is."""
    case.path_parameters = {**(case.path_parameters or {}), **good.path}
    case.headers = {**(case.headers or {}), **good.headers}
    return case


def attack(operation: Any, good: Good, caller: Caller, examples: int) -> None:
    """Generated requests that fit the document, at places where something is and elsewhere, and some that do not."""
    bounded = settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    fitting = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)

    @bounded
    @given(fitting, st.booleans())
    def send_fitting(case: Any, is_known: bool) -> None:
        caller.call(at_known_places(case, good) if is_known else case, CHECKS)

    send_fitting()
    if not (operation.body or operation.query or operation.path_parameters):
        return

    @bounded
    @given(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def send_unfit(case: Any) -> None:
        caller.call(case, [*CHECKS, negative_data_rejection])

    send_unfit()


@pytest.fixture
def calls(session: Session, cast: Cast, clock: Clock) -> dict[str, Good]:
    good = seed(session, cast, clock)
    session.commit()
    return good


@pytest.fixture
def caller(request: pytest.FixtureRequest, connection: Connection, cast: Cast, program: AsProgram) -> Caller:
    role: str = request.param
    anonymous: Program = request.getfixturevalue("anonymous")
    return Caller(anonymous if role == "anonymous" else program(getattr(cast, role)), connection, role)


@pytest.mark.slow
@pytest.mark.parametrize("caller", ROLES, indirect=True)
def test_no_deviation(calls: dict[str, Good], caller: Caller, document: Any) -> None:
    every = operations(document)
    assert {name_of(operation) for operation in every} == set(calls)
    for operation in every:
        name = name_of(operation)
        if name not in FEW or caller.role in {"hana", "eli"}:
            caller.call(well_made(operation, calls[name]), CHECKS)
        if name not in FEW:
            attack(operation, calls[name], caller, ROLES[caller.role])
    if caller.role == "anonymous":
        assert {status for statuses in caller.reached.values() for status in statuses} == {401}
    done = {name for name, statuses in caller.reached.items() if any(status < 300 for status in statuses)}
    own = {name for name, gate in API.items() if gate.passes == {"S"}}
    if caller.role == "hana":
        assert set(calls) - done - own - OTHERS == set()
    if caller.role == "mona":
        assert "remove_note" in done
    if caller.role == "eli":
        assert own - ABOUT_EVA - ABOUT_OTTO - done == set()
