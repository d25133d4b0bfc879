"""What was agreed with each employee: objectives, KPIs, ratings, targets, and weights by the product's own rules?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from app.demo.bulk import Ids
from app.demo.content import KpiLine, KpiSpec, plans, set_up, story, words
from app.models import ActionStep, Cycle, Kpi, KpiDefinition, Objective, Plan
from app.rules.numbers import shown
from app.rules.vocabulary import Aggregation, Language, MeasureKind, PlanState, WeightingMethod
from app.services.kpi_values import KpiValues, plan_periods, write_values
from app.services.library import copy_of
from app.services.plan_weights import weigh_plan

SEASON: Final = (78, 86, 104, 70, 80, 82, 84, 84, 82, 84, 80, 86)
"""How a year's sales fall on its months, in thousandths: the weeks before Lebaran are the best ones."""
_PERIOD_TARGETS_IN_100: Final = 45
_COPIED: Final = (
    "name", "definition", "unit_of_measure", "measure", "aggregation", "scale", "method", "frequency", "numerator",
    "denominator", "code",
)  # fmt: skip
_MILLION, _BILLION = 10**6, 10**9


@dataclass(slots=True)
class Agreed:
    """A KPI of a plan, with the figures around which its actuals move."""

    kpi: Kpi
    spec: KpiSpec
    expected: Decimal
    """The figure that scores 100; of a sum for all days of the plan. 0 where the measure has none."""
    base: Decimal
    """The level from which growth begins."""


@dataclass(slots=True)
class Agreement:
    """A plan with its KPIs in their order."""

    plan: Plan
    kpis: list[Agreed]


class Agreements:
    """Makes plans for the people of one cycle."""

    def __init__(self, cycle: Cycle, definitions: Mapping[str, KpiDefinition], ids: Ids) -> None:
        self._cycle = cycle
        self._ids = ids
        self._definitions = definitions
        self._set_ups: dict[str, dict[str, Any]] = {}
        self._days = (cycle.ends_on - cycle.starts_on).days + 1

    def make(
        self,
        person_id: int,
        family: str,
        chance: Random,
        days: tuple[date, date],
        weighting: WeightingMethod = WeightingMethod.COMPUTED,
    ) -> Agreement:
        """A complete plan, still a draft, with the weights that follow from its ratings."""
        plan = Plan(
            id=self._ids.next(Plan),
            person_id=person_id,
            cycle_id=self._cycle.id,
            version_number=1,
            starts_on=days[0],
            ends_on=days[1],
            state=PlanState.DRAFT,
            weighting=weighting,
        )
        plan.cycle = self._cycle
        agreement = Agreement(plan, [])
        for place, line in enumerate(plans()[family], start=1):
            objective = Objective(id=self._ids.next(Objective), plan_id=plan.id, place=place)
            agreed = [self._agreed(agreement, objective, each, chance) for each in line.kpis]
            objective.title = line.title.format(*(amount(each) for each in agreed))
            objective.success, objective.due_on = _success(agreed[0]), plan.ends_on
            plan.objectives.append(objective)
        weigh_plan(plan)
        if weighting is WeightingMethod.DIRECT:
            _type_weights(agreement)
        return agreement

    def _agreed(self, agreement: Agreement, objective: Objective, line: KpiLine, chance: Random) -> Agreed:
        plan, spec = agreement.plan, line.spec
        kpi = Kpi(
            id=self._ids.next(Kpi),
            plan_id=plan.id,
            objective_id=objective.id,
            place=len(agreement.kpis) + 1,
            code=spec.code,
            priority=_near(line.priority, chance),
            difficulty=_near(line.difficulty, chance),
            data_credibility=spec.data_credibility,
        )
        set_up_of = self._set_up(spec)
        expected = self._expected(line, set_up_of, plan, chance)
        base = _rounded(spec.number("base", 0) or Decimal(0), 40, spec.number("level_step", 1) or Decimal(1), chance)
        values = dict(set_up_of)
        if "target" in spec.own:
            values["target"] = expected
        if spec.own.get("base") and not spec.says("from_first_entry"):
            values["baseline"] = base
        if spec.says("period_targets") and chance.randrange(100) < _PERIOD_TARGETS_IN_100:
            values["period_targets"] = self._period_targets(plan, expected, spec.step)
        write_values(kpi, KpiValues(**values), self._cycle)
        objective.kpis.append(kpi)
        agreed = Agreed(kpi, spec, expected, base)
        agreement.kpis.append(agreed)
        return agreed

    def _set_up(self, spec: KpiSpec) -> dict[str, Any]:
        """Everything about a KPI but its figures: from the library, changed by what kpis.toml says."""
        if spec.code not in self._set_ups:
            values: dict[str, Any] = {}
            if spec.of_library:
                definition = self._definitions[spec.code]
                copied = copy_of(definition, Language.INDONESIAN)
                values = {name: getattr(copied, name) for name in _COPIED} | {"definition_id": definition.id}
            self._set_ups[spec.code] = values | set_up(spec)
        return self._set_ups[spec.code]

    def _expected(self, line: KpiLine, values: Mapping[str, Any], plan: Plan, chance: Random) -> Decimal:
        usual = line.target or line.spec.number("target") or line.spec.number("expected", 0) or Decimal(0)
        if values["measure"] is MeasureKind.VALUE and values["aggregation"] is Aggregation.SUM:
            usual = usual * ((plan.ends_on - plan.starts_on).days + 1) / self._days
        return _rounded(usual, line.spec.whole("spread"), line.spec.step, chance)

    def _period_targets(self, plan: Plan, target: Decimal, step: Decimal) -> dict[str, Decimal]:
        """The target spread over the periods by season; the last one takes what rounding leaves."""
        periods = plan_periods(plan)
        shares = [SEASON[period.starts_on.month - 1] for period in periods]
        parts = [target * share // sum(shares) // step * step for share in shares[:-1]]
        parts.append(target - sum(parts, Decimal(0)))
        return {period.code: part for period, part in zip(periods, parts, strict=True)}


def detail(agreement: Agreement, chance: Random) -> None:
    """Write down the way to the first objectives: steps with their days, and the support that is needed."""
    told = story()["details"]
    plan = agreement.plan
    for place, objective in enumerate(plan.objectives[:3]):
        day = plan.starts_on + timedelta(days=20)
        for number, (activity, resource) in enumerate(chance.sample(told["steps"], 2), start=1):
            last = min(day + timedelta(days=60), plan.ends_on)
            objective.steps.append(
                ActionStep(
                    place=number, activity=activity, resource=resource, starts_on=min(day, last), ends_on=last,
                    is_done=number == 1 and place < 2,  # noqa: PLR2004 - the third is still to be begun
                )
            )  # fmt: skip
            day = last + timedelta(days=30)
        objective.training_needed, objective.budget_needed, objective.help_needed = told["support"][place]


def activate(plan: Plan, at: datetime, by: int) -> None:
    """Bring the plan into force."""
    plan.state, plan.submitted_at, plan.submitted_by_id, plan.changed_at = PlanState.ACTIVE, at, by, at


def override(agreement: Agreement, by: int, chance: Random) -> None:
    """Move five points of weight to the first KPI by hand, with the reason."""
    reason = chance.choice(words()["overrides"])
    first, last = agreement.kpis[0].kpi, max((each.kpi for each in agreement.kpis[1:]), key=lambda kpi: kpi.weight or 0)
    for kpi, change in ((first, 5), (last, -5)):
        kpi.weight = (kpi.weight or Decimal(0)) + change
    for each in agreement.kpis:
        each.kpi.weight_reason, each.kpi.weight_by_id = reason, by


def leave_unfinished(agreement: Agreement, chance: Random) -> None:
    """Take away what somebody who is still writing has not come to yet."""
    plan = agreement.plan
    while len(plan.objectives) > 4:  # noqa: PLR2004 - one less than a plan needs
        del agreement.kpis[-len(plan.objectives.pop().kpis) :]
    last = agreement.kpis[-1].kpi
    last.priority = last.difficulty = None
    chance.choice([each.kpi for each in agreement.kpis]).target = None
    weigh_plan(plan)


def _type_weights(agreement: Agreement) -> None:
    """Weights as people type them: tens and fives by priority, the rest with the most important KPI."""
    kpis = [each.kpi for each in agreement.kpis]
    for kpi in kpis[1:]:
        kpi.weight = shown(5 if len(kpis) > 8 or (kpi.priority or 0) < 4 else 10)  # noqa: PLR2004
    kpis[0].weight = 100 - sum((kpi.weight or Decimal(0) for kpi in kpis[1:]), Decimal(0))


def _near(rating: int, chance: Random) -> int:
    """A rating that now and then differs by one."""
    draw = chance.randrange(6)
    return min(5, rating + 1) if draw == 0 else max(1, rating - 1) if draw == 1 else rating


def _rounded(usual: Decimal, spread: int, step: Decimal, chance: Random) -> Decimal:
    """Somebody's own figure near the usual one, as round as people agree on."""
    if not usual:
        return usual
    if spread:
        usual = usual * (100 + chance.randrange(-spread, spread + 1)) / 100
        digits = len(str(int(abs(usual))))
        step = max(step, Decimal(10) ** (digits - 2))
    units = int(usual / step + (Decimal("0.5") if usual > 0 else Decimal("-0.5")))
    return bare((units or (1 if usual > 0 else -1)) * step)


def bare(number: Decimal) -> Decimal:
    """The number without zeros at its end, the way in which people write it."""
    return Decimal(f"{number.normalize():f}")


def amount(agreed: Agreed) -> str:
    """The target as people write it in a sentence."""
    return in_words(agreed.kpi.unit_of_measure, agreed.expected)


def in_words(unit: str, number: Decimal) -> str:
    """A figure as people write it in a sentence: Rp 3,6 miliar, 22%, 60 pelanggan."""
    if unit == "Rp":
        for size, word in ((_BILLION, "miliar"), (_MILLION, "juta")):
            if number >= size:
                return f"Rp {_plain(number / size)} {word}"
        return f"Rp {_plain(number)}"
    return f"{_plain(number)}%" if unit == "%" else f"{_plain(number)} {unit}"


def _success(agreed: Agreed) -> str:
    """What will be different once the objective is reached."""
    told = story()["details"]
    if agreed.kpi.target is None:
        return str(told["success"])
    return str(told["success_with"].format(name=agreed.kpi.name, amount=amount(agreed)))


def _plain(number: Decimal) -> str:
    """A number in Indonesian notation, without needless zeros."""
    whole, _, decimals = f"{number:,f}".partition(".")
    decimals = decimals.rstrip("0")
    return whole.replace(",", ".") + (f",{decimals}" if decimals else "")
