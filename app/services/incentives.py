"""What may a total lead to in a cycle, and is it said at all? Nothing here moves anything by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.access import Actor, require
from app.errors import Conflict, Invalid
from app.models import Cycle, IncentiveBand
from app.rules.faults import Fault
from app.rules.numbers import plain, shown
from app.rules.texts import text_faults, tidy
from app.rules.vocabulary import Action, CycleState
from app.services import audit
from app.services.cycles import get_cycle

MOST: Final = 12
LONGEST: Final = 200
HIGHEST: Final = Decimal(1000)


@dataclass(frozen=True, slots=True)
class BandValues:
    """What a total of at least `lower` may lead to, in words and, where it is one, in percent."""

    lower: Decimal
    text: str
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Incentives:
    """The bands of a cycle from the highest down, and whether scorecards show them."""

    cycle: Cycle
    bands: tuple[IncentiveBand, ...]

    @property
    def are_shown(self) -> bool:
        """Whether the policy lets them be seen."""
        return self.cycle.shows_incentives


def incentives_of(session: Session, actor: Actor, *, cycle_id: int) -> Incentives:
    """The bands of a cycle; only HR, since they are not for everybody before they are shown."""
    require(session, actor, Action.CYCLE_WRITE)
    cycle = get_cycle(session, actor, cycle_id=cycle_id)
    return Incentives(cycle, _bands(session, cycle))


def set_incentives(
    session: Session, actor: Actor, *, cycle_id: int, version: int, are_shown: bool, bands: Sequence[BandValues]
) -> Incentives:
    """Let scorecards of a cycle show these bands, or none."""
    require(session, actor, Action.CYCLE_WRITE)
    cycle = get_cycle(session, actor, cycle_id=cycle_id)
    if cycle.version != version:
        raise Conflict("stale")
    if cycle.state is CycleState.CLOSED:
        raise Conflict("cycle_closed")
    faults = _faults(bands, are_shown=are_shown)
    if faults:
        raise Invalid(faults)
    before = _facts(cycle, _bands(session, cycle))
    for band in _bands(session, cycle):
        session.delete(band)
    session.flush()  # a band that keeps its lower bound would otherwise meet the one that it replaces
    session.add_all(
        IncentiveBand(cycle_id=cycle.id, lower=band.lower, text=tidy(band.text), percent=band.percent) for band in bands
    )
    cycle.shows_incentives, cycle.changed_at = are_shown, clock.now()
    flag_modified(cycle, "changed_at")
    session.flush()
    made = Incentives(cycle, _bands(session, cycle))
    after = _facts(cycle, made.bands)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    audit.record(session, "cycle.incentives_set", actor_id=actor.person_id, about=("cycle", cycle.id), details=changed)
    return made


def band_reached(session: Session, cycle: Cycle, total: Decimal | None) -> IncentiveBand | None:
    """The band that a total reaches, where the policy lets it be seen; for a card that the actor was let see."""
    if not cycle.shows_incentives or total is None:
        return None
    reached = select(IncentiveBand).where(IncentiveBand.cycle_id == cycle.id, IncentiveBand.lower <= total)
    return session.scalar(reached.order_by(IncentiveBand.lower.desc()).limit(1))


def _bands(session: Session, cycle: Cycle) -> tuple[IncentiveBand, ...]:
    wanted = select(IncentiveBand).where(IncentiveBand.cycle_id == cycle.id).order_by(IncentiveBand.lower.desc())
    return tuple(session.scalars(wanted))


def _facts(cycle: Cycle, bands: Sequence[IncentiveBand]) -> dict[str, object]:
    return {
        "are_shown": cycle.shows_incentives,
        "bands": {plain(band.lower): band.text for band in bands},
    }


def _faults(bands: Sequence[BandValues], *, are_shown: bool) -> list[Fault]:
    if are_shown and not bands:
        return [Fault("bands", "no_incentives")]
    if len(bands) > MOST:
        return [Fault("bands", "too_many_parts", {"most": str(MOST)})]
    faults = [fault for place, band in enumerate(bands) for fault in _band_faults(f"bands[{place}]", band)]
    lowers = [band.lower for band in bands]
    faults += [
        Fault(f"bands[{place}].lower", "incentives_begin_alike")
        for place, lower in enumerate(lowers)
        if lower in lowers[:place]
    ]
    return faults


def _band_faults(at: str, band: BandValues) -> list[Fault]:
    faults = text_faults(f"{at}.text", tidy(band.text), limit=LONGEST)
    numbers = {"lower": band.lower, "percent": band.percent}
    for name, number in numbers.items():
        if number is None:
            continue
        if number < 0:
            faults.append(Fault(f"{at}.{name}", "negative"))
        elif number > HIGHEST:
            faults.append(Fault(f"{at}.{name}", "too_large", {"maximum": str(HIGHEST)}))
        elif number != shown(number):
            faults.append(Fault(f"{at}.{name}", "more_than_2_decimals"))
    return faults
