"""Who finds whose plan in the list, and how many queries does it take?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import NotFound
from app.models import Person
from app.rules.vocabulary import Role
from app.services.plan_lists import PlanCounts, PlanFilter, PlanRow, copyable_plans, count_plans, list_plans
from app.services.planning import revise_plan
from tests.plans import VALUES, add_kpi, add_objective, make_active, make_draft, start
from tests.teams import Team, actor_of, make_person, make_team

pytestmark = pytest.mark.database


@pytest.fixture
def team(session: Session) -> Team:
    return make_team(session)


@pytest.fixture
def hr(team: Team) -> Actor:
    return actor_of(team.hana, Role.HR)


def listed(session: Session, actor: Actor, team: Team, **narrowed: object) -> list[Person]:
    found = list_plans(session, actor, cycle_id=team.cycle.id, **narrowed)  # type: ignore[arg-type]
    return [row.person for row in found.items]


def test_everybody_finds_the_plans_that_they_may_see(session: Session, team: Team, hr: Actor) -> None:
    everybody = [team.boss, team.eli, team.eva, team.hana, team.mona, team.omar, team.otto]
    assert listed(session, hr, team) == everybody
    assert listed(session, actor_of(team.omar, Role.AUDITOR), team) == everybody
    assert listed(session, actor_of(team.mona), team) == [team.eli, team.eva, team.mona]
    assert listed(session, actor_of(team.eli), team) == [team.eli]


def test_a_row_says_how_far_a_plan_is(session: Session, team: Team, hr: Actor) -> None:
    draft = start(session, hr, team.eli, team.cycle)
    add_kpi(session, hr, draft, add_objective(session, hr, draft))
    active = make_active(session, hr, team.eva, team.cycle)
    revision = revise_plan(
        session, hr, plan_id=active.id, version=None, starts_on=date(2026, 2, 1), reason="Target baru"
    )
    rows = {row.person: row for row in list_plans(session, hr, cycle_id=team.cycle.id).items}

    def facts(row: PlanRow) -> tuple[object, ...]:
        return row.active, row.draft, row.objectives, row.kpis, len(row.missing), row.may_write

    assert facts(rows[team.eli]) == (None, draft, 1, 1, 3, True)
    assert facts(rows[team.eva]) == (active, revision, 5, 6, 0, True)
    assert facts(rows[team.otto]) == (None, None, 0, 0, 0, True)
    assert facts(rows[team.hana]) == (None, None, 0, 0, 0, False)


def test_managers_read_but_do_not_write(session: Session, team: Team, hr: Actor) -> None:
    make_draft(session, hr, team.eli, team.cycle)
    rows = list_plans(session, actor_of(team.mona), cycle_id=team.cycle.id).items
    assert [row.may_write for row in rows] == [False, False, False]


def test_the_list_is_narrowed(session: Session, team: Team, hr: Actor) -> None:
    make_draft(session, hr, team.eli, team.cycle)
    make_active(session, hr, team.eva, team.cycle)
    assert listed(session, hr, team, only=PlanFilter.DRAFT) == [team.eli]
    assert listed(session, hr, team, only=PlanFilter.ACTIVE) == [team.eva]
    assert listed(session, hr, team, only=PlanFilter.NONE, search="o") == [team.hana, team.mona, team.omar, team.otto]
    assert listed(session, hr, team, search="12") == [team.eva, team.omar, team.otto]
    assert listed(session, hr, team, search="%") == []
    assert count_plans(session, hr, cycle_id=team.cycle.id) == PlanCounts(people=7, active=1, draft=1, none=5)


def test_the_list_comes_in_pages(session: Session, team: Team, hr: Actor) -> None:
    page = list_plans(session, hr, cycle_id=team.cycle.id, offset=4, limit=2)
    assert ([row.person for row in page.items], page.total) == ([team.mona, team.omar], 7)


def test_only_those_who_are_employed_in_the_cycle_are_listed(session: Session, team: Team, hr: Actor) -> None:
    team.otto.left_on = date(2025, 12, 31)
    team.eva.joined_on = date(2027, 1, 1)
    session.flush()
    assert listed(session, hr, team) == [team.boss, team.eli, team.hana, team.mona, team.omar]


def test_a_cycle_that_does_not_exist_is_not_found(session: Session, hr: Actor) -> None:
    with pytest.raises(NotFound):
        list_plans(session, hr, cycle_id=99)


def test_plans_to_copy_are_those_in_force_of_others(session: Session, team: Team, hr: Actor) -> None:
    make_draft(session, hr, team.otto, team.cycle)
    plan = make_active(session, hr, team.eva, team.cycle)
    assert copyable_plans(session, hr, person_id=team.eli.id, cycle_id=team.cycle.id) == [plan]
    assert copyable_plans(session, hr, person_id=team.eva.id, cycle_id=team.cycle.id) == []
    assert copyable_plans(session, hr, person_id=team.eli.id, cycle_id=team.cycle.id, search="Otto") == []


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    bind = session.connection()
    event.listen(bind, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(bind, "before_cursor_execute", note)


def test_the_number_of_queries_does_not_grow_with_the_list(session: Session, team: Team, hr: Actor) -> None:
    def queries() -> int:
        session.expire_all()
        with counted(session) as statements:
            for row in list_plans(session, hr, cycle_id=team.cycle.id, search="Staf").items:
                assert row.draft is not None
        return len(statements)

    def add_staff(number: int) -> None:
        plan = start(session, hr, make_person(session, f"S{number}", f"Staf {number}", team.mona), team.cycle)
        add_kpi(session, hr, plan, add_objective(session, hr, plan), VALUES)

    add_staff(1)
    one = queries()
    add_staff(2)
    add_staff(3)
    assert queries() == one
