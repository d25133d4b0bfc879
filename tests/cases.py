"""What has happened after publication in the tests' company? A cycle of two years ago with receipts and objections."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from app import clock
from app.models import Appeal, CaseRequest, Cycle, SecondPerson
from app.rules.entries import Figure
from app.rules.vocabulary import CaseKind
from app.services.actuals import EntryValues, put_entry
from app.services.appeals import raise_appeal
from app.services.appraisals import publish
from app.services.assignments import AssignmentValues, assign_appraiser
from app.services.cases import Asked, ask_case
from app.services.plan_drafts import kpis_of
from app.services.where import Where
from tests.cards import add_bands, give_plan
from tests.cast import Cast, actor_of
from tests.factories import TODAY
from tests.teams import make_cycle, period_of

REASON = "Angka penjualan bulan ini belum lengkap."


@dataclass(slots=True)
class Past:
    """Cycle 2024: eli's November is objected to, eli's and hana's December are fresh; root published all."""

    cycle: Cycle
    appeal: Appeal
    """HR decides about it: the second-level manager published."""
    request: CaseRequest
    """Root asks for a correction of eli's December."""
    second: SecondPerson
    """Who will decide about eli from the next week on, by name."""


def make_past(session: Session, cast: Cast, today: date = TODAY) -> Past:
    """Published today, so that all days of objection are still to come."""
    cycle = make_cycle(session, "2024", starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31))
    add_bands(cycle)
    root = actor_of(cast.root, today)
    for person, months in ((cast.eli, ("2024-11", "2024-12")), (cast.hana, ("2024-12",))):
        plan = give_plan(session, person, cycle)
        sales = kpis_of(plan)[0].id
        for month in months:
            put_entry(session, root, kpi_id=sales, on=month, values=EntryValues(Figure(Decimal(28))), version=None)
            publish(session, root, person_id=person.id, period_id=period_of(cycle, month).id)
    eli = actor_of(cast.eli, today)
    appeal = raise_appeal(
        session, eli, where=Where(cast.eli.id, "2024", "2024-11"), reason=REASON,
        points={"SALES": "Dua faktur belum tercatat."},
    )  # fmt: skip
    asked = Asked(CaseKind.CORRECT, "Satu faktur tercatat dua kali.")
    request = ask_case(session, root, where=Where(cast.eli.id, "2024", "2024-12"), asked=asked)
    values = AssignmentValues("Root Raharja", today + timedelta(days=30), "Mona cuti melahirkan")
    hana = actor_of(cast.hana, today)
    assign_appraiser(session, hana, where=Where(cast.eva.id, "2024", "2024-12"), values=values)
    week = timedelta(days=7)
    second = SecondPerson(
        person_id=cast.eli.id, deputy_id=cast.omar.id, starts_on=today + week, ends_on=today + 2 * week,
        reason="Root cuti.", by_id=cast.root.id, at=clock.now(),
    )  # fmt: skip
    session.add(second)
    session.flush()
    return Past(cycle, appeal, request, second)
