"""Who finds whose plan in the list, and how many queries does it take?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import NotFound
from app.models import Cycle, Person
from app.services.plan_lists import PlanCounts, PlanFilter, PlanRow, copyable_plans, count_plans, list_plans
from app.services.planning import revise_plan
from tests.cast import Cast, actor_of
from tests.factories import make_person
from tests.plans import VALUES, add_kpi, add_objective, make_active, make_draft, open_cycle, start

pytestmark = pytest.mark.database


@pytest.fixture
def hr(cast: Cast) -> Actor:
    return actor_of(cast.hana)


@pytest.fixture
def cycle(session: Session, hr: Actor) -> Cycle:
    return open_cycle(session, hr)


def listed(session: Session, actor: Actor, cycle: Cycle, **narrowed: object) -> list[Person]:
    found = list_plans(session, actor, cycle_id=cycle.id, **narrowed)  # type: ignore[arg-type]
    return [row.person for row in found.items]


def test_everybody_finds_the_plans_that_they_may_see(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    everybody = sorted(cast, key=lambda person: person.name)
    assert listed(session, hr, cycle) == everybody
    assert listed(session, actor_of(cast.audi), cycle) == everybody
    assert listed(session, actor_of(cast.mona), cycle) == [cast.eli, cast.eva, cast.gone, cast.mona]
    assert listed(session, actor_of(cast.eli), cycle) == [cast.eli]


def test_a_row_says_how_far_a_plan_is(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    draft = start(session, hr, cast.eli, cycle)
    add_kpi(session, hr, draft, add_objective(session, hr, draft))
    active = make_active(session, hr, cast.eva, cycle)
    revision = revise_plan(
        session, hr, plan_id=active.id, version=None, starts_on=date(2026, 2, 1), reason="Target baru"
    )
    rows = {row.person: row for row in list_plans(session, hr, cycle_id=cycle.id).items}

    def facts(row: PlanRow) -> tuple[object, ...]:
        return row.active, row.draft, row.objectives, row.kpis, len(row.missing), row.may_write

    assert facts(rows[cast.eli]) == (None, draft, 1, 1, 3, True)
    assert facts(rows[cast.eva]) == (active, revision, 5, 6, 0, True)
    assert facts(rows[cast.otto]) == (None, None, 0, 0, 0, True)
    assert facts(rows[cast.hana]) == (None, None, 0, 0, 0, False)


def test_managers_write_for_their_team_but_not_for_themselves(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor
) -> None:
    make_draft(session, hr, cast.eli, cycle)
    rows = list_plans(session, actor_of(cast.mona), cycle_id=cycle.id).items
    assert [(row.person, row.may_write) for row in rows] == [
        (cast.eli, True), (cast.eva, True), (cast.gone, True), (cast.mona, False)
    ]  # fmt: skip


def test_the_list_is_narrowed(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    make_draft(session, hr, cast.eli, cycle)
    make_active(session, hr, cast.eva, cycle)
    assert listed(session, hr, cycle, only=PlanFilter.DRAFT) == [cast.eli]
    assert listed(session, hr, cycle, only=PlanFilter.ACTIVE) == [cast.eva]
    assert listed(session, hr, cycle, only=PlanFilter.NONE, search="o") == [
        cast.gone,
        cast.mona,
        cast.omar,
        cast.otto,
        cast.root,
    ]
    assert listed(session, hr, cycle, search="6") == [cast.otto]
    assert listed(session, hr, cycle, search="%") == []
    assert count_plans(session, hr, cycle_id=cycle.id) == PlanCounts(people=9, active=1, draft=1, agreeing=0, none=7)


def test_the_list_comes_in_pages(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    page = list_plans(session, hr, cycle_id=cycle.id, offset=5, limit=2)
    assert ([row.person for row in page.items], page.total) == ([cast.mona, cast.omar], 9)


def test_only_those_who_are_employed_in_the_cycle_are_listed(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor
) -> None:
    cast.otto.left_on = date(2025, 12, 31)
    cast.eva.joined_on = date(2027, 1, 1)
    session.flush()
    assert listed(session, hr, cycle) == [
        cast.audi, cast.eli, cast.gone, cast.hana, cast.mona, cast.omar, cast.root,
    ]  # fmt: skip


def test_a_cycle_that_does_not_exist_is_not_found(session: Session, hr: Actor) -> None:
    with pytest.raises(NotFound):
        list_plans(session, hr, cycle_id=99)


def test_plans_to_copy_are_those_in_force_of_others(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    make_draft(session, hr, cast.otto, cycle)
    plan = make_active(session, hr, cast.eva, cycle)
    assert copyable_plans(session, hr, person_id=cast.eli.id, cycle_id=cycle.id) == [plan]
    assert copyable_plans(session, hr, person_id=cast.eva.id, cycle_id=cycle.id) == []
    assert copyable_plans(session, hr, person_id=cast.eli.id, cycle_id=cycle.id, search="Otto") == []


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


def test_the_number_of_queries_does_not_grow_with_the_list(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor
) -> None:
    def queries() -> int:
        session.expire_all()
        with counted(session) as statements:
            for row in list_plans(session, hr, cycle_id=cycle.id, search="Staf").items:
                assert row.draft is not None
        return len(statements)

    def add_staff(number: int) -> None:
        plan = start(
            session, hr, make_person(session, f"S{number}", f"Staf{number} Penjualan", manager=cast.mona), cycle
        )
        add_kpi(session, hr, plan, add_objective(session, hr, plan), VALUES)

    add_staff(1)
    one = queries()
    add_staff(2)
    add_staff(3)
    assert queries() == one
