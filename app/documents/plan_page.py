"""How does a plan become the page that is printed? What it looks like is in templates/pdf/plan.html."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from app import plan_words
from app.documents.papers import paper_page
from app.i18n import Locale
from app.models import Kpi, Person, Placement, Plan, PlanAcceptance, PlanRemark
from app.rules.branding import Branding
from app.rules.methods import Scoring
from app.rules.policy import Policy
from app.rules.vocabulary import BINDING, PlanState


@dataclass(frozen=True, slots=True)
class PlanPaper:
    """A version of a plan with what its paper says beside it."""

    plan: Plan
    policy: Policy
    scorings: Mapping[int, Scoring | None]
    """How each KPI is scored; none while something of its set-up is missing or wrong."""
    placement: Placement | None
    manager: Person | None
    proposed: PlanRemark | None
    acceptance: PlanAcceptance | None

    @property
    def is_binding(self) -> bool:
        """Whether it is or was in force."""
        return self.plan.state in BINDING

    @property
    def is_agreed(self) -> bool:
        """Whether the acceptance is of what stands here: a plan that was taken back can change again."""
        return self.is_binding or self.plan.state is PlanState.ACCEPTED

    @property
    def approved_by(self) -> Person | None:
        """Who brought it into force."""
        return self.plan.submitted_by if self.is_binding else None

    @property
    def kpis(self) -> list[Kpi]:
        """All KPIs in their order."""
        return [kpi for objective in self.plan.objectives for kpi in objective.kpis]

    @property
    def weight(self) -> Decimal:
        """The weights of all KPIs together."""
        return sum(self._weights, Decimal(0))

    @property
    def heaviest(self) -> Decimal:
        """On which the bars are full."""
        return max(self._weights, default=Decimal(0)) or Decimal(100)

    @property
    def by_hand(self) -> Kpi | None:
        """A KPI that says who set the weights by hand, and why."""
        return next((kpi for kpi in self.kpis if kpi.weight_by is not None), None)

    @property
    def _weights(self) -> list[Decimal]:
        return [kpi.weight for kpi in self.kpis if kpi.weight is not None]


def plan_page(paper: PlanPaper, organisation: str, branding: Branding, locale: Locale) -> str:
    """The print page of a plan; the same version in the same state and look gives the same page."""
    plan = paper.plan
    shown = plan.submitted_at if paper.is_binding and plan.submitted_at else plan.changed_at
    title = f"{locale.text('Performance plan')} – {plan.person.name} – {plan.cycle.name}"
    return paper_page(
        "pdf/plan.html",
        locale,
        title=title,
        organisation=organisation,
        branding=branding,
        made_at=shown,
        paper=paper,
        kpis=paper.kpis,
        words=plan_words,
        zone=shown.astimezone(ZoneInfo(locale.zone)).tzname(),
    )
