"""Who gets through at which route? Written by hand from the product's promises, not from the code that keeps them.

The pages are asked about eli, the API about whom its example calls concern. Everybody who is asked stands to that
person in one relation: S self, L line manager, A manager above, H HR, U auditor, P peer, O others.
"""

from dataclasses import dataclass
from typing import Any, Final

ALL: Final = frozenset("SLAHUPO")


@dataclass(frozen=True)
class Gate:
    """Who passes and who is told that they may not (403); for the rest there is nothing (404)."""

    passes: frozenset[str]
    refused: frozenset[str] = frozenset()
    is_public: bool = False


PUBLIC: Final = Gate(ALL, is_public=True)
EVERYONE: Final = Gate(ALL)
HR: Final = Gate(frozenset("H"), ALL - {"H"})
"""Concerns nobody in particular, and is HR's."""
OVERSIGHT: Final = Gate(frozenset("HU"), ALL - frozenset("HU"))
READ: Final = Gate(frozenset("SLAHU"))
"""About one person: their own, the line above, HR, auditors; peers and others never learn of it."""
HR_ABOUT: Final = Gate(frozenset("H"), frozenset("SLAU"))
RECORD: Final = Gate(frozenset("LAH"), frozenset("SU"))
"""About one person: never by themselves."""
OWN: Final = Gate(frozenset("S"), frozenset("LAHU"))
"""Only by the person themselves."""
SECOND_LEVEL: Final = Gate(frozenset("AH"), frozenset("SLU"))
"""About one person: by those above their manager, and HR."""
SAY: Final = Gate(frozenset("SLAH"), frozenset("U"))
"""About one person: by themselves and those above them, too."""
OWN_NOTE: Final = Gate(frozenset("L"), frozenset("SAHU"))
"""A note of the line manager's."""
LEADERS: Final = Gate(frozenset("LAH"), frozenset("SUPO"))
"""Concerns all whom one leads; those who lead nobody have nothing to do there."""
NOBODY: Final = Gate(frozenset())
"""Of somebody else's account, or a code that leads nowhere: nothing there for anybody."""
NOWHERE: Final = Gate(frozenset(), is_public=True)

PAGES: Final[dict[str, Gate]] = {
    "GET /": EVERYONE,
    "GET /account": EVERYONE,
    "POST /account/notices": EVERYONE,
    "POST /account/password": EVERYONE,
    "POST /account/sessions/{session_id}/end": NOBODY,
    "POST /account/tokens": EVERYONE,
    "POST /account/tokens/{token_id}/end": NOBODY,
    "GET /acknowledgements": EVERYONE,  # lists whom the reader may see, which may be nobody
    "GET /appeals": EVERYONE,
    "GET /appeals/{appeal_id}": READ,
    "POST /appeals/{appeal_id}/decision": SECOND_LEVEL,
    "GET /actions": EVERYONE,
    "POST /actions/{cause_id}/done": SAY,
    "GET /audit": OVERSIGHT,
    "GET /cycles": EVERYONE,
    "POST /cycles": HR,
    "GET /cycles/new": HR,
    "GET /cycles/{cycle_id}": EVERYONE,
    "GET /cycles/{cycle_id}/incentives": HR,
    "POST /cycles/{cycle_id}/incentives": HR,
    "GET /cycles/{cycle_id}/periods/{code}": EVERYONE,
    "POST /cycles/{cycle_id}/periods/{code}": HR,
    "GET /cycles/{cycle_id}/policy": HR,
    "POST /cycles/{cycle_id}/policy": HR,
    "GET /development": EVERYONE,
    "GET /development-items/{item_id}": SAY,
    "POST /development-items/{item_id}": SAY,
    "GET /development/{person_id}": READ,
    "POST /development/{person_id}": SAY,
    "GET /entries": EVERYONE,
    "POST /entries": EVERYONE,  # an empty grid; figures are refused one by one
    "GET /entries/{kpi_id}": READ,
    "POST /entries/{kpi_id}": RECORD,
    "POST /entries/{kpi_id}/removal": RECORD,
    "POST /entries/{kpi_id}/slots": RECORD,
    "GET /evidence/{file_id}": READ,
    "POST /evidence/{file_id}/removal": RECORD,
    "GET /healthz": PUBLIC,
    "GET /invitation/{token}": NOWHERE,
    "POST /invitation/{token}": NOWHERE,
    "POST /language": PUBLIC,
    "GET /library": EVERYONE,
    "POST /library": HR,
    "GET /library/new": HR,
    "GET /library/{definition_id}": EVERYONE,
    "POST /library/{definition_id}": HR,
    "GET /library/{definition_id}/edit": HR,
    "POST /library/{definition_id}/edit": HR,
    "GET /notices": EVERYONE,
    "POST /notices/reading": EVERYONE,
    "POST /notices/{notice_id}": NOBODY,
    "POST /notes/{note_id}/removal": OWN_NOTE,
    "GET /people": EVERYONE,
    "POST /people": HR,
    "GET /people/import": HR,
    "POST /people/import": HR,
    "POST /people/import/discard": HR,
    "GET /people/import/preview": EVERYONE,  # nothing was uploaded, which is said first
    "POST /people/import/preview": HR,
    "GET /people/new": HR,
    "GET /people/template.xlsx": HR,
    "GET /people/{person_id}": READ,
    "POST /people/{person_id}/account": HR_ABOUT,
    "GET /people/{person_id}/edit": HR,
    "POST /people/{person_id}/edit": HR,
    "POST /people/{person_id}/invitation": HR_ABOUT,
    "POST /people/{person_id}/roles": HR_ABOUT,
    "GET /plans": EVERYONE,
    "POST /plans": RECORD,
    "GET /plans/bulk": LEADERS,
    "POST /plans/bulk": LEADERS,
    "POST /plans/carried": RECORD,
    "GET /plans/new": RECORD,
    "GET /plans/{plan_id}": READ,
    "POST /plans/{plan_id}/acceptance": OWN,
    "GET /plans/{plan_id}/answer": OWN,
    "POST /plans/{plan_id}/answer": OWN,
    "POST /plans/{plan_id}/approval": RECORD,
    "GET /plans/{plan_id}/difference": READ,
    "GET /plans/{plan_id}/discussion": READ,
    "POST /plans/{plan_id}/proposal": RECORD,
    "POST /plans/{plan_id}/remarks": SAY,
    "POST /plans/{plan_id}/remarks/{remark_id}/taking": RECORD,
    "POST /plans/{plan_id}/return": RECORD,
    "POST /plans/{plan_id}/kpis": RECORD,
    "GET /plans/{plan_id}/kpis/new": RECORD,
    "POST /plans/{plan_id}/kpis/preview": RECORD,
    "GET /plans/{plan_id}/kpis/{kpi_id}": RECORD,
    "POST /plans/{plan_id}/kpis/{kpi_id}": RECORD,
    "POST /plans/{plan_id}/kpis/{kpi_id}/place": RECORD,
    "POST /plans/{plan_id}/kpis/{kpi_id}/removal": RECORD,
    "POST /plans/{plan_id}/objectives": RECORD,
    "POST /plans/{plan_id}/objectives/preview": RECORD,
    "POST /plans/{plan_id}/steps/{step_id}": SAY,
    "GET /plans/{plan_id}/objectives/{objective_id}": RECORD,
    "POST /plans/{plan_id}/objectives/{objective_id}": RECORD,
    "POST /plans/{plan_id}/objectives/{objective_id}/place": RECORD,
    "POST /plans/{plan_id}/objectives/{objective_id}/removal": RECORD,
    "POST /plans/{plan_id}/removal": RECORD,
    "GET /plans/{plan_id}/revision": RECORD,
    "POST /plans/{plan_id}/revision": RECORD,
    "POST /plans/{plan_id}/submission": RECORD,
    "POST /plans/{plan_id}/weighting": RECORD,
    "POST /plans/{plan_id}/weights": RECORD,
    "GET /plans/{plan_id}/weights/by-hand": RECORD,
    "POST /plans/{plan_id}/weights/by-hand": RECORD,
    "POST /plans/{plan_id}/weights/computed": RECORD,
    "GET /positions": OVERSIGHT,
    "POST /positions": HR,
    "GET /positions/{position_id}": HR,
    "POST /positions/{position_id}": HR,
    "POST /publications": RECORD,
    "GET /publications/new": EVERYONE,  # lists whom the reader may publish, which may be nobody
    "GET /readyz": PUBLIC,
    "GET /reports/completeness": EVERYONE,
    "GET /feedback": EVERYONE,
    "GET /feedback/{feedback_id}": NOBODY,
    "POST /feedback/{feedback_id}": NOBODY,
    "POST /feedback/{feedback_id}/refusal": NOBODY,
    "GET /cycles/{cycle_id}/review": HR,
    "POST /cycles/{cycle_id}/review": HR,
    "GET /reviews": EVERYONE,
    "GET /reviews/{person_id}/{cycle_code}/{period_code}": READ,
    "POST /reviews/{person_id}/{cycle_code}/{period_code}/approval": SECOND_LEVEL,
    "POST /reviews/{person_id}/{cycle_code}/{period_code}/feedback": RECORD,
    "POST /reviews/{person_id}/{cycle_code}/{period_code}/feedback/proposals": OWN,
    "POST /reviews/{person_id}/{cycle_code}/{period_code}/feedback/{feedback_id}": Gate(frozenset(), frozenset("SU")),
    "POST /reviews/{person_id}/{cycle_code}/{period_code}/return": RECORD,
    "GET /reviews/{person_id}/{cycle_code}/{period_code}/scoring": RECORD,
    "POST /reviews/{person_id}/{cycle_code}/{period_code}/scoring": RECORD,
    "GET /reviews/{person_id}/{cycle_code}/{period_code}/self-assessment": OWN,
    "POST /reviews/{person_id}/{cycle_code}/{period_code}/self-assessment": OWN,
    "POST /reviews/{person_id}/{cycle_code}/{period_code}/self-assessment/withdrawal": OWN,
    "GET /scorecards": EVERYONE,
    "GET /scorecards/{person_id}/{cycle_code}": READ,
    "GET /scorecards/{person_id}/{cycle_code}/kpis/{kpi_code}": READ,
    "POST /scorecards/{person_id}/{cycle_code}/kpis/{kpi_code}/causes": SAY,
    "POST /scorecards/{person_id}/{cycle_code}/kpis/{kpi_code}/notes": SAY,
    "POST /scorecards/{person_id}/{cycle_code}/{period_code}/acknowledgement": OWN,
    "GET /scorecards/{person_id}/{cycle_code}/{period_code}/appeal": OWN,
    "POST /scorecards/{person_id}/{cycle_code}/{period_code}/appeal": OWN,
    "GET /scorecards/{person_id}/{cycle_code}/{period_code}/pdf": READ,
    "GET /setup/{token}": NOWHERE,
    "POST /setup/{token}": NOWHERE,
    "GET /sign-in": PUBLIC,
    "POST /sign-in": PUBLIC,
    "POST /sign-out": EVERYONE,
    "GET /static": PUBLIC,
    "GET /team": EVERYONE,
    "GET /units": OVERSIGHT,
    "POST /units": HR,
    "GET /units/{unit_id}": HR,
    "POST /units/{unit_id}": HR,
    "GET /verify": PUBLIC,
    "POST /verify": PUBLIC,
    "GET /verify/{code}": NOWHERE,
}

API: Final[dict[str, Gate]] = {
    "get_me": EVERYONE,
    "list_notices": EVERYONE,
    "read_notices": EVERYONE,
    "read_notice": Gate(frozenset("S")),
    "list_people": EVERYONE,
    "get_person": READ,
    "create_person": HR,
    "replace_person": HR_ABOUT,
    "list_units": OVERSIGHT,
    "get_unit": OVERSIGHT,
    "create_unit": HR,
    "replace_unit": HR,
    "remove_unit": HR,
    "list_positions": OVERSIGHT,
    "get_position": OVERSIGHT,
    "create_position": HR,
    "replace_position": HR,
    "remove_position": HR,
    "list_cycles": EVERYONE,
    "get_cycle": EVERYONE,
    "create_cycle": HR,
    "replace_policy": HR,
    "close_period": HR,
    "reopen_period": HR,
    "list_definitions": EVERYONE,
    "get_definition": EVERYONE,
    "list_plans": EVERYONE,
    "get_plan": READ,
    "start_plan": RECORD,
    "discard_plan": RECORD,
    "revise_plan": RECORD,
    "list_findings": READ,
    "submit_plan": RECORD,
    "create_objective": RECORD,
    "mark_step": SAY,
    "replace_objective": RECORD,
    "remove_objective": RECORD,
    "create_kpi": RECORD,
    "replace_kpi": RECORD,
    "remove_kpi": RECORD,
    "rate_kpis": RECORD,
    "choose_weighting": RECORD,
    "set_weights": RECORD,
    "drop_weights": RECORD,
    "list_entries": READ,
    "get_entry": READ,
    "put_entry": RECORD,
    "remove_entry": RECORD,
    "list_evidence": READ,
    "add_evidence": RECORD,
    "get_evidence": READ,
    "remove_evidence": RECORD,
    "acknowledge_scorecard": OWN,
    "list_receipts": EVERYONE,
    "raise_appeal": OWN,
    "list_appeals": EVERYONE,
    "get_appeal": READ,
    "decide_appeal": SECOND_LEVEL,
    "get_scorecard": READ,
    "get_following": READ,
    "create_cause": SAY,
    "list_open_actions": EVERYONE,
    "finish_action": SAY,
    "create_note": SAY,
    "remove_note": OWN_NOTE,
    "list_team": EVERYONE,
    "get_development": READ,
    "create_development_item": SAY,
    "replace_development_item": SAY,
    "list_development_due": EVERYONE,
    "get_incentives": HR,
    "replace_incentives": HR,
    "get_scorecard_pdf": READ,
    "publish_scorecards": EVERYONE,  # the answer says for each person what came of it
}

ABOUT_EVA: Final = frozenset(
    {
        "discard_plan", "list_findings", "submit_plan", "create_objective", "replace_objective", "remove_objective",
        "create_kpi", "replace_kpi", "remove_kpi", "rate_kpis", "choose_weighting", "set_weights", "drop_weights",
    }
)  # fmt: skip
"""Calls of the API that concern eva's draft."""
ABOUT_OTTO: Final = frozenset({"start_plan"})

FIELDS: Final[dict[str, dict[str, Any]]] = {
    "POST /people/{person_id}/account": {"state": "stopped"},
    "POST /people/{person_id}/roles": {"role": "auditor", "wish": "grant"},
    "POST /cycles/{cycle_id}/periods/{code}": {"state": "closed"},
    "POST /plans": {"person": "{person_id}", "cycle_id": "{cycle_id}"},
    "POST /plans/carried": {"person": "{person_id}", "cycle_id": "{cycle_id}", "source_cycle_id": "{cycle_id}"},
    "POST /plans/{plan_id}/revision": {"version": "1", "starts_on": "2026-03-01", "reason": "Target baru"},
    "POST /plans/{plan_id}/objectives": {"version": "1", "title": "Mutu"},
    "POST /entries": {"period": "2026-02", "cycle": "2026"},
    "POST /entries/{kpi_id}": {"on": "2026-02", "e.{kpi_id}.2026-02.0": "1", "e.{kpi_id}.2026-02.was": "0|"},
    "POST /entries/{kpi_id}/removal": {"on": "2026-02", "version": "1"},
    "POST /scorecards/{person_id}/{cycle_code}/kpis/{kpi_code}/causes": {"period": "2026-01"},
    "POST /scorecards/{person_id}/{cycle_code}/kpis/{kpi_code}/notes": {"period": "2026-01"},
    "POST /publications": {"cycle": "2026", "period": "2026-02", "person": "{person_id}", "from_card": "on"},
}
"""What a form must hold before its permission is asked; others are sent empty."""
QUERIES: Final[dict[str, str]] = {
    "GET /acknowledgements": "?cycle=2026&period=2026-01",
    "GET /plans/new": "?person={person_id}&cycle={cycle_id}",
    "GET /publications/new": "?cycle=2026&period=2026-02&person={person_id}",
}
