"""Do the pages lead manager and employee to a plan that both agree on, and lose nothing on the way?"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Cycle, Plan, PlanRemark
from app.rules.vocabulary import PlanState
from app.services.agreement import RemarkValues, accept_plan, approve_plan, counter_plan, propose_plan
from app.services.plan_content import FACTS_OF_KPI, FACTS_OF_OBJECTIVE
from app.services.plan_drafts import kpis_of
from app.services.planning import get_plan, revise_plan
from app.web.plan_agreement import STEPS_TAKEN
from app.web.plan_change_words import LABELS
from tests.cast import Cast, actor_of
from tests.pages import Page
from tests.plans import RATIO_VALUES, VALUES, make_draft, open_cycle
from tests.tools import Browser, SignIn

pytestmark = pytest.mark.database


@pytest.fixture
def cycle(session: Session, cast: Cast) -> Cycle:
    return open_cycle(session, actor_of(cast.hana), asks_agreement=True)


@pytest.fixture
def plan(session: Session, cast: Cast, cycle: Cycle) -> Plan:
    """Eli's complete draft by mona."""
    mona = actor_of(cast.mona)
    return make_draft(session, mona, cast.eli, cycle, [VALUES, RATIO_VALUES, VALUES, VALUES, VALUES, VALUES])


@pytest.fixture
def mona(cast: Cast, as_: SignIn) -> Browser:
    return english(as_(cast.mona))


@pytest.fixture
def eli(cast: Cast, as_: SignIn) -> Browser:
    return english(as_(cast.eli))


def english(browser: Browser) -> Browser:
    browser.headers["Accept-Language"] = "en"
    return browser


def show(browser: Browser, path: str, status: int = 200) -> Page:
    response = browser.get(path)
    assert response.status_code == status
    return Page(response.text)


def state(session: Session, plan: Plan) -> PlanState:
    session.expire_all()
    return session.get_one(Plan, plan.id).state


def send(browser: Browser, plan: Plan, where: str, **fields: object) -> str:
    """Where a form on the plan's pages leads."""
    response = browser.submit(f"/plans/{plan.id}/{where}", {"version": plan.version, **fields})
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


def proposed(session: Session, cast: Cast, plan: Plan) -> Plan:
    return propose_plan(session, actor_of(cast.mona), plan_id=plan.id, version=plan.version)


def in_force(session: Session, cast: Cast, plan: Plan) -> Plan:
    proposed(session, cast, plan)
    accept_plan(session, actor_of(cast.eli), plan_id=plan.id, version=plan.version)
    return approve_plan(session, actor_of(cast.mona), plan_id=plan.id, version=plan.version)


def test_the_whole_way_page_by_page(session: Session, plan: Plan, mona: Browser, eli: Browser) -> None:
    first = kpis_of(plan)[0]
    draft = mona.get(f"/plans/{plan.id}").text
    assert f'formaction="/plans/{plan.id}/proposal"' in draft
    assert "/submission" not in draft
    send(mona, plan, "proposal")
    read = show(eli, f"/plans/{plan.id}")
    assert "Your answer is asked for." in read.text
    assert "The plan waits for the answer of Eli Effendi." in show(mona, f"/plans/{plan.id}").text
    page = show(eli, f"/plans/{plan.id}/answer")
    assert "now 1,200 Rp juta" in page.text or "now Rp1,200" in page.text
    answer = {f"target_{first.id}": "1,000", f"text_{first.id}": "The market shrinks.", "text": "Else fine."}
    session.expire_all()
    assert send(eli, plan, "answer", **answer) == f"/plans/{plan.id}"
    session.expire_all()
    editor, own = mona.get(f"/plans/{plan.id}").text, show(eli, f"/plans/{plan.id}").text
    wish = session.scalars(select(PlanRemark).where(PlanRemark.kpi_code == first.code)).one()
    for said in ("The market shrinks.", "Else fine.", f"/remarks/{wish.id}/taking", "Eli Effendi has answered."):
        assert said in editor
    for said in ("The market shrinks.", "Else fine.", "Target Rp1,000"):
        assert said in own
    assert "/taking" not in own
    send(mona, plan, f"remarks/{wish.id}/taking")
    session.expire_all()
    assert kpis_of(session.get_one(Plan, plan.id))[0].target == Decimal(1000)
    assert "The plan holds it." in mona.get(f"/plans/{plan.id}").text
    agree(session, plan, mona, eli)


def agree(session: Session, plan: Plan, mona: Browser, eli: Browser) -> None:
    """From the second proposal on."""
    send(mona, plan, "proposal")
    session.expire_all()
    send(eli, plan, "acceptance")
    assert state(session, plan) is PlanState.ACCEPTED
    assert "Eli Effendi accepted version 1 on" in show(mona, f"/plans/{plan.id}").text
    send(mona, plan, "approval")
    assert state(session, plan) is PlanState.ACTIVE
    done = show(eli, f"/plans/{plan.id}").text
    assert "Approved on" in done
    assert "Mona Maharani" in done
    discussion = show(eli, f"/plans/{plan.id}/discussion").text
    for said in ("proposed the plan", "answered", "took the proposed figures over", "accepted the plan", "Else fine."):
        assert said in discussion


def test_an_answer_that_is_refused_comes_back_as_it_was_typed(
    session: Session, cast: Cast, plan: Plan, eli: Browser
) -> None:
    first, ratio, *_ = kpis_of(proposed(session, cast, plan))
    nothing = eli.submit(f"/plans/{plan.id}/answer", {"version": plan.version, f"target_{first.id}": "1200"})
    assert nothing.status_code == 400
    assert "Say what should be different" in nothing.text
    typed = {f"target_{first.id}": "0", f"text_{ratio.id}": "Too high", f"priority_{ratio.id}": "9"}
    refused = eli.submit(f"/plans/{plan.id}/answer", {"version": plan.version, **typed})
    page = Page(refused.text)
    assert (refused.status_code, set(page.faults)) == (400, {f"target_{first.id}", f"priority_{ratio.id}"})
    assert page.fields[f"text_{ratio.id}"] == "Too high"
    assert state(session, plan) is PlanState.PROPOSED


def test_an_answer_to_another_version_is_not_lost(session: Session, cast: Cast, plan: Plan, eli: Browser) -> None:
    proposed(session, cast, plan)
    fields = {"version": plan.version - 1, "text": "I would rather …"}
    response = eli.submit(f"/plans/{plan.id}/answer", fields)
    page = Page(response.text)
    assert (response.status_code, page.fields["text"]) == (409, "I would rather …")
    assert "The plan has changed in the meantime." in page.text
    assert send(eli, plan, "answer", text="I would rather …") == f"/plans/{plan.id}"


def test_nobody_accepts_what_they_have_not_read(session: Session, cast: Cast, plan: Plan, eli: Browser) -> None:
    proposed(session, cast, plan)
    response = eli.submit(f"/plans/{plan.id}/acceptance", {"version": plan.version - 1})
    assert response.status_code == 303
    assert "Read it again before you decide." in show(eli, f"/plans/{plan.id}").text
    assert state(session, plan) is PlanState.PROPOSED


def test_a_plan_is_taken_back_with_a_reason(session: Session, cast: Cast, plan: Plan, mona: Browser) -> None:
    proposed(session, cast, plan)
    refused = mona.submit(f"/plans/{plan.id}/return", {"version": plan.version, "reason": " "})
    assert (refused.status_code, Page(refused.text).faults) == (400, {"reason": "is required"})
    send(mona, plan, "return", reason="A target is wrong")
    assert state(session, plan) is PlanState.DRAFT
    assert "A target is wrong" in show(mona, f"/plans/{plan.id}/discussion").text


def test_an_incomplete_plan_is_not_proposed(session: Session, cast: Cast, cycle: Cycle, mona: Browser) -> None:
    plan = make_draft(session, actor_of(cast.mona), cast.eva, cycle, [VALUES] * 4)
    response = mona.submit(f"/plans/{plan.id}/proposal", {"version": plan.version})
    assert response.status_code == 400
    assert "The plan cannot be proposed yet." in response.text


def test_a_wrong_state_is_said(session: Session, cast: Cast, plan: Plan, mona: Browser, eli: Browser) -> None:
    early = eli.submit(f"/plans/{plan.id}/acceptance", {"version": plan.version})
    assert early.status_code == 409
    assert "has not been proposed yet" in early.text
    submitted = mona.submit(f"/plans/{plan.id}/submission", {"version": plan.version})
    assert submitted.status_code == 409
    proposed(session, cast, plan)
    late = mona.submit(f"/plans/{plan.id}/objectives", {"version": plan.version, "title": "Mutu"})
    assert late.status_code == 409
    assert "waits for its employee" in late.text


def test_remarks(plan: Plan, mona: Browser, eli: Browser, as_: SignIn, cast: Cast) -> None:
    kpi, objective = kpis_of(plan)[2], plan.objectives[1]
    path = f"/plans/{plan.id}/discussion?about=kpi:{kpi.code}"
    assert show(eli, path).fields["about"] == f"kpi:{kpi.code}"
    where = send(eli, plan, "remarks", about=f"kpi:{kpi.code}", text="Why?")
    assert where == f"/plans/{plan.id}/discussion#about-kpi-{kpi.code}"
    send(mona, plan, "remarks", about=f"objective:{objective.number}", text="Say more.\nPlease.")
    send(mona, plan, "remarks", text="As a whole")
    text = show(eli, f"/plans/{plan.id}/discussion").text
    assert [text.index(said) for said in ("As a whole", "Say more.", "Why?")] == sorted(
        text.index(said) for said in ("As a whole", "Say more.", "Why?")
    )
    refused = eli.submit(f"/plans/{plan.id}/remarks", {"about": "kpi:NO", "text": ""})
    assert (refused.status_code, set(Page(refused.text).faults)) == (400, {"about", "text"})
    auditor = english(as_(cast.audi))
    assert "New remark" not in show(auditor, f"/plans/{plan.id}/discussion").text
    assert auditor.submit(f"/plans/{plan.id}/remarks", {"text": "x"}).status_code == 403
    assert as_(cast.eva).get(f"/plans/{plan.id}/discussion").status_code == 404


def test_what_a_version_changes(session: Session, cast: Cast, plan: Plan, mona: Browser, eli: Browser) -> None:
    in_force(session, cast, plan)
    assert "There is no version before it" in show(eli, f"/plans/{plan.id}/difference").text
    draft = revise_plan(
        session,
        actor_of(cast.mona),
        plan_id=plan.id,
        version=plan.version,
        starts_on=date(2026, 7, 1),
        reason="Pasar berubah",
    )
    path = f"/plans/{draft.id}/difference"
    assert "Objectives and KPIs are the same" in show(eli, path).text
    first, second, third, *_ = kpis_of(draft)
    first.target, first.priority = Decimal("950.5"), 3
    second.objective.title = "Mutu"
    session.delete(third)
    session.flush()
    session.expire_all()
    assert get_plan(session, actor_of(cast.eli), plan_id=draft.id) is draft
    page = show(eli, path)
    rows = [row for row in page.rows if row[0] in {"Target", "Priority", "Result to achieve"}]
    assert ["Priority", "5", "3"] in rows
    assert ["Result to achieve", "Sasaran 2", "Mutu"] in rows
    assert any("1,200" in row[1] and "950.5" in row[2] for row in rows if row[0] == "Target")
    assert "Dropped" in page.text
    assert show(mona, f"{path}?from=1").rows == page.rows
    show(mona, f"{path}?from=7", 404)
    assert mona.get(f"{path}?from=x").status_code == 400
    assert f'href="{path}"' in eli.get(f"/plans/{plan.id}").text


def test_every_fact_has_a_name_and_every_step_its_words() -> None:
    assert {*FACTS_OF_KPI, *FACTS_OF_OBJECTIVE} - set(LABELS) == set()
    assert {kind.value for kind in STEPS_TAKEN} == {
        "accepted", "answered", "approved", "proposed", "remark", "returned", "taken",
    }  # fmt: skip


def test_the_list_says_how_far_plans_are(session: Session, cast: Cast, plan: Plan, mona: Browser) -> None:
    assert "ready to propose" in show(mona, "/plans").text
    proposed(session, cast, plan)
    text = show(mona, "/plans?only=agreeing").text
    for said in ("Proposed", "waits for the employee", "Being agreed (1)"):
        assert said in text
    accept_plan(session, actor_of(cast.eli), plan_id=plan.id, version=plan.version)
    assert "waits for approval" in show(mona, "/plans").text


def test_home_leads_both_to_what_waits_for_them(
    session: Session, cast: Cast, plan: Plan, mona: Browser, eli: Browser
) -> None:
    assert "waits for your answer" not in eli.get("/").text
    proposed(session, cast, plan)
    home = eli.get("/").text
    assert "waits for your answer" in home
    assert f'href="/plans/{plan.id}"' in home
    counter_plan(
        session, actor_of(cast.eli), plan_id=plan.id, version=plan.version, remarks=[RemarkValues("Terlalu tinggi")]
    )
    assert "/plans?cycle=2026&amp;only=agreeing" in mona.get("/").text


def test_in_indonesian(session: Session, cast: Cast, plan: Plan, as_: SignIn) -> None:
    proposed(session, cast, plan)
    browser = as_(cast.eli)
    text = Page(browser.get(f"/plans/{plan.id}").text).text
    for said in ("Setujui", "Jawab", "Diusulkan"):
        assert said in text
