"""Does a scorecard keep all it holds, and can it be written down and read back?"""

import dataclasses
import json
from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from app.rules.scorecard import CurvePoint, Direction, Scorecard, Target
from app.rules.vocabulary import Language, Method
from tests import samples

ADAPTER = TypeAdapter(Scorecard)


@pytest.mark.parametrize("sample", ["ten_kpis", "one_kpi", "missing_values", "nothing_scored", "five_kpis_english"])
def test_nothing_is_lost_on_the_way_through_json(sample: str) -> None:
    card: Scorecard = getattr(samples, sample)()
    written = json.dumps(ADAPTER.dump_python(card, mode="json"), sort_keys=True)
    read = ADAPTER.validate_json(written)
    assert read == card
    assert json.dumps(ADAPTER.dump_python(read, mode="json"), sort_keys=True) == written  # 18.00 is not 18


def test_it_cannot_be_changed() -> None:
    card = samples.one_kpi()
    with pytest.raises(dataclasses.FrozenInstanceError):
        card.comment = "x"  # type: ignore[misc]


def test_the_kpis_keep_the_order_of_the_plan() -> None:
    assert [kpi.code for kpi in samples.missing_values().kpis] == ["K1", "K2", "K3"]


def test_the_band_is_the_one_reached() -> None:
    band = samples.ten_kpis().result.band
    assert band is not None
    assert (band.name(Language.INDONESIAN), band.name(Language.ENGLISH)) == ("Baik", "Good")
    assert samples.nothing_scored().result.band is None


def curve(*scores: int) -> Target:
    return Target(curve=tuple(CurvePoint(Decimal(place), Decimal(score)) for place, score in enumerate(scores)))


@pytest.mark.parametrize(
    ("method", "target", "direction"),
    [
        (Method.HIGHER, Target(target=Decimal(1)), Direction.HIGHER),
        (Method.LOWER, Target(target=Decimal(1)), Direction.LOWER),
        (Method.LOWER_INVERSE, Target(target=Decimal(1)), Direction.LOWER),
        (Method.EXACT, Target(target=Decimal(1)), Direction.WITHIN),
        (Method.RANGE, Target(low=Decimal(1), high=Decimal(2)), Direction.WITHIN),
        (Method.MILESTONE, Target(), Direction.HIGHER),
        (Method.RATING, Target(levels=5), Direction.HIGHER),
        (Method.YES_NO, Target(), Direction.HIGHER),
        (Method.POINTS, curve(0, 80, 120), Direction.HIGHER),
        (Method.POINTS, curve(120, 80, 0), Direction.LOWER),
        (Method.STEPS, curve(50, 100, 50), Direction.WITHIN),
    ],
)
def test_which_way_is_better(method: Method, target: Target, direction: Direction) -> None:
    assert samples.kpi("K", "k", "100", "1", method=method, target=target).direction is direction


def test_a_weight_is_overridden_where_it_differs_from_the_computed_one() -> None:
    kpi = samples.kpi("K", "k", "8", "1")
    assert not kpi.is_weight_overridden
    assert dataclasses.replace(kpi, computed_weight=Decimal("6.00")).is_weight_overridden
    assert not dataclasses.replace(kpi, computed_weight=None).is_weight_overridden
