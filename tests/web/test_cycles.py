"""Can HR open a cycle, choose its policy and close its periods on these pages?"""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEntry, Cycle, Period
from app.rules.vocabulary import Missing, PeriodState
from app.services import cycles
from app.services.cycles import LETTER_GRADES, CycleValues, PolicyValues
from tests.cast import Cast, actor_of
from tests.factories import TODAY
from tests.pages import Page, counted_queries
from tests.plans import VALUES, make_active
from tests.tools import Browser, Clock, SignIn


@pytest.fixture
def hana(cast: Cast, as_: SignIn) -> Browser:
    browser = as_(cast.hana)
    browser.headers["Accept-Language"] = "en"
    return browser


@pytest.fixture
def cycle(session: Session, cast: Cast) -> Cycle:
    return opened(session, cast, "2026", replace(PolicyValues(), asks_agreement=False))


def opened(session: Session, cast: Cast, code: str, policy: PolicyValues) -> Cycle:
    year = int(code)
    values = CycleValues(code, f"Tahun {code}", date(year, 1, 1), date(year, 12, 31), policy=policy)
    return cycles.open_cycle(session, actor_of(cast.hana), values=values)


def show(browser: Browser, path: str, status: int = 200) -> Page:
    response = browser.get(path)
    assert response.status_code == status
    return Page(response.text)


def typed(page: Page) -> dict[str, str]:
    """The fields of a form as a browser would send them."""
    return {name: text for name, text in page.fields.items() if name}


def test_the_first_cycle_is_offered_with_this_year_and_the_defaults(hana: Browser) -> None:
    assert "No cycle yet" in show(hana, "/cycles").text
    page = show(hana, "/cycles/new")
    expected = {
        "name": "Performance year 2026",
        "code": "2026",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "period_kind": "monthly",
        "priority_share": "50",
        "difficulty_share": "30",
        "credibility_share": "20",
        "weight_step": "1",
        "weight_floor": "5",
        "weight_ceiling": "40",
        "score_floor": "0",
        "score_cap": "120",
        "on_track_from": "90",
        "ahead_from": "110",
        "missing": "exclude",
        "grade_0_lower": "110",
        "grade_0_code": "outstanding",
        "grade_0_name_id": "Sangat Baik",
        "grade_0_name_en": "Outstanding",
        "grade_5_lower": "",
    }
    assert {name: page.fields[name] for name in expected} == expected


def test_open_a_cycle_just_as_it_is_offered(session: Session, hana: Browser) -> None:
    response = hana.submit("/cycles", {**typed(show(hana, "/cycles/new")), "period_kind": "quarterly"})
    cycle = session.scalars(select(Cycle)).one()
    assert (response.status_code, response.headers["location"]) == (303, f"/cycles/{cycle.id}")
    assert cycles.values_of(cycle) == replace(PolicyValues(), grades=list(PolicyValues().grades))
    page = show(hana, f"/cycles/{cycle.id}")
    assert [row[0] for row in page.rows[1:5]] == [
        "Quarter 1 2026",
        "Quarter 2 2026",
        "Quarter 3 2026",
        "Quarter 4 2026",
    ]
    assert page.rows[1][2] == "running"
    assert page.rows[2][2] == "to come"
    assert "priority 50%, difficulty 30%, data credibility 20%" in page.text
    # the next one is offered with the year after and the same policy
    assert show(hana, "/cycles/new").fields["code"] == "2027"


def test_the_same_in_indonesian_notation(session: Session, cast: Cast, as_: SignIn) -> None:
    browser = as_(cast.hana)
    fields = typed(show(browser, "/cycles/new"))
    changed = {"weight_step": "0,5", "weight_floor": "2,5", "score_cap": "112,5", "grade_1_lower": "92,75"}
    assert browser.submit("/cycles", {**fields, **changed}).status_code == 303
    values = cycles.values_of(session.scalars(select(Cycle)).one())
    assert (values.weight_step, values.weight_floor, values.score_cap, values.grades[1].lower) == (
        Decimal("0.5"), Decimal("2.5"), Decimal("112.5"), Decimal("92.75"),
    )  # fmt: skip
    cycle = session.scalars(select(Cycle)).one()
    page = show(browser, f"/cycles/{cycle.id}/policy")
    assert {name: page.fields[name] for name in changed} == changed


def test_letters_can_be_taken_without_losing_what_was_typed(hana: Browser) -> None:
    fields = {**typed(show(hana, "/cycles/new")), "name": "Tahun baru", "score_cap": "x"}
    page = Page(hana.submit("/cycles", {**fields, "preset": "letters"}).text)
    assert (page.fields["name"], page.fields["score_cap"]) == ("Tahun baru", "x")
    assert [page.fields[f"grade_{row}_code"] for row in range(5)] == ["A", "B", "C", "D", "E"]
    assert page.faults == {}


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"code": "a/b"}, {"code": "may hold letters without accents, digits and - _ . only"}),
        ({"ends_on": "2025-01-01"}, {"ends_on": "must be after the start"}),
        ({"ends_on": "2040-01-01"}, {"ends_on": "is more than three years after the start"}),
        ({"priority_share": "40"}, {"criteria": "must add up to 100, not 90"}),
        ({"priority_share": "abc", "score_cap": ""}, {
            "priority_share": "must be a number", "score_cap": "is required",
        }),
        ({"weight_floor": "41"}, {"weight_ceiling": "must not be below the smallest weight"}),
        ({"weight_floor": "5.5"}, {"weight_floor": "must be a multiple of the step (1)"}),
        ({"weight_step": "3"}, {"weight_step": "must be one of 0.01, 0.5, 1, 5"}),
        ({"score_cap": "0"}, {"score_cap": "must be above floor"}),
        ({"score_cap": "120.005"}, {"score_cap": "must have at most 2 decimals"}),
        ({"ahead_from": "90"}, {"ahead_from": "must be above on track"}),
        ({"grade_1_lower": "110"}, {"grades": "has more than one grade from 110"}),
        ({"grade_1_code": "outstanding"}, {"grades": "has more than one grade outstanding"}),
        ({"grade_6_lower": "60"}, {
            "grade_6_code": "is required", "grade_6_name_en": "is required", "grade_6_name_id": "is required",
        }),
        ({"grade_0_lower": "", "grade_0_code": "", "grade_0_name_en": "", "grade_0_name_id": "",
          "grade_6_lower": "60.001", "grade_6_code": "x", "grade_6_name_en": "x", "grade_6_name_id": "x"},
         {"grade_6_lower": "must have at most 2 decimals"}),
    ],
)  # fmt: skip
def test_what_is_refused_comes_back_as_it_was_typed(
    session: Session, hana: Browser, changes: dict[str, str], faults: dict[str, str]
) -> None:
    fields = {**typed(show(hana, "/cycles/new")), **changes}
    response = hana.submit("/cycles", fields)
    page = Page(response.text)
    assert (response.status_code, page.faults) == (400, faults)
    kept = {name: text for name, text in changes.items() if name != "weight_step"}
    assert {name: page.fields[name] for name in kept} == kept
    assert session.scalars(select(Cycle)).all() == []


def test_no_grades_at_all(hana: Browser) -> None:
    fields = {name: text for name, text in typed(show(hana, "/cycles/new")).items() if not name.startswith("grade_")}
    assert Page(hana.submit("/cycles", fields).text).faults == {"grades": "needs at least one grade"}


def test_agreement_is_asked_unless_the_policy_says_otherwise(session: Session, hana: Browser) -> None:
    offered = show(hana, "/cycles/new")
    assert offered.fields["asks_agreement"] == "on"
    hana.submit("/cycles", {name: text for name, text in typed(offered).items() if name != "asks_agreement"})
    cycle = session.scalars(select(Cycle)).one()
    assert not cycle.asks_agreement
    assert "in force as soon as they are submitted" in show(hana, f"/cycles/{cycle.id}").text
    path = f"/cycles/{cycle.id}/policy"
    assert "asks_agreement" not in typed(show(hana, path))
    hana.submit(path, {**typed(show(hana, path)), "version": str(cycle.version), "asks_agreement": "on"})
    session.expire_all()
    assert cycles.values_of(cycle).asks_agreement
    assert "Employees accept their plans" in show(hana, f"/cycles/{cycle.id}").text


def test_the_days_to_record_are_a_part_of_the_policy(session: Session, hana: Browser, cycle: Cycle) -> None:
    path, shown = f"/cycles/{cycle.id}/policy", f"/cycles/{cycle.id}"
    fields = {**typed(show(hana, path)), "version": str(cycle.version)}
    assert fields["entry_grace_days"] == "7"
    assert "7 days after the last day of the figure" in show(hana, shown).text
    for wrong, fault in (("61", "must be at most 60"), ("-1", "must be at least 0"), ("1.5", "must be a whole number")):
        refused = hana.submit(path, {**fields, "entry_grace_days": wrong})
        page = Page(refused.text)
        assert (refused.status_code, page.faults) == (400, {"entry_grace_days": fault})
        assert page.fields["entry_grace_days"] == wrong
    assert hana.submit(path, {**fields, "entry_grace_days": "1"}).status_code == 303
    session.expire_all()
    assert cycles.values_of(cycle).entry_grace_days == 1
    assert "1 day after the last day of the figure" in show(hana, shown).text
    act = session.scalars(select(AuditEntry).where(AuditEntry.action == "cycle.policy_changed")).one()
    assert json.loads(act.details) == {"entry_grace_days": [7, 1]}


def test_change_the_policy(session: Session, hana: Browser, cycle: Cycle) -> None:
    path = f"/cycles/{cycle.id}/policy"
    fields = {**typed(show(hana, path)), "version": str(cycle.version), "missing": "zero", "score_cap": "130"}
    assert hana.submit(path, fields).headers["location"] == f"/cycles/{cycle.id}"
    session.expire_all()
    assert (cycle.missing, cycle.score_cap) == (Missing.ZERO, Decimal(130))
    assert "A KPI that is due and has no data counts as 0." in show(hana, f"/cycles/{cycle.id}").text
    assert hana.submit(path, fields).status_code == 409


def test_lists_say_what_is_closed_and_running(session: Session, cast: Cast, hana: Browser, cycle: Cycle) -> None:
    opened(session, cast, "2025", replace(PolicyValues(), grades=LETTER_GRADES))
    cycle.periods[0].state = PeriodState.CLOSED
    session.flush()
    assert show(hana, "/cycles").rows[1:] == [
        ["Tahun 2026", "2026", "1 Jan 2026 – 31 Dec 2026", "1 of 12 closed, monthly", "running"],
        ["Tahun 2025", "2025", "1 Jan 2025 – 31 Dec 2025", "0 of 12 closed, monthly", "over"],
    ]


def test_as_many_queries_for_many_as_for_one(session: Session, cast: Cast, hana: Browser, cycle: Cycle) -> None:
    session.expire_all()
    with counted_queries(session) as few:
        show(hana, "/cycles")
    for code in ("2024", "2025"):
        opened(session, cast, code, PolicyValues())
    session.expire_all()
    with counted_queries(session) as many:
        assert len(show(hana, "/cycles").rows) == 4
    assert len(many) == len(few)
    assert cycle.code == "2026"


def test_close_and_reopen_a_period(session: Session, hana: Browser, cycle: Cycle) -> None:
    path = f"/cycles/{cycle.id}/periods/2026-01"
    assert "Everything that is due is there." in show(hana, path).text
    for state in (PeriodState.CLOSED, PeriodState.OPEN):
        assert hana.submit(path, {"state": state.value}).status_code == 303
        session.expire_all()
        assert cycle.periods[0].state is state
    assert hana.submit(path, {"state": "open"}).status_code == 409
    assert hana.submit(path, {"state": "melted"}).status_code == 400
    assert hana.submit(f"/cycles/{cycle.id}/periods/2026-03", {"state": "closed"}).status_code == 409
    assert "It can be closed on its last day, 31 March 2026." in show(hana, f"/cycles/{cycle.id}/periods/2026-03").text
    assert hana.get(f"/cycles/{cycle.id}/periods/2031-01").status_code == 404


def test_what_is_missing_is_named_and_may_hold_the_period_open(
    session: Session, cast: Cast, hana: Browser, as_: SignIn, cycle: Cycle
) -> None:
    make_active(session, actor_of(cast.hana), cast.eli, cycle)
    path = f"/cycles/{cycle.id}/periods/2026-01"
    page = show(hana, path)
    assert page.rows[0] == ["Employee", "KPI"]
    assert page.rows[1][0] == "Eli Effendi 4"
    assert page.rows[1][1].count(VALUES.name) == 6
    assert "6 figures are missing." in page.text
    # others see what is missing of those below them, and nothing of the rest
    assert len(show(as_(cast.mona), path).rows) == 2
    assert show(as_(cast.omar), path).rows == []
    cycle.missing = Missing.BLOCK
    session.flush()
    assert "6 figures are missing; the policy of this cycle waits for them." in show(hana, path).text
    response = hana.submit(path, {"state": "closed"})
    assert (response.status_code, session.scalars(select(Period.state).where(Period.code == "2026-01")).one()) == (
        409, PeriodState.OPEN,
    )  # fmt: skip
    assert "6 entries are missing" in response.text


def test_a_policy_by_which_something_was_published_is_not_offered_for_change(
    session: Session, hana: Browser, cycle: Cycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cycles, "is_policy_frozen", lambda *_: True)
    page = show(hana, f"/cycles/{cycle.id}")
    assert "Scorecards are published, so it stays as it is." in page.text
    assert "Change the policy" not in page.text
    assert hana.get(f"/cycles/{cycle.id}/policy").status_code == 409
    assert session.scalars(select(Cycle.version)).one() == 1


def test_who_may(cast: Cast, as_: SignIn, cycle: Cycle, clock: Clock) -> None:
    assert clock.now.date() == TODAY
    eli = as_(cast.eli)
    path = f"/cycles/{cycle.id}"
    assert [eli.get(each).status_code for each in ("/cycles", path, f"{path}/periods/2026-01")] == [200, 200, 200]
    assert [eli.get(each).status_code for each in ("/cycles/new", f"{path}/policy")] == [403, 403]
    assert [
        eli.submit(each, fields).status_code
        for each, fields in (("/cycles", {}), (f"{path}/policy", {}), (f"{path}/periods/2026-01", {"state": "closed"}))
    ] == [403, 403, 403]
    assert [eli.get(each).status_code for each in ("/cycles/999", "/cycles/x")] == [404, 404]
