"""Is every good card scored right, and every bad one refused with all its faults at their paths?"""

import json
from typing import Any

import pytest

from app.documents.score_files import score_json
from app.rules.vocabulary import Language
from tests.rules.card_maker import make_card
from tests.rules.second_opinion import result_of


def without_explanations(result: dict[str, Any]) -> dict[str, Any]:
    for kpi in result["kpis"]:
        del kpi["explanation"]
    return result


@pytest.mark.parametrize("block", range(8))
def test_two_implementations_agree_on_thousands_of_cards(block: int) -> None:
    for seed in range(block * 500, (block + 1) * 500):
        card = make_card(seed)
        result = score_json(json.dumps(card).encode(), Language.ENGLISH)
        assert without_explanations(result) == result_of(card), f"card {seed}: {json.dumps(card)}"
