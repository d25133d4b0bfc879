"""What do tests agree about an objective beside its title? Success, a day, support, two steps."""

from datetime import date

from sqlalchemy.orm import Session

from app.models import Plan
from app.services.objective_details import ObjectiveDetails, StepValues, write_details

DETAILS = ObjectiveDetails(
    success="Cabang baru menjual sejak Juli.",
    due_on=date(2026, 9, 30),
    training_needed="Negosiasi, dua hari",
    budget_needed="Rp 5.000.000",
    help_needed="Bagian logistik",
    steps=(
        StepValues("Memilih lokasi", "Manajer wilayah", date(2026, 1, 5), date(2026, 2, 28), is_done=True),
        StepValues("Melatih tim"),
    ),
)


def give_details(session: Session, plan: Plan, details: ObjectiveDetails = DETAILS) -> int:
    """Let the plan's first objective have details, whatever state the plan is in; the id of its last step."""
    objective = plan.objectives[0]
    write_details(objective, details)
    session.flush()
    return objective.steps[-1].id
