"""What does the JSON interface for other programs look like? Its router, and what the service needs of it."""

from typing import Final

from fastapi import APIRouter

from app.api import (
    account,
    actuals,
    agreement,
    appraisals,
    branding,
    calibration,
    card_archive,
    card_links,
    cases,
    cycles,
    development,
    evidence,
    feedback,
    following,
    goals,
    library,
    moves,
    notices,
    objectives,
    papers,
    pdf_batches,
    people,
    plan_batches,
    planning,
    privacy,
    recording,
    reviews,
    scorecard_pdfs,
    scorecards,
    second_people,
    units,
    weights,
)
from app.api.exchange import ApiRoute
from app.api.operations import describe
from app.api.problems import problem, refusal, refuse, unreadable

__all__ = ["PREFIX", "describe", "problem", "refusal", "refuse", "router", "unreadable"]

PREFIX: Final = "/api/v1"

router = APIRouter(prefix=PREFIX, route_class=ApiRoute)
router.include_router(account.router)
router.include_router(notices.router)
router.include_router(people.router)
router.include_router(second_people.router)
router.include_router(units.router)
router.include_router(cycles.router)
router.include_router(library.router)
router.include_router(goals.router)
router.include_router(branding.router)
router.include_router(planning.router)
router.include_router(papers.router)
router.include_router(plan_batches.router)
router.include_router(agreement.router)
router.include_router(objectives.router)
router.include_router(weights.router)
router.include_router(actuals.router)
router.include_router(evidence.router)
router.include_router(recording.router)
router.include_router(scorecards.router)
router.include_router(card_archive.router)
router.include_router(card_links.router)
router.include_router(scorecard_pdfs.router)
router.include_router(pdf_batches.router)
router.include_router(following.router)
router.include_router(development.router)
router.include_router(appraisals.router)
router.include_router(cases.router)
router.include_router(calibration.router)
router.include_router(moves.router)
router.include_router(reviews.router)
router.include_router(feedback.router)
router.include_router(privacy.router)
