"""How does an act of the audit trail read? Its action as a phrase, its facts as pairs of a name and a value."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.i18n import Locale, mark

ACTIONS: Final[Mapping[str, str]] = {
    "account.disabled": mark("Account stopped"),
    "account.enabled": mark("Account opened again"),
    "account.first_hr_made": mark("First HR account made"),
    "account.invitation_accepted": mark("Invitation accepted, password chosen"),
    "account.invited": mark("Invited to sign in"),
    "account.password_changed": mark("Password changed"),
    "account.session_ended": mark("Session ended"),
    "account.signed_in": mark("Sign-in"),
    "account.token_created": mark("API token created"),
    "account.token_revoked": mark("API token revoked"),
    "appraisal.adjusted": mark("Total adjusted"),
    "appraisal.approved": mark("Scoring approved"),
    "appraisal.returned": mark("Scoring returned"),
    "appraisal.saved": mark("Scoring saved"),
    "appraisal.scored": mark("Scoring handed in"),
    "appeal.decided": mark("Objection decided"),
    "appeal.raised": mark("Objection raised"),
    "cause.action_done": mark("Corrective action done"),
    "cause.recorded": mark("Cause and corrective action recorded"),
    "cycle.file_names_chosen": mark("Names of PDF files chosen"),
    "cycle.incentives_set": mark("Incentive bands set"),
    "appraisal.closed": mark("Appraisal closed"),
    "appraiser.assigned": mark("Another appraiser named"),
    "second_person.ended": mark("Second person no longer named"),
    "second_person.named": mark("Second person named"),
    "appraiser.given_back": mark("Case given back to the manager"),
    "branding.changed": mark("Branding changed"),
    "case.asked": mark("Step for two people asked for"),
    "case.confirmed": mark("Step for two people confirmed"),
    "case.declined": mark("Step for two people declined"),
    "cycle.closed": mark("Cycle closed"),
    "cycle.reopened": mark("Cycle opened again"),
    "cycle.opened": mark("Cycle opened"),
    "cycle.review_changed": mark("Rules of the review changed"),
    "cycle.policy_changed": mark("Policy changed"),
    "definition.changed": mark("KPI definition changed"),
    "definition.entered": mark("KPI definition added"),
    "definition.restored": mark("KPI definition offered again"),
    "definition.retired": mark("KPI definition retired"),
    "development.changed": mark("Development plan changed"),
    "development.entered": mark("Added to the development plan"),
    "entry.changed": mark("Entry changed"),
    "entry.questioned": mark("Entry questioned"),
    "entry.recorded": mark("Entry recorded"),
    "entry.removed": mark("Entry removed"),
    "entry.verified": mark("Entry verified"),
    "evidence.added": mark("Evidence added"),
    "evidence.downloaded": mark("Evidence downloaded"),
    "evidence.removed": mark("Evidence removed"),
    "feedback.answered": mark("Question about a colleague answered"),
    "feedback.asked": mark("Colleague asked for feedback"),
    "feedback.declined": mark("Question about a colleague declined"),
    "feedback.proposed": mark("Colleague proposed for feedback"),
    "goal.changed": mark("Goal changed"),
    "goal.entered": mark("Goal entered"),
    "goal.removed": mark("Goal removed"),
    "library.imported": mark("KPI library imported"),
    "library.seeded": mark("KPI library filled"),
    "note.removed": mark("Note taken back"),
    "note.written": mark("Note written"),
    "organisation.profile_written": mark("Vision and mission written"),
    "people.imported": mark("People imported"),
    "period.closed": mark("Period closed"),
    "period.reopened": mark("Period opened again"),
    "person.changed": mark("Person changed"),
    "person.entered": mark("Person entered"),
    "person.manager_left": mark("Reporting line changed because the manager left"),
    "plan.accepted": mark("Plan accepted"),
    "plan.answered": mark("Plan answered"),
    "plan.approved": mark("Plan approved"),
    "plan.carried": mark("Plan carried over from another cycle"),
    "plan.copied": mark("Plan copied"),
    "plan.discarded": mark("Draft discarded"),
    "plan.downloaded": mark("Plan downloaded as PDF"),
    "plan.goal_linked": mark("Objective linked to a goal"),
    "plan.kpi_moved": mark("KPI moved"),
    "plan.kpi_put": mark("KPI written"),
    "plan.kpi_removed": mark("KPI removed"),
    "plan.objective_moved": mark("Objective moved"),
    "plan.objective_put": mark("Objective written"),
    "plan.objective_removed": mark("Objective removed"),
    "plan.override_dropped": mark("Computed weight restored"),
    "plan.proposal_taken": mark("Proposed figures taken over"),
    "plan.proposed": mark("Plan proposed"),
    "plan.rated": mark("KPIs rated"),
    "plan.remark_made": mark("Remark on the plan"),
    "plan.replaced": mark("Plan replaced by a new version"),
    "plan.returned": mark("Plan taken back"),
    "plan.revised": mark("New version of the plan begun"),
    "plan.started": mark("Plan begun"),
    "plan.step_done": mark("Step of the action plan done"),
    "plan.step_reopened": mark("Step of the action plan open again"),
    "plan.submitted": mark("Plan submitted"),
    "privacy.answered": mark("Request about data answered"),
    "privacy.asked": mark("Request about own data"),
    "privacy.erased": mark("Data erased"),
    "privacy.erasure_asked": mark("Erasing asked for"),
    "privacy.erasure_withdrawn": mark("Erasing not wanted any more"),
    "privacy.exported": mark("Own data downloaded"),
    "privacy.held": mark("Legal hold set"),
    "privacy.hold_lifted": mark("Legal hold ended"),
    "plan.days_changed": mark("Days of the plan changed"),
    "plan.weighting_chosen": mark("Weighting method chosen"),
    "plan.weights_overridden": mark("Weight set by hand"),
    "plan.weights_typed": mark("Weights typed"),
    "position.changed": mark("Position changed"),
    "position.entered": mark("Position added"),
    "position.removed": mark("Position removed"),
    "position.responsibilities_written": mark("Responsibilities of a position written"),
    "report.downloaded": mark("Report downloaded as PDF"),
    "role.granted": mark("Role given"),
    "role.withdrawn": mark("Role taken away"),
    "scorecard.acknowledged": mark("Receipt of the scorecard confirmed"),
    "scorecard.downloaded": mark("Scorecard downloaded as PDF"),
    "scorecard.pdfs_cancelled": mark("Preparing of PDFs stopped"),
    "scorecard.pdfs_resumed": mark("Preparing of PDFs goes on"),
    "scorecard.pdfs_retried": mark("PDFs that failed tried again"),
    "scorecard.pdfs_started": mark("PDFs prepared for many"),
    "scorecard.link_sent": mark("Link to the scorecard sent again"),
    "scorecard.published": mark("Scorecard published"),
    "scorecard.viewed": mark("Scorecard viewed"),
    "self_assessment.handed_in": mark("Self-assessment handed in"),
    "self_assessment.saved": mark("Self-assessment saved"),
    "self_assessment.taken_back": mark("Self-assessment taken back"),
    "unit.changed": mark("Unit changed"),
    "unit.entered": mark("Unit added"),
    "unit.removed": mark("Unit removed"),
}

KINDS: Final[Sequence[tuple[str, str]]] = (
    ("scorecard", mark("Scorecards")),
    ("appeal", mark("Objections")),
    ("entry", mark("Entries")),
    ("evidence", mark("Evidence")),
    ("plan", mark("Plans")),
    ("person", mark("People")),
    ("role", mark("Roles")),
    ("account", mark("Accounts and sign-ins")),
    ("cycle", mark("Cycles and policy")),
    ("period", mark("Periods")),
    ("definition", mark("KPI library")),
    ("cause", mark("Causes and actions")),
    ("note", mark("Notes on KPIs")),
    ("development", mark("Development plans")),
    ("branding", mark("Branding")),
    ("goal", mark("Goals")),
    ("unit", mark("Units")),
    ("position", mark("Positions")),
)

_FACTS: Final[Mapping[str, str]] = {
    "code": mark("code"),
    "comment": mark("comment"),
    "coverage": mark("scored weight"),
    "cycle": mark("cycle"),
    "ends_on": mark("until"),
    "file_names": mark("file names"),
    "grade": mark("grade"),
    "kpi": mark("KPI"),
    "language": mark("language"),
    "name": mark("name"),
    "new": mark("new"),
    "number": mark("number"),
    "old": mark("old"),
    "on": mark("for"),
    "pdfs": mark("PDFs"),
    "period": mark("period"),
    "reason": mark("reason"),
    "role": mark("role"),
    "source": mark("source"),
    "starts_on": mark("from"),
    "title": mark("title"),
    "total": mark("total"),
    "version": mark("version"),
}


def action_text(action: str, locale: Locale) -> str:
    """The action as a phrase; one that is not known any more stands for itself."""
    return locale.text(ACTIONS[action]) if action in ACTIONS else action


def fact_texts(facts: Mapping[str, Any], locale: Locale) -> list[tuple[str, str]]:
    """The facts in pairs; what was erased or never said is left out."""
    return [
        (locale.text(_FACTS[name]) if name in _FACTS else name.replace("_", " "), _value(value))
        for name, value in facts.items()
        if value not in (None, "", [], {})
    ]


def _value(value: Any) -> str:
    match value:
        case bool():
            return "✓" if value else "–"
        case [before, after] if not isinstance(before, list | dict) and not isinstance(after, list | dict):
            return f"{_value(before)} → {_value(after)}"
        case list():
            return ", ".join(_value(each) for each in value)
        case dict():
            return "; ".join(f"{name} {_value(each)}" for name, each in value.items())
        case None:
            return "–"
        case _:
            return str(value)
