"""Do corrections, exclusions, other appraisers and the end of a case come about by the right people?"""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, KinerjaError, NotAllowed, NotFound
from app.models import Appraisal, AppraisalStep, AuditEntry, CaseRequest, PublishedScorecard
from app.rules.vocabulary import AppealOutcome, AppraisalState, CaseKind, CycleState
from app.services import audit, snapshots
from app.services.appeals import Decision, decide_appeal, raise_appeal
from app.services.appraisals import publish
from app.services.assignments import AssignmentValues, assign_appraiser, end_assignment
from app.services.cases import Asked, ask_case, decide_case, list_requests
from app.services.closing import close_cycle, close_due, reopen_cycle, unsettled
from app.services.receipts import acknowledge
from app.services.scorecards import period_card, scorecard_of, scorecard_to_date
from app.services.where import Where
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of
from tests.factories import TODAY
from tests.tools import Clock

JANUARY = {"cycle_code": "2026", "period_code": "2026-01"}
CORRECT = Asked(CaseKind.CORRECT, "Dua faktur tercatat pada bulan yang salah.")
EXCLUDE = Asked(CaseKind.EXCLUDE_KPI, "Mesin rusak sepanjang bulan.", "COST")


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


def publish_january(session: Session, example: Example, name: str = "mona") -> PublishedScorecard:
    actor = actor_of(getattr(example.cast, name))
    return publish(session, actor, person_id=example.cast.eli.id, period_id=example.period("2026-01").id)


def ask(session: Session, cast: Cast, asked: Asked = CORRECT, name: str = "hana") -> CaseRequest:
    return ask_case(session, actor_of(getattr(cast, name)), where=Where(cast.eli.id, **JANUARY), asked=asked)


def confirm(session: Session, cast: Cast, request: CaseRequest, name: str = "root", *, yes: bool = True) -> CaseRequest:
    actor = actor_of(getattr(cast, name))
    answer = "" if yes else "Angkanya benar."
    return decide_case(session, actor, request_id=request.id, version=request.version, is_accepted=yes, answer=answer)


def state_of(session: Session) -> AppraisalState:
    session.expire_all()
    return session.scalars(select(Appraisal.state)).one()


# --- Corrections ------------------------------------------------------------------------------------------------------


def test_a_correction_becomes_a_new_version_that_says_why(session: Session, example: Example) -> None:
    cast = example.cast
    first = publish_january(session, example)
    before = first.snapshot
    request = ask(session, cast)
    assert state_of(session) is AppraisalState.PUBLISHED
    confirm(session, cast, request)
    assert state_of(session) is AppraisalState.OPEN
    mona = actor_of(cast.mona)
    found = period_card(session, mona, person_id=cast.eli.id, cycle_code="2026", period_code="2026-01")
    assert (found.is_reopened, found.card.document.version, found.refusal) == (True, 1, None)
    second = publish_january(session, example)
    card = scorecard_of(second)
    assert (second.version_number, card.document.version) == (2, 2)
    assert card.revision is not None
    assert (card.revision.of_version, card.revision.reason, card.revision.asked_by, card.revision.decided_by) == (
        1,
        CORRECT.reason,
        "Hana Hartati",
        "Root Raharja",
    )
    assert (card.revision.outcome, card.appeal_until) == (None, TODAY + timedelta(days=14))
    assert session.get_one(PublishedScorecard, first.id).snapshot == before
    assert snapshots.recomputed(second.snapshot) == second.snapshot
    steps = session.scalars(select(AppraisalStep.step).order_by(AppraisalStep.id)).all()
    assert steps == ["publish", "reopen", "publish"]
    assert audit.verify(session) is None


def test_nobody_confirms_what_they_asked_for(session: Session, example: Example) -> None:
    publish_january(session, example)
    request = ask(session, example.cast)
    with pytest.raises(Conflict) as refused:
        confirm(session, example.cast, request, "hana")
    assert (refused.value.code, state_of(session)) == ("second_person_needed", AppraisalState.PUBLISHED)


@pytest.mark.parametrize(
    ("name", "refusal"), [("mona", NotAllowed), ("eli", NotAllowed), ("audi", NotAllowed), ("eva", NotFound)]
)
def test_only_hr_and_those_above_ask_and_confirm(
    session: Session, example: Example, name: str, refusal: type[KinerjaError]
) -> None:
    publish_january(session, example)
    with pytest.raises(refusal):
        ask(session, example.cast, name=name)
    request = ask(session, example.cast)
    with pytest.raises(refusal):
        confirm(session, example.cast, request, name)
    assert state_of(session) is AppraisalState.PUBLISHED


def test_what_is_declined_changes_nothing_and_needs_reasons(session: Session, example: Example) -> None:
    publish_january(session, example)
    request = ask(session, example.cast)
    with pytest.raises(Invalid):
        decide_case(
            session, actor_of(example.cast.root), request_id=request.id, version=request.version, is_accepted=False
        )
    confirm(session, example.cast, request, yes=False)
    assert (state_of(session), request.is_accepted, request.answer) == (
        AppraisalState.PUBLISHED,
        False,
        "Angkanya benar.",
    )
    with pytest.raises(Conflict) as refused:
        confirm(session, example.cast, request)
    assert refused.value.code == "request_decided"


def test_a_correction_is_asked_for_once_and_only_of_what_is_published(session: Session, example: Example) -> None:
    with pytest.raises(NotFound):
        ask(session, example.cast)
    publish_january(session, example)
    ask(session, example.cast)
    with pytest.raises(Conflict) as refused:
        ask(session, example.cast)
    assert refused.value.code == "request_waits"


def test_requests_are_listed_for_those_who_decide_about_them(session: Session, example: Example) -> None:
    publish_january(session, example)
    request = ask(session, example.cast)
    listed = {
        name: [each.id for each in list_requests(session, actor_of(getattr(example.cast, name)), only_open=True).items]
        for name in ("hana", "root", "mona", "eli", "audi", "omar")
    }
    assert listed == {"hana": [request.id], "root": [request.id], "mona": [], "eli": [], "audi": [], "omar": []}


# --- KPIs left out ----------------------------------------------------------------------------------------------------


def test_a_kpi_left_out_leaves_the_total_and_says_why(session: Session, example: Example) -> None:
    cast = example.cast
    mona = actor_of(cast.mona)
    request = ask(session, cast, EXCLUDE)
    before = scorecard_to_date(session, mona, person_id=cast.eli.id, **JANUARY)
    assert (str(before.result.total), str(before.result.coverage)) == ("81.37", "80.00")
    confirm(session, cast, request)
    card = scorecard_to_date(session, mona, person_id=cast.eli.id, **JANUARY)
    cost = next(kpi for kpi in card.kpis if kpi.code == "COST")
    assert (cost.excluded, cost.actual, cost.contribution, cost.is_missing) == (EXCLUDE.reason, None, None, False)
    assert str(card.result.coverage) == "60.00"
    assert card.result.total != before.result.total
    made = publish_january(session, example)
    assert snapshots.recomputed(made.snapshot) == made.snapshot
    assert json.loads(made.snapshot)["scorecard"]["result"]["coverage"] == "60.00"
    february = scorecard_to_date(session, mona, person_id=cast.eli.id, cycle_code="2026", period_code="2026-02")
    assert {kpi.excluded for kpi in february.kpis} == {None}


def test_a_kpi_counts_again_when_two_people_say_so(session: Session, example: Example) -> None:
    cast = example.cast
    confirm(session, cast, ask(session, cast, EXCLUDE))
    with pytest.raises(Conflict) as refused:
        ask(session, cast, EXCLUDE)
    assert refused.value.code == "kpi_left_out_already"
    confirm(session, cast, ask(session, cast, Asked(CaseKind.INCLUDE_KPI, "Mesin jalan lagi.", "COST")))
    card = scorecard_to_date(session, actor_of(cast.mona), person_id=cast.eli.id, **JANUARY)
    assert str(card.result.total) == "81.37"
    with pytest.raises(Conflict) as refused:
        ask(session, cast, Asked(CaseKind.INCLUDE_KPI, "Sekali lagi.", "COST"))
    assert refused.value.code == "kpi_counts_already"


def test_kpis_of_others_or_of_published_cards_are_not_left_out(session: Session, example: Example) -> None:
    with pytest.raises(Invalid) as faulty:
        ask(session, example.cast, Asked(CaseKind.EXCLUDE_KPI, "x", "NONE"))
    assert [fault.code for fault in faulty.value.faults] == ["kpi_not_on_card"]
    waiting = ask(session, example.cast, EXCLUDE)
    publish_january(session, example)
    with pytest.raises(Conflict) as refused:
        confirm(session, example.cast, waiting)
    assert refused.value.code == "already_published"


# --- Other appraisers ----------------------------------------------------------------------------------------------


def test_hr_names_another_appraiser_until_a_day(session: Session, example: Example) -> None:
    cast = example.cast
    hana = actor_of(cast.hana)
    values = AssignmentValues("Omar Ondang", date(2026, 3, 31), "Mona cuti melahirkan")
    assign_appraiser(session, hana, where=Where(cast.eli.id, **JANUARY), values=values)
    omar = actor_of(cast.omar)
    card = scorecard_to_date(session, omar, person_id=cast.eli.id, **JANUARY)
    assert card.appraiser is not None
    assert card.appraiser.name == "Omar Ondang"
    assert publish_january(session, example, "omar").published_by_id == cast.omar.id
    act = session.scalars(select(AuditEntry).where(AuditEntry.action == "appraiser.assigned")).one()
    assert (act.actor_id, act.subject_id) == (cast.hana.id, cast.eli.id)
    end_assignment(session, hana, where=Where(cast.eli.id, **JANUARY))
    with pytest.raises(NotFound):
        scorecard_to_date(session, omar, person_id=cast.eli.id, **JANUARY)
    with pytest.raises(Conflict):
        end_assignment(session, hana, where=Where(cast.eli.id, **JANUARY))


@pytest.mark.parametrize(
    ("who", "ends_on", "fault"),
    [
        ("", date(2026, 3, 1), ("who", "required")),
        ("Nobody", date(2026, 3, 1), ("who", "nobody_so_named")),
        ("Gone Gunawan", date(2026, 3, 1), ("who", "nobody_so_named")),
        ("Eli Effendi", date(2026, 3, 1), ("who", "own_manager")),
        ("Omar Ondang", TODAY - timedelta(days=1), ("ends_on", "not_within_a_year")),
        ("Omar Ondang", TODAY + timedelta(days=400), ("ends_on", "not_within_a_year")),
    ],
)
def test_nobody_unfit_is_assigned(
    session: Session, example: Example, who: str, ends_on: date, fault: tuple[str, str]
) -> None:
    cast = example.cast
    with pytest.raises(Invalid) as refused:
        assign_appraiser(
            session,
            actor_of(cast.hana),
            where=Where(cast.eli.id, **JANUARY),
            values=AssignmentValues(who, ends_on, "Cuti"),
        )
    assert [(each.at, each.code) for each in refused.value.faults] == [fault]


def test_only_hr_assigns_and_never_for_themselves(session: Session, example: Example) -> None:
    cast = example.cast
    values = AssignmentValues("Omar Ondang", date(2026, 3, 1), "Cuti")
    for name, person in (("mona", cast.eli), ("root", cast.eli), ("hana", cast.hana)):
        with pytest.raises(NotAllowed):
            assign_appraiser(session, actor_of(getattr(cast, name)), where=Where(person.id, **JANUARY), values=values)


# --- The end of a case ------------------------------------------------------------------------------------------------


def test_an_appraisal_is_closed_after_the_last_day_of_objection(session: Session, example: Example) -> None:
    publish_january(session, example)
    assert close_due(session, date(2026, 2, 17)) == 0
    assert state_of(session) is AppraisalState.PUBLISHED
    assert close_due(session, date(2026, 2, 18)) == 1
    assert state_of(session) is AppraisalState.CLOSED
    assert close_due(session, date(2026, 2, 18)) == 0
    eli = actor_of(example.cast.eli, date(2026, 3, 1))
    acknowledge(session, eli, where=Where(eli.person_id, **JANUARY))
    assert state_of(session) is AppraisalState.CLOSED
    act = session.scalars(select(AuditEntry).where(AuditEntry.action == "appraisal.closed")).one()
    assert (act.actor_id, act.subject_id) == (None, example.cast.eli.id)


def test_what_waits_is_not_closed(session: Session, example: Example) -> None:
    cast = example.cast
    publish_january(session, example)
    eli = actor_of(cast.eli)
    made = raise_appeal(session, eli, where=Where(eli.person_id, "2026", "2026-01"), reason="Belum lengkap.")
    assert close_due(session, date(2026, 6, 1)) == 0
    decision = Decision(AppealOutcome.REJECTED, "Lengkap.")
    decide_appeal(session, actor_of(cast.root), appeal_id=made.id, version=made.version, decision=decision)
    assert close_due(session, date(2026, 6, 1)) == 1
    confirm(session, cast, ask(session, cast))
    assert state_of(session) is AppraisalState.OPEN
    assert close_due(session, date(2026, 6, 1)) == 0


def test_a_cycle_is_closed_when_nothing_in_it_waits(session: Session, example: Example, clock: Clock) -> None:
    hana = actor_of(example.cast.hana, date(2027, 1, 10))
    publish_january(session, example)
    cycle = example.cycle
    with pytest.raises(Conflict) as refused:
        close_cycle(session, actor_of(example.cast.hana), cycle_id=cycle.id, version=cycle.version)
    assert refused.value.code == "cycle_not_over"
    clock.set_day(date(2027, 1, 5))
    late = date(2027, 1, 5)
    february = example.period("2026-02").id
    publish(session, actor_of(example.cast.mona, late), person_id=example.cast.eli.id, period_id=february)
    found = unsettled(session, hana, cycle_id=cycle.id)
    assert (found.within_days, found.total) == (1, 1)
    with pytest.raises(Conflict) as refused:
        close_cycle(session, hana, cycle_id=cycle.id, version=cycle.version)
    assert (refused.value.code, refused.value.values) == ("cycle_unsettled", {"count": "1"})
    later = actor_of(example.cast.hana, date(2027, 1, 20))
    closed = close_cycle(session, later, cycle_id=cycle.id, version=cycle.version)
    assert closed.state is CycleState.CLOSED
    assert set(session.scalars(select(Appraisal.state))) == {AppraisalState.CLOSED}
    with pytest.raises(Conflict) as refused:
        close_cycle(session, later, cycle_id=cycle.id, version=cycle.version)
    assert refused.value.code == "cycle_closed"
    assert reopen_cycle(session, later, cycle_id=cycle.id, version=cycle.version).state is CycleState.OPEN
    with pytest.raises(Conflict):
        reopen_cycle(session, later, cycle_id=cycle.id, version=cycle.version)
