"""What does a code say to a reader? The English text of every fault and refusal; catalogues translate it."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from app.branding_texts import BRANDING_TEXTS
from app.case_texts import CASE_TEXTS
from app.errors import KinerjaError
from app.fault_texts import FAULT_TEXTS
from app.i18n import Locale
from app.privacy_texts import PRIVACY_TEXTS
from app.recording_texts import RECORDING_TEXTS
from app.rules.faults import Fault

TEXTS: Final[Mapping[str, str]] = {
    **FAULT_TEXTS,
    **BRANDING_TEXTS,
    **CASE_TEXTS,
    **PRIVACY_TEXTS,
    **RECORDING_TEXTS,
    # a field of a form
    "choice_unknown": "choose one of the values offered",
    "date_unreadable": "is not a date; write it like 31/12/2026",
    "email_unreadable": "is not an e-mail address",
    "file_missing": "choose a file",
    "number_ambiguous": "mixes points and commas in a way that cannot be read",
    "repeated": "was sent more than once",
    "text_too_long": "must have at most %(limit)s characters",
    "too_large": "must be at most %(maximum)s",
    "too_small": "must be at least %(minimum)s",
    # an account
    "already_taken": "is already in use",
    "database_not_empty": "The database is not empty; the demo needs one of its own.",
    "link_not_good": "This link has been used, has expired or is not complete. Ask HR for a new one.",
    "not_on_yourself": "You cannot do this to your own account.",
    "password_about_you": "must not be made from your name, e-mail address or employee number",
    "password_common": "is one of those that are tried first; choose one that is harder to guess",
    "password_too_long": "must have at most 128 characters",
    "password_too_short": "must have at least 12 characters",
    "password_wrong": "is not your present password",
    "pdf_password_too_long": "is too long: at most %(most)s bytes; letters with accents and other scripts take several",
    "pdf_password_too_short": "must have at least %(fewest)s characters",
    "person_has_left": "This person has left.",
    "person_without_email": "Enter an e-mail address for this person first.",
    "sign_in_refused": "E-mail address or password is not right.",
    "too_many_tokens": "cannot be added: you have %(most)s already",
    # people, units and positions
    "after_leaving": "is after the day of leaving",
    "before_joining": "is before the day of joining",
    "code_signs": "may hold letters without accents, digits and - _ . only",
    "date_out_of_range": "must lie between 1940 and 2199",
    "joins_after_leaving": "is after the day on which this person left",
    "last_hr": "cannot be: nobody else would have the role of HR",
    "leaves_before_joining": "is before the day of joining",
    "manager_left": "cannot be %(name)s, who has left by then",
    "nobody_so_named": "is the name or employee number of nobody",
    "several_so_named": "is the name of several people; use the employee number",
    "own_manager": "must be somebody else",
    "own_role": "You cannot change your own roles; ask another HR person.",
    "position_in_use": "This position is or was held by somebody, so it stays on record.",
    "position_without_unit": "is needed as well: a position belongs to a unit",
    "reporting_circle": "would make a circle: %(path)s",
    "role_granted": "This person has the role already.",
    "role_not_granted": "This person does not have the role.",
    "unit_circle": "cannot be below itself",
    "unit_has_units": "Other units stand below this one; move them first.",
    "unit_in_use": "Somebody sits or sat in this unit, so it stays on record.",
    "unit_without_position": "is needed as well: a place in a unit has a position",
    # a file of people
    "cell_error": "holds an error instead of a value",
    "cell_merged": "is merged with other cells; undo the merging",
    "cell_not_computed": "holds a formula without a result; open and save the file once, or enter the value",
    "cell_not_text": "must be text",
    "cell_too_long": "has a cell with too much text in line %(line)s",
    "column_joined_on_missing": "has no column “Joined on”",
    "column_name_missing": "has no column “Name”",
    "column_number_missing": "has no column “Employee number”",
    "column_twice": "has the column “%(column)s” twice",
    "csv_broken": "has quotation marks that do not match in line %(line)s",
    "email_repeated": "stands in row %(row)s already",
    "file_damaged": "is damaged or incomplete; save it anew as .xlsx",
    "file_empty": "is empty",
    "file_not_a_table": "is not a list; send an .xlsx or .csv file",
    "file_old_or_protected": "has a password or is in an old format; save it without a password as .xlsx",
    "file_other_table": "is in another spreadsheet format; save it as .xlsx or .csv",
    "file_too_demanding": "takes too much time or memory to read; copy the list alone into a new file",
    "file_too_large": "is larger than %(maximum)s MB",
    "file_without_sheet": "has no visible sheet",
    "import_overtaken": "Somebody else has entered one of these people in the meantime. Send the file again.",
    "manager_unknown": "belongs to nobody, neither here nor in this file: %(number)s",
    "code_repeated": "stands in row %(row)s already",
    "column_code_missing": "has no column for codes",
    "no_definitions": "has no definition in it",
    "not_a_library": "is not a list of definitions",
    "no_rows": "has headings and no people below them",
    "number_repeated": "stands in row %(row)s already",
    "too_many_columns": "has more than %(maximum)s columns",
    "too_many_rows": "has more than %(maximum)s rows",
    "upload_gone": "The file that was looked at is not there any more. Send it again.",
    # cycles and their policy
    "cycle_too_long": "is more than three years after the start",
    "ends_before_start": "must be after the start",
    "outside_cycle": "must lie within the cycle, from %(first)s to %(last)s",
    "step_ends_before_start": "must not be before the first day",
    "entries_missing": "%(count)s entries are missing; the policy of this cycle lets no period be closed without them.",
    "period_closed": "This period is closed already.",
    "period_not_over": "This period can be closed on its last day at the earliest.",
    "period_open": "This period is open already.",
    "policy_in_use": "Scorecards of this cycle are published; its policy stays as it is.",
    "too_many_grades": "has more than %(maximum)s grades",
    "weight_ceiling_below_floor": "must not be below the smallest weight",
    "weight_off_step": "must be a multiple of the step (%(step)s)",
    # the KPI library
    "definition_not_retired": "This definition is offered already.",
    "definition_retired": "This definition is retired already.",
    "input_too_long": "has a name of more than %(limit)s characters",
    "inputs_differ_by_language": "must name as many inputs as the English text, with the same signs",
    "inputs_repeated": "names an input twice",
    "method_not_for_measure": "cannot be used with this kind of measure",
    # a review at a period's end
    "already_approved": "This scoring is approved already.",
    "already_scored": "The scoring is handed in already.",
    "approval_asked": "A second person has to approve the scoring first.",
    "behaviour_unknown": "is not one of the behaviours of this cycle",
    "behaviours_missing": "%(count)s behaviours are not rated yet.",
    "behaviours_none": "are needed where behaviour counts",
    "behaviours_rated": "are rated already: change their words, but add or remove none",
    "comment_missing": "Your comment on the whole period is missing.",
    "colleague_left": "has left",
    "colleague_named_already": "is named already",
    "feedback_answered_already": "You have answered this question already.",
    "feedback_asked_already": "This colleague has been asked already.",
    "feedback_too_late": "The result is published; answers are not taken any more.",
    "kpi_not_of_plan": "is no KPI of this plan",
    "no_review_asked": "This period ends without a review.",
    "own_feedback": "must be somebody else than you and the person it is about",
    "period_is_published": "cannot end with a review any more: scorecards of it are published",
    "review_asked": "This period ends with a review. The scoring has to be handed in first.",
    "review_not_complete": "Something that the review asks for is missing.",
    "review_policy_in_use": "Results of a review are published; its rules stay as they are.",
    "scoring_handed_in": "The scoring of this period is handed in. Ask for it to be returned before figures change.",
    "self_assessment_handed_in": "Your self-assessment is handed in. Take it back to write on it.",
    "self_assessment_missing": "The self-assessment is not handed in yet.",
    "self_assessment_not_handed_in": "There is no self-assessment that was handed in.",
    # scorecards and their publication
    "adjustment_stale": (
        "The figures have changed since the total was adjusted. Set the adjustment anew, or withdraw it."
    ),
    "code_unknown": "belongs to no published scorecard; compare it with the paper sign by sign",
    "pdf_unknown": "is not a PDF that was issued here, or it was changed since",
    "pdf_locked": (
        "is locked with a password. The file check knows unlocked originals alone: check the original, or type the code"
        " that is printed on the copy"
    ),
    "locked_copies_not_offered": "Copies with a password are not offered here; HR can switch them on.",
    "cycle_unknown": "There is no cycle with the code %(code)s.",
    "already_published": "This scorecard is published already.",
    "employee_unknown": "Nobody has the employee number %(number)s.",
    "due_entries_missing": "Entries that are due are missing.",
    "entry_missing": "lacks the entry for %(on)s",
    "kpi_without_data": "has entries, but they give no figure that could be scored",
    "no_plan_in_force": "No performance plan is in force for this person in this period.",
    "not_published": "Nothing is published for this period yet.",
    "nothing_scored": "No KPI has data yet, so there is nothing to publish.",
    "pdf_failed": "The PDF could not be made at the moment (%(reason)s). Please try again.",
    "too_early_to_publish": (
        "This period is not over yet. It can be published after its last day, or as soon as HR has closed it."
    ),
    # an entry
    "input_unknown": "is not an input of this KPI",
    "covered": "Recorded as one figure for a longer span.",
    "days_only": "The plan ends inside this period: record single days or weeks.",
    "entry_denominator_negative": "together the denominator must not be negative; it comes to %(denominator)s",
    "no_period": "These days belong to no period of the cycle.",
    "not_a_sunday": "a week goes by its Sunday: %(sunday)s",
    "not_a_web_address": "must be an address that begins with https:// or http://",
    "not_of_measure": "does not belong to what this KPI measures",
    "not_yes_or_no": "must be yes (1) or no (0)",
    "number_too_wide": "must have at most %(before)s digits before the decimal mark and %(after)s after it",
    "outside_plan": "must lie within the plan, from %(first)s to %(last)s",
    "overlaps": "shares days with the figure for %(on)s",
    "scorecard_published": "The scorecard of this period is published.",
    "span_too_long": "is longer than what one entry of this KPI may be for",
    "stale_version": "was changed by somebody else in the meantime",
    "cycle_closed": "This cycle is closed.",
    "plan_not_active": "The plan is not in force.",
    # a plan
    "acceptance_outdated": "The plan is not what its employee accepted. Return it and propose it again.",
    "agreement_asked": "Plans of this cycle come into force after their employee has accepted them. Propose the plan.",
    "discussion_closed": "This plan is in force; its discussion is closed.",
    "nothing_answered": "Say what should be different, of one KPI at least or of the whole plan.",
    "nothing_to_take": "No figure was proposed there.",
    "not_of_this_plan": "is not part of this plan",
    "not_scored_by_target": "cannot be proposed; this KPI is not scored by a single target",
    "plan_accepted": "The employee has accepted this plan. Return it before anything is changed.",
    "plan_answered": "The employee has answered. The plan has to be proposed again.",
    "plan_in_draft": "This plan has not been proposed yet.",
    "plan_not_complete": "The plan is not complete.",
    "plan_proposed": "This plan waits for its employee's answer. Return it before anything is changed.",
    "definition_unknown": "is not in the KPI library any more",
    "entry_crosses_start": "would cut the entry for %(on)s in two",
    "levels_not_2_to_100": "must be a whole number from 2 to 100",
    "name_missing": "contains an empty name",
    "named_twice": "contains “%(name)s” twice",
    "no_milestones": "needs at least one milestone",
    "not_a_period_start": "must be the first day of the plan or of one of its periods",
    "not_employed_in_cycle": "This person is not employed during the cycle.",
    "period_published": "must be after %(period)s, whose scorecard is published",
    "period_target_missing": "is missing; give a target for every period or for none",
    "period_targets_not_target": "come to %(total)s together; the target is %(target)s",
    "period_unknown": "is not a period of this plan",
    "plan_exists": "This person has a plan for the cycle already.",
    "plan_full": "There is no room for more in this draft (%(most)s).",
    "plan_not_draft": "This plan is in force and cannot be changed any more. Begin a new version of it instead.",
    "goal_circle": "cannot be below itself",
    "goal_has_goals": "Other goals serve this one; move them first.",
    "goal_in_use": "Objectives serve this goal, so it stays.",
    "no_plan_to_carry": "This person has no plan in force in that cycle.",
    "one_source_needed": "must be one plan for all, or each one's own plan of another cycle",
    "same_cycle": "must be another cycle than the one for which plans are made",
    "ratings_missing": "must be rated on all three criteria",
    "revision_exists": "A new version of this plan has been begun already.",
    "too_many_parts": "must not have more than %(most)s",
    "weights_not_typed": "The weights of this plan are computed. Choose typed weights first, or set them by hand.",
    "weights_typed_anyway": "The weights of this plan are typed; there is nothing to set beside them.",
    # a request of another program
    "body_not_json": "The body must be one JSON document, sent as application/json.",
    "float_not_exact": 'must be a whole number or a text, such as "1.5"; other numbers would lose digits',
    "idempotency_key_reused": "This Idempotency-Key came with another request before.",
    "key_twice_somewhere": "has an object in which a key stands twice",
    "list_too_long": "must have at most %(most)s items",
    "list_too_short": "must have at least %(fewest)s items",
    "method_unknown": "Nothing is done here with this method.",
    "not_a_day": "must be a day between 1940 and 2199, such as 2026-01-31",
    "not_allowed_here": "You may see this, but not do it.",
    "nothing_here": "There is nothing here, or you may not see it.",
    "unreadable_request": "The request has not the form that the description of the API says.",
    "version_missing": "Say with If-Match which version you have seen.",
    # a whole request
    "foreign_origin": "This was not sent from one of our own pages. Nothing was changed.",
    "token_missing": "A personal API token is needed.",
    "too_large_body": "This is larger than what can be accepted.",
    "unreadable": "cannot be read",
    "unexpected": "Nothing was changed. Please try again; if it happens again, tell whoever runs this service.",
    "form_outdated": "This page belongs to an earlier sign-in. Nothing was changed; please try again.",
    "invalid": "Some values cannot be accepted.",
    "not_allowed": "You may see this, but not change it in this way.",
    "not_found": "This page does not exist, or you may not see it.",
    "stale": "Somebody else has changed this in the meantime. Look at the present state and try again.",
}
"""Code → English; `%(name)s` is filled from the fault's values, a percent sign is written `%%`."""


def fault_text(fault: Fault, locale: Locale) -> str:
    """What is wrong with a value, in the reader's language."""
    return code_text(fault.code, fault.values, locale)


def error_text(error: KinerjaError, locale: Locale) -> str:
    """Why a request was refused, in the reader's language."""
    return code_text(error.code, error.values, locale)


def code_text(code: str, values: Mapping[str, str], locale: Locale) -> str:
    """The text of a code, in the reader's language."""
    return locale.text(TEXTS[code], **{name: _in_notation(value, locale) for name, value in values.items()})


_DECIMAL: Final = re.compile(r"-?[0-9]+\.[0-9]+")


def _in_notation(value: str, locale: Locale) -> str:
    """A value of the rules, which write decimals with a point, as the reader writes it; whole numbers may be codes."""
    return locale.number(Decimal(value), grouping=False) if _DECIMAL.fullmatch(value) else value
