"""Do cycles get the periods and the policy that were asked for, and keep them once results are out?"""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import Appraisal, AuditEntry, Cycle, Plan, PublishedScorecard
from app.rules.policy import Criteria, GradeBand, Policy, StatusThresholds
from app.rules.vocabulary import AppraisalState, CycleState, Frequency, Missing, PeriodState
from app.services import cycles
from app.services.cycles import CycleValues, GradeValues, PolicyValues
from tests.cast import Cast, actor_of
from tests.factories import NOW

YEAR = CycleValues("2026", "Tahun kinerja 2026", date(2026, 1, 1), date(2026, 12, 31), Frequency.QUARTERLY)


def opened(session: Session, cast: Cast, values: CycleValues = YEAR) -> Cycle:
    return cycles.open_cycle(session, actor_of(cast.hana), values=values)


def publish_something(session: Session, cast: Cast, cycle: Cycle) -> None:
    plan = Plan(
        person_id=cast.eli.id, cycle_id=cycle.id, starts_on=cycle.starts_on, ends_on=cycle.ends_on, changed_at=NOW
    )
    session.add(plan)
    session.flush()
    appraisal = Appraisal(
        person_id=cast.eli.id,
        period_id=cycle.periods[0].id,
        plan_id=plan.id,
        state=AppraisalState.PUBLISHED,
        changed_at=NOW,
    )
    appraisal.scorecards.append(
        PublishedScorecard(
            verification_code="AAAA",
            snapshot="{}",
            snapshot_digest="0",
            coverage=Decimal(0),
            published_at=NOW,
            published_by_id=cast.mona.id,
        )
    )
    session.add(appraisal)
    session.flush()


def test_open_a_cycle_with_the_defaults(session: Session, cast: Cast) -> None:
    cycle = opened(session, cast)
    assert (cycle.code, cycle.name, cycle.state) == ("2026", "Tahun kinerja 2026", CycleState.OPEN)
    assert [(p.code, p.starts_on, p.ends_on, p.state) for p in cycle.periods] == [
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), PeriodState.OPEN),
        ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30), PeriodState.OPEN),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), PeriodState.OPEN),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), PeriodState.OPEN),
    ]
    session.expire_all()
    assert cycles.policy_of(cycle) == Policy()
    assert [(band.code, band.name_id) for band in cycle.bands] == [
        ("outstanding", "Sangat Baik"),
        ("good", "Baik"),
        ("needs_improvement", "Butuh Perbaikan"),
        ("poor", "Kurang"),
        ("very_poor", "Sangat Kurang"),
    ]
    assert cycles.period_kind_of(cycle) is Frequency.QUARTERLY
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, json.loads(entry.details)["weight_ceiling"]) == ("cycle.opened", "40")


def test_a_policy_of_ones_own(session: Session, cast: Cast) -> None:
    grades = [
        GradeValues(Decimal("59.5"), "P", "Passed", "Lulus"),
        GradeValues(Decimal(0), "F", "Failed", "Tidak lulus"),
    ]
    policy = PolicyValues(
        priority_share=Decimal("33.5"),
        difficulty_share=Decimal("33.5"),
        credibility_share=Decimal(33),
        weight_step=Decimal("0.5"),
        weight_floor=Decimal("2.5"),
        weight_ceiling=Decimal(50),
        score_floor=Decimal(10),
        score_cap=Decimal(150),
        missing=Missing.ZERO,
        on_track_from=Decimal(80),
        ahead_from=Decimal(105),
        grades=list(reversed(grades)),
        asks_agreement=False,
        entry_grace_days=14,
    )
    cycle = opened(session, cast, replace(YEAR, policy=policy))
    session.expire_all()
    assert cycles.policy_of(cycle) == Policy(
        floor=Fraction(10),
        cap=Fraction(150),
        missing=Missing.ZERO,
        criteria=Criteria(Fraction(67, 2), Fraction(67, 2), Fraction(33)),
        weight_step=Fraction(1, 2),
        weight_floor=Fraction(5, 2),
        weight_ceiling=Fraction(50),
        grades=(GradeBand(Fraction(119, 2), "P"), GradeBand(Fraction(0), "F")),
        statuses=StatusThresholds(ahead=Fraction(105), on_track=Fraction(80)),
    )
    assert cycles.values_of(cycle) == replace(policy, grades=grades)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": "a b"}, [("code", "code_signs")]),
        ({"code": ""}, [("code", "required")]),
        ({"name": " "}, [("name", "required")]),
        ({"ends_on": date(2026, 1, 1)}, [("ends_on", "ends_before_start")]),
        ({"ends_on": date(2029, 12, 31)}, [("ends_on", "cycle_too_long")]),
        ({"period_kind": Frequency.WEEKLY}, [("period_kind", "choice_unknown")]),
    ],
)
def test_cycles_that_cannot_be(
    session: Session, cast: Cast, changes: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    with pytest.raises(Invalid) as refusal:
        opened(session, cast, replace(YEAR, **changes))  # type: ignore[arg-type]
    assert [(fault.at, fault.code) for fault in refusal.value.faults] == expected


def test_a_code_is_used_once_whatever_its_capitals(session: Session, cast: Cast) -> None:
    opened(session, cast, replace(YEAR, code="FY26"))
    with pytest.raises(Invalid) as refusal:
        opened(session, cast, replace(YEAR, code="fy26"))
    assert [(fault.at, fault.code) for fault in refusal.value.faults] == [("code", "already_taken")]


LETTERS = cycles.LETTER_GRADES


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"priority_share": Decimal(40)}, [("criteria", "criteria_not_100")]),
        ({"priority_share": Decimal(-1)}, [("priority_share", "too_small")]),
        ({"priority_share": Decimal("NaN")}, [("priority_share", "not_a_number")]),
        ({"score_cap": Decimal("120.001")}, [("score_cap", "more_than_2_decimals")]),
        ({"score_cap": Decimal(10) ** 40}, [("score_cap", "too_large")]),
        ({"score_floor": Decimal(120)}, [("score_cap", "cap_not_above_floor")]),
        ({"weight_step": Decimal(3)}, [("weight_step", "unknown_step")]),
        ({"weight_floor": Decimal("5.5")}, [("weight_floor", "weight_off_step")]),
        ({"weight_floor": Decimal(41)}, [("weight_ceiling", "weight_ceiling_below_floor")]),
        ({"ahead_from": Decimal(90)}, [("ahead_from", "ahead_not_above_on_track")]),
        ({"entry_grace_days": -1}, [("entry_grace_days", "too_small")]),
        ({"entry_grace_days": 61}, [("entry_grace_days", "too_large")]),
        ({"grades": []}, [("grades", "no_grades")]),
        ({"grades": LETTERS * 3}, [("grades", "too_many_grades")]),
        ({"grades": [LETTERS[0], replace(LETTERS[1], lower=Decimal(110))]}, [("grades", "grades_begin_alike")]),
        ({"grades": [LETTERS[0], replace(LETTERS[1], code="a")]}, [("grades", "grades_named_alike")]),
        ({"grades": [replace(LETTERS[0], name_id="", code="x" * 41)]}, [
            ("grades[0].code", "text_too_long"), ("grades[0].name_id", "required"),
        ]),
    ],
)  # fmt: skip
def test_policies_that_cannot_be(changes: dict[str, object], expected: list[tuple[str, str]]) -> None:
    faults = cycles.policy_faults(replace(PolicyValues(), **changes))  # type: ignore[arg-type]
    assert [(fault.at, fault.code) for fault in faults] == expected


def test_a_policy_can_be_changed_until_something_is_published(session: Session, cast: Cast) -> None:
    hana = actor_of(cast.hana)
    cycle = opened(session, cast)
    values = replace(PolicyValues(), score_cap=Decimal(130), grades=LETTERS)
    cycles.change_policy(session, hana, cycle_id=cycle.id, version=cycle.version, values=values)
    session.expire_all()
    assert cycles.values_of(cycle) == replace(values, grades=list(LETTERS))
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    changed = json.loads(entry.details)
    assert (entry.action, sorted(changed), changed["score_cap"]) == (
        "cycle.policy_changed", ["grades", "score_cap"], ["120", "130"],
    )  # fmt: skip
    publish_something(session, cast, cycle)
    with pytest.raises(Conflict) as conflict:
        cycles.change_policy(session, hana, cycle_id=cycle.id, version=cycle.version, values=PolicyValues())
    assert conflict.value.code == "policy_in_use"


def test_a_stale_policy_form_is_refused(session: Session, cast: Cast) -> None:
    cycle = opened(session, cast)
    with pytest.raises(Conflict) as conflict:
        cycles.change_policy(
            session, actor_of(cast.hana), cycle_id=cycle.id, version=cycle.version + 1, values=PolicyValues()
        )
    assert conflict.value.code == "stale"


def test_the_current_cycle(session: Session, cast: Cast) -> None:
    assert cycles.current_cycle(session, date(2026, 5, 5)) is None
    for year in (2024, 2025, 2026):
        opened(session, cast, replace(YEAR, code=str(year), starts_on=date(year, 1, 1), ends_on=date(year, 12, 31)))
    found = [cycles.current_cycle(session, day) for day in (date(2023, 1, 1), date(2025, 7, 1), date(2027, 1, 1))]
    assert [cycle.code if cycle else None for cycle in found] == [None, "2025", "2026"]
    assert [cycle.code for cycle in cycles.list_cycles(session, actor_of(cast.eli))] == ["2026", "2025", "2024"]
    assert cycles.cycle_by_code(session, actor_of(cast.eli), code="2025").starts_on == date(2025, 1, 1)
    for code in ("2030", "", "2026\x00"):
        with pytest.raises(NotFound):
            cycles.cycle_by_code(session, actor_of(cast.eli), code=code)
    with pytest.raises(NotFound):
        cycles.get_cycle(session, actor_of(cast.eli), cycle_id=999)


def test_periods_close_and_reopen(session: Session, cast: Cast) -> None:
    hana = actor_of(cast.hana, date(2026, 3, 31))
    cycle = opened(session, cast)
    codes = []

    def refused(act: object, code: str) -> None:
        with pytest.raises(Conflict) as conflict:
            act(session, hana, cycle_id=cycle.id, period_code=code)  # type: ignore[operator]
        codes.append(conflict.value.code)

    refused(cycles.reopen_period, "2026-Q1")
    refused(cycles.close_period, "2026-Q2")
    assert cycles.close_period(session, hana, cycle_id=cycle.id, period_code="2026-Q1").state is PeriodState.CLOSED
    refused(cycles.close_period, "2026-Q1")
    assert cycles.reopen_period(session, hana, cycle_id=cycle.id, period_code="2026-Q1").state is PeriodState.OPEN
    assert codes == ["period_open", "period_not_over", "period_closed"]
    with pytest.raises(NotFound):
        cycles.close_period(session, hana, cycle_id=cycle.id, period_code="2027-Q1")
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["cycle.opened", "period.closed", "period.reopened"]


@pytest.mark.parametrize("name", ["eli", "mona", "audi"])
def test_only_hr_decides_about_cycles(session: Session, cast: Cast, name: str) -> None:
    actor = actor_of(getattr(cast, name))
    cycle = opened(session, cast)
    for act in (
        lambda: cycles.open_cycle(session, actor, values=replace(YEAR, code="X")),
        lambda: cycles.change_policy(session, actor, cycle_id=cycle.id, version=1, values=PolicyValues()),
        lambda: cycles.close_period(session, actor, cycle_id=cycle.id, period_code="2026-Q1"),
        lambda: cycles.reopen_period(session, actor, cycle_id=cycle.id, period_code="2026-Q1"),
    ):
        with pytest.raises(NotAllowed):
            act()
