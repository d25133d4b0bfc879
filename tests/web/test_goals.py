"""Can HR write goals, profile and duties page by page, and are they found where plans are written and read?"""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Account, Cycle, Goal, Placement, Plan, Position, Unit
from app.rules.vocabulary import Language
from tests.cast import Cast, actor_of
from tests.factories import LONG_AGO
from tests.plans import make_draft, open_cycle
from tests.tools import Browser, SignIn
from tests.web.test_planning import spoken


@pytest.fixture
def cycle(session: Session, cast: Cast) -> Cycle:
    return open_cycle(session, actor_of(cast.hana))


@pytest.fixture
def plan(session: Session, cast: Cast, cycle: Cycle) -> Plan:
    return make_draft(session, actor_of(cast.hana), cast.eli, cycle)


@pytest.fixture
def hana(session: Session, as_: SignIn, cast: Cast) -> Browser:
    for person in (cast.hana, cast.eli):
        account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
        account.language = Language.ENGLISH
    return as_(cast.hana)


def test_a_goal_is_entered_changed_and_removed(session: Session, cast: Cast, cycle: Cycle, hana: Browser) -> None:
    assert f'href="/goals/new?cycle={cycle.code}"' in hana.get("/goals").text
    fields = {
        "cycle": "2026",
        "title": "Tumbuh",
        "owner_id": cast.root.id,
        "figure": "1,500.5",
        "unit_of_measure": "Rp",
    }
    assert hana.submit("/goals", fields).status_code == 303
    goal = session.scalars(select(Goal)).one()
    assert "Tumbuh Rp1,500.5 Owner: Root Raharja 0 objectives serve it" in spoken(hana.get("/goals").text)
    assert "1 goal is served by no objective yet." in spoken(hana.get("/goals").text)
    form = hana.get(f"/goals/{goal.id}").text
    assert 'value="1,500.5"' in form
    changed = {**fields, "version": "1", "title": "Tumbuh sepertiga"}
    assert hana.submit(f"/goals/{goal.id}", changed).status_code == 303
    stale = hana.submit(f"/goals/{goal.id}", {**changed, "title": "Lain"})
    assert stale.status_code == 409
    assert 'value="Lain"' in stale.text
    assert "Tumbuh sepertiga" in stale.text
    session.expire_all()
    assert hana.submit(f"/goals/{goal.id}", {"version": goal.version, "wish": "remove"}).status_code == 303
    assert session.scalars(select(Goal)).all() == []


@pytest.mark.parametrize(
    ("change", "at"), [({"title": ""}, "title"), ({"owner_id": "9"}, "owner_id"), ({"figure": "x"}, "figure")]
)
def test_what_was_typed_is_shown_again(
    cast: Cast, cycle: Cycle, hana: Browser, change: dict[str, str], at: str
) -> None:
    fields = {"cycle": cycle.code, "title": "Tumbuh", "owner_id": cast.root.id, "description": "Lebih banyak", **change}
    if at == "owner_id":
        fields["owner_id"] = "999999"
    answer = hana.submit("/goals", fields)
    assert answer.status_code == 400
    assert f'id="field-{at}-fault"' in answer.text
    assert "Lebih banyak" in answer.text


def test_vision_and_mission_stand_above_goals_and_plans(cast: Cast, plan: Plan, hana: Browser, as_: SignIn) -> None:
    texts = {"version": "0", "vision": "Terdepan di Jawa", "mission": "Melayani semua"}
    assert hana.submit("/goals/profile", texts).status_code == 303
    stale = hana.submit("/goals/profile", {**texts, "vision": "Lain"})
    assert stale.status_code == 409
    assert "Lain" in stale.text
    assert "Terdepan di Jawa" in stale.text
    eli = as_(cast.eli)
    for path in ("/goals", f"/plans/{plan.id}"):
        assert "Terdepan di Jawa" in eli.get(path).text


def test_an_objective_is_linked_and_says_so_on_every_page(
    session: Session, cast: Cast, cycle: Cycle, plan: Plan, hana: Browser, as_: SignIn
) -> None:
    hana.submit("/goals", {"cycle": cycle.code, "title": "Tumbuh", "owner_id": cast.root.id})
    goal = session.scalars(select(Goal)).one()
    address = f"/plans/{plan.id}/objectives/{plan.objectives[0].id}/goal"
    assert f'href="{address}"' in hana.get(f"/plans/{plan.id}").text
    assert "Tumbuh" in hana.get(address).text
    assert hana.submit(address, {"version": plan.version, "goal_id": "999999"}).status_code == 400
    assert hana.submit(address, {"version": plan.version, "goal_id": goal.id}).status_code == 303
    assert "Serves the goal : Tumbuh" in spoken(hana.get(f"/plans/{plan.id}").text).replace("goal:", "goal :")
    html = as_(cast.eli).get(f"/plans/{plan.id}").text
    assert f'<a href="/goals?cycle=2026#goal-{goal.id}">Tumbuh</a>' in html
    assert f'<a href="/plans/{plan.id}">Eli Effendi</a>' in hana.get("/goals").text
    assert "Eli" not in re.sub(r"(?s)<nav.*?</nav>", "", as_(cast.otto).get("/goals").text)


def test_duties_of_a_position_stand_beside_the_plans_of_its_holders(
    session: Session, cast: Cast, plan: Plan, hana: Browser, as_: SignIn
) -> None:
    unit, position = Unit(code="SALES", name="Penjualan"), Position(code="REP", name="Tenaga penjual")
    session.add_all([unit, position])
    session.flush()
    cast.eli.placements.append(Placement(unit_id=unit.id, position_id=position.id, starts_on=LONG_AGO))
    session.flush()
    address = f"/positions/{position.id}/responsibilities"
    refused = hana.submit(address, {"expectation_1": "Setiap bulan"})
    assert refused.status_code == 400
    assert "Setiap bulan" in refused.text
    assert 'value="Tenaga penjual"' in refused.text
    assert hana.submit(address, {"task_1": "Menagih", "expectation_1": "Setiap bulan"}).status_code == 303
    assert 'value="Menagih"' in hana.get(f"/positions/{position.id}").text
    for browser in (hana, as_(cast.eli)):
        assert "Menagih Setiap bulan" in spoken(browser.get(f"/plans/{plan.id}").text)


def test_without_a_cycle_there_are_no_goals_yet(hana: Browser) -> None:
    assert "No goals yet" in spoken(hana.get("/goals").text)
