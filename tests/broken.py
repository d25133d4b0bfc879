"""How does a published scorecard break? As a later version that the engine refuses, or that nobody can read."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.pdf_process import LARGEST_PAGE
from app.models import Appraisal, Person, PublishedScorecard


def break_card(session: Session, person: Person, snapshot: str = "") -> PublishedScorecard:
    """A further version of the person's scorecard, with a comment that no page may have, or with that snapshot."""
    whole = session.scalars(
        select(PublishedScorecard)
        .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        .where(Appraisal.person_id == person.id)
        .order_by(PublishedScorecard.version_number.desc())
        .limit(1)
    ).one()
    facts = json.loads(whole.snapshot)
    facts["scorecard"]["comment"] = "x" * LARGEST_PAGE
    columns = [column.name for column in PublishedScorecard.__table__.columns if column.name != "id"]
    broken = PublishedScorecard(**{name: getattr(whole, name) for name in columns})
    broken.snapshot = snapshot or json.dumps(facts)
    broken.version_number += 1
    broken.verification_code = f"BROKEN{whole.id}"
    session.add(broken)
    session.flush()
    return broken
