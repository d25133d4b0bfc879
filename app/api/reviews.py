"""How is a period reviewed by other programs: rules, who is how far, own view, scoring, approval?"""

from typing import Final

from fastapi import APIRouter, Depends, Response, status

from app.api import review_schemas as wire
from app.api.exchange import ApiRoute, OptionalVersion, RequiredVersion, with_tag
from app.api.feedback import requested
from app.api.operations import CHANGES, REPLACES, WRITES, refusals, tagged
from app.api.paging import CycleCode, Part, PeriodCode
from app.api.schemas import Page
from app.api.scorecard_schemas import Adjustment, RatedBehaviour
from app.api.where import ONE, At
from app.routing import CurrentActor, DbSession, Needs
from app.rules.vocabulary import Action
from app.services import cycles, feedback, review_lists, review_policy, reviews, scorecard_lists, self_assessments
from app.services.behaviours import BehaviourValues
from app.services.review_cases import review_of
from app.services.reviews import LevelSeen, ReviewView, Scoring
from app.services.self_assessments import OwnView, OwnWords
from app.services.where import Where

router = APIRouter(route_class=ApiRoute, tags=["reviews"])
_ONE: Final = f"/reviews/{ONE}"


@router.get(
    "/cycles/{cycle_code}/review-policy",
    operation_id="get_review_policy",
    summary="Get the rules of the review",
    dependencies=[Depends(Needs(Action.CYCLE_READ))],
    responses={**refusals(404), **tagged()},
)
def get_review_policy(
    response: Response, session: DbSession, actor: CurrentActor, cycle_code: CycleCode
) -> wire.ReviewPolicy:
    """Which periods of a cycle end with a review, and what is asked in it."""
    cycle = cycles.cycle_by_code(session, actor, code=cycle_code)
    with_tag(response, cycle.version)
    values = review_policy.review_policy_of(session, cycle)
    return wire.ReviewPolicy.model_validate({**_policy(values), "version": cycle.version})


@router.put(
    "/cycles/{cycle_code}/review-policy",
    operation_id="replace_review_policy",
    summary="Change the rules of the review",
    dependencies=[Depends(Needs(Action.CYCLE_WRITE))],
    responses={**refusals(*REPLACES), **tagged()},
)
def replace_review_policy(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    cycle_code: CycleCode,
    version: RequiredVersion,
    sent: wire.ReviewPolicySent,
) -> wire.ReviewPolicy:
    """The rules anew, as long as nothing was published after a review. Only HR."""
    cycle = cycles.cycle_by_code(session, actor, code=cycle_code)
    given = sent.model_dump(exclude={"behaviours"})
    behaviours = [BehaviourValues(**each.model_dump()) for each in sent.behaviours]
    values = review_policy.ReviewPolicy(**given, behaviours=behaviours)
    cycle = review_policy.change_review_policy(session, actor, cycle, version=version, values=values)
    with_tag(response, cycle.version)
    shown = _policy(review_policy.review_policy_of(session, cycle))
    return wire.ReviewPolicy.model_validate({**shown, "version": cycle.version})


@router.get(
    "/reviews/{cycle_code}/{period_code}",
    operation_id="list_reviews",
    summary="List how far reviews are",
    dependencies=[Depends(Needs(Action.SCORECARD_READ))],
    responses=refusals(404),
)
def list_reviews(
    session: DbSession, actor: CurrentActor, cycle_code: CycleCode, period_code: PeriodCode, part: Part
) -> Page[wire.ReviewListed]:
    """Everybody whose review the token's owner may see, with what it waits for."""
    cycle, period = scorecard_lists.find_period(session, actor, cycle_code=cycle_code, period_code=period_code)
    listing = review_lists.list_reviews(session, actor, cycle, period, offset=part.offset, limit=part.limit)
    rows = [
        wire.ReviewListed(
            person_id=row.person.id, name=row.person.name, state=row.state, total=row.total, lacking=row.lacking
        )
        for row in listing.items
    ]
    return Page(items=rows, total=listing.total)


@router.get(
    _ONE,
    operation_id="get_review",
    summary="Get a review",
    dependencies=[Depends(Needs(Action.SCORECARD_READ))],
    responses=refusals(404),
)
def get_review(session: DbSession, actor: CurrentActor, where: At) -> wire.Review:
    """One person's review of a period, as the token's owner may see it."""
    return _seen(session, actor, where)


@router.put(
    f"{_ONE}/self-assessment",
    operation_id="put_self_assessment",
    summary="Write one's own view",
    dependencies=[Depends(Needs(Action.APPRAISAL_SELF_ASSESS))],
    responses={**refusals(*CHANGES), **tagged()},
)
def put_self_assessment(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    where: At,
    version: OptionalVersion,
    sent: wire.SelfAssessmentSent,
) -> wire.Review:
    """Whole or in part; handed in it is read by the manager. Only the employee."""
    said = {code: OwnWords(each.words, each.achievement) for code, each in sent.kpis.items()}
    own = self_assessments.save_own_view(
        session, actor, where=where, version=version, values=OwnView(sent.words, said), hand_in=sent.hand_in
    )
    with_tag(response, own.version)
    return _seen(session, actor, where)


@router.delete(
    f"{_ONE}/self-assessment/submission",
    operation_id="take_back_self_assessment",
    summary="Take one's own view back",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[Depends(Needs(Action.APPRAISAL_SELF_ASSESS))],
    responses=refusals(403, 404, 409),
)
def take_back_self_assessment(session: DbSession, actor: CurrentActor, where: At) -> None:
    """Write on it again, until the scoring is handed in. Only the employee."""
    self_assessments.take_back_own_view(session, actor, where=where)


@router.put(
    f"{_ONE}/scoring",
    operation_id="put_scoring",
    summary="Score a period",
    dependencies=[Depends(Needs(Action.APPRAISAL_SCORE))],
    responses={**refusals(*CHANGES), **tagged()},
)
def put_scoring(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    where: At,
    version: OptionalVersion,
    sent: wire.ScoringSent,
) -> wire.Review:
    """Whole or in part; handed in, the figures of the period are locked. Managers of the person and HR."""
    values = Scoring(
        comment=sent.comment,
        comments=sent.comments,
        levels={each.behaviour_id: LevelSeen(each.level, each.note) for each in sent.levels},
        total=sent.total,
        reason=sent.reason,
    )
    appraisal = reviews.save_scoring(session, actor, where=where, version=version, values=values, hand_in=sent.hand_in)
    with_tag(response, appraisal.version)
    return _seen(session, actor, where)


@router.post(
    f"{_ONE}/approval",
    operation_id="approve_scoring",
    summary="Approve a scoring",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(Needs(Action.APPRAISAL_APPROVE))],
    responses=refusals(403, 404, 409),
)
def approve_scoring(session: DbSession, actor: CurrentActor, where: At) -> wire.Review:
    """What another person has scored. Managers further up and HR."""
    reviews.approve(session, actor, where=where)
    return _seen(session, actor, where)


@router.post(
    f"{_ONE}/return",
    operation_id="return_scoring",
    summary="Return a scoring",
    dependencies=[Depends(Needs(Action.APPRAISAL_SCORE))],
    responses=refusals(*WRITES),
)
def return_scoring(session: DbSession, actor: CurrentActor, where: At, sent: wire.ReturnSent) -> wire.Review:
    """Open it again, with the reason. Managers of the person and HR; once approved, managers further up and HR."""
    reviews.hand_back(session, actor, where=where, reason=sent.reason)
    return _seen(session, actor, where)


def _policy(values: review_policy.ReviewPolicy) -> dict[str, object]:
    names = ("asks_self_assessment", "asks_approval", "behaviour_share", "max_adjustment", "shows_feedback")
    shown = {name: getattr(values, name) for name in (*names, "names_feedback")}
    behaviours = [wire.Behaviour.model_validate(each) for each in values.behaviours]
    return {"periods": list(values.periods), **shown, "behaviours": behaviours}


def _seen(session: DbSession, actor: CurrentActor, where: Where) -> wire.Review:
    view = reviews.review_view(session, actor, where=where)
    case = view.case
    said = feedback.feedback_view(session, actor, case)
    return wire.Review(
        person_id=where.person_id,
        cycle=case.scored.facts.cycle.code,
        period=case.scored.facts.period.code,
        asks_review=case.scored.facts.period.asks_review,
        state=case.state,
        steps_open=sorted(view.steps),
        behaviours=[wire.BehaviourToRate.model_validate(each) for each in case.behaviours],
        self_assessment=_own(view),
        scoring=_scoring(view) if view.sees_scoring else None,
        feedback=[wire.Answer.model_validate(each) for each in said.answers],
        feedback_requests=[requested(each) for each in said.requests],
    )


def _own(view: ReviewView) -> wire.SelfAssessment | None:
    own = view.case.own
    if own is None or not view.sees_own_view:
        return None
    kpis = [wire.OwnKpi(code=each.kpi_code, words=each.words, achievement=each.achievement) for each in own.kpis]
    return wire.SelfAssessment(words=own.words, kpis=kpis, handed_in_at=own.handed_in_at, version=own.version)


def _scoring(view: ReviewView) -> wire.Scoring | None:
    case, made = view.case, view.case.scored.outcome
    if case.appraisal is None:
        return None
    review = review_of(case)
    return wire.Scoring(
        comment=case.appraisal.comment,
        comments=case.comments,
        behaviours=[RatedBehaviour.model_validate(each) for each in review.behaviours] if review else [],
        kpi_total=made.kpi_total,
        behaviour=made.behaviour,
        computed_total=made.computed,
        adjustments=[Adjustment.model_validate(each) for each in made.adjustments],
        total=made.total,
        grade=made.grade,
        history=[
            wire.StepTaken(step=each.step, by=each.by.name, at=each.at, reason=each.reason) for each in case.steps
        ],
        version=case.appraisal.version,
    )
