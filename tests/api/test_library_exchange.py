"""Can another program take the library out and bring it in, all or nothing?"""

import pytest
from sqlalchemy.orm import Session

from app.services.library import seed_library
from tests.api.conftest import AsProgram, Program
from tests.api.seeded import DEFINITION
from tests.cast import Cast

pytestmark = pytest.mark.database


@pytest.fixture
def hana(session: Session, cast: Cast, program: AsProgram) -> Program:
    seed_library(session)
    return program(cast.hana)


def test_what_went_out_comes_in_unchanged(hana: Program) -> None:
    whole = hana.get("/library/export").json()
    assert len(whole["definitions"]) == 41
    done = hana.post("/library/import", json=whole)
    assert (done.status_code, done.json()) == (200, {"entered": 0, "changed": 0, "unchanged": 41})
    assert hana.get("/library/export").json() == whole


def test_a_trial_writes_nothing_and_a_fault_keeps_all_out(hana: Program) -> None:
    body = {"definitions": [DEFINITION]}
    trial = hana.post("/library/import?is_trial=true", json=body)
    assert trial.json() == {"entered": 1, "changed": 0, "unchanged": 0}
    assert hana.get("/library?search=QUA-CMP").json()["total"] == 0
    bad = {"definitions": [DEFINITION, {**DEFINITION, "code": "X", "category": "magic", "industry": "magic"}]}
    refused = hana.post("/library/import", json=bad)
    assert (refused.status_code, [(each["at"], each["code"]) for each in refused.json()["errors"]]) == (
        400,
        [("definitions[1].category", "choice_unknown"), ("definitions[1].industry", "choice_unknown")],
    )
    assert hana.post("/library/import", json=body).json() == {"entered": 1, "changed": 0, "unchanged": 0}
    found = hana.get("/library?department=quality&industry=trade").json()["items"]
    assert [(each["code"], each["department"]) for each in found] == [("QUA-CMP", "quality")]
    twice = hana.post("/library/import", json={"definitions": [DEFINITION, DEFINITION]})
    assert [each["code"] for each in twice.json()["errors"]] == ["code_repeated"]
