"""What does a notice say to its reader, and to which page does it lead?"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from app.i18n import Locale, mark
from app.rules.noticing import NoticeKind

_K = NoticeKind

TEXTS: Final[Mapping[NoticeKind, str]] = {
    _K.ACKNOWLEDGEMENT_MISSING: mark(
        "Please confirm that you have received your scorecard for %(period)s. It is a receipt, not agreement."
    ),
    _K.APPEAL_CLOSING: mark("You can object to your result for %(period)s until %(until_on)s."),
    _K.APPEAL_DECIDED: mark(
        "Your objection about %(period)s is decided. The outcome and its reasons are on your scorecard."
    ),
    _K.APPEAL_RAISED: mark("%(name)s has objected to the result for %(period)s. You are asked to decide."),
    _K.APPEAL_UNDECIDED: mark(
        "The objection of %(name)s about %(period)s has waited for a decision since %(since_on)s."
    ),
    _K.APPRAISAL_APPROVED: mark("The scoring of %(name)s for %(period)s is approved."),
    _K.APPRAISAL_RETURNED: mark("The scoring of %(name)s for %(period)s came back to you, with a reason."),
    _K.APPRAISAL_SCORED: mark("The scoring of %(name)s for %(period)s waits for your approval."),
    _K.CORRECTION_ASKED: mark(
        "A second person is needed for the case of %(name)s, %(period)s: please confirm or refuse."
    ),
    _K.CORRECTION_DECIDED: mark("Your request about %(name)s, %(period)s, was answered."),
    _K.ENTRIES_ESCALATED: mark(
        "Entries that %(name)s records for %(period)s are still missing. They were due on %(due_on)s."
    ),
    _K.ENTRIES_OVERDUE: mark("Entries that you record for %(period)s are overdue. They were due on %(due_on)s."),
    _K.ENTRIES_SOON: mark("You have entries to record for %(period)s, due by %(due_on)s."),
    _K.FEEDBACK_ASKED: mark("You are asked for feedback about %(name)s, %(period)s."),
    _K.PDFS_PREPARED: mark("The PDFs of scorecards for %(period)s are prepared: %(ready)s ready, %(failed)s failed."),
    _K.PDFS_STOPPED: mark("%(name)s has stopped the preparing of PDFs for %(period)s: %(ready)s ready."),
    _K.PLAN_ACCEPTED: mark("%(name)s has accepted the performance plan for %(cycle)s. It waits for your approval."),
    _K.PLAN_ANSWER_ESCALATED: mark(
        "%(name)s has not answered the performance plan for %(cycle)s, proposed on %(since_on)s."
    ),
    _K.PLAN_ANSWER_OVERDUE: mark(
        "Your performance plan for %(cycle)s, proposed on %(since_on)s, still waits for your answer."
    ),
    _K.PLAN_APPROVED: mark("Your performance plan for %(cycle)s is in force from %(from_on)s."),
    _K.PLAN_COUNTERED: mark("%(name)s has answered the performance plan for %(cycle)s with a counter-proposal."),
    _K.PLAN_MISSING: mark("People in your team have no performance plan for %(cycle)s, which began on %(from_on)s."),
    _K.PLAN_PROPOSED: mark("A performance plan for %(cycle)s is proposed to you. Please accept it or answer."),
    _K.PLAN_RETURNED: mark("Your performance plan for %(cycle)s was taken back; you will be asked again."),
    _K.SCORECARD_ACKNOWLEDGED: mark("%(name)s has confirmed receipt of the scorecard for %(period)s."),
    _K.SCORECARD_PUBLISHED: mark("Your scorecard for %(period)s is published."),
    _K.SCORING_ESCALATED: mark("Scoring for %(period)s is not complete in the team of %(name)s."),
    _K.SCORING_OVERDUE: mark("Scoring for %(period)s is not complete in your team."),
    _K.SELF_ASSESSMENT_ASKED: mark("You are asked for your self-assessment for %(period)s."),
    _K.SELF_ASSESSMENT_OVERDUE: mark("Your self-assessment for %(period)s is still open."),
}

_PLAN: Final = "/plans/{about}"
_CARD: Final = "/scorecards/{concerns}/{cycle}?period={period}"
_REVIEW: Final = "/reviews/{concerns}/{cycle}/{period}"
_REVIEWS: Final = "/reviews?cycle={cycle}&period={period}"
_APPEAL: Final = "/appeals/{about}"
_ENTRIES: Final = "/entries?cycle={cycle}&period={period}"

PLACES: Final[Mapping[NoticeKind, str]] = {
    **dict.fromkeys((_K.ENTRIES_SOON, _K.ENTRIES_OVERDUE), _ENTRIES),
    _K.ENTRIES_ESCALATED: "/reports/completeness?cycle={cycle}&period={period}",
    **dict.fromkeys((kind for kind in NoticeKind if kind.value.startswith("plan_")), _PLAN),
    **dict.fromkeys(
        (
            _K.APPRAISAL_APPROVED,
            _K.APPRAISAL_RETURNED,
            _K.APPRAISAL_SCORED,
            _K.SELF_ASSESSMENT_ASKED,
            _K.SELF_ASSESSMENT_OVERDUE,
        ),
        _REVIEW,
    ),
    **dict.fromkeys((_K.SCORING_OVERDUE, _K.SCORING_ESCALATED), _REVIEWS),
    **dict.fromkeys((_K.APPEAL_RAISED, _K.APPEAL_UNDECIDED), _APPEAL),
    **dict.fromkeys((_K.CORRECTION_ASKED, _K.CORRECTION_DECIDED), "/cases"),
    _K.FEEDBACK_ASKED: "/feedback",
    **dict.fromkeys((_K.PDFS_PREPARED, _K.PDFS_STOPPED), "/pdf-batches/{about}"),
    _K.PLAN_MISSING: "/plans?cycle={cycle}&only=none",
}
"""Where a notice leads; all others to the scorecard."""

COUNTS: Final = frozenset({"failed", "ready"})
"""Values that are whole numbers."""

_FIELD: Final = re.compile(r"%\((\w+)\)s")
_PLACE_FIELD: Final = re.compile(r"\{(\w+)\}")


def place_of(kind: NoticeKind) -> str:
    """The address to which this kind leads, with the fields that are to be filled."""
    return PLACES.get(kind, _CARD)


def fields_of(kind: NoticeKind) -> frozenset[str]:
    """The values that a notice of this kind must have."""
    in_place = {name for name in _PLACE_FIELD.findall(place_of(kind)) if name not in {"about", "concerns"}}
    return frozenset(_FIELD.findall(TEXTS[kind])) | in_place


def notice_text(kind: NoticeKind, values: Mapping[str, str], locale: Locale) -> str:
    """The notice in the reader's language; days, periods and counts in their notation."""
    return locale.text(TEXTS[kind], **{name: _said(name, value, locale) for name, value in values.items()})


def notice_path(kind: NoticeKind, values: Mapping[str, str], *, about: int | None, concerns: int | None) -> str:
    """The page to which the notice leads."""
    return place_of(kind).format(**values, about=about or "", concerns=concerns or "")


def _said(name: str, value: str, locale: Locale) -> str:
    if name.endswith("_on"):
        return locale.date(date.fromisoformat(value))
    if name in COUNTS:
        return locale.number(int(value))
    return locale.period(value) if name == "period" else value
