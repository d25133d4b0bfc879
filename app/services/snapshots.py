"""What is frozen when a scorecard is published, and does it still come to the same (ADR 0007)?"""

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from pydantic import TypeAdapter

from app.documents.card_writing import CardKpi, card_json
from app.documents.cards import read_card
from app.rules.numbers import legible, shown_text
from app.rules.scorecard import Scorecard
from app.rules.scoring import CardResult, KpiResult, score_card
from app.services.audit import canonical
from app.services.standings import ScoredKpi, ScoredPerson

FORMULA_VERSION: Final = "1"
"""Goes up when a rule of scoring changes, so that a reader knows by which ones a card was computed."""

_SCORECARD: Final = TypeAdapter(Scorecard)
_CHECK_SIGNS: Final = 16


def frozen(card: Scorecard, scored: ScoredPerson) -> str:
    """The scorecard and what it was computed from, as canonical JSON."""
    inputs = card_json(scored.facts.policy, [_card_kpi(each) for each in scored.kpis])
    shown = _SCORECARD.dump_python(card, mode="json", warnings="error")
    return canonical({"scorecard": shown, "card": inputs, "formula_version": FORMULA_VERSION})


def thawed(snapshot: str) -> Scorecard:
    """The scorecard as it was published."""
    return _SCORECARD.validate_python(json.loads(snapshot)["scorecard"])


def card_of(snapshot: str) -> dict[str, Any]:
    """The card for `kinerja score`, from which anybody can compute the result again."""
    card: dict[str, Any] = json.loads(snapshot)["card"]
    return card


def digest_of(snapshot: str) -> str:
    """The check value over every byte of the snapshot."""
    return hashlib.sha256(snapshot.encode()).hexdigest()


def check_value(digest: str) -> str:
    """The beginning of a digest as it is printed: short enough to compare by eye."""
    signs = digest[:_CHECK_SIGNS].upper()
    return " ".join(signs[start : start + 4] for start in range(0, _CHECK_SIGNS, 4))


def recomputed(snapshot: str) -> str:
    """The snapshot with every figure computed anew from its card: the same bytes, or something is wrong."""
    facts = json.loads(snapshot)
    card = read_card(json.dumps(facts["card"], ensure_ascii=False).encode())
    _write_result(facts["scorecard"], score_card(card.policy, card.kpis))
    return canonical(facts)


def _card_kpi(scored: ScoredKpi) -> CardKpi:
    standing, has_data = scored.standing, scored.result.actual is not None
    return CardKpi(
        code=scored.kpi.code,
        weight=scored.result.weight,
        measure=scored.agreed.measure,
        # Where period targets make the target to date, that is the one which the scoring asks for
        scoring=scored.agreed.scoring if standing.elapsed or not has_data else standing.scoring,
        entries=standing.entries if standing.can_be_scored else (),
        elapsed=standing.elapsed,
        is_left_out=not standing.is_due and not has_data,
    )


def _write_result(shown: dict[str, Any], result: CardResult) -> None:
    shown["result"]["total"] = _text(result.total)
    shown["result"]["grade"] = result.grade
    shown["result"]["coverage"] = _text(result.coverage)
    for written, kpi in zip(_lines(shown), result.kpis, strict=True):
        written.update(_figures(kpi))


def _lines(shown: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (kpi for objective in shown["objectives"] for kpi in objective["kpis"])


def _figures(kpi: KpiResult) -> dict[str, Any]:
    return {
        "code": kpi.code,
        "weight": shown_text(kpi.weight),
        "actual": None if kpi.actual is None else str(legible(kpi.actual)),
        "uncapped": _shown(kpi.uncapped),
        "achievement": _shown(kpi.achievement),
        "contribution": _text(kpi.contribution),
        "working": list(kpi.working),
    }


def _shown(value: Fraction | None) -> str | None:
    return None if value is None else shown_text(value)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
