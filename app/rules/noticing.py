"""Of what are people told, how pressing is it, and when does a mail go out again that could not be sent?"""

from datetime import timedelta
from enum import StrEnum
from typing import Final


class NoticeKind(StrEnum):
    """What happened, or is due, that somebody should know of."""

    ACKNOWLEDGEMENT_MISSING = "acknowledgement_missing"
    APPEAL_CLOSING = "appeal_closing"
    APPEAL_DECIDED = "appeal_decided"
    APPEAL_RAISED = "appeal_raised"
    APPEAL_UNDECIDED = "appeal_undecided"
    APPRAISAL_APPROVED = "appraisal_approved"
    APPRAISAL_RETURNED = "appraisal_returned"
    APPRAISAL_SCORED = "appraisal_scored"
    CORRECTION_ASKED = "correction_asked"
    CORRECTION_DECIDED = "correction_decided"
    ENTRIES_ESCALATED = "entries_escalated"
    ENTRIES_OVERDUE = "entries_overdue"
    ENTRIES_SOON = "entries_soon"
    FEEDBACK_ASKED = "feedback_asked"
    PDFS_PREPARED = "pdfs_prepared"
    PDFS_STOPPED = "pdfs_stopped"
    PLAN_ACCEPTED = "plan_accepted"
    PLAN_ANSWER_ESCALATED = "plan_answer_escalated"
    PLAN_ANSWER_OVERDUE = "plan_answer_overdue"
    PLAN_APPROVED = "plan_approved"
    PLAN_COUNTERED = "plan_countered"
    PLAN_MISSING = "plan_missing"
    PLAN_PROPOSED = "plan_proposed"
    PLAN_RETURNED = "plan_returned"
    SCORECARD_ACKNOWLEDGED = "scorecard_acknowledged"
    SCORECARD_PUBLISHED = "scorecard_published"
    SCORING_ESCALATED = "scoring_escalated"
    SCORING_OVERDUE = "scoring_overdue"
    SELF_ASSESSMENT_ASKED = "self_assessment_asked"
    SELF_ASSESSMENT_OVERDUE = "self_assessment_overdue"


NECESSARY: Final = frozenset(
    {
        NoticeKind.APPEAL_CLOSING,
        NoticeKind.APPEAL_DECIDED,
        NoticeKind.APPEAL_RAISED,
        NoticeKind.CORRECTION_ASKED,
        NoticeKind.PLAN_PROPOSED,
        NoticeKind.SCORECARD_PUBLISHED,
    }
)
"""What goes out by mail whatever somebody prefers: a right that runs out, or a decision about them."""


class MailWish(StrEnum):
    """How somebody wants their notices by mail."""

    SOON = "soon"
    """Within the hour, what has come together in one mail."""
    DAILY = "daily"
    NECESSARY = "necessary"


class MailState(StrEnum):
    """Where a mail stands."""

    REFUSED = "refused"
    """The mail server does not take it, now or ever."""
    SENDING = "sending"
    """A worker has taken it; it is tried once and never by two."""
    SENT = "sent"
    UNCLEAR = "unclear"
    """Nobody can know whether it was taken, so it is not sent again (ADR 0014)."""
    WAITING = "waiting"


_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=1)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts that failed: twice as long each time, an hour at most."""
    return min(_FIRST_PAUSE * (1 << min(attempts - 1, 10)), _LONGEST_PAUSE)
