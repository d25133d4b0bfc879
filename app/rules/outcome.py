"""What is a result made of: the KPIs' total, behaviours mixed in, then adjustments beside it, each with its reason?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

from app.rules.grading import grade
from app.rules.numbers import fraction_sum, shown
from app.rules.policy import GradeBand
from app.rules.scoring import with_behaviour
from app.rules.vocabulary import AdjustmentKind

LEVELS: Final = 5
"""Anchored levels on which a behaviour is rated, 1 the lowest."""
ORDER: Final = (AdjustmentKind.MANAGER, AdjustmentKind.CALIBRATION, AdjustmentKind.APPEAL)
"""In which order adjustments are laid over the computed total; the last one in force is the final total."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A total set by a person beside the computed one, with who, when and why; without a total it was withdrawn."""

    kind: AdjustmentKind
    total: Decimal | None
    computed_total: Decimal
    """The computed total that was seen when this was decided; for another one it has lost its ground."""
    reason: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result with all that it came through; every figure is as shown, rounded once."""

    kpi_total: Decimal | None
    behaviour: Decimal | None
    """None where no behaviours are rated or they do not count."""
    behaviour_share: Decimal
    computed: Decimal | None
    computed_grade: str | None
    adjustments: tuple[Adjustment, ...]
    """Those in force, in their order."""
    total: Decimal | None
    grade: str | None

    @property
    def is_adjusted(self) -> bool:
        """Whether the final total was set by a person."""
        return bool(self.adjustments)

    @property
    def is_plain(self) -> bool:
        """Whether the result is that of the KPIs alone."""
        return self.behaviour is None and not self.adjustments

    @property
    def stale(self) -> tuple[Adjustment, ...]:
        """The adjustments in force that were decided for another computed total."""
        return tuple(each for each in self.adjustments if each.computed_total != self.computed)

    def before(self, kind: AdjustmentKind) -> Decimal | None:
        """The total that an adjustment of this kind is laid over: computed, or as adjusted by the kinds before it."""
        earlier = ORDER[: ORDER.index(kind)]
        totals = [each.total for each in self.adjustments if each.kind in earlier]
        return totals[-1] if totals else self.computed


def behaviour_total(levels: Sequence[int]) -> Fraction | None:
    """The mean of `100·level/levels` over the rated behaviours; none without any."""
    if not levels:
        return None
    return fraction_sum(Fraction(100 * level, LEVELS) for level in levels) / len(levels)


def in_force(adjustments: Sequence[Adjustment]) -> tuple[Adjustment, ...]:
    """Of rows in the order in which they were written: the last of each kind, unless it withdraws."""
    last = {each.kind: each for each in adjustments}
    return tuple(last[kind] for kind in ORDER if kind in last and last[kind].total is not None)


def outcome(
    exact_total: Fraction | None,
    bands: Sequence[GradeBand],
    *,
    levels: Sequence[int] = (),
    behaviour_share: Decimal = Decimal(0),
    adjustments: Sequence[Adjustment] = (),
) -> Outcome:
    """The KPIs' exact total with behaviours mixed in, and the adjustments in force; without a total there is none."""
    behaviour = behaviour_total(levels) if behaviour_share else None
    if exact_total is None:
        return Outcome(
            None, None if behaviour is None else shown(behaviour), behaviour_share, None, None, (), None, None
        )
    mixed = exact_total if behaviour is None else with_behaviour(exact_total, behaviour, Fraction(behaviour_share))
    computed = shown(mixed)
    valid = in_force(adjustments)
    total = next((each.total for each in reversed(valid) if each.total is not None), computed)
    return Outcome(
        kpi_total=shown(exact_total),
        behaviour=None if behaviour is None else shown(behaviour),
        behaviour_share=behaviour_share,
        computed=computed,
        computed_grade=grade(computed, bands),
        adjustments=valid,
        total=total,
        grade=grade(total, bands),
    )
