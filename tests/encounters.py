"""Who meets the forms to which no link leads HR, and where? With what there must be for them to stand there."""

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import openpyxl
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Cycle, PdfBatch, Person, Plan
from app.rules.entries import Figure
from app.rules.vocabulary import PlanState, Role
from app.services import self_assessments
from app.services.actuals import EntryValues, put_entry
from app.services.agreement import accept_plan, propose_plan
from app.services.plan_drafts import kpis_of
from app.services.where import Where
from tests.cast import actor_of
from tests.everything import Company
from tests.factories import make_person
from tests.plans import make_draft
from tests.reviews import OWN
from tests.teams import make_cycle
from tests.tools import Browser, SignIn
from tests.workbooks import HEADINGS, csv

PEOPLE = csv(HEADINGS, ("K-1", "Ratna", "", "Direksi", "Direktur", "", "01/03/2018"))
LIBRARY = b"code;department\nSAL-REV;finance\n"
NEW_FIGURE = 10
"""The column of the grid's file in which a figure is typed."""


def encounters(session: Session, company: Company, as_: SignIn) -> Iterator[tuple[Browser, list[str]]]:
    """Browsers, each of somebody else, with the pages that this person comes by."""
    cast, cycle = company.example.cast, company.example.cycle
    hana, mona, root = as_(cast.hana), as_(cast.mona), as_(cast.root)
    make_ready(session, company)
    ended = make_cycle(session, "2023", starts_on=date(2023, 1, 1), ends_on=date(2023, 12, 31))
    choice = f"cycle={company.next_cycle.code}"
    yield (
        hana,
        [
            f"/cycles/{ended.id}",
            "/publications/new?cycle=2024&period=2024-10&all=on",
            f"/plans/new?person={cast.eli.id}&{choice}",
            f"/plans/bulk?shown=1&{choice}&begin=cycle-{cycle.code}&percent=10&meaning=harder&actuals=on",
            uploaded(hana, "/people/import", PEOPLE, day="2026-02-01"),
            uploaded(hana, "/library/import", LIBRARY),
            *(f"/pdf-batches/{batch_id}" for batch_id in session.scalars(select(PdfBatch.id))),
        ],
    )
    accepted = accept(session, company)
    yield root, [f"/plans/{accepted.id}"]
    asked = session.scalars(select(Plan).where(Plan.state == PlanState.PROPOSED)).one()
    february = f"/reviews/{cast.eli.id}/{cycle.code}/2026-02"
    yield (
        mona,
        [
            f"/plans/{asked.id}",
            f"/plans/{asked.id}/answer",
            february,
            f"{february}/scoring",
            f"/scorecards/{cast.eli.id}/{cycle.code}/kpis/SALES?period=2026-01",
            uploaded(mona, "/entries/file", figures_of(mona)),
        ],
    )
    yield as_(cast.eli), [february, f"{february}/self-assessment"]
    yield as_(cast.otto), [hand_in(session, cast.otto, cycle)]
    yield as_(make_person(session, "20", "Sari Sasmita", roles=(Role.HR,))), ["/privacy"]


def make_ready(session: Session, company: Company) -> None:
    """One month of the past that nobody has published yet."""
    plan = session.scalars(
        select(Plan).where(Plan.cycle_id == company.past.cycle.id, Plan.person_id == company.example.cast.eli.id)
    ).one()
    root, figure = actor_of(company.example.cast.root), EntryValues(Figure(Decimal(28)))
    put_entry(session, root, kpi_id=kpis_of(plan)[0].id, on="2024-10", values=figure, version=None)


def accept(session: Session, company: Company) -> Plan:
    """A plan that waits for approval: hana's own, proposed by root."""
    cast = company.example.cast
    plan = make_draft(session, actor_of(cast.root), cast.hana, company.example.cycle)
    propose_plan(session, actor_of(cast.root), plan_id=plan.id, version=plan.version)
    return accept_plan(session, actor_of(cast.hana), plan_id=plan.id, version=plan.version)


def hand_in(session: Session, person: Person, cycle: Cycle) -> str:
    """The review for which somebody's own view is handed in, and can be taken back."""
    where = Where(person.id, cycle.code, "2026-02")
    self_assessments.save_own_view(session, actor_of(person), where=where, version=None, values=OWN, hand_in=True)
    return f"/reviews/{where.person_id}/{where.cycle_code}/{where.period_code}"


def uploaded(browser: Browser, path: str, content: bytes, **fields: str) -> str:
    """Where a file that was sent is looked at before it is taken."""
    answer = browser.submit(path, fields, files={"file": ("berkas.csv", content)})
    assert answer.status_code == 303, path
    return str(answer.headers["location"])


def figures_of(browser: Browser) -> bytes:
    """The team's grid as a file, with one figure more."""
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/entries/file.xlsx?period=2026-02").content))
    book.active.cell(2, NEW_FIGURE).value = 12
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
