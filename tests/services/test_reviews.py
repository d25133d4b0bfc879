"""Does a review go from the employee's own view over the scoring to the publication, in this order and no other?"""

import json
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import Adjustment, Appraisal, Person, PublishedScorecard
from app.rules.entries import Figure
from app.rules.scorecard import KpiWords
from app.rules.vocabulary import AdjustmentKind, AppraisalState
from app.rules.workflow import Step
from app.services import audit, reviews, self_assessments, snapshots, what_if
from app.services.actuals import EntryValues, put_entry
from app.services.appraisals import publish, publish_many
from app.services.review_lists import Lacking, list_reviews, units_of
from app.services.reviews import LevelSeen, ReviewView, Scoring, review_view
from app.services.scorecard_facts import load_cycle
from app.services.scorecards import period_card, scorecard_of
from app.services.self_assessments import OwnView, OwnWords
from app.services.where import Where
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of
from tests.reviews import OWN, ask_review, assess, january_of, score


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    ask_review(session, made)
    return made


def see(session: Session, example: Example, actor: Actor) -> ReviewView:
    where = january_of(example)
    session.expire_all()
    return review_view(session, actor, where=Where(where.person_id, where.cycle_code, where.period_code))


def publish_january(session: Session, example: Example) -> PublishedScorecard:
    return publish(
        session,
        actor_of(example.cast.mona),
        person_id=example.cast.eli.id,
        period_id=example.period("2026-01").id,
    )


def codes(refused: Invalid) -> list[str]:
    return [fault.code for fault in refused.faults]


# --- Order ------------------------------------------------------------------------------------------------------------


def test_a_reviewed_period_is_not_published_before_its_scoring(session: Session, example: Example) -> None:
    with pytest.raises(Conflict) as refused:
        publish_january(session, example)
    assert refused.value.code == "review_asked"


def test_the_scoring_needs_what_the_policy_asks_for(session: Session, example: Example) -> None:
    ask_review(session, example, share="30")
    mona = actor_of(example.cast.mona)
    with pytest.raises(Invalid) as refused:
        reviews.save_scoring(session, mona, where=january_of(example), version=None, values=Scoring(), hand_in=True)
    assert codes(refused.value) == ["self_assessment_missing", "behaviours_missing", "comment_missing"]


def test_hr_hands_in_where_the_employee_never_assessed(session: Session, example: Example) -> None:
    score(session, example, by=example.cast.hana)
    assert see(session, example, actor_of(example.cast.hana)).case.state is AppraisalState.SCORED


def test_the_whole_way_ends_on_the_scorecard(session: Session, example: Example) -> None:
    ask_review(session, example, share="30", approval=True)
    assess(session, example)
    score(session, example, total="85")
    hana, mona = actor_of(example.cast.hana), actor_of(example.cast.mona)
    with pytest.raises(Conflict) as refused:
        publish_january(session, example)
    assert refused.value.code == "approval_asked"
    reviews.approve(session, hana, where=january_of(example))
    published = publish_january(session, example)
    card = scorecard_of(published)
    computed = card.result.computed
    assert computed is not None
    assert (str(computed.kpi_total), str(computed.behaviour), str(computed.total)) == ("81.37", "80.00", "80.96")
    assert (str(published.total), published.grade, computed.grade) == (
        "85.00",
        "needs_improvement",
        "needs_improvement",
    )
    (adjustment,) = computed.adjustments
    assert (adjustment.kind, adjustment.by, adjustment.reason) == (
        AdjustmentKind.MANAGER,
        "Mona Maharani",
        "Pasar turun sepanjang bulan.",
    )
    assert card.review is not None
    assert card.review.words == (KpiWords("SALES", "Dua pelanggan baru.", Decimal("95.50"), "Teruskan."),)
    assert [each.level for each in card.review.behaviours] == [4, 4, 3, 5, 4]
    assert (card.comment, card.review.own) == ("Penjualan naik.", "Bulan yang baik.")
    assert sum(kpi.contribution or 0 for kpi in card.kpis) == card.result.kpi_total
    assert snapshots.recomputed(published.snapshot) == published.snapshot
    assert [step.step for step in see(session, example, mona).case.steps] == ["score", "approve", "publish"]
    assert audit.verify(session) is None


@pytest.mark.parametrize(("old", "new"), [('"85.00"', '"86.00"'), ('"levels":[4', '"levels":[5')])
def test_a_changed_adjustment_or_level_shows(session: Session, example: Example, old: str, new: str) -> None:
    ask_review(session, example, share="30")
    assess(session, example)
    score(session, example, total="85")
    snapshot = publish_january(session, example).snapshot
    changed = snapshot.replace(old, new, 1)
    assert changed != snapshot
    assert snapshots.recomputed(changed) != changed


def test_without_adjustment_and_behaviours_a_snapshot_is_as_before(session: Session, example: Example) -> None:
    assess(session, example)
    score(session, example)
    facts = json.loads(publish_january(session, example).snapshot)
    assert "outcome" not in facts
    assert facts["scorecard"]["result"]["computed"] is None


def test_many_are_published_with_the_words_of_their_scoring(session: Session, example: Example) -> None:
    assess(session, example)
    score(session, example)
    january = example.period("2026-01").id
    (made,) = publish_many(session, actor_of(example.cast.hana), period_id=january, person_ids=[example.cast.eli.id])
    assert made.scorecard is not None
    assert scorecard_of(made.scorecard).comment == "Penjualan naik."


# --- Self-assessment --------------------------------------------------------------------------------------------------


def test_the_manager_reads_the_own_view_only_once_it_is_handed_in(session: Session, example: Example) -> None:
    mona, eli = actor_of(example.cast.mona), actor_of(example.cast.eli)
    assess(session, example, hand_in=False)
    assert not see(session, example, mona).sees_own_view
    assert see(session, example, eli).sees_own_view
    assess(session, example, version=1)
    assert see(session, example, mona).sees_own_view
    with pytest.raises(Conflict) as refused:
        assess(session, example, version=2)
    assert refused.value.code == "self_assessment_handed_in"


def test_it_is_taken_back_until_the_scoring_is_handed_in(session: Session, example: Example) -> None:
    eli, where = actor_of(example.cast.eli), january_of(example)
    with pytest.raises(Conflict) as refused:
        self_assessments.take_back_own_view(session, eli, where=where)
    assert refused.value.code == "self_assessment_not_handed_in"
    assess(session, example)
    self_assessments.take_back_own_view(session, eli, where=where)
    own = see(session, example, eli).case.own
    assert own is not None
    assess(session, example, version=own.version)
    score(session, example)
    with pytest.raises(Conflict) as refused:
        self_assessments.take_back_own_view(session, eli, where=where)
    assert refused.value.code == "already_scored"


def test_nobody_else_assesses_and_nobody_scores_themselves(session: Session, example: Example) -> None:
    where = january_of(example)
    for person, error in (
        (example.cast.mona, NotAllowed),
        (example.cast.hana, NotAllowed),
        (example.cast.eva, NotFound),
    ):
        with pytest.raises(error):
            self_assessments.save_own_view(session, actor_of(person), where=where, version=None, values=OWN)
    for person, error in (
        (example.cast.eli, NotAllowed),
        (example.cast.audi, NotAllowed),
        (example.cast.omar, NotFound),
    ):
        with pytest.raises(error):
            reviews.save_scoring(session, actor_of(person), where=where, version=None, values=Scoring())


def test_every_fault_of_an_own_view_is_said(session: Session, example: Example) -> None:
    values = OwnView("", {"SALES": OwnWords("a\0", Decimal(-1)), "COST": OwnWords("", Decimal(1001)), "NO": OwnWords()})
    with pytest.raises(Invalid) as refused:
        self_assessments.save_own_view(
            session, actor_of(example.cast.eli), where=january_of(example), version=None, values=values
        )
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [
        ("kpis[NO]", "kpi_not_of_plan"),
        ("kpis[SALES].words", "text_unreadable"),
        ("kpis[SALES].achievement", "too_small"),
        ("kpis[COST].achievement", "too_large"),
    ]


def test_two_windows_do_not_overwrite_each_other(session: Session, example: Example) -> None:
    assess(session, example, hand_in=False)
    with pytest.raises(Conflict) as refused:
        assess(session, example, hand_in=False)
    assert refused.value.code == "stale"


# --- Scoring ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "reason", "found"),
    [
        ("91.38", "x", ["too_large"]),
        ("71.36", "x", ["too_small"]),
        ("85", "", ["required"]),
        ("85.001", "x", ["more_than_2_decimals"]),
    ],
)
def test_an_adjustment_has_a_reason_and_stays_within_the_policy(
    session: Session, example: Example, total: str, reason: str, found: list[str]
) -> None:
    values = Scoring(total=Decimal(total), reason=reason)
    with pytest.raises(Invalid) as refused:
        reviews.save_scoring(
            session, actor_of(example.cast.mona), where=january_of(example), version=None, values=values
        )
    assert codes(refused.value) == found


def test_an_adjustment_is_withdrawn_by_a_further_row(session: Session, example: Example) -> None:
    score(session, example, hand_in=False, total="85")
    score(session, example, hand_in=False, total="85")
    score(session, example, hand_in=False)
    rows = session.scalars(select(Adjustment).order_by(Adjustment.id)).all()
    assert [(row.total, str(row.computed_total)) for row in rows] == [(Decimal(85), "81.37"), (None, "81.37")]


def test_the_employee_learns_of_the_scoring_only_from_the_published_card(session: Session, example: Example) -> None:
    assess(session, example)
    score(session, example, total="85")
    eli = actor_of(example.cast.eli)
    found = period_card(session, eli, person_id=eli.person_id, cycle_code="2026", period_code="2026-01")
    assert (str(found.card.result.total), found.card.result.computed, found.card.review) == ("81.37", None, None)
    view = see(session, example, eli)
    assert (view.sees_scoring, str(view.case.scored.outcome.total)) == (False, "81.37")


def test_figures_are_locked_until_the_scoring_is_returned(session: Session, example: Example) -> None:
    mona, where = actor_of(example.cast.mona), january_of(example)
    assess(session, example)
    score(session, example, total="85")
    values = EntryValues(Figure(Decimal(30)))
    with pytest.raises(Conflict) as refused:
        put_entry(session, mona, kpi_id=example.kpis["SALES"].id, on="2026-01", values=values, version=1)
    assert refused.value.code == "scoring_handed_in"
    with pytest.raises(Invalid):
        reviews.hand_back(session, mona, where=where, reason=" ")
    reviews.hand_back(session, mona, where=where, reason="Satu faktur terlewat.")
    put_entry(session, mona, kpi_id=example.kpis["SALES"].id, on="2026-01", values=values, version=1)
    view = see(session, example, mona)
    assert isinstance(view.refusals[Step.SCORE], Conflict)
    assert view.refusals[Step.SCORE].code == "adjustment_stale"


def test_nobody_approves_what_they_scored(session: Session, example: Example) -> None:
    ask_review(session, example, approval=True)
    assess(session, example)
    score(session, example, by=example.cast.hana)
    with pytest.raises(Conflict) as refused:
        reviews.approve(session, actor_of(example.cast.hana), where=january_of(example))
    assert refused.value.code == "second_person_needed"
    with pytest.raises(NotAllowed):
        reviews.approve(session, actor_of(example.cast.mona), where=january_of(example))
    root = actor_of(example.cast.root)
    assert see(session, example, root).steps == {Step.APPROVE, Step.RETURN}
    reviews.approve(session, root, where=january_of(example))
    with pytest.raises(NotAllowed):
        reviews.hand_back(session, actor_of(example.cast.mona), where=january_of(example), reason="x")
    reviews.hand_back(session, root, where=january_of(example), reason="Mohon cek KPI kedua.")
    assert session.scalars(select(Appraisal)).one().state is AppraisalState.OPEN


def test_what_a_better_grade_takes_counts_the_behaviours(session: Session, example: Example) -> None:
    ask_review(session, example, share="30")
    score(session, example, hand_in=False)
    scored = see(session, example, actor_of(example.cast.mona)).case.scored
    good = next(band for band in scored.facts.cycle.bands if band.code == "good")
    sales, won, *_ = what_if.needs(scored, good)
    assert (str(scored.outcome.computed), str(sales.best_total), sales.enough) == ("80.96", "88.75", ())
    assert str(won.best_total) == "80.96"


# --- Lists ------------------------------------------------------------------------------------------------------------


def test_the_list_says_what_each_review_waits_for(session: Session, example: Example) -> None:
    ask_review(session, example, share="30", approval=True)
    hana, seen = actor_of(example.cast.hana), []

    def look() -> None:
        session.expire_all()
        cycle = load_cycle(session, code="2026")
        listing = list_reviews(session, hana, cycle, cycle.periods[0])
        (row,) = [each for each in listing.items if each.person.id == example.cast.eli.id]
        seen.append((row.state, row.lacking))

    look()
    assess(session, example)
    look()
    score(session, example)
    look()
    reviews.approve(session, hana, where=january_of(example))
    look()
    publish_january(session, example)
    look()
    assert seen == [
        (AppraisalState.OPEN, (Lacking.SELF_ASSESSMENT, Lacking.BEHAVIOURS, Lacking.COMMENT)),
        (AppraisalState.OPEN, (Lacking.BEHAVIOURS, Lacking.COMMENT)),
        (AppraisalState.SCORED, (Lacking.APPROVAL,)),
        (AppraisalState.APPROVED, (Lacking.PUBLICATION,)),
        (AppraisalState.PUBLISHED, ()),
    ]
    cycle = load_cycle(session, code="2026")
    (unit,) = units_of(list_reviews(session, hana, cycle, cycle.periods[0]).items)
    assert (unit.unit, unit.people, unit.scored, unit.published) == ("Penjualan", 1, 1, 1)


@pytest.mark.parametrize("place", ["level", "total"])
def test_no_words_are_lost_for_want_of_what_they_belong_to(session: Session, example: Example, place: str) -> None:
    ask_review(session, example, share="30")
    mona, where = actor_of(example.cast.mona), january_of(example)
    behaviour = review_view(session, mona, where=where).case.behaviours[0].id
    noted = Scoring(levels={behaviour: LevelSeen(None, "Terlihat di rapat.")})
    values = noted if place == "level" else Scoring(reason="Pasar turun.")
    with pytest.raises(Invalid) as refused:
        reviews.save_scoring(session, mona, where=where, version=None, values=values)
    at = f"levels[{behaviour}].level" if place == "level" else "total"
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [(at, "required")]


def test_the_own_row_is_the_published_one_once_it_is_out(session: Session, example: Example) -> None:
    ask_review(session, example, share="30")
    assess(session, example)
    score(session, example, total="85")

    def total(person: Person) -> Decimal | None:
        session.expire_all()
        cycle = load_cycle(session, code="2026")
        rows = list_reviews(session, actor_of(person), cycle, example.period("2026-01")).items
        return next(row.total for row in rows if row.person.id == example.cast.eli.id)

    eli, mona = example.cast.eli, example.cast.mona
    assert (total(eli) == Decimal(85), total(mona)) == (False, Decimal(85))
    published = publish_january(session, example)
    assert (total(eli), total(mona)) == (published.total, Decimal(85))
