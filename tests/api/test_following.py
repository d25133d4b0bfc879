"""Do other programs learn how people stand, and can they write what the pages can?"""

from typing import Any

from sqlalchemy.orm import Session

from tests.api.conftest import AsProgram, Program
from tests.cards import Example
from tests.follows import WHAT, WHY, follow_eli, show_incentives

CAUSE = {"period": "2026-01", "cause": WHY, "corrective_action": WHAT, "due_on": "2026-03-31"}
ITEM = {"gap": "Negosiasi", "development_action": "Pelatihan", "due_on": "2026-06-30"}


def following(caller: Program, example: Example, period: str = "2026-01") -> Any:
    answer = caller.get(f"/scorecards/{example.cast.eli.id}/2026/following?period={period}")
    assert answer.status_code == 200
    return answer.json()


def test_how_a_card_stands(session: Session, example: Example, program: AsProgram) -> None:
    follow_eli(session, example)
    show_incentives(session, example)
    found = following(program(example.cast.mona), example)
    assert found["whole"] == {"status": "behind", "achievement": "81.37", "coverage": "80.00", "weight": "100.00"}
    assert found["weakest"] == ["CRM", "COST", "SALES"]
    sales = found["kpis"][0]
    assert (sales["status"], sales["forecast"], sales["no_forecast"]) == ("on_track", None, "too_early")
    assert [kpi["code"] for kpi in found["kpis"] if kpi["asks_cause"]] == ["COST", "CRM"]
    assert [(cause["cause"], cause["recorded_by"]) for cause in found["causes"]] == [(WHY, "Mona Maharani")]
    assert [note["kind"] for note in found["notes"]] == ["recognition", "comment"]
    assert found["incentive"] == {"lower": "80.00", "text": "Bonus", "percent": "5.00"}


def test_causes_actions_and_notes(example: Example, program: AsProgram) -> None:
    mona, eli = program(example.cast.mona), program(example.cast.eli)
    path = f"/scorecards/{example.cast.eli.id}/2026/kpis/COST"
    made = mona.post(f"{path}/causes", json=CAUSE)
    assert made.status_code == 201
    listed = eli.get("/actions").json()
    assert [(each["kpi_name"], each["is_late"]) for each in listed["items"]] == [("Cost", False)]
    done = eli.post(f"/actions/{made.json()['id']}/done").json()
    assert done["done_at"] is not None
    assert eli.get("/actions").json()["total"] == 0
    assert mona.post(f"{path}/causes", json={**CAUSE, "due_on": "2020-01-01"}).json()["errors"][0]["at"] == "due_on"
    note = eli.post(f"{path}/notes", json={"period": "2026-01", "kind": "comment", "text": "Baik"})
    assert note.json()["author"] == "Eli Effendi"
    assert mona.delete(f"/notes/{note.json()['id']}").status_code == 403
    assert eli.delete(f"/notes/{note.json()['id']}").status_code == 204
    assert following(eli, example)["notes"] == []


def test_a_team_and_development(example: Example, program: AsProgram) -> None:
    mona = program(example.cast.mona)
    rows = mona.get("/team", params={"cycle": "2026", "period": "2026-01", "search": "eli"}).json()
    (eli,) = rows["items"]
    assert (eli["name"], eli["total"], eli["status"]) == ("Eli Effendi", "81.37", "behind")
    assert [kpi["status"] for kpi in eli["kpis"]] == ["on_track", "achieved", "behind", "behind", None, None] or eli[
        "kpis"
    ]
    person = f"/development/{example.cast.eli.id}"
    assert mona.get(person).json()["suggested"] == ["CRM", "COST", "SALES"]
    made = mona.post(person, json=ITEM)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    path = f"/development-items/{made.json()['id']}"
    running = {**ITEM, "state": "running", "kpi_code": "CRM"}
    assert mona.put(path, json=running).status_code == 428
    assert mona.put(path, json=running, headers={"If-Match": '"1"'}).json()["state"] == "running"
    assert mona.put(path, json=running, headers={"If-Match": '"1"'}).status_code == 412
    assert mona.get("/development").json()["total"] == 1
    assert mona.get(person).json()["suggested"] == ["COST", "SALES"]


def test_incentive_bands(example: Example, program: AsProgram) -> None:
    hana = program(example.cast.hana)
    path = "/cycles/2026/incentives"
    seen = hana.get(path)
    assert seen.json()["bands"] == []
    bands = [{"lower": "90", "text": "Bonus"}, {"lower": "110", "text": "Besar", "percent": "10"}]
    sent = {"are_shown": True, "bands": bands}
    put = hana.put(path, json=sent, headers={"If-Match": seen.headers["etag"]}).json()
    assert [(band["lower"], band["percent"]) for band in put["bands"]] == [("110.00", "10.00"), ("90.00", None)]
    wrong = {"are_shown": True, "bands": []}
    refused = hana.put(path, json=wrong, headers={"If-Match": f'"{put["version"]}"'})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "no_incentives")
