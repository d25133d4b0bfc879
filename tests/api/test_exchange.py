"""Is a repeated request done once, also when both come at the same moment, and does every refusal have one shape?"""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import schema
from app.api.exchange import KEPT_FOR
from app.database import make_engine, make_sessions, transaction
from app.main import create_app
from app.models import ApiToken, AuditEntry, IdempotencyKey, Unit
from app.rules.vocabulary import Role
from app.security import token_hash
from app.settings import Settings
from tests.api.conftest import AsProgram, Program
from tests.cards import Example
from tests.cast import Cast
from tests.factories import NOW, make_account, make_person
from tests.postgres import create_database, drop_database, server_of
from tests.tools import Clock

KEY = {"Idempotency-Key": "job 2026-02-03/1"}
KEYS = {"type", "title", "status", "detail", "code"}


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Unit)) or 0


# --- Idempotency ------------------------------------------------------------------------------------------------------


def test_the_same_request_is_done_once(session: Session, cast: Cast, program: AsProgram) -> None:
    hana = program(cast.hana)
    first = hana.post("/units", json={"name": "Gudang"}, headers=KEY)
    again = hana.post("/units", json={"name": "Gudang"}, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again.headers["Location"]) == (first.content, first.headers["Location"])
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert count(session) == 1
    assert session.scalars(select(AuditEntry.action)).all() == ["unit.entered"]


def test_a_key_belongs_to_one_request_and_one_account(session: Session, cast: Cast, program: AsProgram) -> None:
    hana = program(cast.hana)
    hana.post("/units", json={"name": "Gudang"}, headers=KEY)
    other = hana.post("/units", json={"name": "Arsip"}, headers=KEY)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    mona = program(cast.mona).post("/units", json={"name": "Gudang"}, headers=KEY)
    assert mona.status_code == 403
    assert count(session) == 1


def test_what_was_refused_may_be_tried_again(cast: Cast, program: AsProgram) -> None:
    hana = program(cast.hana)
    unit = hana.post("/units", json={"name": "Gudang"}).json()
    assert hana.post("/units", json={"name": "Gudang"}, headers=KEY).status_code == 400
    assert hana.delete(f"/units/{unit['id']}").status_code == 204
    assert hana.post("/units", json={"name": "Gudang"}, headers=KEY).status_code == 201


def test_a_key_is_forgotten_after_a_while(cast: Cast, program: AsProgram, session: Session, clock: Clock) -> None:
    hana = program(cast.hana)
    hana.post("/units", json={"name": "Gudang"}, headers=KEY)
    clock.advance(seconds=KEPT_FOR.total_seconds() + 1)
    answer = hana.post("/units", json={"name": "Gudang"}, headers=KEY)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "already_taken")
    hana.post("/units", json={"name": "Arsip"}, headers={"Idempotency-Key": "other"})
    assert session.scalars(select(IdempotencyKey.key)).all() == ["other"]


def test_keys_that_cannot_be(cast: Cast, program: AsProgram) -> None:
    for key in (b"", b"x" * 201, b"\xe9"):
        answer = program(cast.hana).post("/units", json={"name": "Gudang"}, headers={b"Idempotency-Key": key})
        assert answer.status_code == 422, key


@pytest.fixture
def real(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[FastAPI]:
    """The service on a database of its own, where transactions really end."""
    own = settings.model_copy(update={"data_dir": tmp_path})
    is_postgresql = request.config.getoption("--database") == "postgresql"
    name = "kinerja_exchange"
    server = server_of(request.config) if is_postgresql else None
    url = create_database(server, name) if server else f"sqlite:///{tmp_path / 'real.sqlite3'}"
    engine = make_engine(url)
    schema.upgrade(engine)
    yield create_app(own, engine, make_sessions(engine))
    engine.dispose()
    if server:
        drop_database(server, name)


@pytest.mark.database
@pytest.mark.slow
def test_twins_at_the_same_moment_are_done_once(real: FastAPI) -> None:
    with transaction(real.state.sessions) as session:
        hana = make_person(session, "7", "Hana Hartati", roles=(Role.HR,))
        account = make_account(session, hana)
        session.add(ApiToken(account_id=account.id, name="t", token_hash=token_hash("secret"), created_at=NOW))
    barrier = threading.Barrier(6)
    answers: list[tuple[int, bytes, str | None]] = []

    def send() -> None:
        program = Program(real, headers={"Authorization": "Bearer secret"})
        barrier.wait()
        answer = program.post("/units", json={"name": "Serentak"}, headers=KEY)
        answers.append((answer.status_code, answer.content, answer.headers.get("Idempotency-Replayed")))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({(status, content) for status, content, _ in answers}) == 1
    assert sorted(str(replayed) for _, _, replayed in answers) == ["None", *["true"] * 5]
    with transaction(real.state.sessions, writes=False) as session:
        assert count(session) == 1


# --- Refusals ---------------------------------------------------------------------------------------------------------


def test_what_is_foreign_and_what_is_absent_are_refused_byte_by_byte_alike(
    cast: Cast, example: Example, program: AsProgram
) -> None:
    otto, kpi, plan = program(cast.otto), example.kpis["SALES"].id, example.plan.id
    for foreign, absent in [
        (f"/people/{cast.eli.id}", "/people/987654"),
        (f"/plans/{plan}", "/plans/987654"),
        (f"/plans/{plan}/findings", "/plans/987654/findings"),
        (f"/kpis/{kpi}/entries", "/kpis/987654/entries"),
        (f"/kpis/{kpi}/entries/2026-01", f"/kpis/{kpi}/entries/2026-09"),
        (f"/scorecards/{cast.eli.id}/2026", "/scorecards/987654/2026"),
        (f"/scorecards/{cast.eli.id}/2026?period=2026-01", f"/scorecards/{cast.eli.id}/1999"),
        (f"/scorecards/{cast.eli.id}/2026/2026-01/pdf", "/scorecards/987654/2026/2026-01/pdf"),
    ]:
        one, other = otto.get(foreign), otto.get(absent)
        assert (one.status_code, other.status_code) == (404, 404), foreign
        assert one.content == other.content == otto.get("/nothing").content
        assert dict(one.headers) == dict(other.headers)


def test_writes_to_what_is_foreign_and_absent_are_refused_alike(
    cast: Cast, example: Example, program: AsProgram
) -> None:
    otto, sent = program(cast.otto), {"value": "1"}
    foreign = otto.put(f"/kpis/{example.kpis['SALES'].id}/entries/2026-02", json=sent)
    absent = otto.put("/kpis/987654/entries/2026-02", json=sent)
    assert (foreign.status_code, foreign.content) == (404, absent.content)


def test_every_refusal_has_one_shape(cast: Cast, anonymous: Program, program: AsProgram, settings: Settings) -> None:
    hana = program(cast.hana)
    as_json = {"Content-Type": "application/json"}
    refusals = {
        401: anonymous.get("/people"),
        403: program(cast.mona).get("/units"),
        404: hana.get("/nothing"),
        405: hana.request("PATCH", "/people"),
        413: hana.post("/units", content=b'"' + b"x" * settings.max_body_bytes + b'"', headers=as_json),
        415: hana.post("/units", content="<unit/>", headers={"Content-Type": "application/xml"}),
        422: hana.post("/units", content="{", headers=as_json),
        428: hana.put(f"/people/{cast.eli.id}", json={}),
    }
    for status, response in refusals.items():
        document = response.json()
        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/problem+json", status
        assert (document["status"], document["type"]) == (status, "about:blank")
        assert set(document) - {"errors"} == KEYS
        assert all(isinstance(document[key], str) and document[key] for key in KEYS - {"status"})
    assert refusals[401].headers["WWW-Authenticate"] == "Bearer"
    assert refusals[405].headers["Allow"]


def test_a_browsers_session_opens_nothing_here(cast: Cast, program: AsProgram, as_: object) -> None:
    assert as_(cast.hana).get("/api/v1/people").status_code == 401  # type: ignore[operator]
    wrong = program(cast.hana)
    for header in ("Bearer nonsense", "Basic eDp5", "Bearer", "bearer  "):
        assert wrong.get("/people", headers={"Authorization": header}).status_code == 401, header


@pytest.mark.parametrize(
    "body",
    [
        '{"name": "A", "name": "B"}',
        '{"name": NaN}',
        '{"name": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"name": ' + "9" * 5_000 + "}",
        '{"name": "A"',
        b"\xff\xfe{",
        '{"name": "A"}'.encode("utf-16"),
        "",
        "[]",
        "null",
    ],
    ids=["twice", "nan", "deep", "long number", "open", "bytes", "utf-16", "empty", "list", "null"],
)
def test_bodies_that_cannot_be_read(session: Session, cast: Cast, program: AsProgram, body: str | bytes) -> None:
    answer = program(cast.hana).post("/units", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["message"]
    assert count(session) == 0


def test_refusals_speak_the_readers_language(cast: Cast, program: AsProgram) -> None:
    hana = program(cast.hana)
    for language, text in (("en", "is required"), ("id", "wajib diisi"), ("fr, id;q=0.5", "wajib diisi")):
        answer = hana.post("/units", json={}, headers={"Accept-Language": language})
        assert answer.json()["errors"] == [{"at": "name", "code": "required", "message": text}]


# --- The document -----------------------------------------------------------------------------------------------------


def test_the_document_is_public_and_bounds_everything_that_comes_in(anonymous: Program) -> None:
    response = anonymous.get("/openapi.json")
    assert response.status_code == 200
    document = response.json()
    assert document["security"] == [{"token": []}]
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    unbounded = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"]
            assert operation["tags"]
            assert {"401", "422"} <= set(operation["responses"])
            assert "application/json" not in operation["responses"]["422"]["content"]
            bodies = (
                [operation["requestBody"]["content"]["application/json"]["schema"]]
                if "requestBody" in operation
                else []
            )
            for part in [*(each["schema"] for each in operation.get("parameters", ())), *bodies]:
                unbounded += [f"{method} {path}: {found}" for found in loose(document, part)]
    assert unbounded == []


def loose(document: dict[str, object], part: object, seen: frozenset[str] = frozenset()) -> list[str]:
    """Texts and numbers without an upper bound, objects that take any key."""
    if isinstance(part, list):
        return [found for each in part for found in loose(document, each, seen)]
    if not isinstance(part, dict):
        return []
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return [] if name in seen else loose(document, document["components"]["schemas"][name], seen | {name})  # type: ignore[index]
    kind, title = part.get("type"), json.dumps(part)[:200]
    is_open = (
        (kind == "string" and not {"maxLength", "enum", "const"} & set(part))
        or (kind in {"integer", "number"} and not {"maximum", "exclusiveMaximum", "enum", "const"} & set(part))
        or (kind == "array" and "maxItems" not in part)
        or (kind == "object" and part.get("additionalProperties", True) is True)
    )
    inner = [
        value
        for key, value in part.items()
        if key in {"anyOf", "oneOf", "items", "additionalProperties", "patternProperties"}
    ]
    return ([title] if is_open else []) + loose(
        document, [*inner, *_values(part, "properties"), *_values(part, "patternProperties")], seen
    )


def _values(part: dict[str, dict[str, object]], name: str) -> list[object]:
    return list(part.get(name, {}).values())
