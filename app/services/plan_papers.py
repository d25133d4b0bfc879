"""What does the paper of a plan say: what was agreed, by which policy it is scored, who agreed to it when?"""

from datetime import date
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.access import Actor
from app.documents.plan_page import PlanPaper, plan_page
from app.i18n import Locale
from app.models import Kpi, Plan, PlanRemark
from app.rules.methods import Scoring
from app.rules.policy import Policy
from app.rules.vocabulary import Language, RemarkKind
from app.services import audit, branding
from app.services.agreement import acceptances_of, remarks_of
from app.services.cycles import policy_of
from app.services.employment import manager_on, placement_on
from app.services.kpi_values import kpi_faults
from app.services.organisation import settings_of
from app.services.papers import Paper
from app.services.plan_drafts import kpis_of
from app.services.plan_values import scoring_of
from app.services.planning import get_plan


def plan_paper(session: Session, actor: Actor, *, plan_id: int, language: Language) -> Paper:
    """The paper of one version of a plan, if the actor may see it."""
    plan = get_plan(session, actor, plan_id=plan_id)
    settings = settings_of(session)
    day, policy = _day_of(plan, settings.time_zone, actor.today), policy_of(plan.cycle)
    accepted = acceptances_of(session, plan)
    shown = PlanPaper(
        plan=plan,
        policy=policy,
        scorings={kpi.id: _scoring(kpi, policy) for kpi in kpis_of(plan)},
        placement=placement_on(plan.person, day),
        manager=manager_on(session, plan.person_id, day),
        proposed=_last_proposal(session, plan),
        acceptance=accepted[-1] if accepted else None,
    )
    return Paper(
        page=plan_page(
            shown, settings.organisation_name, branding.in_force(session), Locale(language, settings.time_zone)
        ),
        file_name=_file_name(plan, language),
        act=audit.Act(
            "plan.downloaded",
            ("plan", plan.id),
            subject_id=plan.person_id,
            details={"cycle": plan.cycle.code, "version": plan.version_number, "language": language.value},
        ),
    )


def _day_of(plan: Plan, zone: str, today: date) -> date:
    """The day whose position and manager are printed: when it came into force, so that the paper stays the same."""
    day = plan.submitted_at.astimezone(ZoneInfo(zone)).date() if plan.submitted_at else today
    return min(max(day, plan.starts_on), plan.ends_on)


def _scoring(kpi: Kpi, policy: Policy) -> Scoring | None:
    return None if kpi_faults(kpi, policy) else scoring_of(kpi)


def _last_proposal(session: Session, plan: Plan) -> PlanRemark | None:
    """The proposal of this version that was answered last."""
    made = [
        each
        for each in remarks_of(session, plan)
        if each.kind is RemarkKind.PROPOSED and each.version_number == plan.version_number
    ]
    return made[-1] if made else None


def _file_name(plan: Plan, language: Language) -> str:
    name = {Language.INDONESIAN: "Rencana-Kinerja", Language.ENGLISH: "Performance-Plan"}[language]
    number, cycle = quote(plan.person.number, safe=""), quote(plan.cycle.code, safe="")
    return f"{name}_{number}_{cycle}_v{plan.version_number}.pdf"
