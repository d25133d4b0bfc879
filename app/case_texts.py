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
    "batch_not_cancelled": "This preparation is not stopped.",
    "batch_not_running": "This preparation is over already.",
    "batch_running": "These PDFs are still being prepared.",
    "batch_without_faults": "Nothing in this preparation has failed.",
    "bundle_running": "A ZIP of scorecards is on its way to you already. Please wait until it is complete.",
    "cycle_not_over": "This cycle can be closed after its last day.",
    "cycle_open": "This cycle is open.",
    "cycle_unsettled": "Appraisals that still wait for somebody: %(count)s. The cycle can be closed after them.",
    "kpi_counts_already": "This KPI counts already.",
    "kpi_left_out_already": "This KPI is left out already.",
    "kpi_not_on_card": "is not a KPI of this scorecard: %(code)s",
    "second_depends": "is the employee's manager or reports to the employee, and cannot be the second person",
    "second_is_there": "Two people can decide about this employee already; nobody needs to be named.",
    "second_may_decide": "may decide about this employee already",
    "link_on_its_way": "This employee was told of the scorecard today, or a mail about it is on its way.",
    "nobody_assigned": "Nobody was named to appraise in the manager's place.",
    "not_within_a_year": "must be today or later, and within a year",
    "nothing_published": "No scorecard that you may read is published here.",
    "request_decided": "This request is decided already.",
    "request_waits": "The same was asked for already and waits for a second person.",
    "second_level_decides": "The manager's manager decides about this objection.",
    "second_person_needed": (
        "Somebody else has to do this: you scored, published or asked for it, and nobody decides about their own work."
    ),
    "total_stands_already": "is the present total; give another one",
    "total_stays_when_rejected": "must stay empty where the objection is not upheld",
}
"""Code → English; `%(name)s` is filled from the fault's values, a percent sign is written `%%`."""
