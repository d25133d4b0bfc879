"""What does a company have that uses every part of the service? At least one of each thing that a page shows."""

from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.models import Account, Cycle, Plan
from app.rules.entries import Figure
from app.rules.issuing import FileNames
from app.rules.noticing import NoticeKind
from app.rules.vocabulary import Frequency
from app.services import accounts, issuing_policy
from app.services.actuals import EntryValues, put_entry
from app.services.agreement import RemarkValues, add_remark, counter_plan, propose_plan
from app.services.appraisals import publish
from app.services.branding import change_branding
from app.services.evidence import SentFile, add_evidence
from app.services.goals import GoalValues, enter_goal, link_objective
from app.services.library import seed_library
from app.services.notices import tell
from app.services.plan_drafts import kpis_of
from app.services.plan_weights import override_weights
from tests.batches import make_batches
from tests.brandings import LOOK
from tests.cards import Example, give_plan, make_example
from tests.cases import Past, make_past
from tests.cast import Cast, actor_of
from tests.factories import make_web_session
from tests.follows import follow_eli, show_incentives
from tests.objectives import give_details
from tests.plans import RATIO_VALUES, VALUES, make_draft, open_cycle
from tests.privacies import make_privacies
from tests.reviews import begin_reviews


@dataclass(slots=True)
class Company:
    """The worked example with January published, somebody's plan in draft, a library, tokens and links."""

    example: Example
    draft: Plan
    other: Plan
    """Of somebody in another manager's team."""
    invitation: str
    next_cycle: Cycle
    """Of which nothing is published yet."""
    past: Past


def set_up(session: Session, cast: Cast) -> None:
    """What HR sets up before anything else."""
    seed_library(session)
    change_branding(session, actor_of(cast.hana), LOOK, version=0)
    issuing_policy.choose(session, actor_of(cast.hana), FileNames.NUMBER_NAME_PERIOD, offers_locked=True)


def agree(session: Session, cast: Cast, cycle: Cycle) -> None:
    """Somebody's plan that waits for an answer, another that was answered, with remarks."""
    root, hana = actor_of(cast.root), actor_of(cast.hana)
    asked = make_draft(session, root, cast.mona, cycle)
    add_remark(session, hana, plan_id=asked.id, values=RemarkValues("Perjelas sumber angkanya."))
    propose_plan(session, root, plan_id=asked.id, version=asked.version)
    answered = make_draft(session, root, cast.omar, cycle)
    propose_plan(session, root, plan_id=answered.id, version=answered.version)
    lower = RemarkValues("Pasar turun.", kpi_code=kpis_of(answered)[0].code, target=Decimal(1000))
    counter_plan(
        session, actor_of(cast.omar), plan_id=answered.id, version=answered.version, remarks=[lower, RemarkValues("Ya")]
    )


def give_token(session: Session, actor: Actor) -> None:
    """A token and a second browser of somebody."""
    account = session.scalars(select(Account).where(Account.person_id == actor.person_id)).one()
    accounts.create_token(session, replace(actor, account_id=account.id), "ERP")
    make_web_session(session, account)


def make_company(session: Session, cast: Cast) -> Company:
    """A company in which every page has something to show."""
    example = make_example(session, cast)
    example.record_january(session)
    set_up(session, cast)
    give_details(session, example.plan)
    mona, hana = actor_of(cast.mona), actor_of(cast.hana)
    publish(session, mona, person_id=cast.eli.id, period_id=example.period("2026-01").id, comment="Januari yang baik.")
    make_batches(session, cast, example.period("2026-01"))
    past = make_past(session, cast)
    other = give_plan(session, cast.otto, example.cycle)
    sales, won, *_ = kpis_of(other)
    won.frequency = Frequency.WEEKLY
    session.flush()
    values = EntryValues(Figure(Decimal(30)))
    put_entry(session, actor_of(cast.omar), kpi_id=sales.id, on="2026-01", values=values, version=None)
    example.record(session, "SALES", "2026-02", "7")
    sent = [SentFile("erp.txt", b"7 unit")]
    add_evidence(session, mona, kpi_id=example.kpis["SALES"].id, on="2026-02", files=sent)
    tell_everybody(session, cast)
    follow_eli(session, example)
    begin_reviews(session, example)
    show_incentives(session, example)
    make_privacies(session, cast)
    draft = make_draft(session, hana, cast.eva, example.cycle, [VALUES, RATIO_VALUES, VALUES, VALUES, VALUES, VALUES])
    agree(session, cast, example.cycle)
    weights = {kpi.id: kpi.weight for kpi in kpis_of(draft)}
    serve_a_goal(session, cast, draft)
    override_weights(session, hana, plan_id=draft.id, version=draft.version, weights=weights, reason="Disepakati")
    give_token(session, hana)
    invitation, next_cycle = accounts.invite(session, hana, cast.eva.id), open_cycle(session, hana, "2027")
    return Company(example, draft, other, invitation, next_cycle, past)


def tell_everybody(session: Session, cast: Cast) -> None:
    """A notice about eli's January for each who waits for something."""
    for person in (cast.eli, cast.mona, cast.hana):
        kind, told = NoticeKind.ACKNOWLEDGEMENT_MISSING, {"period": "2026-01", "cycle": "2026"}
        tell(session, person.id, kind, key="company", concerns=cast.eli.id, values=told)


def serve_a_goal(session: Session, cast: Cast, draft: Plan) -> None:
    """A goal of the company, which the draft's first objective serves."""
    hana, first = actor_of(cast.hana), draft.objectives[0].id
    goal = enter_goal(session, hana, cycle_id=draft.cycle_id, values=GoalValues("Tumbuh sepertiga", cast.mona.id))
    link_objective(session, hana, plan_id=draft.id, version=draft.version, objective_id=first, goal_id=goal.id)
