"""Can a CRM or an attendance system feed figures, again and again, without doing harm?"""

import json
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import AuditEntry, Entry, Kpi
from tests.api.conftest import AsProgram, QueryCount
from tests.cards import Example
from tests.cast import Cast

FEBRUARY = "2026-02"


def path(kpi: Kpi, on: str = FEBRUARY) -> str:
    return f"/kpis/{kpi.id}/entries/{on}"


def acts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def test_the_feed_records_changes_and_repeats(
    session: Session, cast: Cast, example: Example, program: AsProgram
) -> None:
    crm, address = program(cast.mona), path(example.kpis["SALES"])
    body = {"value": "31.50", "source_kind": "system_of_record", "evidence_link": "https://crm.example/r/42"}
    made = crm.put(address, json=body)
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert made.json() == {
        "on": FEBRUARY,
        "starts_on": "2026-02-01",
        "ends_on": "2026-02-28",
        "value": "31.50",
        "source_kind": "system_of_record",
        "note": "",
        "evidence_link": "https://crm.example/r/42",
        "recorded_at": "2026-02-03T02:00:00Z",
        "recorded_by": {"id": cast.mona.id, "number": "2", "name": "Mona Maharani"},
        "first_recorded_on": "2026-02-03",
        "changes": 0,
        "evidence_files": 0,
        "flags": [],
        "version": 1,
    }
    before = acts(session)
    again = crm.put(address, json=body)
    assert (again.status_code, again.json(), acts(session)) == (200, made.json(), before)
    other = crm.put(address, json={"value": 32})
    assert (other.status_code, other.headers["ETag"], acts(session)) == (200, '"2"', before + 1)
    assert (other.json()["value"], other.json()["changes"]) == ("32", 1)
    assert other.json()["evidence_link"] == body["evidence_link"]
    assert crm.get(address).json() == other.json()
    assert [each["on"] for each in crm.get(address.rpartition("/")[0]).json()["items"]] == ["2026-01", FEBRUARY]


@pytest.mark.parametrize(
    ("code", "body", "figure"),
    [
        ("WON", {"inputs": {"won": "20", "leads": 80}}, {"inputs": {"won": "20", "leads": "80"}}),
        ("CRM", {"reached": ["roll-out"]}, {"reached": ["roll-out"]}),
        ("AUDIT", {"value": True}, {"value": True}),
        ("AUDIT", {"value": False}, {"value": False}),
        ("COST", {"value": "-0.000000001"}, {"value": "-0.000000001"}),
        ("COST", {"value": "-0.0"}, {"value": "0"}),
        ("COST", {"value": "9" * 24}, {"value": "9" * 24}),
    ],
)
def test_every_measure_has_its_figure(
    cast: Cast, example: Example, program: AsProgram, code: str, body: Any, figure: Any
) -> None:
    answer = program(cast.hana).put(path(example.kpis[code]), json=body)
    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in ("value", "inputs", "reached") if name in answer.json()} == figure


@pytest.mark.parametrize(
    ("code", "body", "status", "faults"),
    [
        ("SALES", '{"value": 1.5}', 422, [("value", "float_not_exact")]),
        ("SALES", '{"value": "1e5"}', 422, [("value", "not_a_number")]),
        ("SALES", '{"value": "1,5"}', 422, [("value", "not_a_number")]),
        ("SALES", '{"value": "٣"}', 422, [("value", "not_a_number")]),
        ("SALES", f'{{"value": "{"9" * 25}"}}', 422, [("value", "number_too_wide")]),
        ("SALES", f'{{"value": {"9" * 25}}}', 422, [("value", "number_too_wide")]),
        ("SALES", '{"value": {}}', 422, [("value", "not_a_number")]),
        ("SALES", '{"value": "1", "source_kind": "rumour"}', 422, [("source_kind", "not_one_of")]),
        ("SALES", '{"value": "1", "note": "a\\u0000"}', 422, [("note", "text_unreadable")]),
        ("SALES", '{"value": "1", "evidence_link": "javascript:x"}', 422, [("evidence_link", "unreadable")]),
        ("SALES", "{}", 400, [("value", "required")]),
        ("SALES", '{"value": true}', 400, [("value", "not_a_number")]),
        ("SALES", '{"inputs": {"won": "1"}}', 400, [("inputs", "not_of_measure")]),
        ("WON", '{"inputs": {"won": "1", "x": 2}}', 400, [("inputs.x", "input_unknown"), ("inputs.leads", "required")]),
        ("WON", '{"inputs": {"won": 1.5}}', 422, [("inputs.won", "float_not_exact")]),
        ("WON", '{"inputs": {"": "1"}}', 422, [('inputs[""]', "required")]),
        ("CRM", '{"reached": ["party"]}', 400, [("reached", "milestone_unknown")]),
        ("AUDIT", '{"value": "2"}', 400, [("value", "not_yes_or_no")]),
    ],
)
def test_what_no_figure_can_be(
    cast: Cast, example: Example, program: AsProgram, code: str, body: str, status: int, faults: list[tuple[str, str]]
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = program(cast.hana).put(path(example.kpis[code]), content=body.encode(), headers=headers)
    assert answer.status_code == status
    assert [(each["at"], each["code"]) for each in answer.json()["errors"]] == faults
    assert program(cast.hana).get(path(example.kpis[code])).status_code == 404


@pytest.mark.parametrize(("on", "status"), [("2026-2", 422), ("2026-13", 400), ("2027-01", 400), ("2026-Q1", 400)])
def test_days_for_which_nothing_is_recorded(
    cast: Cast, example: Example, program: AsProgram, on: str, status: int
) -> None:
    answer = program(cast.hana).put(path(example.kpis["SALES"], on), json={"value": "1"})
    assert (answer.status_code, answer.json()["errors"][0]["at"]) == (status, "on")


def test_with_if_match_nobody_overwrites_unseen(cast: Cast, example: Example, program: AsProgram) -> None:
    hana, address = program(cast.hana), path(example.kpis["SALES"], "2026-01")
    seen = hana.get(address).headers["ETag"]
    assert hana.put(address, json={"value": "29"}, headers={"If-Match": seen}).status_code == 200
    late = hana.put(address, json={"value": "30"}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert hana.delete(address, headers={"If-Match": seen}).status_code == 412
    new = hana.put(path(example.kpis["SALES"]), json={"value": "1"}, headers={"If-Match": '"1"'})
    assert new.status_code == 412
    assert hana.delete(address, headers={"If-Match": '"2"'}).status_code == 204
    assert hana.get(address).status_code == 404


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [
        ("hana", 200, 200),
        ("mona", 200, 200),
        ("root", 200, 200),
        ("audi", 200, 403),
        ("eli", 200, 403),
        ("eva", 404, 404),
        ("omar", 404, 404),
    ],
)
def test_who_feeds_whom(cast: Cast, example: Example, program: AsProgram, who: str, reads: int, writes: int) -> None:
    other, address = program(getattr(cast, who)), path(example.kpis["SALES"], "2026-01")
    assert other.get(address).status_code == reads
    assert other.put(address, json={"value": "30"}).status_code == writes


def test_no_column_can_be_smuggled_in(session: Session, cast: Cast, example: Example, program: AsProgram) -> None:
    kpi = example.kpis["SALES"]
    entry = session.scalars(select(Entry).where(Entry.kpi_id == kpi.id)).one()
    columns = {column.key for column in Entry.__mapper__.attrs} - {
        "value",
        "inputs",
        "reached",
        "source_kind",
        "note",
        "evidence_link",
    }
    assert {"id", "kpi_id", "recorded_by_id", "version", "starts_on"} <= columns
    for name in sorted(columns):
        answer = program(cast.mona).put(
            path(kpi, "2026-01"),
            content=json.dumps({"value": "99", name: 1}),
            headers={"Content-Type": "application/json"},
        )
        assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, name)
    session.refresh(entry)
    assert (str(entry.value), entry.version, entry.recorded_by_id) == ("28", 1, cast.mona.id)


def test_a_longer_list_needs_no_more_queries(
    session: Session, cast: Cast, example: Example, program: AsProgram, queries: QueryCount
) -> None:
    hana, address = program(cast.hana), path(example.kpis["SALES"]).rpartition("/")[0]
    one = queries.of(lambda: hana.get(address))
    for on in ("2026-02", "2026-03"):
        example.record(session, "SALES", on, "30")
    assert queries.of(lambda: hana.get(address)) == one
