"""What is still missing before a plan has the right shape?"""

from collections.abc import Sequence
from typing import Final

from app.rules.faults import Fault

FEWEST_OBJECTIVES: Final = 5
MOST_OBJECTIVES: Final = 8
FEWEST_KPIS: Final = 5
MOST_KPIS: Final = 10
MOST_KPIS_OF_OBJECTIVE: Final = 2


def shape_faults(kpis_of_objectives: Sequence[int]) -> list[Fault]:
    """Every reason why a plan with these numbers of weighted KPIs per objective cannot be submitted yet."""
    faults = [
        *_count_faults("objectives", len(kpis_of_objectives), FEWEST_OBJECTIVES, MOST_OBJECTIVES),
        *_count_faults("kpis", sum(kpis_of_objectives), FEWEST_KPIS, MOST_KPIS),
    ]
    for index, count in enumerate(kpis_of_objectives):
        faults += _count_faults(f"objectives[{index}].kpis", count, 1, MOST_KPIS_OF_OBJECTIVE)
    return faults


def open_kpis(objectives: int) -> range:
    """How many KPIs a plan with this many objectives may have in all."""
    fewest = max(objectives, FEWEST_KPIS)
    return range(fewest, min(MOST_KPIS_OF_OBJECTIVE * objectives, MOST_KPIS) + 1)


def _count_faults(at: str, count: int, fewest: int, most: int) -> list[Fault]:
    if fewest <= count <= most:
        return []
    code = "too_few" if count < fewest else "too_many"
    return [Fault(at, code, {"count": str(count), "fewest": str(fewest), "most": str(most)})]
