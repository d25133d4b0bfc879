"""What does each refusal about receipts, objections, corrections and calibration say, in English?"""

from collections.abc import Mapping
from typing import Final

CASE_TEXTS: Final[Mapping[str, str]] = {
    "already_acknowledged": "The receipt of this scorecard is confirmed already.",
    "already_appealed": "An objection to this scorecard waits for its decision.",
    "already_closed": "This appraisal is closed.",
    "already_open": "This appraisal is open; a new version of the scorecard has to be published first.",
    "appeal_days_not_over": "The days in which the employee may object are not over yet.",
    "appeal_days_over": "The days in which you could object are over.",
    "appeal_decided": "This objection is decided already.",
    "appealed_before": "You have objected to this scorecard once; its decision is final here.",
    "kpi_not_on_card": "is not a KPI of this scorecard: %(code)s",
    "second_level_decides": "The manager's manager decides about this objection.",
    "second_person_needed": (
        "Somebody else has to do this: you scored, published or asked for it, and nobody decides about their own work."
    ),
    "total_stays_when_rejected": "must stay empty where the objection is not upheld",
}
"""Code → English; `%(name)s` is filled from the fault's values, a percent sign is written `%%`."""
