"""Does the page for many show who gets what, with a real example, and make exactly that?"""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Account, Cycle, Placement, Plan, Position, Unit
from app.rules.vocabulary import Language, Method
from app.services.plan_drafts import kpis_of
from tests.cast import Cast, actor_of
from tests.factories import LONG_AGO
from tests.plans import VALUES, make_active, open_cycle
from tests.tools import Browser, SignIn
from tests.web.test_planning import spoken

MIXED = (VALUES, replace(VALUES, name="Biaya", method=Method.LOWER, target=Decimal(40)), *[VALUES] * 4)


@pytest.fixture
def cycles(session: Session, cast: Cast) -> tuple[Cycle, Cycle]:
    hr = actor_of(cast.hana)
    return open_cycle(session, hr), open_cycle(session, hr, "2027")


@pytest.fixture
def source(session: Session, cast: Cast, cycles: tuple[Cycle, Cycle]) -> Plan:
    return make_active(session, actor_of(cast.hana), cast.eli, cycles[0], MIXED)


@pytest.fixture
def hana(session: Session, as_: SignIn, cast: Cast) -> Browser:
    account = session.scalars(select(Account).where(Account.person_id == cast.hana.id)).one()
    account.language = Language.ENGLISH
    return as_(cast.hana)


CHOSEN = {"cycle": "2027", "begin": "cycle-2026", "percent": "10", "meaning": "harder", "actuals": "on"}


def plan_of(session: Session, person_id: int, cycle: Cycle) -> Plan | None:
    return session.scalar(select(Plan).where(Plan.person_id == person_id, Plan.cycle_id == cycle.id))


def test_the_page_offers_the_latest_cycle_and_the_one_before(source: Plan, hana: Browser) -> None:
    html = hana.get("/plans/bulk").text
    assert re.findall(r'<option value="([^"]*)" selected>', html) == ["2027", "cycle-2026"]
    assert f'value="plan-{source.id}"' in html
    assert "Preview" not in spoken(html)


def test_a_link_from_a_plan_chooses_it(source: Plan, hana: Browser) -> None:
    link = re.search(r'href="(/plans/bulk[^"]*)"', hana.get(f"/plans/{source.id}").text)
    assert link is not None
    html = hana.get(link[1].replace("&amp;", "&")).text
    assert re.findall(r'<option value="([^"]*)" selected>', html) == ["2026", f"plan-{source.id}"]


def test_the_preview_shows_real_targets_before_and_after(source: Plan, hana: Browser, cast: Cast) -> None:
    html = hana.get("/plans/bulk", params={**CHOSEN, "shown": "1"}).text
    text = spoken(html)
    assert "Example, more is better: Pendapatan penjualan Rp1,200 juta" in text.replace("\xa0", " ")
    assert "Example, less is better: Biaya" in text
    assert "6 KPIs get a changed target" in text
    assert "Make 1 draft" in text
    assert re.findall(r'name="left_out" value="(\d+)"', html) == [str(cast.eli.id)]
    assert source.person_id == cast.eli.id


def test_what_was_previewed_is_made_once(
    session: Session, source: Plan, hana: Browser, cast: Cast, cycles: tuple[Cycle, Cycle]
) -> None:
    answer = hana.submit("/plans/bulk", CHOSEN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/plans?cycle=2027&only=draft")
    assert "Drafts made: 1." in spoken(hana.get("/plans?cycle=2027&only=draft").text)
    plan = plan_of(session, cast.eli.id, cycles[1])
    assert plan is not None
    assert [kpi.target for kpi in kpis_of(plan)][:2] == [Decimal(1320), Decimal(36)]
    assert [kpi.target for kpi in kpis_of(source)][:2] == [Decimal(1200), Decimal(40)]
    assert hana.submit("/plans/bulk", CHOSEN).status_code == 303
    assert "nothing was made" in spoken(hana.get("/plans?cycle=2027").text)


def test_who_is_ticked_is_left_out(
    session: Session, source: Plan, hana: Browser, cast: Cast, cycles: tuple[Cycle, Cycle]
) -> None:
    chosen = {"cycle": "2027", "begin": f"plan-{source.id}", "left_out": [str(cast.eva.id), "x", "9" * 30]}
    hana.submit("/plans/bulk", chosen)
    assert plan_of(session, cast.eva.id, cycles[1]) is None
    assert plan_of(session, cast.otto.id, cycles[1]) is not None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"percent": "99"}, "must be at most 90"),
        ({"percent": "abc"}, "must be a number"),
        ({"begin": ""}, "is required"),
        ({"begin": "cycle-2027"}, "must be another cycle than the one for which plans are made"),
        ({"digits": "9"}, "choose one of the values offered"),
    ],
)
def test_what_was_typed_is_shown_again_with_the_fault(
    session: Session, source: Plan, hana: Browser, change: dict[str, str], message: str
) -> None:
    for answer in (
        hana.submit("/plans/bulk", {**CHOSEN, **change}),
        hana.get("/plans/bulk", params={**CHOSEN, **change, "shown": "1"}),
    ):
        assert answer.status_code == 400
        assert message in spoken(answer.text)
        assert f'value="{change.get("percent", "10")}"' in answer.text
    assert session.scalars(select(Plan)).all() == [source]


def test_one_plan_is_carried_over_with_its_last_actuals_beside(
    session: Session, source: Plan, hana: Browser, cast: Cast, cycles: tuple[Cycle, Cycle]
) -> None:
    html = hana.get(f"/plans/new?person={cast.eli.id}&cycle=2027").text
    assert "Begin with the plan of Kinerja 2026" in spoken(html)
    fields = {"person": cast.eli.id, "cycle_id": cycles[1].id, "source_cycle_id": cycles[0].id, "percent": "5"}
    answer = hana.submit("/plans/carried", fields)
    plan = plan_of(session, cast.eli.id, cycles[1])
    assert plan is not None
    assert answer.headers["location"] == f"/plans/{plan.id}"
    assert [kpi.target for kpi in kpis_of(plan)][:2] == [Decimal(1260), Decimal(38)]
    assert hana.submit("/plans/carried", fields).status_code == 409
    nobody = {**fields, "person": cast.otto.id}
    assert hana.submit("/plans/carried", nobody).status_code == 409
    assert source.state == "active"


def test_titles_are_offered_with_the_new_year_and_can_be_written_anew(
    session: Session, source: Plan, hana: Browser, cast: Cast, cycles: tuple[Cycle, Cycle]
) -> None:
    first, second, *_ = source.objectives
    first.title = "Menaikkan penjualan 2026"
    source.kpis[0].baseline = Decimal("18.518519")
    session.flush()
    assert "18.52" in spoken(hana.get(f"/plans/{source.id}").text)
    address = f"/plans/new?person={cast.eli.id}&cycle=2027"
    html = hana.get(address).text
    assert f'name="title_{first.id}" type="text" value="Menaikkan penjualan 2027"' in html
    assert "So far: Menaikkan penjualan 2026" in spoken(html)
    fields = {"person": cast.eli.id, "cycle": "2027", "cycle_id": cycles[1].id, "source_cycle_id": cycles[0].id}
    titles = {f"title_{first.id}": "Penjualan naik", f"title_{second.id}": ""}
    refused = hana.submit("/plans/carried", {**fields, **titles, "percent": "banyak"})
    assert (refused.status_code, 'value="banyak"' in refused.text, 'value="Penjualan naik"' in refused.text) == (
        400, True, True,
    )  # fmt: skip
    assert hana.submit("/plans/carried", {**fields, f"title_{first.id}": "Penjualan naik"}).status_code == 303
    plan = plan_of(session, cast.eli.id, cycles[1])
    assert plan is not None
    assert [each.title for each in plan.objectives][:2] == ["Penjualan naik", second.title]


def test_the_preview_shows_titles_that_change(session: Session, source: Plan, hana: Browser) -> None:
    source.objectives[0].title = "Menaikkan penjualan 2026"
    session.flush()
    shown = hana.get("/plans/bulk", params={**CHOSEN, "years": "on", "shown": "1"}).text
    assert "Menaikkan penjualan 2027" in spoken(shown)
    assert 'name="years" value="on"' in shown
    assert "Titles that change" not in spoken(hana.get("/plans/bulk", params={**CHOSEN, "shown": "1"}).text)


def test_only_those_who_lead_find_the_page(as_: SignIn, cast: Cast, source: Plan) -> None:
    assert {
        name: as_(getattr(cast, name)).get("/plans/bulk").status_code for name in ("mona", "root", "eli", "audi")
    } == {"mona": 200, "root": 200, "eli": 403, "audi": 403}
    assert "/plans/bulk" not in as_(cast.eli).get(f"/plans/{source.id}").text


def test_completeness_leads_to_the_unit_that_lacks_plans(
    session: Session, hana: Browser, cast: Cast, source: Plan
) -> None:
    unit, position = Unit(code="GUDANG", name="Gudang"), Position(code="KEPALA", name="Kepala")
    session.add_all([unit, position])
    session.flush()
    cast.otto.placements.append(Placement(unit_id=unit.id, position_id=position.id, starts_on=LONG_AGO))
    session.flush()
    html = hana.get("/reports/completeness?cycle=2026&period=2026-01").text
    assert f'href="/plans/bulk?cycle=2026&amp;unit={unit.id}"' in html
    chosen = hana.get(f"/plans/bulk?cycle=2026&unit={unit.id}").text
    assert f'<option value="{unit.id}" selected>' in chosen
    assert source.cycle.code == "2026"
