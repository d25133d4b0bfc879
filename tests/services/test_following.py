"""Do cards say how they stand and where they are going, and does what is said about a KPI stay with it?"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import AuditEntry, KpiCause, KpiNote
from app.rules.following import Change
from app.rules.forecast import Unforeseen
from app.rules.vocabulary import CycleState, KpiStatus, NoteKind
from app.services import causes, notes
from app.services.appraisals import publish
from app.services.causes import CauseValues, KpiAt, finish_action, open_actions, record_cause
from app.services.following import follow
from app.services.notes import NoteValues, remove_note, write_note
from app.services.scorecards import PeriodCard, period_card
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of
from tests.factories import TODAY
from tests.follows import WHAT, WHY, follow_eli
from tests.tools import Clock

MARCH = date(2026, 4, 3)


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


def card(session: Session, example: Example, period: str, today: date = TODAY) -> PeriodCard:
    mona = actor_of(example.cast.mona, today)
    return period_card(session, mona, person_id=example.cast.eli.id, cycle_code="2026", period_code=period)


def at(example: Example, code: str = "SALES", period: str = "2026-01") -> KpiAt:
    return KpiAt(example.cast.eli.id, "2026", period, code)


def why(today: date = TODAY) -> CauseValues:
    return CauseValues(WHY, WHAT, today + timedelta(days=30))


# --- How a card stands ------------------------------------------------------------------------------------------------


def test_objectives_and_card_stand_as_their_kpis_do(session: Session, example: Example) -> None:
    found = follow(card(session, example, "2026-01"))
    states = [(each.whole.status, each.whole.achievement) for each in found.objectives]
    assert states[:3] == [
        (KpiStatus.ON_TRACK, Decimal("90.32")),
        (KpiStatus.ON_TRACK, Decimal("100.00")),
        (KpiStatus.BEHIND, Decimal("75.00")),
    ]
    assert states[4:] == [(None, None), (None, None)]
    assert found.whole.coverage == Decimal(80)
    assert [(each.kpi.code, each.lost) for each in found.weakest] == [
        ("CRM", Decimal("8.75")),
        ("COST", Decimal("6.25")),
        ("SALES", Decimal("3.63")),
    ]
    assert {each.silence for each in found.kpis} >= {Unforeseen.TOO_EARLY, Unforeseen.KIND}
    assert found.total is None


def test_after_three_months_there_is_a_course(session: Session, example: Example, clock: Clock) -> None:
    clock.set_day(MARCH)
    for on, value in (("2026-02", "30"), ("2026-03", "10")):
        example.record(session, "SALES", on, value, today=MARCH)
    for on in ("2026-02", "2026-03"):
        example.record(session, "WON", on, inputs={"won": "20", "leads": "100"}, today=MARCH)
    found = follow(card(session, example, "2026-03", MARCH))
    sales, cost = found.of("SALES"), found.of("COST")
    assert sales is not None
    assert cost is not None
    assert sales.change == Change("2026-03", "2026-02", Decimal("32.26"), Decimal("107.14"))
    assert sales.change.is_alert
    assert sales.prediction is not None
    assert sales.prediction.actual == 68 * 365 // 90 + sales.prediction.actual % 1
    assert (cost.missing, cost.silence) == (2, Unforeseen.TOO_EARLY)
    assert found.change is not None
    assert found.change.since == "2026-02"
    assert found.total is not None
    assert found.total.coverage == Decimal("50.00")


def test_a_published_card_is_followed_by_what_stands_on_it(session: Session, example: Example) -> None:
    before = follow(card(session, example, "2026-01"))
    hana = actor_of(example.cast.hana)
    publish(session, hana, person_id=example.cast.eli.id, period_id=example.period("2026-01").id)
    example.cycle.on_track_from = Decimal(70)
    session.flush()
    after = follow(card(session, example, "2026-01"))
    assert [each.kpi.status for each in after.kpis] == [each.kpi.status for each in before.kpis]


# --- Causes and actions -----------------------------------------------------------------------------------------------


def test_a_cause_stands_on_later_cards_until_its_action_is_done(session: Session, example: Example) -> None:
    mona, eli = actor_of(example.cast.mona), actor_of(example.cast.eli)
    made = record_cause(session, mona, at=at(example), values=why())
    on_february = causes.causes_on_card(session, eli, card(session, example, "2026-02"))
    assert on_february == [made]
    (listed,) = open_actions(session, eli).items
    assert (listed.cause, listed.person.id, listed.kpi_name, listed.may_write) == (made, eli.person_id, "Sales", True)
    assert (listed.is_late(TODAY), listed.is_late(TODAY + timedelta(days=31))) == (False, True)
    finish_action(session, eli, cause_id=made.id)
    assert open_actions(session, mona).items == []
    assert causes.causes_on_card(session, eli, card(session, example, "2026-02")) == []
    assert causes.causes_on_card(session, eli, card(session, example, "2026-01")) == [made]
    with pytest.raises(Conflict, match="action_done"):
        finish_action(session, mona, cause_id=made.id)
    acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts[-2:] == ["cause.recorded", "cause.action_done"]


def test_a_cause_outlives_a_revision_of_the_plan(session: Session, example: Example) -> None:
    """It goes by the KPI's code, which a KPI keeps."""
    made = record_cause(session, actor_of(example.cast.mona), at=at(example), values=why())
    assert (made.plan_id, made.kpi_code) == (example.plan.id, "SALES")
    assert open_actions(session, actor_of(example.cast.audi)).items[0].may_write is False


def test_faults_of_a_cause_come_all_at_once(session: Session, example: Example) -> None:
    values = CauseValues(" ", "x" * 2001, TODAY - timedelta(days=1))
    with pytest.raises(Invalid) as refused:
        record_cause(session, actor_of(example.cast.mona), at=at(example), values=values)
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [
        ("cause", "required"),
        ("corrective_action", "text_too_long"),
        ("due_on", "due_in_the_past"),
    ]
    assert session.scalars(select(KpiCause)).all() == []


@pytest.mark.parametrize("name", ["otto", "omar", "eva", "gone"])
def test_others_learn_nothing(session: Session, example: Example, name: str) -> None:
    follow_eli(session, example)
    actor = actor_of(getattr(example.cast, name))
    assert open_actions(session, actor).items == []
    with pytest.raises(NotFound):
        record_cause(session, actor, at=at(example), values=why())
    with pytest.raises(NotFound):
        write_note(session, actor, at=at(example), values=NoteValues(NoteKind.COMMENT, "x"))


def test_auditors_read_and_do_not_write(session: Session, example: Example) -> None:
    followed = follow_eli(session, example)
    audi = actor_of(example.cast.audi)
    with pytest.raises(NotAllowed):
        record_cause(session, audi, at=at(example), values=why())
    with pytest.raises(NotAllowed):
        finish_action(session, audi, cause_id=followed.cause.id)
    assert len(notes.notes_on_card(session, audi, card(session, example, "2026-01"))) == 2


@pytest.mark.parametrize("wrong", [{"kpi_code": "NONE"}, {"period_code": "2025-01"}, {"cycle_code": "2031"}])
def test_what_is_in_no_plan_is_not_there(session: Session, example: Example, wrong: dict[str, str]) -> None:
    place = {"cycle_code": "2026", "period_code": "2026-01", "kpi_code": "SALES", **wrong}
    with pytest.raises(NotFound):
        record_cause(session, actor_of(example.cast.mona), at=KpiAt(example.cast.eli.id, **place), values=why())


def test_nothing_is_written_into_a_closed_cycle(session: Session, example: Example) -> None:
    example.cycle.state = CycleState.CLOSED
    session.flush()
    mona = actor_of(example.cast.mona)
    with pytest.raises(Conflict, match="cycle_closed"):
        record_cause(session, mona, at=at(example), values=why())
    with pytest.raises(Conflict, match="cycle_closed"):
        write_note(session, mona, at=at(example), values=NoteValues(NoteKind.COMMENT, "x"))


# --- Notes ------------------------------------------------------------------------------------------------------------


def test_notes_stand_in_the_order_in_which_they_were_written(session: Session, example: Example) -> None:
    follow_eli(session, example)
    said = notes.notes_on_card(session, actor_of(example.cast.eli), card(session, example, "2026-01"))
    assert [(note.author.name, note.kind) for note in said] == [
        ("Mona Maharani", NoteKind.RECOGNITION),
        ("Eli Effendi", NoteKind.COMMENT),
    ]


def test_a_note_is_taken_back_by_its_author_for_a_day(session: Session, example: Example, clock: Clock) -> None:
    followed = follow_eli(session, example)
    mona, hana = actor_of(example.cast.mona), actor_of(example.cast.hana)
    with pytest.raises(NotAllowed):
        remove_note(session, hana, note_id=followed.note.id)
    clock.advance(hours=24, seconds=1)
    with pytest.raises(Conflict, match="note_settled"):
        remove_note(session, mona, note_id=followed.note.id)
    clock.advance(seconds=-1)
    remove_note(session, mona, note_id=followed.note.id)
    assert [note.author_id for note in session.scalars(select(KpiNote))] == [example.cast.eli.id]
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (last.action, last.subject_id) == ("note.removed", example.cast.eli.id)


def test_a_note_needs_words(session: Session, example: Example) -> None:
    with pytest.raises(Invalid) as refused:
        write_note(
            session, actor_of(example.cast.eli), at=at(example), values=NoteValues(NoteKind.RECOGNITION, "  \n ")
        )
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [("text", "required")]
