"""Can other programs write a plan until it is in force, with measures and scoring as in a scorecard file?"""

import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.documents.cards import read_card
from app.models import Kpi, Plan
from tests.api.conftest import AsProgram, Program, QueryCount
from tests.api.seeded import KPI
from tests.cards import Example, give_plan
from tests.cast import Cast, actor_of
from tests.objectives import give_details
from tests.plans import make_active, make_draft, open_cycle
from tests.teams import make_cycle

OWN = {"source_kind": "system_of_record", "frequency": "monthly"}
SETS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"kind": "value", "aggregation": "sum"}, {"method": "higher", "target": "1200.5", "maximum_target": True}),
    ({"kind": "value", "aggregation": "average"}, {"method": "lower", "target": "4"}),
    ({"kind": "value", "aggregation": "max"}, {"method": "lower_inverse", "target": "0.000000001"}),
    ({"kind": "growth", "base": "-100"}, {"method": "exact", "target": "5", "floor": "10", "cap": "110"}),
    ({"kind": "growth"}, {"method": "steps", "steps": [["-5", "0"], ["0", "50"], ["5", "100"]]}),
    (
        {"kind": "ratio", "numerator": ["won", "-lost"], "denominator": ["leads"], "scale": "100"},
        {"method": "points", "points": [["0", "0"], ["20", "100"]], "below": "zero", "above": "clamp"},
    ),
    ({"kind": "value", "aggregation": "last"}, {"method": "range", "low": "18", "high": "25"}),
    ({"kind": "milestone", "milestones": {"design": "30.00", "roll-out": "70.00"}}, {"method": "milestone"}),
    ({"kind": "yes_no"}, {"method": "yes_no"}),
    ({"kind": "rating", "aggregation": "average"}, {"method": "rating", "levels": 5}),
]


class Writer:
    """Writes one plan, minding its version."""

    def __init__(self, program: Program, plan: dict[str, Any]) -> None:
        self.program, self.path, self.tag = program, f"/plans/{plan['id']}", f'"{plan["version"]}"'

    def send(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.program.request(method, self.path + path, json=body, headers={"If-Match": self.tag})
        self.tag = answer.headers.get("ETag", self.tag)
        return answer


@pytest.fixture
def writer(session: Session, cast: Cast, program: AsProgram) -> Writer:
    make_cycle(session)
    hana = program(cast.hana)
    started = hana.post("/plans", json={"person_id": cast.eli.id, "cycle": "2026"})
    assert started.status_code == 201
    assert started.headers["Location"] == f"/api/v1/plans/{started.json()['id']}"
    return Writer(hana, started.json())


def test_a_plan_is_written_and_brought_into_force(writer: Writer) -> None:
    hana = writer.program
    for number in range(5):
        assert writer.send("POST", "/objectives", {"title": f"Sasaran {number + 1}"}).status_code == 201
    plan = hana.get(writer.path).json()
    kpis = []
    for place, (measure, scoring) in enumerate(SETS[:6]):
        objective = plan["objectives"][min(place, 4)]["id"]
        body = {**OWN, "objective_id": objective, "name": f"KPI {place}", "measure": measure, "scoring": scoring}
        kpis.append(writer.send("POST", "/kpis", body).json())
    lacking = hana.get(f"{writer.path}/findings").json()
    assert [each["at"] for each in lacking["items"]] == [f"kpis[{place}]" for place in range(6)]
    refused = writer.send("POST", "/submission")
    assert (refused.status_code, refused.json()["errors"]) == (400, lacking["items"])
    ratings = [{"kpi_id": kpi["id"], "priority": 3, "difficulty": 3, "credibility": 4} for kpi in kpis]
    rated = writer.send("PUT", "/ratings", {"kpis": ratings}).json()
    assert sum(int(kpi["weight"].replace(".", "")) for kpi in rated["kpis"]) == 10_000
    active = writer.send("POST", "/submission")
    assert (active.status_code, active.json()["state"]) == (200, "active")
    assert hana.get(writer.path).json() == active.json()
    frozen = writer.send("POST", "/objectives", {"title": "Lagi"})
    assert (frozen.status_code, frozen.json()["code"]) == (409, "plan_not_draft")
    revised = writer.send("POST", "/revisions", {"starts_on": "2026-04-01", "reason": "Target baru"})
    assert (revised.status_code, revised.json()["version_number"], revised.json()["state"]) == (201, 2, "draft")
    assert [kpi["scoring"] for kpi in revised.json()["kpis"]] == [kpi["scoring"] for kpi in active.json()["kpis"]]


@pytest.mark.parametrize(("measure", "scoring"), SETS, ids=[scoring["method"] for _, scoring in SETS])
def test_measure_and_scoring_are_those_of_a_scorecard_file(
    writer: Writer, measure: dict[str, Any], scoring: dict[str, Any]
) -> None:
    objective = writer.send("POST", "/objectives", {"title": "Sasaran"}).json()
    body = {**OWN, "objective_id": objective["id"], "name": "KPI", "measure": measure, "scoring": scoring}
    made = writer.send("POST", "/kpis", body)
    assert made.status_code == 201, made.text
    stored = writer.program.get(writer.path).json()["kpis"][0]
    assert stored == made.json()
    assert stored["measure"] == measure
    assert {name: value for name, value in stored["scoring"].items() if value is not False} == scoring
    card = {"kpis": [{"code": "K", "weight": "100", "measure": stored["measure"], "scoring": stored["scoring"]}]}
    if scoring["method"] not in ("points", "steps"):
        assert stored["scoring"]["maximum_target"] is scoring.get("maximum_target", False)
    assert len(read_card(json.dumps(card).encode()).kpis) == 1


@pytest.mark.parametrize(
    ("measure", "scoring", "status", "places"),
    [
        ({"kind": "value", "value": 1}, {"method": "higher", "higher": 1}, 422, ["measure.value", "scoring.higher"]),
        ({"kind": "value"}, {"method": "higher"}, 201, []),
        ({"kind": "value"}, {"method": "higher", "low": "1"}, 422, ["scoring.low"]),
        ({"kind": "value"}, {"method": "higher", "target": 1.5}, 422, ["scoring.target"]),
        ({"kind": "value"}, {"method": "magic"}, 422, ["scoring"]),
        ({"kind": "value"}, {}, 422, ["scoring"]),
        ({"aggregation": "sum"}, {"method": "higher"}, 422, ["measure"]),
        ({"kind": "value", "aggregation": "median"}, {"method": "higher"}, 422, ["measure.aggregation"]),
        ({"kind": "rating", "aggregation": "sum"}, {"method": "rating"}, 422, ["measure.aggregation"]),
        ({"kind": "ratio", "numerator": ["a"]}, {"method": "higher"}, 422, ["measure.scale"]),
        ({"kind": "ratio", "numerator": ["a\n"], "scale": "1"}, {"method": "higher"}, 422, ["measure.numerator[0]"]),
        ({"kind": "value"}, {"method": "points", "points": [["1"]]}, 422, ["scoring.points[0]"]),
        ({"kind": "value"}, {"method": "points", "points": [["1", "x"]]}, 422, ["scoring.points[0][1]"]),
        ({"kind": "value"}, {"method": "rating", "levels": 5}, 400, ["scoring.method"]),
        ({"kind": "value"}, {"method": "lower", "target": "0"}, 400, ["scoring.target"]),
        ({"kind": "value"}, {"method": "range", "low": "2", "high": "1"}, 400, ["scoring.low"]),
        ({"kind": "value"}, {"method": "steps", "steps": [["2", "1"], ["1", "2"]]}, 400, ["scoring.steps"]),
        ({"kind": "value"}, {"method": "higher", "cap": "121", "floor": "-1"}, 400, ["scoring.cap", "scoring.floor"]),
        ({"kind": "growth", "base": "0"}, {"method": "higher"}, 400, ["measure.base"]),
        ({"kind": "milestone", "milestones": {"a": "50"}}, {"method": "milestone"}, 400, ["measure.milestones"]),
        ({"kind": "ratio", "numerator": ["a", "a"], "scale": "1"}, {"method": "higher"}, 400, ["measure.numerator"]),
    ],
)
def test_every_fault_stands_at_its_path(
    writer: Writer, measure: Any, scoring: Any, status: int, places: list[str]
) -> None:
    objective = writer.send("POST", "/objectives", {"title": "Sasaran"}).json()
    body = {**OWN, "objective_id": objective["id"], "name": "KPI", "measure": measure, "scoring": scoring}
    answer = writer.send("POST", "/kpis", body)
    assert answer.status_code == status, answer.text
    found = {each["at"].partition("[")[0] if status == 400 else each["at"] for each in answer.json().get("errors", ())}
    assert found == set(places)


def test_an_objective_is_written_in_full_and_replaced(writer: Writer) -> None:
    step = {
        "activity": "Memilih lokasi", "resource": "Tim", "starts_on": "2026-01-05", "ends_on": None, "is_done": True,
    }  # fmt: skip
    full = {
        "title": "Membuka 3 cabang",
        "description": "",
        "success": "Toko ramai",
        "due_on": "2026-09-30",
        "training_needed": "Negosiasi",
        "budget_needed": "Rp 5.000.000",
        "help_needed": "Logistik",
        "steps": [step],
    }
    made = writer.send("POST", "/objectives", full).json()
    kept = {**made, "steps": [{**each, "id": 0} for each in made["steps"]]}
    assert kept == {**full, "id": made["id"], "number": 1, "goal_id": None, "steps": [{**step, "id": 0}]}
    assert writer.program.get(writer.path).json()["objectives"] == [made]
    replaced = writer.send("PUT", f"/objectives/{made['id']}", {"title": "Membuka 2 cabang"}).json()
    assert (replaced["steps"], replaced["due_on"], replaced["success"]) == ([], None, "")
    late = writer.send("PUT", f"/objectives/{made['id']}", {**full, "due_on": "2027-01-01", "steps": [step] * 2})
    assert (late.status_code, [each["at"] for each in late.json()["errors"]]) == (400, ["due_on"])
    backwards = {**step, "ends_on": "2026-01-04"}
    refused = writer.send("PUT", f"/objectives/{made['id']}", {**full, "steps": [step, backwards]})
    assert [(each["at"], each["code"]) for each in refused.json()["errors"]] == [
        ("steps[1].ends_on", "step_ends_before_start")
    ]


def test_findings_advise_without_refusing(writer: Writer) -> None:
    objective = writer.send("POST", "/objectives", {"title": "Meningkatkan mutu", "due_on": "2026-06-30"}).json()
    body = {**KPI, "objective_id": objective["id"], "name": "Rasio NPL", "frequency": "yearly"}
    writer.send("POST", "/kpis", body)
    found = writer.program.get(f"{writer.path}/findings").json()["advice"]
    assert [(each["at"], each["code"], each["severity"]) for each in found] == [
        ("objectives[0].success", "no_success", "question"),
        ("kpis[0].name", "abbreviation", "advice"),
        ("kpis[0].definition", "no_definition", "advice"),
        ("kpis[0].relevance", "no_relevance", "question"),
        ("kpis[0].frequency", "seen_once_a_year", "question"),
        ("kpis[0].unit_of_measure", "no_unit", "advice"),
    ]
    assert all(each["message"] for each in found)


def test_a_step_of_the_plan_in_force_is_marked_by_the_employee(
    session: Session, cast: Cast, program: AsProgram
) -> None:
    hana = actor_of(cast.hana)
    plan = make_active(session, hana, cast.eli, open_cycle(session, hana))
    step_id = give_details(session, plan)
    eli = program(cast.eli)
    answer = eli.put(f"/plans/{plan.id}/steps/{step_id}", json={"is_done": True})
    assert (answer.status_code, answer.json()["is_done"]) == (200, True)
    session.expire_all()
    assert answer.headers["ETag"] == f'"{plan.version}"'


def test_objectives_and_kpis_are_changed_and_removed(writer: Writer) -> None:
    one = writer.send("POST", "/objectives", {"title": "Satu"}).json()
    two = writer.send("POST", "/objectives", {"title": "Dua", "description": "a\nb"}).json()
    assert two == {
        "id": two["id"],
        "title": "Dua",
        "description": "a\nb",
        "success": "",
        "due_on": None,
        "training_needed": "",
        "budget_needed": "",
        "help_needed": "",
        "number": 2,
        "goal_id": None,
        "steps": [],
    }
    kpi = writer.send("POST", "/kpis", {**KPI, "objective_id": one["id"], "code": "HIT"}).json()
    moved = writer.send("PUT", f"/kpis/{kpi['id']}", {**KPI, "objective_id": two["id"], "name": "Rasio menang"}).json()
    assert moved == {**kpi, "objective_id": two["id"], "name": "Rasio menang"}
    assert writer.send("PUT", f"/objectives/{one['id']}", {"title": "Uno"}).json()["title"] == "Uno"
    assert writer.send("DELETE", f"/kpis/{kpi['id']}").status_code == 204
    assert writer.send("DELETE", f"/objectives/{two['id']}").status_code == 204
    plan = writer.program.get(writer.path).json()
    assert ([each["title"] for each in plan["objectives"]], plan["kpis"]) == (["Uno"], [])
    assert writer.send("DELETE", f"/objectives/{two['id']}").status_code == 404
    assert writer.send("DELETE", "").status_code == 204
    assert writer.program.get(writer.path).status_code == 404


def test_a_stale_version_is_refused_everywhere(writer: Writer) -> None:
    objective = writer.send("POST", "/objectives", {"title": "Satu"}).json()
    kpi = writer.send("POST", "/kpis", {**KPI, "objective_id": objective["id"]}).json()
    calls: list[tuple[str, str, Any]] = [
        ("PUT", f"/objectives/{objective['id']}", {"title": "Dua"}),
        ("DELETE", f"/objectives/{objective['id']}", None),
        ("PUT", f"/kpis/{kpi['id']}", {**KPI, "objective_id": objective["id"]}),
        ("DELETE", f"/kpis/{kpi['id']}", None),
        ("PUT", "/ratings", {"kpis": [{"kpi_id": kpi["id"], "priority": 1, "difficulty": 1, "credibility": 1}]}),
        ("PUT", "/weighting", {"weighting": "ranked"}),
        ("PUT", "/weights", {"kpis": [{"kpi_id": kpi["id"], "weight": 100}], "reason": "x"}),
        ("DELETE", "/weights", None),
        ("POST", "/submission", None),
        ("DELETE", "", None),
    ]
    before = writer.program.get(writer.path).json()
    for method, path, body in calls:
        plain = writer.program.request(method, writer.path + path, json=body)
        late = writer.program.request(method, writer.path + path, json=body, headers={"If-Match": '"1"'})
        assert (plain.status_code, late.status_code) == (428, 412), path
    assert writer.program.get(writer.path).json() == before


def test_weights_by_hand(session: Session, cast: Cast, example: Example, program: AsProgram) -> None:
    hana = actor_of(cast.hana)
    draft = make_draft(session, hana, cast.eva, example.cycle)
    writer = Writer(program(cast.hana), {"id": draft.id, "version": draft.version})
    computed = writer.program.get(writer.path).json()
    ids = [kpi["id"] for kpi in computed["kpis"]]
    typed = [{"kpi_id": each, "weight": weight} for each, weight in zip(ids, [25, 20, 20, 15, 10, 11], strict=True)]
    refused = writer.send("PUT", "/weights", {"kpis": typed})
    assert [each["at"] for each in refused.json()["errors"]] == ["weights", "reason"]
    typed[5]["weight"] = "10.001"
    refused = writer.send("PUT", "/weights", {"kpis": typed, "reason": "x"})
    assert [each["at"] for each in refused.json()["errors"]] == ["kpis[5].weight"]
    typed[5]["weight"] = "10.00"
    set_by_hand = writer.send("PUT", "/weights", {"kpis": typed, "reason": "Keputusan direksi"}).json()
    assert [kpi["weight"] for kpi in set_by_hand["kpis"]] == ["25.00", "20.00", "20.00", "15.00", "10.00", "10.00"]
    assert {kpi["weight_reason"] for kpi in set_by_hand["kpis"]} == {"Keputusan direksi"}
    dropped = writer.send("DELETE", "/weights").json()
    assert [kpi["weight"] for kpi in dropped["kpis"]] == [kpi["weight"] for kpi in computed["kpis"]]
    assert writer.send("PUT", "/weighting", {"weighting": "direct"}).json()["weighting"] == "direct"
    assert writer.send("PUT", "/weights", {"kpis": typed}).json()["kpis"][0]["weight"] == "25.00"
    assert writer.send("DELETE", "/weights").status_code == 200


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [("hana", 200, 409), ("mona", 200, 409), ("audi", 200, 403), ("eli", 200, 403), ("eva", 404, 404)],
)
def test_who_reads_and_writes(
    cast: Cast, example: Example, program: AsProgram, who: str, reads: int, writes: int
) -> None:
    other, path = program(getattr(cast, who)), f"/plans/{example.plan.id}"
    assert other.get(path).status_code == reads
    assert other.post(f"{path}/objectives", json={"title": "x"}).status_code == writes


@pytest.mark.parametrize(("who", "seen"), [("mona", "245"), ("eli", "4"), ("otto", "6")])
def test_lists_show_whom_one_may_see(cast: Cast, example: Example, program: AsProgram, who: str, seen: str) -> None:
    other = program(getattr(cast, who))
    answer = other.get("/plans", params={"cycle": "2026"}).json()
    assert sorted(row["person"]["number"] for row in answer["items"] if row["person"]["number"] != "9") == list(seen)
    eli = other.get("/plans", params={"cycle": "2026", "number": "4"}).json()
    assert [row["active"]["id"] for row in eli["items"]] == ([example.plan.id] if "4" in seen else [])
    assert other.get("/plans", params={"cycle": "1999"}).status_code == 404
    assert other.get("/plans").status_code == 422


def test_no_column_can_be_smuggled_in(writer: Writer) -> None:
    objective = writer.send("POST", "/objectives", {"title": "Satu"}).json()
    body = {**KPI, "objective_id": objective["id"]}
    for name in sorted({column.key for column in Kpi.__mapper__.attrs} - {*body, "code", "definition_id"}):
        if name in {"definition", "source", "unit_of_measure", "period_targets"}:
            continue
        answer = writer.send("POST", "/kpis", {**body, name: 1})
        assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, name)
    for name in sorted({column.key for column in Plan.__mapper__.attrs} - {"person_id", "cycle"}):
        answer = writer.program.post("/plans", json={"person_id": 1, "cycle": "2026", name: 1})
        assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, name)
    assert writer.program.get(writer.path).json()["kpis"] == []


def test_a_longer_list_needs_no_more_queries(
    session: Session, cast: Cast, example: Example, program: AsProgram, queries: QueryCount
) -> None:
    hana = program(cast.hana)
    one = queries.of(lambda: hana.get("/plans", params={"cycle": "2026", "only": "active"}))
    for person in (cast.eva, cast.otto):
        give_plan(session, person, example.cycle)
    assert queries.of(lambda: hana.get("/plans", params={"cycle": "2026", "only": "active"})) == one
