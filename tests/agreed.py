"""Which plans stand between proposal and approval? One for each call of the API that takes the next step."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.models import Plan
from app.services.agreement import RemarkValues, accept_plan, add_remark, propose_plan
from app.services.plan_drafts import kpis_of
from tests.cast import Cast, actor_of
from tests.plans import make_draft, open_cycle


def agreement_calls(session: Session, cast: Cast, draft: Plan) -> dict[str, dict[str, Any]]:
    """The calls by operation: eva's draft to propose, eli's plans of two later cycles to answer and to approve."""
    hana, eva, eli = actor_of(cast.hana), actor_of(cast.eva), actor_of(cast.eli)
    code = kpis_of(draft)[0].code
    wish = add_remark(session, eva, plan_id=draft.id, values=RemarkValues(kpi_code=code, target=Decimal(900)))
    proposed, accepted = (
        make_draft(session, hana, cast.eli, open_cycle(session, hana, year, asks_agreement=True))
        for year in ("2030", "2031")
    )
    for plan in (proposed, accepted):
        propose_plan(session, hana, plan_id=plan.id, version=plan.version)
    accept_plan(session, eli, plan_id=accepted.id, version=accepted.version)
    remark = {"kpi": kpis_of(proposed)[0].code, "text": "Pasar turun.", "target": "1000", "difficulty": 5}
    return {
        "propose_plan": _call(draft),
        "take_proposal": _call(draft, remark_id=wish.id),
        "create_remark": {**_call(draft), "body": {"kpi": code, "text": "Mengapa?"}},
        "accept_plan": _call(proposed),
        "answer_plan": {**_call(proposed), "body": {"remarks": [remark, {"text": "Selebihnya setuju."}]}},
        "return_plan": {**_call(proposed), "body": {"reason": "Target keliru"}},
        "approve_plan": _call(accepted),
        "list_acceptances": {"path": {"plan_id": accepted.id}},
        "list_remarks": {"path": {"plan_id": proposed.id}},
        "get_difference": {"path": {"plan_id": proposed.id}},
    }


def _call(plan: Plan, **path: int) -> dict[str, Any]:
    return {"path": {"plan_id": plan.id, **path}, "headers": {"If-Match": f'"{plan.version}"'}}
