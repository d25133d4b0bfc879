"""Is a development plan written by both sides, and do incentive bands and team lists show only what they may?"""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import Appraisal, Behaviour, BehaviourRating
from app.rules.vocabulary import AppraisalState, CycleState, DevelopmentState
from app.services import development, team
from app.services.development import ItemValues, change_item, development_of, due_items, enter_item
from app.services.incentives import BandValues, band_reached, incentives_of, set_incentives
from app.services.team import TeamFilter, list_team, managers_in_view, weakest_of
from tests.cards import Example, give_plan, make_example
from tests.cast import Cast, actor_of
from tests.factories import NOW, TODAY

VALUES = ItemValues("Negosiasi", "Pelatihan", "Biaya", TODAY + timedelta(days=60))


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


# --- Development plans ------------------------------------------------------------------------------------------------


def test_employee_and_manager_write_it_together(session: Session, example: Example) -> None:
    eli, mona = actor_of(example.cast.eli), actor_of(example.cast.mona)
    item = enter_item(session, eli, person_id=eli.person_id, values=VALUES)
    running = ItemValues("Negosiasi", "Pelatihan dua hari", "", VALUES.due_on, DevelopmentState.RUNNING, "CRM")
    change_item(session, mona, item_id=item.id, version=item.version, values=running)
    plan = development_of(session, eli, person_id=eli.person_id)
    assert plan.may_write
    assert [(each.gap, each.state, each.support, each.changed_by.name) for each in plan.items] == [
        ("Negosiasi", DevelopmentState.RUNNING, "", "Mona Maharani")
    ]
    assert [each.kpi.code for each in plan.weakest] == ["COST", "SALES"]  # CRM stands in the plan already
    with pytest.raises(Conflict, match="stale"):
        change_item(session, eli, item_id=item.id, version=item.version - 1, values=VALUES)


def test_what_is_done_comes_last_and_is_not_due(session: Session, example: Example) -> None:
    mona, person_id = actor_of(example.cast.mona), example.cast.eli.id
    late = enter_item(session, mona, person_id=person_id, values=VALUES)
    done = enter_item(session, mona, person_id=person_id, values=ItemValues("A", "B", "", TODAY))
    values = ItemValues("A", "B", "", TODAY, DevelopmentState.DONE)
    change_item(session, mona, item_id=done.id, version=None, values=values)
    assert development_of(session, mona, person_id=person_id).items == [late, done]
    assert list(due_items(session, mona).items) == [late]
    assert due_items(session, mona, until=TODAY).total == 0
    # what is late keeps its day, whatever else is changed
    later = actor_of(example.cast.mona, TODAY + timedelta(days=90))
    change_item(session, later, item_id=late.id, version=None, values=VALUES)


def test_low_behaviours_of_the_last_result_are_suggested(session: Session, example: Example) -> None:
    cast = example.cast
    behaviours = [Behaviour(cycle_id=example.cycle.id, place=n, name_en=f"B{n}", name_id=f"P{n}") for n in (1, 2)]
    appraisal = Appraisal(
        person_id=cast.eli.id, period_id=example.period("2026-01").id, plan_id=example.plan.id, changed_at=NOW
    )
    session.add_all([*behaviours, appraisal])
    session.flush()
    session.add_all(
        BehaviourRating(appraisal_id=appraisal.id, behaviour_id=behaviour.id, level=level)
        for behaviour, level in zip(behaviours, (2, 3), strict=True)
    )
    session.flush()
    eli = actor_of(cast.eli)
    assert development_of(session, eli, person_id=cast.eli.id).behaviours == []  # still the appraiser's
    appraisal.state = AppraisalState.PUBLISHED
    session.flush()
    found = development_of(session, eli, person_id=cast.eli.id).behaviours
    assert [rating.behaviour.name_en for rating in found] == ["B1"]


def test_who_may_read_and_write(session: Session, example: Example) -> None:
    cast, person_id = example.cast, example.cast.eli.id
    item = enter_item(session, actor_of(cast.mona), person_id=person_id, values=VALUES)
    for name in ("root", "hana", "eli"):
        assert development_of(session, actor_of(getattr(cast, name)), person_id=person_id).may_write
    assert not development_of(session, actor_of(cast.audi), person_id=person_id).may_write
    with pytest.raises(NotAllowed):
        change_item(session, actor_of(cast.audi), item_id=item.id, version=None, values=VALUES)
    for name in ("eva", "omar", "gone"):
        actor = actor_of(getattr(cast, name))
        assert due_items(session, actor).total == 0
        with pytest.raises(NotFound):
            development_of(session, actor, person_id=person_id)
        with pytest.raises(NotFound):
            development.get_item(session, actor, item_id=item.id)


def test_faults_of_an_item_come_all_at_once(session: Session, example: Example) -> None:
    mona, person_id = actor_of(example.cast.mona), example.cast.eli.id
    with pytest.raises(Invalid) as refused:
        enter_item(session, mona, person_id=person_id, values=ItemValues("", "", "x" * 2001, None))
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [
        ("gap", "required"),
        ("development_action", "required"),
        ("support", "text_too_long"),
        ("due_on", "required"),
    ]
    for _ in range(development.MOST):
        enter_item(session, mona, person_id=person_id, values=VALUES)
    with pytest.raises(Conflict, match="too_many_items"):
        enter_item(session, mona, person_id=person_id, values=VALUES)


# --- Incentive bands --------------------------------------------------------------------------------------------------

BANDS = [BandValues(Decimal(90), "Bonus", Decimal("2.5")), BandValues(Decimal(110), "Bonus besar")]


def set_bands(session: Session, example: Example, *, are_shown: bool) -> None:
    hana = actor_of(example.cast.hana)
    version = example.cycle.version
    set_incentives(session, hana, cycle_id=example.cycle.id, version=version, are_shown=are_shown, bands=BANDS)


def test_a_band_is_seen_only_where_the_policy_says_so(session: Session, example: Example) -> None:
    set_bands(session, example, are_shown=False)
    assert band_reached(session, example.cycle, Decimal(115)) is None
    set_bands(session, example, are_shown=True)
    reached = [
        band_reached(session, example.cycle, total) for total in (None, Decimal("89.99"), Decimal(90), Decimal(115))
    ]
    assert [band.text if band else None for band in reached] == [None, None, "Bonus", "Bonus besar"]
    found = incentives_of(session, actor_of(example.cast.hana), cycle_id=example.cycle.id)
    assert [(band.lower, band.percent) for band in found.bands] == [(Decimal(110), None), (Decimal(90), Decimal("2.5"))]


def test_bands_have_to_make_sense(session: Session, example: Example) -> None:
    hana, cycle = actor_of(example.cast.hana), example.cycle
    wrong = [
        BandValues(Decimal("0.001"), " "),
        BandValues(Decimal(-1), "A", Decimal(1001)),
        BandValues(Decimal(-1), "B"),
    ]
    with pytest.raises(Invalid) as refused:
        set_incentives(session, hana, cycle_id=cycle.id, version=cycle.version, are_shown=True, bands=wrong)
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [
        ("bands[0].text", "required"),
        ("bands[0].lower", "more_than_2_decimals"),
        ("bands[1].lower", "negative"),
        ("bands[1].percent", "too_large"),
        ("bands[2].lower", "negative"),
        ("bands[2].lower", "incentives_begin_alike"),
    ]
    with pytest.raises(Invalid, match="invalid"):
        set_incentives(session, hana, cycle_id=cycle.id, version=cycle.version, are_shown=True, bands=[])
    with pytest.raises(Conflict, match="stale"):
        set_incentives(session, hana, cycle_id=cycle.id, version=cycle.version + 1, are_shown=True, bands=BANDS)
    with pytest.raises(NotAllowed):
        incentives_of(session, actor_of(example.cast.mona), cycle_id=cycle.id)
    cycle.state = CycleState.CLOSED
    session.flush()
    with pytest.raises(Conflict, match="cycle_closed"):
        set_incentives(session, hana, cycle_id=cycle.id, version=cycle.version, are_shown=True, bands=BANDS)


# --- The team ---------------------------------------------------------------------------------------------------------


def test_a_team_in_one_list(session: Session, example: Example) -> None:
    cast, period = example.cast, example.period("2026-01")
    give_plan(session, cast.eva, example.cycle)
    mona = actor_of(cast.mona)
    listed = list_team(session, mona, example.cycle, period, TeamFilter())
    rows = {row.person.name.split()[0]: row for row in listed.items}
    assert set(rows) == {"Mona", "Eli", "Eva", "Gone"}
    assert rows["Mona"].following is rows["Gone"].following is None
    eli = rows["Eli"].following
    assert eli is not None
    assert [each.kpi.code for each in eli.weakest] == ["CRM", "COST", "SALES"]
    assert rows["Eva"].total is None
    weakest = weakest_of(listed.items)
    assert [(each.code, each.people, each.behind, each.lost) for each in weakest] == [
        ("CRM", 1, 1, Decimal("8.75")),
        ("COST", 1, 1, Decimal("6.25")),
        ("SALES", 1, 0, Decimal("3.63")),
    ]
    assert managers_in_view(session, mona) == [(cast.mona.id, "Mona Maharani"), (cast.root.id, "Root Raharja")]


def test_a_team_is_narrowed_by_unit_manager_and_name(session: Session, example: Example) -> None:
    cast, period, root = example.cast, example.period("2026-01"), actor_of(example.cast.root)

    def names(**wanted: object) -> set[str]:
        found = list_team(session, root, example.cycle, period, TeamFilter(**wanted))  # type: ignore[arg-type]
        return {row.person.name.split()[0] for row in found.items}

    assert names(manager_id=cast.omar.id) == {"Otto"}
    assert names(unit_id=cast.eli.placements[0].unit_id) == {"Mona", "Eli", "Eva", "Hana"}
    assert names(search="eli") == {"Eli"}
    assert names(manager_id=10**9) == set()
    assert team.list_team(session, actor_of(cast.eva), example.cycle, period, TeamFilter()).total == 1
