"""Does every route let through whom it should, and nobody else? Each route × each relation, against a table by hand."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.main import list_routes
from app.models import (
    Appeal,
    CaseRequest,
    Cycle,
    DataRequest,
    DevelopmentItem,
    Erasure,
    EvidenceFile,
    Goal,
    Kpi,
    KpiCause,
    KpiDefinition,
    KpiNote,
    LegalHold,
    PdfBatch,
    Period,
    Person,
    Plan,
    Position,
    SecondPerson,
    Unit,
)
from tests import access_table as table
from tests.access_table import API, PAGES, Gate
from tests.api.conftest import AsProgram, Program, anonymous, program
from tests.api.seeded import Good, seed
from tests.cast import Cast
from tests.tools import Browser, Clock, SignIn

pytestmark = [pytest.mark.database, pytest.mark.slow]

__all__ = ["anonymous", "program"]  # fixtures of the API's tests
UNFOLLOWED = {"GET /static"}  # a folder of files, not an address


def page_routes(app: FastAPI) -> set[str]:
    return {
        f"{'POST' if 'POST' in route['methods'] else 'GET'} {route['path']}"
        for route in list_routes(app)
        if not route["path"].startswith("/api/")
    }


def operations(app: FastAPI) -> dict[str, tuple[str, str]]:
    """Every operation of the API: its name → method and path."""
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    }


def test_every_route_stands_in_the_table(app: FastAPI) -> None:
    assert page_routes(app) == set(PAGES)
    assert set(operations(app)) == set(API)
    assert len(PAGES) + len(API) > 120


def verdict(status: int) -> str:
    return {403: "refused", 404: "hidden"}.get(status, "passes")


def expected(gates: dict[str, Gate], who: str) -> dict[str, str]:
    return {
        name: "passes" if who in gate.passes else "refused" if who in gate.refused else "hidden"
        for name, gate in gates.items()
    }


def related(cast: Cast, about: str) -> dict[str, Person]:
    """Who stands in which relation to the person whom the object concerns."""
    others = {
        "eli": {"S": cast.eli, "L": cast.mona, "P": cast.eva, "O": cast.otto},
        "eva": {"S": cast.eva, "L": cast.mona, "P": cast.eli, "O": cast.otto},
        "otto": {"S": cast.otto, "L": cast.omar, "P": cast.eva, "O": cast.mona},
    }[about]
    return {**others, "A": cast.root, "H": cast.hana, "U": cast.audi}


@pytest.fixture
def good(session: Session, cast: Cast, clock: Clock) -> dict[str, Good]:
    """Eli's January is published, eva has a complete draft."""
    return seed(session, cast, clock)


@pytest.fixture
def ids(session: Session, cast: Cast, good: dict[str, Good]) -> dict[str, Any]:
    """What stands in the addresses: eli's plan and KPI, and things that concern nobody."""
    cycle_id = session.scalars(select(Cycle.id).where(Cycle.code == "2026")).one()
    plan = session.scalars(select(Plan).where(Plan.person_id == cast.eli.id, Plan.cycle_id == cycle_id)).one()
    kpi = session.scalars(select(Kpi).where(Kpi.plan_id == plan.id).order_by(Kpi.place)).first()
    assert kpi is not None
    assert good
    return {
        "goal_id": session.scalars(select(Goal.id)).first(),
        "batch_id": session.scalars(select(PdfBatch.id).order_by(PdfBatch.id)).first(),
        "request_id": session.scalars(select(CaseRequest.id)).one(),
        "data_request_id": session.scalars(select(DataRequest.id)).one(),
        "hold_id": session.scalars(select(LegalHold.id)).one(),
        "erasure_id": session.scalars(select(Erasure.id)).one(),
        "appeal_id": session.scalars(select(Appeal.id)).one(),
        "person_id": cast.eli.id,
        "kpi_code": "SALES",
        "cause_id": session.scalars(select(KpiCause.id)).one(),
        "note_id": session.scalars(select(KpiNote.id).where(KpiNote.author_id == cast.mona.id)).one(),
        "item_id": session.scalars(select(DevelopmentItem.id)).one(),
        "plan_id": plan.id,
        "objective_id": kpi.objective_id,
        "kpi_id": kpi.id,
        "file_id": session.scalars(select(EvidenceFile.id)).first(),
        "step_id": kpi.objective.steps[0].id,
        "cycle_id": plan.cycle_id,
        "cycle_code": "2026",
        "code": "2026-01",
        "form": "csv",
        "period_code": "2026-01",
        "period_id": session.scalars(
            select(Period.id).where(Period.code == "2026-02", Period.cycle_id == plan.cycle_id)
        ).one(),
        "definition_id": session.scalars(select(KpiDefinition.id)).first(),
        "unit_id": session.scalars(select(Unit.id)).first(),
        "position_id": session.scalars(select(Position.id)).first(),
        "feedback_id": 999_999,
        "notice_id": 999_999,
        "number": 1,
        "remark_id": 999_999,
        "second_id": session.scalars(select(SecondPerson.id)).one(),
        "session_id": 999_999,
        "token_id": 999_999,
        "token": "x" * 43,
    }


def ask(browser: Browser, route: str, ids: dict[str, Any]) -> Any:
    method, _, path = route.partition(" ")
    address = path.format(**ids) + table.QUERIES.get(route, "").format(**ids)
    if method == "GET":
        return browser.get(address)
    fields = {name.format(**ids): str(value).format(**ids) for name, value in table.FIELDS.get(route, {}).items()}
    return browser.submit(address, fields)


def undone(session: Session) -> Iterator[None]:
    """Take back what one call did, so that the next finds the same."""
    point = session.connection().begin_nested()
    yield
    point.rollback()
    session.expire_all()


@pytest.mark.parametrize("who", sorted(table.ALL))
def test_pages(session: Session, cast: Cast, as_: SignIn, ids: dict[str, Any], who: str) -> None:
    browser = as_(related(cast, "eli")[who])
    gates = {route: gate for route, gate in PAGES.items() if route not in UNFOLLOWED}
    found = {}
    for route in gates:
        for _ in undone(session):
            found[route] = verdict(ask(browser, route, ids).status_code)
    assert found == expected(gates, who)


def test_pages_send_strangers_to_the_sign_in(client: Browser, ids: dict[str, Any]) -> None:
    closed = {route for route, gate in PAGES.items() if not gate.is_public}
    answers = {route: ask(client, route, ids) for route in sorted(set(PAGES) - UNFOLLOWED)}
    sent = {
        route
        for route, answer in answers.items()
        if answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
    }
    assert sent - {"POST /language"} == closed


@pytest.mark.parametrize("who", sorted(table.ALL))
def test_api(app: FastAPI, session: Session, cast: Cast, program: AsProgram, good: dict[str, Good], who: str) -> None:
    callers = {about: program(related(cast, about)[who]) for about in ("eli", "eva", "otto")}
    found = {}
    for name, (method, path) in operations(app).items():
        about = "eva" if name in table.ABOUT_EVA else "otto" if name in table.ABOUT_OTTO else "eli"
        for _ in undone(session):
            found[name] = verdict(call(callers[about], method, path, good[name]).status_code)
    assert found == expected(API, who)


def test_api_answers_strangers_401(app: FastAPI, anonymous: Program, good: dict[str, Good]) -> None:
    found = {name: call(anonymous, *operation, good[name]).status_code for name, operation in operations(app).items()}
    assert found == dict.fromkeys(API, 401)


def call(caller: Program, method: str, path: str, wanted: Good) -> Any:
    address = path.format(**wanted.path)
    return caller.request(method, address, params=wanted.query, headers=wanted.headers, json=wanted.body)
