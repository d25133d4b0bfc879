"""Which PDFs are ready in the demo? Those of the manager's team, prepared as HR would."""

from sqlalchemy import select

from app import clock
from app.access import Actor
from app.database import Sessions, transaction
from app.demo.fill import Demo
from app.models import Account, Cycle, Period
from app.rules.vocabulary import Action, Language, Role
from app.services import pdf_batches, pdf_choice, pdf_preparing
from app.services.organisation import settings_of
from app.services.pdf_choice import Wanted


def prepare_pdfs(sessions: Sessions, demo: Demo) -> int:
    """Prepare the PDFs of the manager's team for the last period that is published; how many there are."""
    people = {each.role: each.email for each in demo.logins}
    with transaction(sessions) as session:
        settings = settings_of(session)
        hr, manager = (
            session.scalars(select(Account.person_id).where(Account.email == people[role])).one()
            for role in ("hr", "manager")
        )
        period = session.scalars(
            select(Period).join(Period.cycle).where(Cycle.code == demo.cycle, Period.code == demo.period)
        ).one()
        actor = Actor(hr, frozenset({Role.HR}), clock.today(settings.time_zone))
        wanted, language = Wanted(manager_id=manager), Language(settings.default_language)
        if not pdf_choice.counts(session, actor, period, wanted, language, Action.SCORECARD_ISSUE).published:
            return 0
        pdf_batches.start(session, actor, period, wanted, language)
    return pdf_preparing.prepare(sessions)
