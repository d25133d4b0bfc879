"""Can other programs take a plan all the way from proposal to approval, and read what was said and changed?"""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.models import Plan
from app.services.agreement import accept_plan, approve_plan, propose_plan
from app.services.plan_drafts import kpis_of
from app.services.planning import revise_plan
from tests.api.conftest import AsProgram, Program
from tests.cast import Cast, actor_of
from tests.plans import make_draft, open_cycle

pytestmark = pytest.mark.database


@pytest.fixture
def plan(session: Session, cast: Cast) -> Plan:
    """Eli's complete draft."""
    cycle = open_cycle(session, actor_of(cast.hana), asks_agreement=True)
    return make_draft(session, actor_of(cast.mona), cast.eli, cycle)


def send(caller: Program, path: str, seen: Any, body: Any = None, status: int = 200) -> Any:
    answer = caller.post(path, json=body, headers={"If-Match": seen} if seen else {})
    assert answer.status_code == status, answer.text
    return answer


def test_the_whole_way(cast: Cast, plan: Plan, program: AsProgram) -> None:
    mona, eli, path = program(cast.mona), program(cast.eli), f"/plans/{plan.id}"
    first = kpis_of(plan)[0].code
    tag = mona.get(path).headers["ETag"]
    proposed = send(mona, f"{path}/proposal", tag)
    assert (proposed.json()["state"], proposed.headers["ETag"] == tag) == ("proposed", False)
    send(eli, f"{path}/acceptance", None, status=428)
    assert send(eli, f"{path}/acceptance", tag, status=412).json()["code"] == "stale"
    remarks = [{"kpi": first, "target": "1000", "credibility": 4}, {"text": "Selebihnya setuju."}]
    answered = send(eli, f"{path}/answer", proposed.headers["ETag"], {"remarks": remarks})
    assert answered.json()["state"] == "countered"
    said = mona.get(f"{path}/remarks").json()
    wish = said["items"][1]
    assert (said["total"], wish["kpi"], wish["target"], wish["credibility"], wish["author"], wish["kind"]) == (
        3, first, "1000", 4, "Eli Effendi", "answered",
    )  # fmt: skip
    taken = send(mona, f"{path}/remarks/{wish['id']}/taking", answered.headers["ETag"])
    assert taken.json()["kpis"][0]["scoring"]["target"] == "1000"
    again = send(mona, f"{path}/proposal", taken.headers["ETag"])
    accepted = send(eli, f"{path}/acceptance", again.headers["ETag"])
    (acceptance,) = eli.get(f"{path}/acceptances").json()["items"]
    assert (acceptance["name"], acceptance["version_number"]) == ("Eli Effendi", 1)
    assert json.loads(acceptance["content"])["objectives"][0]["kpis"][0]["target"] == "1000"
    approved = send(mona, f"{path}/approval", accepted.headers["ETag"])
    assert approved.json()["state"] == "active"
    late = send(mona, f"{path}/return", approved.headers["ETag"], {"reason": "Terlambat"}, status=409)
    assert late.json()["code"] == "plan_not_draft"


def test_refusals_name_every_place(session: Session, cast: Cast, plan: Plan, program: AsProgram) -> None:
    propose_plan(session, actor_of(cast.mona), plan_id=plan.id, version=plan.version)
    eli, path, seen = program(cast.eli), f"/plans/{plan.id}", f'"{plan.version}"'
    remarks = [{"kpi": "NO", "text": "x"}, {"text": ""}, {"kpi": kpis_of(plan)[0].code, "target": "0"}]
    refused = send(eli, f"{path}/answer", seen, {"remarks": remarks}, status=400).json()
    assert [(fault["at"], fault["code"]) for fault in refused["errors"]] == [
        ("remarks[0].kpi", "not_of_this_plan"),
        ("remarks[1].text", "required"),
        ("remarks[2].target", "target_is_0"),
    ]
    assert send(eli, f"{path}/answer", seen, {"remarks": []}, status=422).json()["errors"]
    assert send(program(cast.mona), f"{path}/acceptance", seen, status=403).json()["code"] == "not_allowed"
    reason = send(program(cast.mona), f"{path}/return", seen, {"reason": " "}, status=400).json()["errors"]
    assert [(fault["at"], fault["code"]) for fault in reason] == [("reason", "required")]


def test_remarks(cast: Cast, plan: Plan, program: AsProgram) -> None:
    eli, path = program(cast.eli), f"/plans/{plan.id}"
    number = eli.get(path).json()["objectives"][1]["number"]
    made = send(eli, f"{path}/remarks", None, {"objective": number, "text": "Mengapa?"}, status=201).json()
    assert (made["objective"], made["about"], made["text"], made["kind"]) == (number, "Sasaran 2", "Mengapa?", "remark")
    assert program(cast.audi).get(f"{path}/remarks").json()["items"] == [made]
    assert program(cast.eva).get(f"{path}/remarks").status_code == 404


def test_what_a_version_changes(session: Session, cast: Cast, plan: Plan, program: AsProgram) -> None:
    mona, eli = actor_of(cast.mona), actor_of(cast.eli)
    propose_plan(session, mona, plan_id=plan.id, version=plan.version)
    accept_plan(session, eli, plan_id=plan.id, version=plan.version)
    approve_plan(session, mona, plan_id=plan.id, version=plan.version)
    draft = revise_plan(
        session, mona, plan_id=plan.id, version=plan.version, starts_on=date(2026, 7, 1), reason="Pasar berubah"
    )
    first, *_, last = kpis_of(draft)
    first.levels = None
    first.unit_of_measure = "juta"
    session.delete(last)
    session.flush()
    session.expire_all()
    caller = program(cast.eli)
    found = caller.get(f"/plans/{draft.id}/difference").json()
    assert (found["before"]["id"], found["after"]["id"]) == (plan.id, draft.id)
    assert {kpi["kpi"]: kpi["change"] for kpi in found["kpis"] if kpi["change"] != "same"} == {
        first.code: "changed",
        last.code: "removed",
    }
    assert found["kpis"][0]["facts"] == [{"name": "unit_of_measure", "before": "Rp juta", "after": "juta"}]
    assert caller.get(f"/plans/{plan.id}/difference").json()["before"] is None
    assert caller.get(f"/plans/{draft.id}/difference?from=9").status_code == 404
