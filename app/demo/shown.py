"""What happens on the last day of the story, so that each page has something to show? All by the product's services."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import select

from app.access import Actor
from app.demo.agreed_next import agree_next
from app.demo.cases import Case
from app.demo.content import story
from app.demo.stage import Stage
from app.models import Appraisal, CaseRequest, Entry, Kpi, Plan, PublishedScorecard
from app.rules.vocabulary import AppealOutcome, AppraisalState, CaseKind, CheckVerdict, DataRequestKind
from app.services import (
    appeals,
    assignments,
    calibration,
    cases,
    feedback,
    privacy,
    receipts,
    reissue,
    reviews,
    telling,
)
from app.services.assignments import AssignmentValues
from app.services.behaviours import behaviours_of
from app.services.cases import Asked
from app.services.entry_checks import Finding, check_entry, verify_many
from app.services.evidence import SentFile, add_evidence
from app.services.reviews import LevelSeen, Scoring, review_view
from app.services.self_assessments import OwnView, OwnWords, save_own_view

_OTHERS: Final = 6
"""People of other teams whose review is under way."""
_CHECKED: Final = 6
_LEVELS: Final = (4, 5, 3, 4, 4, 5)


def show(stage: Stage) -> None:
    """Reviews, objections, corrections, plans of the next year, and what people ask about their data."""
    waiting = stage.unpublished(in_team=True, most=3)
    others = stage.unpublished(in_team=False, most=_OTHERS)
    _look_over(stage, [*waiting, *others])
    _review_team(stage, waiting)
    _review_others(stage, others)
    _calibrate(stage, [*others, *waiting])
    _react(stage)
    _ask_for_cases(stage, waiting, others)
    agree_next(stage)
    _ask_about_data(stage)


# --- Entries ----------------------------------------------------------------------------------------------------------


def _look_over(stage: Stage, people: list[int]) -> None:
    """Entries of those who have no result yet: proved, verified, questioned."""
    told = story()["entries"]
    wanted = (
        select(Entry)
        .join(Entry.kpi)
        .join(Kpi.plan)
        .where(
            Plan.person_id.in_(people),
            Plan.cycle_id == stage.cycle.id,
            Entry.ends_on.between(stage.period.starts_on, stage.period.ends_on),
            Entry.recorded_by_id != stage.hr.person_id,
        )
        .order_by(Entry.id)
    )
    found = stage.session.scalars(wanted.limit(_CHECKED + 2)).all()
    if len(found) <= 2:  # noqa: PLR2004 - one to prove, one to question
        return
    proved, questioned, *others = found
    with stage.act():
        files = [SentFile("rekap-bulanan.csv", told["file"].encode())]
        add_evidence(stage.session, stage.by(proved.recorded_by_id), kpi_id=proved.kpi_id, on=proved.on, files=files)
    with stage.act():
        finding = Finding(CheckVerdict.QUESTIONED, told["questioned"])
        check_entry(stage.session, stage.hr, kpi_id=questioned.kpi_id, on=questioned.on, version=None, finding=finding)
    with stage.act():
        verify_many(stage.session, stage.hr, keys=[(entry.id, entry.version) for entry in others])


# --- Reviews ----------------------------------------------------------------------------------------------------------


def _review_team(stage: Stage, people: list[int]) -> None:
    """One has handed in and colleagues have answered, one has begun, one is scored and waits for approval."""
    told = story()["review"]
    for number, person_id in enumerate(people):
        with stage.act():
            words = told["started"] if number == 1 else told["words"]
            _assess(stage, person_id, words, hand_in=number != 1)
    if people:
        _ask_colleagues(stage, people[0])
    if len(people) > 2:  # noqa: PLR2004 - the third one
        with stage.act():
            _score(stage, people[2], stage.manager.person_id, adjusted=True)


def _review_others(stage: Stage, people: list[int]) -> None:
    """Of other teams: scored, and every second one approved."""
    for number, person_id in enumerate(people):
        managers = stage.managers_of(person_id)
        with stage.act():
            _assess(stage, person_id, story()["review"]["words"], hand_in=True)
        with stage.act():
            _score(stage, person_id, managers[0], adjusted=number == 1)
        if number % 2 == 0:
            with stage.act():
                reviews.approve(stage.session, stage.second_of(person_id), where=stage.where(person_id))


def _assess(stage: Stage, person_id: int, words: str, *, hand_in: bool) -> None:
    actor, where = stage.by(person_id), stage.where(person_id)
    view = review_view(stage.session, actor, where=where)
    best = view.case.scored.kpis[0].kpi.code
    own = OwnView(words, {best: OwnWords(story()["review"]["kpi_words"], Decimal(100))})
    save_own_view(stage.session, actor, where=where, version=None, values=own, hand_in=hand_in)


def _score(stage: Stage, person_id: int, by: int, *, adjusted: bool) -> None:
    told, where, actor = story()["review"], stage.where(person_id), stage.by(by)
    view = review_view(stage.session, actor, where=where)
    known = behaviours_of(stage.session, stage.cycle.id)
    seen = {
        behaviour.id: LevelSeen(level, told["level_note"] if level == 5 else "")  # noqa: PLR2004 - the best
        for behaviour, level in zip(known, _LEVELS, strict=False)
    }
    best = view.case.scored.kpis[0].kpi.code
    values = Scoring(comment=told["comment"], levels=seen)
    version = view.case.appraisal.version if view.case.appraisal else None
    saved = reviews.save_scoring(stage.session, actor, where=where, version=version, values=values)
    values = replace(values, comments={best: told["kpi_comment"]})
    if adjusted:
        view = review_view(stage.session, actor, where=where)
        if computed := view.case.scored.outcome.computed:
            values = replace(values, total=min(computed + 2, stage.cycle.score_cap), reason=told["adjustment"])
    reviews.save_scoring(stage.session, actor, where=where, version=saved.version, values=values, hand_in=True)


def _ask_colleagues(stage: Stage, person_id: int) -> None:
    """Colleagues of the team are asked; all but the employee of the cast have answered."""
    told = story()["review"]
    asked = []
    for colleague in [each for each in stage.team() if each.id != person_id][:4]:
        with stage.act():
            where, number = stage.where(person_id), colleague.number
            made = feedback.ask(stage.session, stage.manager, where=where, colleague=number, question=told["question"])
            asked.append((made.id, colleague.id))
    for (request_id, colleague_id), (strengths, improvements) in zip(asked[1:], told["feedback"], strict=False):
        with stage.act():
            feedback.answer(
                stage.session,
                stage.by(colleague_id),
                request_id=request_id,
                strengths=strengths,
                improvements=improvements,
            )


def _calibrate(stage: Stage, people: list[int]) -> None:
    """HR moves two results before they are released."""
    for person_id, points in zip(people[:2], (Decimal(-3), Decimal(2)), strict=False):
        where = stage.where(person_id)
        with stage.act():
            view = review_view(stage.session, stage.hr, where=where)
            made = view.case.scored.outcome
            if made.computed is not None and made.total is not None:
                calibration.move_total(
                    stage.session,
                    stage.hr,
                    person_id=person_id,
                    period_id=stage.period.id,
                    total=min(made.total + points, stage.cycle.score_cap),
                    seen=made.computed,
                    reason=story()["review"]["calibration"],
                )


# --- After publication ------------------------------------------------------------------------------------------------


def _react(stage: Stage) -> None:
    """What the team makes of its results: one objects, one was given a part of it, others confirm the receipt."""
    cards = stage.published_team()
    for card in [*cards, *_own_card(stage)]:
        with stage.act():
            telling.scorecard_published(stage.session, card, stage.cycle.code, stage.period.code)
    for number, card in enumerate(cards):
        if number != 1:
            with stage.act():
                comment = story()["appeals"]["receipt"] if number % 2 == 0 else ""
                person_id = card.appraisal.person_id
                receipts.acknowledge(stage.session, stage.by(person_id), where=stage.where(person_id), comment=comment)
    for number, card in enumerate(cards[:2]):
        _object(stage, card, decide=number == 1)


def _own_card(stage: Stage) -> list[PublishedScorecard]:
    wanted = select(PublishedScorecard).join(PublishedScorecard.appraisal)
    mine = wanted.where(PublishedScorecard.appraisal.has(person_id=stage.employee.person_id, period_id=stage.period.id))
    return list(stage.session.scalars(mine))


def _object(stage: Stage, card: PublishedScorecard, *, decide: bool) -> None:
    told = story()["appeals"]
    person_id = card.appraisal.person_id
    raised = []
    with stage.act():
        codes = reissue.kpi_codes(card)
        made = appeals.raise_appeal(
            stage.session,
            stage.by(person_id),
            where=stage.where(person_id),
            reason=told["raised"],
            points={codes[0]: told["point"]},
        )
        raised.append(made)
    if decide and raised and card.total is not None:
        decision = appeals.Decision(
            AppealOutcome.PARTLY, told["decided"], min(card.total + Decimal("1.50"), stage.cycle.score_cap)
        )
        with stage.act():
            appeals.decide_appeal(
                stage.session,
                stage.second_of(person_id),
                appeal_id=raised[0].id,
                version=raised[0].version,
                decision=decision,
                code=stage.code(),
            )


def _ask_for_cases(stage: Stage, waiting: list[int], others: list[int]) -> None:
    """Corrections, one waiting for HR and one confirmed; a KPI that is to be left out; somebody who stands in."""
    told = story()
    received = _received(stage)
    for person_id in received[:1]:
        with stage.act():
            _ask(stage, stage.second_of(person_id), person_id, Asked(CaseKind.CORRECT, told["appeals"]["wrong"]))
    for person_id in received[1:2]:
        _reopen(stage, person_id)
    for person_id in waiting[:1]:
        with stage.act():
            kpis = _kpi_codes(stage, person_id)
            asked = Asked(CaseKind.EXCLUDE_KPI, told["review"]["excluded"], kpis[-1])
            _ask(stage, stage.second_of(person_id), person_id, asked)
    for person_id in others[-1:]:
        with stage.act():
            values = AssignmentValues(
                stage.setting.cast.manager.number, stage.hr.today + timedelta(days=45), told["review"]["assigned"]
            )
            assignments.assign_appraiser(stage.session, stage.hr, values=values, where=stage.where(person_id))


def _ask(stage: Stage, actor: Actor, person_id: int, asked: Asked) -> CaseRequest:
    return cases.ask_case(stage.session, actor, asked=asked, where=stage.where(person_id))


def _reopen(stage: Stage, person_id: int) -> None:
    told, made = story()["appeals"], []
    with stage.act():
        asked = Asked(CaseKind.CORRECT, told["wrong"])
        made.append(_ask(stage, stage.hr, person_id, asked))
    if made:
        with stage.act():
            cases.decide_case(
                stage.session,
                stage.second_of(person_id),
                request_id=made[0].id,
                version=made[0].version,
                is_accepted=True,
                answer=told["confirmed"],
            )


def _received(stage: Stage) -> list[int]:
    """Those who have confirmed the receipt and nothing else, the team first, if somebody is above their manager."""
    wanted = select(Appraisal.person_id).where(
        Appraisal.period_id == stage.period.id,
        Appraisal.state == AppraisalState.ACKNOWLEDGED,
        Appraisal.person_id != stage.hr.person_id,
    )
    team = set(stage.setting.cast.manager.team)
    found = sorted(stage.session.scalars(wanted), key=lambda person_id: (person_id not in team, person_id))
    return [person_id for person_id in found[:20] if stage.second_of(person_id) != stage.hr]


def _kpi_codes(stage: Stage, person_id: int) -> list[str]:
    wanted = select(Kpi.code).join(Kpi.plan).where(Plan.person_id == person_id, Plan.cycle_id == stage.cycle.id)
    return list(stage.session.scalars(wanted.order_by(Kpi.id)))


# --- Data -------------------------------------------------------------------------------------------------------------


def _ask_about_data(stage: Stage) -> None:
    """Two requests wait, one is answered; the data of somebody who left is kept."""
    told = story()["privacy"]
    asking = [person.id for person in stage.team() if person.id != stage.employee.person_id]
    with stage.act():
        privacy.ask(stage.session, stage.employee, kind=DataRequestKind.CORRECTION, text=told["correction"])
    for person_id in asking[:1]:
        with stage.act():
            privacy.ask(stage.session, stage.by(person_id), kind=DataRequestKind.OBJECTION, text=told["objection"])
    for person_id in asking[1:2]:
        with stage.act():
            made = privacy.ask(stage.session, stage.by(person_id), kind=DataRequestKind.ERASURE, text=told["erasure"])
            privacy.answer(stage.session, stage.hr, request_id=made.id, is_granted=True, text=told["answer"])
    left = sorted(key for key, case in stage.setting.cases.items() if case is Case.LEFT)
    for person_id in left[:1]:
        with stage.act():
            until: date = stage.hr.today + timedelta(days=180)
            privacy.hold(stage.session, stage.hr, person_id=person_id, reason=told["hold"], until=until)
