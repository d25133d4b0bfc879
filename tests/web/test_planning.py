"""Can HR and managers write a plan page by page, does nobody else, and is nothing lost when something is refused?"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from app.access import Actor
from app.models import Account, Cycle, Plan
from app.rules.vocabulary import Language, PlanState, WeightingMethod
from app.services.plan_drafts import kpis_of
from app.services.plan_kpis import ObjectiveValues, put_objective
from app.services.plan_weights import is_overridden, override_weights
from app.services.planning import revise_plan
from tests.cast import Cast, actor_of
from tests.factories import make_person
from tests.fields import Fields
from tests.plans import add_kpi, add_objective, make_active, make_draft, open_cycle, rate, start
from tests.teams import make_cycle
from tests.tools import Browser, SignIn

HTMX = {"HX-Request": "true"}


@pytest.fixture
def hr(cast: Cast) -> Actor:
    return actor_of(cast.hana)


@pytest.fixture
def cycle(session: Session, hr: Actor) -> Cycle:
    return open_cycle(session, hr)


@pytest.fixture
def draft(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> Plan:
    return make_draft(session, hr, cast.eli, cycle)


@pytest.fixture
def hana(session: Session, as_: SignIn, cast: Cast) -> Browser:
    account = session.scalar(select(Account).where(Account.person_id == cast.hana.id))
    assert account is not None
    account.language = Language.ENGLISH
    return as_(cast.hana)


def weights(session: Session, plan: Plan) -> list[int | None]:
    session.expire_all()
    return [None if kpi.weight is None else int(kpi.weight) for kpi in kpis_of(plan)]


def spoken(html: str) -> str:
    """The words of a page without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


# --- The list ---------------------------------------------------------------------------------------------------------


def test_the_list_shows_who_has_what(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor, draft: Plan, hana: Browser
) -> None:
    active = make_active(session, hr, cast.eva, cycle)
    html = hana.get("/plans").text
    assert re.findall(r'<th scope="row">\s*(?:<a href="([^"]*)">)?', html) == [
        "",
        f"/plans/{draft.id}",
        f"/plans/{active.id}",
        *[""] * 6,
    ]
    assert "ready to submit" in html
    assert f'href="/plans/new?person={cast.otto.id}&amp;cycle=2026"' in html
    assert f'href="/plans/new?person={cast.hana.id}&amp;cycle=2026"' not in html
    assert re.findall(r">([\w ]+) \((\d+)\)<", html) == [
        ("Everybody", "9"),
        ("Without plan", "7"),
        ("Draft", "1"),
        ("Being agreed", "0"),
        ("In force", "1"),
    ]


def test_who_sees_only_the_own_plan_is_led_to_the_one_that_waits(
    session: Session, cast: Cast, draft: Plan, as_: SignIn
) -> None:
    draft.state = PlanState.PROPOSED
    later = make_cycle(session, "2027", starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    session.flush()
    eli = as_(cast.eli)
    html = eli.get("/plans?cycle=2026").text
    assert 'name="search"' not in html
    assert "menunggu jawaban Anda" in spoken(html)
    html = eli.get(f"/plans?cycle={later.code}").text
    assert "Rencana kinerja Anda menunggu jawaban Anda" in spoken(html)
    assert f'href="/plans/{draft.id}"' in html


def test_the_list_is_narrowed_and_paged(session: Session, draft: Plan, hana: Browser) -> None:
    for number in range(60):
        make_person(session, f"S{number:02}", f"Staf{number:02} Gudang")
    first, second = hana.get("/plans?search=Gudang").text, hana.get("/plans?search=Gudang&page=2").text
    assert [page.count('<th scope="row">') for page in (first, second)] == [50, 10]
    assert 'href="/plans?cycle=2026&amp;search=Gudang&amp;page=2"' in first
    assert "Page 2 of 2" in second
    assert f"/plans/{draft.id}" in hana.get("/plans?only=draft").text
    assert "Nobody fits" in hana.get("/plans?only=active&search=%25").text


@pytest.mark.parametrize("query", ["page=0", "page=x", "only=never", "cycle=1999", "search=%00", "page=9999999999999"])
@pytest.mark.usefixtures("cycle")
def test_an_odd_address_still_shows_a_list(hana: Browser, query: str) -> None:
    assert hana.get(f"/plans?{query}").status_code == 200


def test_without_a_cycle_the_list_says_how_to_begin(hana: Browser) -> None:
    html = hana.get("/plans").text
    assert "There is no cycle yet" in html
    assert 'href="/cycles/new"' in html


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", note)


def test_the_pages_do_not_ask_more_for_more(
    session: Session, connection: Connection, cast: Cast, cycle: Cycle, hr: Actor, hana: Browser
) -> None:
    def queries(path: str) -> int:
        with counted(connection) as statements:
            assert hana.get(path).status_code == 200
        return len(statements)

    plan = start(session, hr, cast.eli, cycle)
    add_kpi(session, hr, plan, add_objective(session, hr, plan))
    small = [queries("/plans"), queries(f"/plans/{plan.id}")]
    for number in range(3):
        person = make_person(session, f"S{number}", f"Staf{number}")
        make_draft(session, hr, person, cycle)
    for _ in range(4):
        objective = add_objective(session, hr, plan)
        for _ in range(2):
            add_kpi(session, hr, plan, objective)
    assert [queries("/plans"), queries(f"/plans/{plan.id}")] == small


# --- Beginning --------------------------------------------------------------------------------------------------------


def test_a_plan_begins_empty(session: Session, cast: Cast, cycle: Cycle, hana: Browser) -> None:
    fields = Fields(hana.get(f"/plans/new?person={cast.eli.id}").text).sent
    answer = hana.submit("/plans", {"person": fields["person"], "cycle_id": fields["cycle_id"]})
    plan = session.scalars(select(Plan)).one()
    assert (answer.status_code, answer.headers["location"]) == (303, f"/plans/{plan.id}")
    assert (plan.person_id, plan.cycle_id, plan.state) == (cast.eli.id, cycle.id, PlanState.DRAFT)
    html = hana.get(f"/plans/{plan.id}").text
    assert "What should Eli Effendi achieve?" in html
    assert "0 objectives" in spoken(html)


def test_a_plan_begins_as_a_copy(session: Session, cast: Cast, cycle: Cycle, hr: Actor, hana: Browser) -> None:
    source = make_active(session, hr, cast.eva, cycle)
    html = hana.get(f"/plans/new?person={cast.eli.id}").text
    assert f'name="source" value="{source.id}"' in html
    answer = hana.submit("/plans", {"person": cast.eli.id, "cycle_id": cycle.id, "source": source.id})
    copied = session.scalars(select(Plan).where(Plan.person_id == cast.eli.id)).one()
    assert answer.headers["location"] == f"/plans/{copied.id}"
    assert [kpi.name for kpi in kpis_of(copied)] == [kpi.name for kpi in kpis_of(source)]


def test_a_second_plan_is_refused_in_words(cycle: Cycle, draft: Plan, hana: Browser) -> None:
    assert hana.get(f"/plans/new?person={draft.person_id}").headers["location"] == f"/plans/{draft.id}"
    answer = hana.submit("/plans", {"person": draft.person_id, "cycle_id": cycle.id})
    assert answer.status_code == 409
    assert "has a plan for the cycle already" in answer.text
    assert hana.submit("/plans", {"person": "x"}).status_code == 400


# --- Objectives and order ---------------------------------------------------------------------------------------------


def test_an_objective_is_written(session: Session, cast: Cast, cycle: Cycle, hr: Actor, hana: Browser) -> None:
    plan = start(session, hr, cast.eli, cycle)
    answer = hana.submit(f"/plans/{plan.id}/objectives", {"version": plan.version, "title": "New customers"})
    session.expire_all()
    objective = plan.objectives[0]
    assert answer.headers["location"] == f"/plans/{plan.id}#objective-{objective.id}"
    page = Fields(hana.get(f"/plans/{plan.id}/objectives/{objective.id}").text).sent
    assert (page["title"], page["description"]) == ("New customers", "")
    sent = {"version": page["version"], "title": "New customers in Bali", "description": "Line 1\r\nLine 2"}
    hana.submit(f"/plans/{plan.id}/objectives/{objective.id}", sent)
    session.expire_all()
    assert (objective.title, objective.description) == ("New customers in Bali", "Line 1\nLine 2")


@pytest.mark.parametrize(
    ("language", "message"),
    [(Language.ENGLISH, "is required"), (Language.INDONESIAN, "wajib diisi")],
)
def test_an_objective_without_title_comes_back_as_typed(
    session: Session, cast: Cast, draft: Plan, hana: Browser, language: Language, message: str
) -> None:
    account = session.scalars(select(Account).where(Account.person_id == cast.hana.id)).one()
    account.language = language
    session.flush()
    sent = {"version": draft.version, "title": " ", "description": "What I had thought of"}
    for path in (f"/plans/{draft.id}/objectives", f"/plans/{draft.id}/objectives/{draft.objectives[0].id}"):
        answer = hana.submit(path, sent)
        page = Fields(answer.text)
        assert (answer.status_code, page.invalid) == (400, {"title"})
        assert page.sent["description"] == "What I had thought of"
        assert message in answer.text
    session.expire_all()
    assert len(draft.objectives) == 5


def test_an_objective_that_somebody_else_changed_shows_both(
    session: Session, hr: Actor, draft: Plan, hana: Browser
) -> None:
    objective, seen = draft.objectives[0], draft.version
    put_objective(
        session,
        hr,
        plan_id=draft.id,
        version=seen,
        objective_id=objective.id,
        values=ObjectiveValues("Theirs"),
    )
    path = f"/plans/{draft.id}/objectives/{objective.id}"
    answer = hana.submit(path, {"version": seen, "title": "Mine", "description": ""})
    page = Fields(answer.text).sent
    assert (answer.status_code, page["title"], page["version"]) == (409, "Mine", str(seen + 1))
    assert "<dd>Theirs</dd>" in answer.text
    assert hana.submit(path, page).status_code == 303
    session.expire_all()
    assert objective.title == "Mine"


def test_parts_are_moved_and_removed(session: Session, draft: Plan, hana: Browser) -> None:
    def act(path: str, **fields: object) -> str:
        session.expire_all()
        answer = hana.submit(f"/plans/{draft.id}/{path}", {"version": draft.version, **fields})
        session.expire_all()
        return str(answer.headers["location"])

    first, second = draft.objectives[0].id, draft.objectives[1].id
    assert act(f"objectives/{second}/place", direction="up") == f"/plans/{draft.id}#objective-{second}"
    assert [objective.id for objective in draft.objectives][:2] == [second, first]
    kpi = kpis_of(draft)[4].id
    assert act(f"kpis/{kpi}/place", direction="down") == f"/plans/{draft.id}#kpi-{kpi}"
    assert [each.id for each in kpis_of(draft)].index(kpi) == 5
    act(f"kpis/{kpi}/removal")
    act(f"objectives/{first}/removal")
    assert (len(draft.objectives), len(kpis_of(draft))) == (4, 4)


def test_ratings_are_kept_whatever_button_was_pressed(session: Session, draft: Plan, hana: Browser) -> None:
    page = Fields(hana.get(f"/plans/{draft.id}").text).sent
    last = kpis_of(draft)[-1]
    page[f"priority_{last.id}"] = "5"
    hana.submit(f"/plans/{draft.id}/kpis/{last.id}/place", {**page, "direction": "up"})
    session.expire_all()
    assert (last.priority, last.place) == (5, 5)


# --- Ratings and weights ----------------------------------------------------------------------------------------------


def test_the_editor_shows_what_stands(draft: Plan, hana: Browser) -> None:
    html = hana.get(f"/plans/{draft.id}").text
    page = Fields(html).sent
    for kpi in kpis_of(draft):
        chosen = [page[f"{name}_{kpi.id}"] for name in ("priority", "difficulty", "data_credibility")]
        assert chosen == [str(kpi.priority), str(kpi.difficulty), str(kpi.data_credibility)]
    figures = re.findall(r'kpi-weight-figure"><span class="unseen">Weight </span>([^<]*)<', html)
    assert [figure.strip() for figure in figures] == ["22%", "19%", "20%", "16%", "13%", "10%"]
    assert "Nothing is missing." in html


def test_ratings_move_the_weights_without_script(session: Session, draft: Plan, hana: Browser) -> None:
    page = Fields(hana.get(f"/plans/{draft.id}").text).sent
    for kpi in kpis_of(draft):
        page |= {f"priority_{kpi.id}": "3", f"difficulty_{kpi.id}": "3", f"data_credibility_{kpi.id}": "3"}
    answer = hana.submit(f"/plans/{draft.id}/weights", page)
    assert answer.headers["location"] == f"/plans/{draft.id}#plan-weights"
    assert weights(session, draft) == [17, 17, 17, 17, 16, 16]


def test_ratings_move_the_weights_in_place(session: Session, draft: Plan, hana: Browser) -> None:
    page = Fields(hana.get(f"/plans/{draft.id}").text).sent
    page[f"priority_{kpis_of(draft)[5].id}"] = "5"
    answer = hana.post(
        f"/plans/{draft.id}/weights",
        data={**page, "csrf": hana.csrf},
        headers={**HTMX, "Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
    )
    session.expire_all()
    assert (answer.status_code, sum(weights(session, draft))) == (200, 100)  # type: ignore[arg-type]
    assert "<html" not in answer.text
    assert re.findall(r'id="([\w-]+)"[^>]* hx-swap-oob="true"', answer.text) == [
        *(f"kpi-weight-{kpi.id}" for kpi in kpis_of(draft)),
        "plan-checklist",
        "plan-advice",
        "plan-version",
        "objective-version",
        "discard-version",
    ]
    assert Fields(answer.text).sent["version"] == str(draft.version)


def test_a_stale_rating_says_so_and_writes_nothing(session: Session, hr: Actor, draft: Plan, hana: Browser) -> None:
    page = Fields(hana.get(f"/plans/{draft.id}").text).sent
    add_objective(session, hr, draft, "Theirs")
    first = kpis_of(draft)[0]
    page[f"priority_{first.id}"] = "1"
    headers = {**HTMX, "Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    answer = hana.post(f"/plans/{draft.id}/weights", data={**page, "csrf": hana.csrf}, headers=headers)
    assert answer.status_code == 409
    assert "What you choose now is not saved" in answer.text
    assert 'name="version"' not in answer.text
    answer = hana.submit(f"/plans/{draft.id}/weights", page)
    assert answer.status_code == 409
    assert "You had chosen:" in answer.text
    assert f'<a href="#kpi-{first.id}">{first.name}</a>: Priority 1' in answer.text
    session.expire_all()
    assert first.priority == 5


def test_a_rating_of_a_draft_that_is_gone_reloads_the_page(session: Session, draft: Plan, hana: Browser) -> None:
    page = Fields(hana.get(f"/plans/{draft.id}").text).sent
    session.delete(draft)
    session.flush()
    headers = {**HTMX, "Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    answer = hana.post(f"/plans/{draft.id}/weights", data={**page, "csrf": hana.csrf}, headers=headers)
    assert (answer.status_code, answer.headers["hx-refresh"]) == (404, "true")


@pytest.mark.parametrize("rating", ["0", "6", "x", "2,5"])
def test_a_rating_that_cannot_be_is_refused(session: Session, draft: Plan, hana: Browser, rating: str) -> None:
    page = Fields(hana.get(f"/plans/{draft.id}").text).sent
    page[f"priority_{kpis_of(draft)[0].id}"] = rating
    assert hana.submit(f"/plans/{draft.id}/weights", page).status_code == 400
    assert weights(session, draft) == [22, 19, 20, 16, 13, 10]


def test_weights_can_be_typed(session: Session, draft: Plan, hana: Browser) -> None:
    page = Fields(hana.get(f"/plans/{draft.id}").text).sent
    hana.submit(f"/plans/{draft.id}/weighting", {**page, "weighting": "direct"})
    page = Fields(hana.get(f"/plans/{draft.id}").text).sent
    ids = [kpi.id for kpi in kpis_of(draft)]
    assert [page[f"weight_{kpi_id}"] for kpi_id in ids] == ["22", "19", "20", "16", "13", "10"]
    page |= {f"weight_{ids[0]}": "12.5", f"weight_{ids[1]}": "abc"}
    answer = hana.submit(f"/plans/{draft.id}/weights", page)
    again = Fields(answer.text)
    assert (answer.status_code, again.invalid) == (400, {f"weight_{ids[1]}"})
    assert [again.sent[f"weight_{kpi_id}"] for kpi_id in ids[:2]] == ["12.5", "abc"]
    headers = {**HTMX, "Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    part = hana.post(f"/plans/{draft.id}/weights", data={**page, "csrf": hana.csrf}, headers=headers)
    assert part.status_code == 400
    assert part.text.count("must be a number") == 2
    assert weights(session, draft) == [22, 19, 20, 16, 13, 10]
    hana.submit(f"/plans/{draft.id}/weights", {**page, f"weight_{ids[1]}": "20.5"})
    session.expire_all()
    assert draft.weighting is WeightingMethod.DIRECT
    assert "weights must add up to 100, not 92: 8 is missing" in hana.get(f"/plans/{draft.id}").text


def test_an_order_makes_weights(session: Session, draft: Plan, hana: Browser) -> None:
    page = Fields(hana.get(f"/plans/{draft.id}").text).sent
    hana.submit(f"/plans/{draft.id}/weighting", {**page, "weighting": "ranked"})
    ranked = weights(session, draft)
    assert (sum(ranked), ranked) == (100, sorted(ranked, reverse=True))  # type: ignore[arg-type, type-var]
    assert hana.submit(f"/plans/{draft.id}/weighting", {**page, "weighting": "dice"}).status_code == 400


def test_weights_are_set_by_hand_with_a_reason(session: Session, draft: Plan, hana: Browser) -> None:
    path = f"/plans/{draft.id}/weights/by-hand"
    page = Fields(hana.get(path).text).sent
    ids = [kpi.id for kpi in kpis_of(draft)]
    page |= {f"weight_{ids[0]}": "30", "reason": ""}
    answer = hana.submit(path, page)
    again = Fields(answer.text)
    assert (answer.status_code, again.invalid, again.sent[f"weight_{ids[0]}"]) == (400, {"reason"}, "30")
    hana.submit(path, {**page, f"weight_{ids[1]}": "11", "reason": "Focus on new customers"})
    assert weights(session, draft) == [30, 11, 20, 16, 13, 10]
    html = hana.get(f"/plans/{draft.id}").text
    assert "Hana Hartati: Focus on new customers" in html
    assert "computed: 22%" in html
    hana.submit(f"/plans/{draft.id}/weights/computed", {"version": draft.version})
    assert weights(session, draft) == [22, 19, 20, 16, 13, 10]
    assert not is_overridden(draft)


# --- Submission and what follows --------------------------------------------------------------------------------------


def test_a_complete_plan_is_submitted(session: Session, draft: Plan, hana: Browser) -> None:
    page = Fields(hana.get(f"/plans/{draft.id}").text).sent
    answer = hana.submit(f"/plans/{draft.id}/submission", page)
    session.expire_all()
    assert (answer.headers["location"], draft.state) == (f"/plans/{draft.id}", PlanState.ACTIVE)
    html = hana.get(f"/plans/{draft.id}").text
    assert 'name="priority_' not in html
    assert f'href="/plans/{draft.id}/revision"' in html


def test_an_incomplete_plan_says_everything_that_is_missing(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor, hana: Browser
) -> None:
    plan = start(session, hr, cast.eli, cycle)
    add_kpi(session, hr, plan, add_objective(session, hr, plan))
    add_objective(session, hr, plan, "Second")
    answer = hana.submit(f"/plans/{plan.id}/submission", {"version": plan.version})
    summary = spoken(answer.text.partition('role="alert"')[2].partition("</div>")[0].partition("</ul>")[0])
    assert answer.status_code == 400
    for words in (
        "5 to 8 objectives are needed; there are 2.",
        "5 to 10 KPIs are needed in all; there are 1.",
        "Second – has no KPI yet",
        "K1 Pendapatan penjualan – not rated on all three criteria yet",
    ):
        assert words in summary
    session.expire_all()
    assert plan.state is PlanState.DRAFT


def test_a_draft_is_discarded(session: Session, draft: Plan, hana: Browser) -> None:
    answer = hana.submit(f"/plans/{draft.id}/removal", {"version": draft.version})
    assert answer.headers["location"] == "/plans?cycle=2026"
    session.expunge_all()
    assert session.scalars(select(Plan)).all() == []


def test_a_plan_in_force_gets_a_new_version(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor, hana: Browser
) -> None:
    plan = make_active(session, hr, cast.eli, cycle)
    path = f"/plans/{plan.id}/revision"
    page = Fields(hana.get(path).text)
    assert page.options["starts_on"][:3] == ["", "2026-01-01", "2026-02-01"]
    answer = hana.submit(path, {**page.sent, "reason": "New market"})
    again = Fields(answer.text)
    assert (answer.status_code, again.invalid, again.sent["reason"]) == (400, {"starts_on"}, "New market")
    answer = hana.submit(path, {**page.sent, "starts_on": "2026-04-01", "reason": "New market"})
    session.expire_all()
    successor = session.scalars(select(Plan).where(Plan.version_number == 2)).one()
    assert answer.headers["location"] == f"/plans/{successor.id}"
    assert "New market" in hana.get(f"/plans/{successor.id}").text
    assert "New version in draft" in hana.get("/plans").text


def test_the_versions_of_a_plan_lead_to_one_another(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor, as_: SignIn
) -> None:
    plan = make_active(session, hr, cast.eli, cycle)
    draft = revise_plan(session, hr, plan_id=plan.id, version=None, starts_on=cycle.starts_on, reason="Salah target")
    html = as_(cast.eli).get(f"/plans/{draft.id}").text
    assert re.findall(r'<a href="(/plans/\d+)"', html) == [f"/plans/{draft.id}", f"/plans/{plan.id}"]
    assert "Salah target" in html


# --- Who may ---------------------------------------------------------------------------------------------------------


def test_everybody_else_only_reads(session: Session, cast: Cast, cycle: Cycle, hr: Actor, as_: SignIn) -> None:
    plan = make_active(session, hr, cast.eli, cycle)
    for person in (cast.eli, cast.audi):
        html = as_(person).get(f"/plans/{plan.id}").text
        assert "Pendapatan penjualan" in html
        assert "<form" not in html.partition('id="main"')[2].partition("</main>")[0]
    for person in (cast.otto, cast.eva, cast.omar):
        assert as_(person).get(f"/plans/{plan.id}").status_code == 404


PATHS = (
    "objectives",
    "objectives/{objective}",
    "objectives/{objective}/place",
    "objectives/{objective}/removal",
    "kpis",
    "kpis/preview",
    "kpis/{kpi}",
    "kpis/{kpi}/place",
    "kpis/{kpi}/removal",
    "weights",
    "weights/by-hand",
    "weights/computed",
    "weighting",
    "submission",
    "revision",
    "removal",
)


@pytest.mark.parametrize("path", PATHS)
def test_nobody_else_writes(session: Session, draft: Plan, cast: Cast, as_: SignIn, path: str) -> None:
    where = path.format(objective=draft.objectives[0].id, kpi=kpis_of(draft)[0].id)
    fields = {"version": draft.version, "title": "Mine", "name": "Mine", "direction": "up", "weighting": "ranked"}
    statuses = [
        as_(person).submit(f"/plans/{draft.id}/{where}", fields).status_code
        for person in (cast.eli, cast.audi, cast.omar, cast.otto)
    ]
    session.expire_all()
    assert (statuses, draft.state) == ([403, 403, 404, 404], PlanState.DRAFT)


@pytest.mark.parametrize("path", ["kpis/new?objective={objective}", "kpis/{kpi}", "objectives/{objective}",
                                  "weights/by-hand", "revision"])  # fmt: skip
def test_nobody_else_sees_the_forms(draft: Plan, cast: Cast, as_: SignIn, path: str) -> None:
    where = path.format(objective=draft.objectives[0].id, kpi=kpis_of(draft)[0].id)
    statuses = [as_(person).get(f"/plans/{draft.id}/{where}").status_code for person in (cast.eli, cast.otto)]
    assert statuses == [403, 404]


def test_managers_above_write(draft: Plan, cast: Cast, cycle: Cycle, as_: SignIn) -> None:
    """Mona for eli, root for everybody below; omar leads another team."""
    mona = as_(cast.mona)
    assert 'id="plan-form"' in mona.get(f"/plans/{draft.id}").text
    assert mona.submit(f"/plans/{draft.id}/objectives", {"version": draft.version, "title": "Mutu"}).status_code == 303
    assert mona.submit("/plans", {"person": cast.eva.id, "cycle_id": cycle.id}).status_code == 303
    assert as_(cast.root).get(f"/plans/new?person={cast.otto.id}").status_code == 200
    assert as_(cast.omar).get(f"/plans/new?person={cast.eva.id}").status_code == 404


def test_hr_does_not_write_her_own_plan(cast: Cast, cycle: Cycle, hana: Browser) -> None:
    assert hana.get(f"/plans/new?person={cast.hana.id}").status_code == 403
    assert hana.submit("/plans", {"person": cast.hana.id, "cycle_id": cycle.id}).status_code == 403


# --- The read view ----------------------------------------------------------------------------------------------------


def test_an_employee_reads_weights_reasons_and_curves_in_indonesian(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor, as_: SignIn
) -> None:
    plan = make_draft(session, hr, cast.eli, cycle)
    rate(session, hr, plan)
    given = zip(kpis_of(plan), (30, 11, 20, 16, 13, 10), strict=True)
    override_weights(
        session,
        hr,
        plan_id=plan.id,
        version=plan.version,
        weights={kpi.id: Decimal(weight) for kpi, weight in given},
        reason="Fokus pelanggan baru",
    )
    html = as_(cast.eli).get(f"/plans/{plan.id}").text
    words = spoken(html)
    for said in (
        "Hana Hartati: Fokus pelanggan baru",
        "hasil hitungan: 22%",
        "5 unit kerja gagal tanpanya",
        "Rp1.200 juta bernilai 100. Setiap Rp12 juta lebih tinggi menambah 1 poin",
        "Nilai tidak pernah di bawah 0 dan tidak pernah di atas 120.",
    ):
        assert said in words
    assert html.count('class="curve"') == 6
    assert html.count("<caption>Contoh</caption>") == 6


def test_a_draft_can_be_read_too(session: Session, draft: Plan, cast: Cast, as_: SignIn) -> None:
    assert "Rencana ini sudah berlaku" not in as_(cast.eli).get(f"/plans/{draft.id}").text
    draft.objectives.clear()
    session.flush()
    assert "Belum ada sasaran" in as_(cast.eli).get(f"/plans/{draft.id}").text
