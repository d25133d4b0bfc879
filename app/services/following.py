"""How does a card stand as a whole, what changed, where is most to be won, and where is it going?"""

from dataclasses import dataclass
from decimal import Decimal

from app.rules import following, forecast
from app.rules.following import Change, Whole
from app.rules.forecast import Forecast, TotalForecast, Unforeseen
from app.rules.scorecard import Scorecard, ScorecardKpi
from app.rules.vocabulary import KpiStatus
from app.services.scorecards import PeriodCard
from app.services.standings import ScoredKpi, ScoredPerson


@dataclass(frozen=True, slots=True)
class KpiFollowing:
    """One KPI of a card beside what it was, what it costs, and where it is going."""

    kpi: ScorecardKpi
    change: Change | None
    lost: Decimal | None
    """Points that it takes from the total; none where it reaches its target or does not count."""
    forecast: Forecast | Unforeseen
    missing: int
    """Entries in a row that are missing up to the last one due."""

    @property
    def is_behind(self) -> bool:
        """Whether a cause and an action are asked for."""
        return self.kpi.status is KpiStatus.BEHIND

    @property
    def prediction(self) -> Forecast | None:
        """The forecast, if there is one."""
        return self.forecast if isinstance(self.forecast, Forecast) else None

    @property
    def silence(self) -> Unforeseen | None:
        """Why there is no forecast."""
        return None if isinstance(self.forecast, Forecast) else self.forecast


@dataclass(frozen=True, slots=True)
class ObjectiveFollowing:
    """An objective with the status of its KPIs together."""

    title: str
    whole: Whole


@dataclass(frozen=True, slots=True)
class Following:
    """A card as it is followed between two results; nothing of it is frozen, and nothing of it counts."""

    whole: Whole
    objectives: tuple[ObjectiveFollowing, ...]
    kpis: tuple[KpiFollowing, ...]
    change: Change | None
    total: TotalForecast | None

    @property
    def weakest(self) -> list[KpiFollowing]:
        """The KPIs with which most is to be won, the largest loss first."""
        losing = [(each.lost, -place, each) for place, each in enumerate(self.kpis) if each.lost]
        losing.sort(key=lambda line: line[:2], reverse=True)
        return [each for _, _, each in losing[: following.WEAKEST]]

    def of(self, code: str) -> KpiFollowing | None:
        """The KPI of this code."""
        return next((each for each in self.kpis if each.kpi.code == code), None)


def follow(found: PeriodCard) -> Following:
    """How a card stands that the actor was let see."""
    return follow_card(found.card, found.scored)


def follow_card(card: Scorecard, scored: ScoredPerson) -> Following:
    """The same for a card and the present figures behind it; published cards are followed by what stands on them."""
    policy = scored.facts.policy
    present = {each.kpi.code: each for each in scored.kpis}
    lost = {loss.code: loss.points for loss in following.losses(card.kpis, card.policy.missing)}
    kpis = tuple(
        KpiFollowing(
            kpi=kpi,
            change=following.change(kpi.trend),
            lost=lost.get(kpi.code),
            forecast=_forecast(scored, present.get(kpi.code)),
            missing=following.missing_streak(present[kpi.code].standing) if kpi.code in present else 0,
        )
        for kpi in card.kpis
    )
    return Following(
        whole=following.whole(card.kpis, policy.statuses),
        objectives=tuple(
            ObjectiveFollowing(objective.title, following.whole(objective.kpis, policy.statuses))
            for objective in card.objectives
        ),
        kpis=kpis,
        change=following.change_of_all(card.kpis),
        total=forecast.of_total([(each.kpi.weight, each.forecast) for each in kpis], policy),
    )


def _forecast(scored: ScoredPerson, kpi: ScoredKpi | None) -> Forecast | Unforeseen:
    if kpi is None:
        return Unforeseen.REPLACED
    return forecast.forecast(kpi.agreed, kpi.standing, kpi.result.actual, scored.facts.policy)
