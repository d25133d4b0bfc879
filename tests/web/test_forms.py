"""Does a form give exact values or a message beside the field, keep what was typed, and prove its origin?"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import SAFE_METHODS
from app.errors import Invalid
from app.i18n import locale_for
from app.models import Unit
from app.routing import PolicyRoute
from app.rules.faults import Fault
from app.rules.vocabulary import Role
from app.web.forms import Form, read_form

ID, EN = locale_for("id"), locale_for("en")


def form(**typed: str | list[str]) -> Form:
    return Form(ID, {name: text if isinstance(text, list) else [text] for name, text in typed.items()})


def codes(refused: Form) -> list[tuple[str, str]]:
    return [(fault.at, fault.code) for fault in refused.faults]


def test_readers_give_values() -> None:
    sent = form(
        name="  Budi\u00a0  Santoso ",
        note=" satu\r\ndua ",
        target="1.500,25",
        count="12",
        day="2026-01-31",
        written="31/1/2026",
        role="hr",
        agreed="on",
        unit=["1", "3", "1"],
        email="Budi@Example.COM",
        password="  dengan spasi  ",
    )
    assert [
        sent.text("name"),
        sent.text("note", lines=True),
        sent.number("target"),
        sent.whole("count", minimum=1, maximum=12),
        sent.date("day"),
        sent.date("written"),
        sent.choice("role", Role),
        sent.checked("agreed"),
        sent.checked("absent"),
        sent.some_of("unit", ["1", "2", "3"]),
        sent.email("email"),
        sent.password("password"),
    ] == [
        "Budi Santoso",
        "satu\ndua",
        Decimal("1500.25"),
        12,
        date(2026, 1, 31),
        date(2026, 1, 31),
        Role.HR,
        True,
        False,
        ["1", "3"],
        "budi@example.com",
        "  dengan spasi  ",
    ]
    assert sent.is_valid


def read_all(sent: Form) -> None:
    sent.text("name", limit=5)
    sent.number("target", minimum=1)
    sent.number("most", maximum=100)
    sent.whole("count")
    sent.date("day")
    sent.choice("role", Role)
    sent.some_of("unit", ["1"])
    sent.email("email")
    sent.text("twice")
    sent.text("nul")
    sent.text("half")
    sent.text("absent")
    sent.password("password")
    sent.file("file")


def test_every_refused_value_has_its_fault_and_stays_as_typed() -> None:
    typed: dict[str, Any] = {
        "name": "terlalu panjang",
        "target": "0,5",
        "most": "100,01",
        "count": "1,5",
        "day": "31/02/2026",
        "role": "admin",
        "unit": ["2"],
        "email": "budi@",
        "twice": ["a", "b"],
        "nul": "a\x00b",
        "half": "a\ud800",
        "password": "",
    }
    sent = form(**typed)
    read_all(sent)
    assert codes(sent) == [
        ("name", "text_too_long"),
        ("target", "too_small"),
        ("most", "too_large"),
        ("count", "not_whole"),
        ("day", "date_unreadable"),
        ("role", "choice_unknown"),
        ("unit", "choice_unknown"),
        ("email", "email_unreadable"),
        ("twice", "repeated"),
        ("nul", "text_unreadable"),
        ("half", "text_unreadable"),
        ("absent", "required"),
        ("password", "required"),
        ("file", "file_missing"),
    ]
    assert sent.value("name") == "terlalu panjang"
    assert sent.value("target") == "0,5"
    assert sent.fault("name") == "paling banyak 5 karakter"
    assert sent.fault("most") == "paling banyak 100"
    assert sent.fault("nothing") == ""
    assert ("role", "pilih salah satu nilai yang tersedia") in sent.messages


def test_what_may_be_left_out_is_empty_without_a_fault() -> None:
    sent = form(name="", target=" ", day="", role="")
    values = [
        sent.text("name", required=False),
        sent.number("target", required=False),
        sent.date("day", required=False),
        sent.choice("role", Role, required=False),
        sent.file("file", required=False),
    ]
    assert values == ["", None, None, None, None]
    assert sent.is_valid


def test_a_password_is_never_shown_again() -> None:
    sent = form(password="buku langit tenang")
    assert sent.password("password") == "buku langit tenang"
    assert sent.value("password") == ""


@pytest.mark.parametrize("day", ["2026-1-1", "20260101", "0026-01-01", "9999-12-31", "1/13/2026", "2026-W01-1", "x"])
def test_odd_dates_are_refused(day: str) -> None:
    sent = form(day=day)
    assert (sent.date("day"), codes(sent)) == (None, [("day", "date_unreadable")])


def test_a_new_form_starts_from_values_in_the_readers_notation() -> None:
    values = {"target": Decimal("1234567.5"), "day": date(2026, 1, 31), "role": Role.HR, "agreed": True, "none": None}
    shown = Form.showing(EN, **values, units=["1", "2"])
    assert [shown.value(name) for name in (*values, "units")] == ["1,234,567.5", "2026-01-31", "hr", "on", "", "1"]
    assert shown.is_checked("units", "2")
    assert shown.number("target") == Decimal("1234567.5")


def test_a_refused_change_leaves_nothing_behind_but_its_faults(session: Session) -> None:
    def half_done() -> None:
        session.add(Unit(code="U1", name="Sales"))
        session.flush()
        raise Invalid([Fault("name", "required"), Fault("code", "already_taken")])

    sent = form()
    assert sent.attempt(session, half_done) is None
    assert codes(sent) == [("name", "required"), ("code", "already_taken")]
    assert session.scalar(select(func.count()).select_from(Unit)) == 0


def test_a_change_is_not_even_tried_when_a_field_was_refused(session: Session) -> None:
    sent = form()
    sent.refuse("name", "required")
    tried: list[int] = []
    assert sent.attempt(session, lambda: tried.append(1)) is None
    assert tried == []


def calls_of(dependant: Dependant) -> set[Any]:
    found = {dependant.call}
    for each in dependant.dependencies:
        found |= calls_of(each)
    return found


def test_every_unsafe_page_reads_its_form_with_the_token(app: FastAPI) -> None:
    unsafe = [
        route
        for route in iter_route_contexts(app.routes)
        if set(route.methods or ()) - SAFE_METHODS and not str(route.path).startswith("/api/")
    ]
    assert len(unsafe) >= 8
    guarded = [route.path for route in unsafe if isinstance(route.original_route, PolicyRoute)]
    assert len(guarded) == len(unsafe)
    assert [route.path for route in unsafe if read_form not in calls_of(route.dependant)] == []
