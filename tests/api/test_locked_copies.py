"""Do other programs get copies with a password, as people do, and is nothing of what they sent kept?"""

import io
import json
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEntry, IdempotencyKey
from tests.api.conftest import AsProgram, Program
from tests.cards import Example
from tests.cast import Cast

PASSWORD = "kuda hijau tujuh"
NAMES = {"names": "number_period"}


@pytest.fixture
def hana(cast: Cast, example: Example, program: AsProgram) -> Program:
    """HR, after eli's January was published."""
    del example
    found = program(cast.hana)
    answer = found.post("/publications", json={"cycle": "2026", "period": "2026-01", "person_ids": [cast.eli.id]})
    assert answer.status_code == 200
    return found


def asked(program: Program, cast: Cast, headers: dict[str, str] | None = None, **body: Any) -> Any:
    address = f"/scorecards/{cast.eli.id}/2026/2026-01/locked-pdf"
    return program.post(address, json={"password": PASSWORD, **body}, headers=headers)


@pytest.mark.slow
def test_a_copy_comes_and_nothing_of_it_stays(session: Session, cast: Cast, hana: Program, program: AsProgram) -> None:
    eli = program(cast.eli)
    assert (asked(eli, cast).status_code, asked(eli, cast).json()["code"]) == (409, "locked_copies_not_offered")
    chosen = hana.put("/pdf-names", json={**NAMES, "locked_copies": True})
    assert chosen.json() == {**NAMES, "locked_copies": True}
    assert hana.put("/pdf-names", json=NAMES).json() == {**NAMES, "locked_copies": True}
    answers = [asked(eli, cast, {"Idempotency-Key": "a"}, lang="id", version=1) for _ in range(2)]
    for answer in answers:
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
        assert "Kartu-Skor_4_2026-01_v1_terkunci.pdf" in answer.headers["Content-Disposition"]
        with pikepdf.open(io.BytesIO(answer.content), password=PASSWORD) as file:
            assert (file.encryption.R, str(file.Root.Lang)) == (6, "id")
    assert answers[0].content != answers[1].content
    assert session.scalars(select(IdempotencyKey)).all() == []
    taken = AuditEntry.action == "scorecard.downloaded"
    acts = session.scalars(select(AuditEntry.details).where(taken).order_by(AuditEntry.id)).all()
    assert [json.loads(each)["locked"] for each in acts] == [True, True]
    assert asked(eli, cast, version=2).json()["code"] == "not_published"


@pytest.mark.parametrize(
    ("body", "status", "fault"),
    [
        ({"password": "kuda"}, 400, ("password", "pdf_password_too_short")),
        ({"password": "é" * 64}, 400, ("password", "pdf_password_too_long")),
        ({"password": "kuda hijau\u0007"}, 400, ("password", "text_unreadable")),
        ({"password": ""}, 400, ("password", "pdf_password_too_short")),
        ({"password": "x" * 128}, 400, ("password", "pdf_password_too_long")),
        ({"password": 1234567890}, 422, ("password", "not_text")),
        ({"lang": "fr"}, 422, ("lang", "not_one_of")),
        ({"version": 0}, 422, ("version", "too_small")),
        ({"colour": "red"}, 422, ("colour", "key_unknown")),
    ],
)
def test_what_is_wrong_is_named_where_it_stands(
    cast: Cast, hana: Program, body: dict[str, Any], status: int, fault: tuple[str, str]
) -> None:
    hana.put("/pdf-names", json={**NAMES, "locked_copies": True})
    answer = asked(hana, cast, **body)
    assert answer.status_code == status
    assert [(each["at"], each["code"]) for each in answer.json()["errors"]] == [fault]
    assert str(body.get("password", PASSWORD)) not in answer.text or not body.get("password", "x")


def test_who_may_not_see_the_scorecard_learns_nothing(cast: Cast, hana: Program, program: AsProgram) -> None:
    for offered in (False, True):
        hana.put("/pdf-names", json={**NAMES, "locked_copies": offered})
        assert asked(program(cast.otto), cast).json()["code"] == "not_found"
