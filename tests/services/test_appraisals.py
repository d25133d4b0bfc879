"""Is a scorecard published once, by the right person, at the right time, and never changed afterwards?"""

import json
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, KinerjaError, NotAllowed, NotFound
from app.models import Appraisal, AuditEntry, AuditText, PublishedScorecard
from app.rules.check_value import check_value
from app.rules.faults import Fault
from app.rules.scorecard import SignOff
from app.rules.vocabulary import AppraisalState, Frequency, MeasureKind, Method, Missing, PeriodState
from app.services import audit, snapshots
from app.services.appraisals import CODE_SIGNS, publish, publish_many
from app.services.scorecards import period_card, published_id, scorecard_of, scorecard_to_date
from tests.cards import Example, give_plan, make_example
from tests.cast import Cast, actor_of
from tests.factories import NOW
from tests.teams import make_kpi, make_plan


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


def publish_january(session: Session, example: Example, comment: str = "") -> PublishedScorecard:
    return publish(
        session,
        actor_of(example.cast.mona),
        person_id=example.cast.eli.id,
        period_id=example.period("2026-01").id,
        comment=comment,
    )


def test_publishing_freezes_the_result_and_says_who_did_it(session: Session, example: Example) -> None:
    made = publish_january(session, example, "Januari yang baik.\r\n")
    session.expire_all()
    assert (str(made.total), made.grade, str(made.coverage)) == ("81.37", "needs_improvement", "80.00")
    assert (made.version_number, made.published_at, made.published_by_id) == (1, NOW, example.cast.mona.id)
    assert made.snapshot_digest == snapshots.digest_of(made.snapshot)
    appraisal = made.appraisal
    assert (appraisal.state, appraisal.plan_id, appraisal.comment) == (
        AppraisalState.PUBLISHED,
        example.plan.id,
        "Januari yang baik.",
    )
    card = scorecard_of(made)
    assert (card.document.is_final, card.comment, card.appeal_until) == (True, "Januari yang baik.", date(2026, 2, 17))
    assert card.published == SignOff("Mona Maharani", "Account Manager", NOW)
    assert card.verification is not None
    assert card.verification.url.endswith(f"/verify/{made.verification_code}")
    assert card.verification.check_value == check_value(card)


def test_the_code_is_made_of_signs_that_cannot_be_mistaken(session: Session, example: Example) -> None:
    code = publish_january(session, example).verification_code
    assert [len(part) for part in code.split("-")] == [4, 4, 4]
    assert set(code) - {"-"} <= set(CODE_SIGNS)
    assert not set(CODE_SIGNS) & set("0O1ILU")


def test_publishing_is_on_record_without_the_comments_words(session: Session, example: Example) -> None:
    made = publish_january(session, example, "Bagus")
    act = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    details = json.loads(act.details)
    assert (act.action, act.actor_id, act.subject_id) == (
        "scorecard.published",
        example.cast.mona.id,
        example.cast.eli.id,
    )
    digest = details.pop("comment")["digest"]
    assert session.scalar(select(AuditText.words).where(AuditText.digest == digest)) == "Bagus"
    assert details == {
        "cycle": "2026",
        "period": "2026-01",
        "version": 1,
        "total": "81.37",
        "grade": "needs_improvement",
        "coverage": "80.00",
        "digest": made.snapshot_digest,
    }
    assert audit.verify(session) is None


def test_a_published_card_stays_what_it_was_whatever_changes_behind_it(session: Session, example: Example) -> None:
    made = publish_january(session, example)
    example.kpis["SALES"].name = "Something else"
    example.kpis["SALES"].target = Decimal(1)
    example.cast.eli.name = "Eli Baru"
    session.flush()
    mona = actor_of(example.cast.mona)
    to_date = scorecard_to_date(session, mona, person_id=example.cast.eli.id, cycle_code="2026")
    shown = period_card(session, mona, person_id=example.cast.eli.id, cycle_code="2026")
    assert (to_date.employee.name, to_date.kpis[0].name, str(to_date.kpis[0].achievement)) == (
        "Eli Baru",
        "Something else",
        "120.00",
    )
    assert shown.card == scorecard_of(made)
    assert (shown.card.employee.name, shown.card.kpis[0].name, str(shown.card.result.total)) == (
        "Eli Effendi",
        "Sales",
        "81.37",
    )


def test_hr_may_publish_but_nobody_their_own_card(session: Session, example: Example) -> None:
    january = example.period("2026-01")
    hana = actor_of(example.cast.hana)
    give_plan(session, example.cast.hana, example.cycle)
    with pytest.raises(NotAllowed):
        publish(session, hana, person_id=hana.person_id, period_id=january.id)
    made = publish(session, hana, person_id=example.cast.eli.id, period_id=january.id)
    assert made.published_by_id == hana.person_id


@pytest.mark.parametrize(("name", "refusal"), [("eli", NotAllowed), ("eva", NotFound), ("omar", NotFound)])
def test_nobody_outside_the_line_publishes(
    session: Session, example: Example, name: str, refusal: type[KinerjaError]
) -> None:
    actor = actor_of(getattr(example.cast, name))
    with pytest.raises(refusal):
        publish(session, actor, person_id=example.cast.eli.id, period_id=example.period("2026-01").id)
    assert session.scalars(select(PublishedScorecard)).all() == []


def test_an_auditor_sees_the_card_but_cannot_publish_it(session: Session, example: Example) -> None:
    auditor = actor_of(example.cast.audi)
    with pytest.raises(NotAllowed):
        publish(session, auditor, person_id=example.cast.eli.id, period_id=example.period("2026-01").id)
    shown = period_card(session, auditor, person_id=example.cast.eli.id, cycle_code="2026")
    assert (shown.may_publish, shown.refusal) == (False, None)


def test_a_period_that_is_not_over_cannot_be_published_unless_it_is_closed(session: Session, example: Example) -> None:
    mona = actor_of(example.cast.mona, date(2026, 1, 31))
    january = example.period("2026-01")
    with pytest.raises(Conflict) as refused:
        publish(session, mona, person_id=example.cast.eli.id, period_id=january.id)
    assert refused.value.code == "too_early_to_publish"
    january.state = PeriodState.CLOSED
    assert publish(session, mona, person_id=example.cast.eli.id, period_id=january.id).grade == "needs_improvement"


def test_a_card_is_published_once(session: Session, example: Example) -> None:
    made = publish_january(session, example)
    with pytest.raises(Conflict) as refused:
        publish_january(session, example)
    assert refused.value.code == "already_published"
    assert session.scalars(select(PublishedScorecard.id)).all() == [made.id]


def test_without_a_plan_or_without_data_there_is_nothing_to_publish(session: Session, example: Example) -> None:
    hana = actor_of(example.cast.hana)
    january = example.period("2026-01").id
    with pytest.raises(Conflict) as refused:
        publish(session, hana, person_id=example.cast.eva.id, period_id=january)
    assert refused.value.code == "no_plan_in_force"
    give_plan(session, example.cast.eva, example.cycle)
    with pytest.raises(Conflict) as refused:
        publish(session, hana, person_id=example.cast.eva.id, period_id=january)
    assert refused.value.code == "nothing_scored"
    with pytest.raises(NotFound):
        publish(session, hana, person_id=example.cast.eva.id, period_id=999_999)


def test_under_block_every_missing_entry_is_named(session: Session, cast: Cast) -> None:
    example = make_example(session, cast, missing=Missing.BLOCK)
    example.record_january(session)
    example.record(session, "WON", "2026-01", inputs={"won": "1", "leads": "0"})
    with pytest.raises(Invalid) as refused:
        publish_january(session, example)
    assert refused.value.faults == (
        Fault("WON", "kpi_without_data"),
        Fault("AUDIT", "entry_missing", {"on": "2026-01"}),
    )
    example.record(session, "WON", "2026-01", inputs={"won": "20", "leads": "100"})
    example.record(session, "AUDIT", "2026-01", "1")
    assert str(publish_january(session, example).coverage) == "90.00"


def test_figures_that_cannot_be_scored_are_refused_with_their_kpi(session: Session, example: Example) -> None:
    kpis = [
        make_kpi("Cost", MeasureKind.RATIO, inputs=("cost", "sales"), scale=Decimal(1), method=Method.LOWER_INVERSE),
        make_kpi("Other", target=Decimal(1)),
    ]
    kpis[0].target = Decimal(4)
    plan = make_plan(session, example.cast.eva, example.cycle, kpis)
    eva = Example(example.cast, example.cycle, plan, {kpi.code: kpi for kpi in kpis})
    eva.record(session, "COST", "2026-01", inputs={"cost": "-8", "sales": "4"})
    eva.record(session, "OTHER", "2026-01", "1")
    period = example.period("2026-01").id
    mona = actor_of(example.cast.mona)
    card = scorecard_to_date(session, mona, person_id=example.cast.eva.id, cycle_code="2026")
    assert (card.kpis[0].actual, str(card.result.coverage)) == (None, "50.00")
    with pytest.raises(Invalid) as refused:
        publish(session, mona, person_id=example.cast.eva.id, period_id=period)
    assert refused.value.faults == (Fault("COST", "negative_actual", {"actual": "-2"}),)


def test_a_comment_that_cannot_be_printed_is_refused(session: Session, example: Example) -> None:
    for comment, code in (("\x00", "text_unreadable"), ("a" * 4_001, "text_too_long")):
        with pytest.raises(Invalid) as refused:
            publish_january(session, example, comment)
        assert [(fault.at, fault.code) for fault in refused.value.faults] == [("comment", code)]


def test_many_are_published_each_wholly_or_not_at_all(session: Session, example: Example) -> None:
    cast = example.cast
    give_plan(session, cast.eva, example.cycle)
    mona, january = actor_of(cast.mona), example.period("2026-01")
    people = [cast.eva.id, cast.eli.id, cast.mona.id, cast.otto.id, cast.eli.id]
    outcomes = publish_many(session, mona, period_id=january.id, person_ids=people, comment="Selamat")
    assert [(each.person_id, each.refusal and (type(each.refusal), each.refusal.code)) for each in outcomes] == [
        (cast.eva.id, (Conflict, "nothing_scored")),
        (cast.eli.id, None),
        (cast.mona.id, (NotAllowed, "not_allowed")),
        (cast.otto.id, (NotFound, "not_found")),
    ]
    published_now = session.scalars(select(PublishedScorecard).join(PublishedScorecard.appraisal)).all()
    assert [(each.appraisal.person_id, each.appraisal.comment) for each in published_now] == [(cast.eli.id, "Selamat")]
    assert session.scalars(select(Appraisal.person_id)).all() == [cast.eli.id]
    assert audit.verify(session) is None


def test_the_latest_published_card_is_found_without_a_period(session: Session, example: Example) -> None:
    eli = actor_of(example.cast.eli)
    with pytest.raises(NotFound) as refused:
        published_id(session, eli, person_id=eli.person_id, cycle_code="2026")
    assert refused.value.code == "not_published"
    january = publish_january(session, example)
    example.record(session, "SALES", "2026-02", "28", today=date(2026, 3, 2))
    mona = actor_of(example.cast.mona, date(2026, 3, 2))
    february = publish(session, mona, person_id=eli.person_id, period_id=example.period("2026-02").id)
    found = [
        published_id(session, eli, person_id=eli.person_id, cycle_code="2026", period_code=code)
        for code in (None, "2026-02", "2026-01")
    ]
    assert found == [february.id, february.id, january.id]
    previous = scorecard_of(february).result.previous
    assert previous is not None
    assert (previous.period_code, str(previous.total), previous.grade) == ("2026-01", "81.37", "needs_improvement")


@pytest.mark.parametrize("act", ["UPDATE published_scorecard SET total = 12000", "DELETE FROM published_scorecard"])
def test_the_database_itself_refuses_to_change_what_was_published(session: Session, example: Example, act: str) -> None:
    made = publish_january(session, example)
    with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
        session.execute(text(act))
    session.expire_all()
    assert (
        str(session.scalars(select(PublishedScorecard.total).where(PublishedScorecard.id == made.id)).one()) == "81.37"
    )


def test_a_quarterly_cycle_is_published_like_a_monthly_one(session: Session, cast: Cast) -> None:
    example = make_example(session, cast, kind=Frequency.QUARTERLY)
    for month in ("2026-01", "2026-02", "2026-03"):
        example.record(session, "SALES", month, "30", today=date(2026, 4, 2))
    mona = actor_of(example.cast.mona, date(2026, 4, 2))
    made = publish(session, mona, person_id=example.cast.eli.id, period_id=example.period("2026-Q1").id)
    assert [str(kpi.achievement) for kpi in scorecard_of(made).kpis][:2] == ["100.00", "None"]
