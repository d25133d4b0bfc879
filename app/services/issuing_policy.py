"""How does the organisation want its PDFs: how are files named, and are copies with a password offered?"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.models import IssuingPolicy
from app.rules.issuing import FileNames
from app.rules.vocabulary import Action
from app.services import audit


@dataclass(frozen=True, slots=True)
class Wishes:
    """What holds for PDFs that are handed out."""

    file_names: FileNames = FileNames.NUMBER_NAME_PERIOD
    offers_locked: bool = False
    """Whether whoever may have a scorecard's PDF may also have a copy that opens with a password alone."""


def wishes(session: Session) -> Wishes:
    """What was chosen, or what holds as long as nobody has."""
    row = session.execute(select(IssuingPolicy.file_names, IssuingPolicy.offers_locked)).one_or_none()
    return Wishes() if row is None else Wishes(*row)


def choose(session: Session, actor: Actor, file_names: FileNames, *, offers_locked: bool | None = None) -> Wishes:
    """Have it so from now on; None leaves locked copies as they are."""
    require(session, actor, Action.CYCLE_WRITE)
    policy = session.scalar(select(IssuingPolicy).with_for_update())
    before = wishes(session)
    wanted = Wishes(file_names, before.offers_locked if offers_locked is None else offers_locked)
    if policy is None:
        policy = IssuingPolicy(file_names=wanted.file_names)
        session.add(policy)
    policy.file_names, policy.offers_locked = wanted.file_names, wanted.offers_locked
    session.flush()
    details: dict[str, Any] = {}
    if wanted.file_names != before.file_names:
        details["file_names"] = [before.file_names, wanted.file_names]
    if wanted.offers_locked != before.offers_locked:
        details["locked_copies"] = [before.offers_locked, wanted.offers_locked]
    if details:
        audit.record(
            session,
            "cycle.file_names_chosen",
            actor_id=actor.person_id,
            about=("issuing_policy", None),
            details=details,
        )
    return wanted
