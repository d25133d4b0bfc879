"""Does a scorecard show exactly what the rules say, to everybody who may see it and to nobody else?"""

import dataclasses
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.database import Sessions
from app.documents.score_files import score_json
from app.errors import NotFound
from app.models import AuditEntry
from app.rules.scorecard import DataQuality, ScorecardKpi, SourceCount, Target, Trend
from app.rules.vocabulary import KpiStatus, Language, Missing, PeriodState, SourceKind
from app.services.appraisals import publish
from app.services.scorecards import note_view, period_card, scorecard_to_date
from app.services.snapshots import card_of
from app.working import working_text
from tests.cards import Example, give_plan, make_example
from tests.cast import Cast, actor_of
from tests.tools import Clock

HUNDRED = Decimal("100.00")


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    return make_example(session, cast)


def result(kpi: ScorecardKpi) -> tuple[object, ...]:
    return (
        kpi.code,
        str(kpi.actual),
        str(kpi.uncapped),
        str(kpi.achievement),
        str(kpi.contribution),
        kpi.status and kpi.status.value,
        kpi.is_due,
        kpi.is_missing,
    )


def test_the_worked_example_comes_to_what_was_computed_by_hand(session: Session, example: Example) -> None:
    example.record_january(session)
    mona = actor_of(example.cast.mona)
    card = scorecard_to_date(session, mona, person_id=example.cast.eli.id, cycle_code="2026")
    # 28 of 365·31/365 = 31; 20/100 within 18..25; 2 − 5/4; 30 of 100 milestones; weights 30 20 20 10 of 80
    assert [result(kpi) for kpi in card.kpis] == [
        ("SALES", "28", "90.32", "90.32", "33.87", "on_track", True, False),
        ("WON", "20", "100.00", "100.00", "25.00", "on_track", True, False),
        ("COST", "5", "75.00", "75.00", "18.75", "behind", True, False),
        ("CRM", "30", "30.00", "30.00", "3.75", "behind", True, False),
        ("SURVEY", "None", "None", "None", "None", None, False, False),
        ("AUDIT", "None", "None", "None", "None", None, True, True),
    ]
    assert (str(card.result.total), card.result.grade) == ("81.37", "needs_improvement")
    assert card.result.coverage == Decimal("80.00")
    assert working_text(card.kpis[0].working, Language.INDONESIAN) == (
        "28 / 31 → 90,32 × 30 % (disesuaikan 37,50 %) = 33,87"
    )


def test_the_head_says_whose_card_it_is_and_that_it_is_not_final(session: Session, example: Example) -> None:
    example.record_january(session)
    card = scorecard_to_date(session, actor_of(example.cast.eli), person_id=example.cast.eli.id, cycle_code="2026")
    assert dataclasses.asdict(card.document) == {
        "organisation": "PT Contoh",
        "number": "KSK/2026-01/4",
        "version": 1,
        "is_final": False,
        "time_zone": "Asia/Jakarta",
    }
    assert dataclasses.asdict(card.employee) == {
        "number": "4",
        "name": "Eli Effendi",
        "position": "Account Manager",
        "unit": "Penjualan",
        "joined_on": date(2020, 1, 1),
        "plan_starts_on": date(2026, 1, 1),
        "plan_ends_on": date(2026, 12, 31),
    }
    assert card.appraiser is not None
    assert (card.appraiser.name, card.appraiser.position) == ("Mona Maharani", "Account Manager")
    assert (card.period.code, card.cycle.code) == ("2026-01", "2026")
    assert (card.published, card.appeal_until, card.verification, card.comment) == (None, None, None, "")


def test_what_is_known_about_the_data_is_counted(session: Session, example: Example, clock: Clock) -> None:
    example.record_january(session)
    clock.now = datetime(2026, 2, 3, 5, tzinfo=UTC)
    example.record(session, "SALES", "2026-01", "29")
    card = scorecard_to_date(session, actor_of(example.cast.mona), person_id=example.cast.eli.id, cycle_code="2026")
    assert card.kpis[0].data == DataQuality(
        entries=1,
        entries_expected=1,
        evidence=1,
        changes=1,
        changed_at=datetime(2026, 2, 3, 5, tzinfo=UTC),
        recorded_by=("Mona Maharani",),
        sources=(SourceCount(SourceKind.SYSTEM_WITH_LOG, 1),),
        credibility=4,
    )
    assert card.kpis[5].data == DataQuality(0, 1, 0, 0, None, credibility=4)


def test_the_trend_shows_each_period_on_its_own_and_gaps_as_gaps(session: Session, example: Example) -> None:
    example.record(session, "SALES", "2026-01", "31")
    example.record(session, "SALES", "2026-03", "15.5")
    mona = actor_of(example.cast.mona, date(2026, 4, 2))
    card = scorecard_to_date(session, mona, person_id=example.cast.eli.id, cycle_code="2026")
    assert card.period.code == "2026-03"
    assert card.kpis[0].trend == (
        Trend("2026-01", Decimal(31), HUNDRED, is_due=True),
        Trend("2026-02", None, None, is_due=True),
        Trend("2026-03", Decimal("15.5"), Decimal("50.00"), is_due=True),
        *(Trend(f"2026-{month:02}", None, None, is_due=False) for month in range(4, 13)),
    )
    assert [trend.is_due for trend in card.kpis[4].trend[:4]] == [False, False, True, False]
    # 46.5 of 90 days' 90
    assert card.kpis[0].achievement == Decimal("51.67")
    assert card.kpis[0].target == Target(Decimal(90), whole=Decimal(365))


def test_a_running_period_asks_for_nothing_that_is_still_to_come(session: Session, example: Example) -> None:
    example.record_january(session)
    mona = actor_of(example.cast.mona)
    february = scorecard_to_date(session, mona, person_id=example.cast.eli.id, cycle_code="2026", period_code="2026-02")
    january = scorecard_to_date(session, mona, person_id=example.cast.eli.id, cycle_code="2026", period_code="2026-01")
    assert february.result.total == january.result.total
    assert [kpi.target for kpi in february.kpis] == [kpi.target for kpi in january.kpis]


def test_without_any_data_there_is_no_total_and_no_grade(session: Session, example: Example) -> None:
    card = scorecard_to_date(session, actor_of(example.cast.mona), person_id=example.cast.eli.id, cycle_code="2026")
    assert (card.result.total, card.result.grade, card.result.coverage) == (None, None, Decimal("0.00"))


def test_under_zero_a_missing_kpi_counts_and_one_not_due_does_not(session: Session, cast: Cast) -> None:
    example = make_example(session, cast, missing=Missing.ZERO)
    example.record_january(session)
    card = scorecard_to_date(session, actor_of(example.cast.mona), person_id=example.cast.eli.id, cycle_code="2026")
    # 6509.677419 / 90: AUDIT counts with its 10 as 0, SURVEY is not due before March
    assert str(card.result.total) == "72.33"


def test_figures_that_have_no_actual_leave_the_rest_of_the_card_standing(session: Session, example: Example) -> None:
    example.record_january(session)
    example.record(session, "WON", "2026-01", inputs={"won": "20", "leads": "0"})
    card = scorecard_to_date(session, actor_of(example.cast.mona), person_id=example.cast.eli.id, cycle_code="2026")
    assert (card.kpis[1].actual, card.kpis[1].is_missing, card.result.coverage) == (None, True, Decimal("60.00"))


def test_ahead_and_achieved_are_told_apart(session: Session, example: Example) -> None:
    example.record(session, "SALES", "2026-01", "35")
    eli = example.cast.eli
    card = scorecard_to_date(session, actor_of(eli), person_id=eli.id, cycle_code="2026")
    assert card.kpis[0].status is KpiStatus.AHEAD
    example.record(session, "SALES", "2026-01", "365")
    card = scorecard_to_date(session, actor_of(eli), person_id=eli.id, cycle_code="2026")
    assert card.kpis[0].status is KpiStatus.ACHIEVED


def test_the_card_of_kinerja_score_gives_the_same_digits(session: Session, example: Example) -> None:
    example.record_january(session)
    published = publish(
        session, actor_of(example.cast.mona), person_id=example.cast.eli.id, period_id=example.period("2026-01").id
    )
    card = json.dumps(card_of(published.snapshot)).encode()
    assert score_json(card, Language.ENGLISH) == {
        "total": "81.37",
        "grade": "needs_improvement",
        "coverage": "80.00",
        "kpis": [
            scored("SALES", "30", "28", "90.32", "33.87", "28 / 31 → 90.32 × 30 % (re-weighted 37.50 %) = 33.87"),
            scored("WON", "20", "20", "100.00", "25.00", "18 ≤ 20 ≤ 25 → 100.00 × 20 % (re-weighted 25.00 %) = 25.00"),
            scored("COST", "20", "5", "75.00", "18.75", "2 − 5/4 = 0.75 → 75.00 × 20 % (re-weighted 25.00 %) = 18.75"),
            scored("CRM", "10", "30", "30.00", "3.75", "reached 30 % → 30.00 × 10 % (re-weighted 12.50 %) = 3.75"),
            scored("SURVEY", "10", None, None, None, "no data: left out"),
            scored("AUDIT", "10", None, None, None, "no data: left out"),
        ],
    }


def scored(
    code: str, weight: str, actual: str | None, achievement: str | None, contribution: str | None, explanation: str
) -> dict[str, str | None]:
    return {
        "code": code,
        "weight": f"{weight}.00",
        "actual": actual,
        "achievement": achievement,
        "uncapped": achievement,
        "contribution": contribution,
        "explanation": explanation,
    }


@pytest.mark.parametrize("name", ["hana", "root", "mona", "eli", "audi"])
def test_everybody_in_the_line_sees_the_card_to_date(session: Session, example: Example, name: str) -> None:
    actor = actor_of(getattr(example.cast, name))
    card = scorecard_to_date(session, actor, person_id=example.cast.eli.id, cycle_code="2026")
    assert card.employee.name == "Eli Effendi"


@pytest.mark.parametrize("name", ["omar", "otto", "eva"])
def test_to_everybody_else_it_does_not_exist(session: Session, example: Example, name: str) -> None:
    actor = actor_of(getattr(example.cast, name))
    for read in (scorecard_to_date, period_card):
        with pytest.raises(NotFound) as refused:
            read(session, actor, person_id=example.cast.eli.id, cycle_code="2026")
        with pytest.raises(NotFound) as absent:
            read(session, actor, person_id=999_999, cycle_code="2026")
        assert (refused.value.code, refused.value.values) == (absent.value.code, absent.value.values)


def test_without_a_plan_there_is_no_card(session: Session, example: Example) -> None:
    mona = actor_of(example.cast.mona)
    for cycle, period in (("2026", None), ("2026", "2026-13"), ("2025", None)):
        with pytest.raises(NotFound):
            scorecard_to_date(session, mona, person_id=example.cast.eva.id, cycle_code=cycle, period_code=period)


def test_a_closed_period_is_over(session: Session, example: Example) -> None:
    example.record_january(session)
    january = example.period("2026-01")
    january.state = PeriodState.CLOSED
    session.flush()
    eli = actor_of(example.cast.eli, date(2026, 1, 31))
    card = period_card(session, eli, person_id=eli.person_id, cycle_code="2026")
    assert (card.period.code, card.refusal, card.may_publish) == ("2026-01", None, False)


def test_a_look_at_somebody_elses_card_leaves_one_trace_a_day(
    sessions: Sessions, session: Session, example: Example, clock: Clock
) -> None:
    period = example.period("2026-01")
    session.commit()
    people = {"person_id": example.cast.eli.id, "period_id": period.id}
    for _ in range(2):
        note_view(sessions, actor_of(example.cast.mona), **people)
    note_view(sessions, actor_of(example.cast.eli), **people)
    clock.now = datetime(2026, 2, 4, 2, tzinfo=UTC)
    note_view(sessions, actor_of(example.cast.mona, date(2026, 2, 4)), **people)
    traces = session.scalars(select(AuditEntry).where(AuditEntry.action == "scorecard.viewed"))
    assert [(each.actor_id, each.subject_id, each.object_id) for each in traces] == [
        (example.cast.mona.id, example.cast.eli.id, period.id)
    ] * 2


def test_the_number_of_queries_does_not_grow_with_what_was_recorded(session: Session, example: Example) -> None:
    give_plan(session, example.cast.eva, example.cycle)
    example.record_january(session)
    for month in range(2, 10):
        example.record(session, "SALES", f"2026-{month:02}", "30")
        example.record(session, "WON", f"2026-{month:02}", inputs={"won": "20", "leads": "100"})
    session.flush()
    counts = {}
    hana = actor_of(example.cast.hana, date(2026, 10, 2))
    for person in (example.cast.eva, example.cast.eli):
        session.expunge_all()
        counts[person.number] = count_queries(session, hana, person.id)
    assert counts["4"] - counts["5"] <= 4  # eva has no entries, so nothing that hangs on them is read
    assert counts["4"] <= 14 + 2  # access walks up the line: two managers above eli


def count_queries(session: Session, actor: object, person_id: int) -> int:
    statements: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", count)
    try:
        scorecard_to_date(session, actor, person_id=person_id, cycle_code="2026")  # type: ignore[arg-type]
    finally:
        event.remove(bind, "before_cursor_execute", count)
    return len(statements)
