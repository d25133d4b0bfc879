"""What does the JSON interface for other programs look like? Its routers, and what the service needs of it."""

from typing import Final

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
    locked_copies,
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
from app.api.operations import describe
from app.api.problems import problem, refusal, refuse, unreadable

__all__ = ["PREFIX", "ROUTERS", "describe", "problem", "refusal", "refuse", "unreadable"]

PREFIX: Final = "/api/v1"

ROUTERS: Final = tuple(
    concept.router
    for concept in (
        account,
        notices,
        people,
        second_people,
        units,
        cycles,
        library,
        goals,
        branding,
        planning,
        papers,
        plan_batches,
        agreement,
        objectives,
        weights,
        actuals,
        evidence,
        recording,
        scorecards,
        card_archive,
        card_links,
        scorecard_pdfs,
        locked_copies,
        pdf_batches,
        following,
        development,
        appraisals,
        cases,
        calibration,
        moves,
        reviews,
        feedback,
        privacy,
    )
)
"""Each is put into the service by itself, below the prefix: one around them all would be searched twice."""
