"""Does the list hold exactly those whom one may see, with what is published of them or stands to date?"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.services.appraisals import publish
from app.services.scorecard_lists import (
    Batch,
    CardCounts,
    CardFilter,
    CardState,
    Wanted,
    count_scorecards,
    find_period,
    list_scorecards,
    names_of,
    next_batch,
    rows_of,
)
from tests.cards import Example, give_plan, make_example
from tests.cast import Cast, actor_of


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


def listed(session: Session, example: Example, name: str, wanted: Wanted | None = None) -> list[tuple[str, str]]:
    found = list_scorecards(
        session, actor_of(getattr(example.cast, name)), example.cycle, example.period("2026-01"), wanted or Wanted()
    )
    assert found.total == len(found.items)
    return [(row.person.name.split()[0].lower(), row.state.value) for row in found.items]


def test_everybody_finds_whom_they_may_see_and_no_one_else(session: Session, example: Example) -> None:
    assert listed(session, example, "mona") == [
        ("eli", "ready"),
        ("eva", "no_plan"),
        ("gone", "no_plan"),
        ("mona", "no_plan"),
    ]
    assert listed(session, example, "eli") == [("eli", "ready")]
    assert listed(session, example, "omar") == [("omar", "no_plan"), ("otto", "no_plan")]
    assert len(listed(session, example, "hana")) == len(listed(session, example, "audi")) == 9


def test_states_tell_apart_what_may_be_done(session: Session, example: Example) -> None:
    give_plan(session, example.cast.eva, example.cycle)
    mona = actor_of(example.cast.mona)
    rows = rows_of(
        session,
        mona,
        example.cycle,
        example.period("2026-01"),
        [example.cast.eli.id, example.cast.eva.id, example.cast.mona.id, example.cast.otto.id],
    )
    assert [(row.person.name, row.state, row.may_publish, row.refusal and row.refusal.code) for row in rows] == [
        ("Eli Effendi", CardState.READY, True, None),
        ("Eva Elvira", CardState.BLOCKED, True, "nothing_scored"),
        ("Mona Maharani", CardState.NO_PLAN, False, None),
    ]
    running = rows_of(session, mona, example.cycle, example.period("2026-02"), [example.cast.eli.id])
    assert [row.state for row in running] == [CardState.RUNNING]


def test_the_figures_are_the_published_ones_once_there_are_any(session: Session, example: Example) -> None:
    mona, january = actor_of(example.cast.mona), example.period("2026-01")
    publish(session, mona, person_id=example.cast.eli.id, period_id=january.id)
    example.kpis["SALES"].target = Decimal(1)
    (row,) = rows_of(session, mona, example.cycle, january, [example.cast.eli.id])
    assert (row.state, str(row.total), row.grade and row.grade.code, str(row.coverage)) == (
        CardState.PUBLISHED,
        "81.37",
        "needs_improvement",
        "80.00",
    )


def test_filters_and_figures_agree(session: Session, example: Example) -> None:
    give_plan(session, example.cast.otto, example.cycle)
    hana, january = actor_of(example.cast.hana), example.period("2026-01")
    publish(session, hana, person_id=example.cast.eli.id, period_id=january.id)
    assert count_scorecards(session, hana, january, Wanted()) == CardCounts(people=9, with_plan=2, published=1)
    assert listed(session, example, "hana", Wanted(only=CardFilter.PUBLISHED)) == [("eli", "published")]
    assert listed(session, example, "hana", Wanted(only=CardFilter.UNPUBLISHED)) == [("otto", "blocked")]
    assert len(listed(session, example, "hana", Wanted(only=CardFilter.NO_PLAN))) == 7
    assert listed(session, example, "hana", Wanted(search="effendi ELI")) == [("eli", "published")]
    unit = example.cast.eli.placements[0].unit_id
    assert [name for name, _ in listed(session, example, "hana", Wanted(unit_id=unit))] == [
        "eli",
        "eva",
        "hana",
        "mona",
    ]
    assert next_batch(session, hana, january, Wanted(), limit=10) == Batch([example.cast.otto.id], 0)
    assert next_batch(session, actor_of(example.cast.mona), january, Wanted(), limit=10) == Batch([], 0)


def test_steps_of_many_follow_each_other_in_the_order_of_the_list(session: Session, example: Example) -> None:
    hana, january = actor_of(example.cast.hana), example.period("2026-01")
    eli, otto = example.cast.eli.id, give_plan(session, example.cast.otto, example.cycle).person_id
    assert next_batch(session, hana, january, Wanted(), limit=1) == Batch([eli], 1)
    assert next_batch(session, hana, january, Wanted(), limit=1, after=eli) == Batch([otto], 0)
    assert next_batch(session, hana, january, Wanted(), limit=1, after=otto) == Batch([], 0)
    publish(session, hana, person_id=eli, period_id=january.id)
    assert next_batch(session, hana, january, Wanted(), limit=1, after=eli) == Batch([otto], 0)
    # Whoever cannot be seen gives no place in the list away
    mona = actor_of(example.cast.mona)
    assert (
        next_batch(session, mona, january, Wanted(), limit=1, after=otto).ids
        == next_batch(session, mona, january, Wanted(), limit=1).ids
    )


def test_who_left_before_the_period_is_not_in_it(session: Session, example: Example) -> None:
    february = example.period("2026-02")
    found = list_scorecards(session, actor_of(example.cast.hana), example.cycle, february, Wanted())
    assert "Gone Gunawan" not in {row.person.name for row in found.items}


def test_the_period_that_is_shown_is_the_last_one_over(session: Session, example: Example) -> None:
    def shown(day: date) -> str:
        actor = actor_of(example.cast.eli, day)
        return find_period(session, actor, cycle_code="2026", period_code=None)[1].code

    assert [shown(date(2026, 1, 5)), shown(date(2026, 2, 1)), shown(date(2026, 8, 31)), shown(date(2027, 5, 1))] == [
        "2026-01",
        "2026-01",
        "2026-07",
        "2026-12",
    ]
    for code, period in (("2025", None), ("2026", "2026-13")):
        with pytest.raises(NotFound):
            find_period(session, actor_of(example.cast.hana), cycle_code=code, period_code=period)


def test_names_are_those_one_may_see(session: Session, example: Example) -> None:
    ids = [example.cast.eli.id, example.cast.otto.id]
    assert names_of(session, actor_of(example.cast.mona), ids) == {example.cast.eli.id: "Eli Effendi"}


def test_one_person_and_three_take_as_many_queries(session: Session, example: Example) -> None:
    hana = actor_of(example.cast.hana)

    def show() -> None:
        cycle, january = find_period(session, hana, cycle_code="2026", period_code="2026-01")
        list_scorecards(session, hana, cycle, january, Wanted())

    def one() -> int:
        return queries(session, show)

    before = one()
    for person in (example.cast.eva, example.cast.otto):
        give_plan(session, session.merge(person), session.merge(example.cycle))
    assert one() == before


def queries(session: Session, act: Callable[[], object]) -> int:
    session.flush()
    session.expunge_all()
    statements: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", count)
    try:
        act()
    finally:
        event.remove(bind, "before_cursor_execute", count)
    return len(statements)
