"""What is frozen when a scorecard is published, and does it still come to the same (ADR 0007)?"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from pydantic import TypeAdapter

from app.documents.card_writing import CardKpi, card_json
from app.documents.cards import Card, read_card
from app.rules.numbers import legible, shown_text
from app.rules.outcome import Adjustment, Outcome, outcome
from app.rules.policy import Policy
from app.rules.scorecard import Scorecard
from app.rules.scoring import CardResult, KpiResult, score_card
from app.rules.segments import coverage_over, together
from app.rules.vocabulary import AdjustmentKind
from app.services.audit import canonical
from app.services.standings import ScoredKpi, ScoredPerson

FORMULA_VERSION: Final = "1"
"""Goes up when a rule of scoring changes, so that a reader knows by which ones a card was computed."""

_SCORECARD: Final = TypeAdapter(Scorecard)


def frozen(card: Scorecard, scored: ScoredPerson) -> str:
    """The scorecard and what it was computed from, as canonical JSON."""
    inputs = _card(scored, scored.kpis)
    shown = _SCORECARD.dump_python(card, mode="json", warnings="error")
    kept = {"scorecard": shown, "card": inputs, "formula_version": FORMULA_VERSION}
    if scored.earlier:
        kept["segments"] = [_card(scored, each.kpis) for each in scored.earlier]
    if card.result.computed is not None:
        kept["outcome"] = _outcome_inputs(scored)
    return canonical(kept)


def thawed(snapshot: str) -> Scorecard:
    """The scorecard as it was published."""
    return _SCORECARD.validate_python(json.loads(snapshot)["scorecard"])


def employee_and_period(snapshot: str) -> tuple[str, str]:
    """The number of the employee and the code of the period, as they were published."""
    card = json.loads(snapshot)["scorecard"]
    return card["employee"]["number"], card["period"]["code"]


def card_of(snapshot: str) -> dict[str, Any]:
    """The card for `kinerja score`, from which anybody can compute the result again."""
    card: dict[str, Any] = json.loads(snapshot)["card"]
    return card


def digest_of(snapshot: str) -> str:
    """The check value over every byte of the snapshot."""
    return hashlib.sha256(snapshot.encode()).hexdigest()


def reissued(snapshot: str, card: Scorecard, decided: Adjustment | None = None) -> str:
    """A later version of what was frozen, from the same inputs; `decided` is a total laid over all before it."""
    facts = json.loads(snapshot)
    facts["scorecard"] = _SCORECARD.dump_python(card, mode="json", warnings="error")
    if decided is not None:
        inputs = facts.setdefault("outcome", {"levels": [], "behaviour_share": "0.00", "adjustments": []})
        inputs["adjustments"].append(_adjustment_inputs(decided))
    again = recomputed(canonical(facts))
    if again != recomputed(again):
        raise RuntimeError(f"the scorecard {card.document.number} does not compute to the same again")
    return again


def recomputed(snapshot: str) -> str:
    """The snapshot with every figure computed anew from its card: the same bytes, or something is wrong."""
    facts = json.loads(snapshot)
    card, result = _scored_again(facts["card"])
    _write_result(facts["scorecard"], result)
    exact_total = result.exact_total
    if "segments" in facts:
        results = [*(_scored_again(each)[1] for each in facts["segments"]), result]
        exact_total = _write_segments(facts["scorecard"], results, card.policy)
    if "outcome" in facts:
        _write_outcome(facts["scorecard"]["result"], _outcome_again(facts["outcome"], exact_total, card.policy))
    return canonical(facts)


def _card(scored: ScoredPerson, kpis: Sequence[ScoredKpi]) -> dict[str, Any]:
    return card_json(scored.facts.policy, [_card_kpi(each) for each in kpis])


def _scored_again(inputs: dict[str, Any]) -> tuple[Card, CardResult]:
    card = read_card(json.dumps(inputs, ensure_ascii=False).encode())
    return card, score_card(card.policy, card.kpis)


def _write_segments(shown: dict[str, Any], results: Sequence[CardResult], policy: Policy) -> Fraction | None:
    """Write what each segment and all of them come to; the exact total of all."""
    days = [segment["days"] for segment in shown["segments"]]
    for segment, result in zip(shown["segments"], results, strict=True):
        segment["total"], segment["coverage"] = _text(result.total), _text(result.coverage)
    exact_total = together([(result.exact_total, length) for result, length in zip(results, days, strict=True)])
    made = outcome(exact_total, policy.grades)
    shown["result"]["total"], shown["result"]["grade"] = _text(made.total), made.grade
    shown["result"]["coverage"] = _text(
        coverage_over([(result.coverage, length) for result, length in zip(results, days, strict=True)])
    )
    return exact_total


def _outcome_inputs(scored: ScoredPerson) -> dict[str, Any]:
    """What stands behind the total besides the card: levels of behaviours with their share, and adjustments."""
    return {
        "levels": list(scored.person.levels),
        "behaviour_share": str(scored.outcome.behaviour_share),
        "adjustments": [_adjustment_inputs(each) for each in scored.outcome.adjustments],
    }


def _adjustment_inputs(adjustment: Adjustment) -> dict[str, Any]:
    return {
        "kind": adjustment.kind.value,
        "total": _text(adjustment.total),
        "computed_total": str(adjustment.computed_total),
    }


def _outcome_again(inputs: dict[str, Any], exact_total: Fraction | None, policy: Policy) -> Outcome:
    adjustments = [
        Adjustment(AdjustmentKind(each["kind"]), Decimal(each["total"]), Decimal(each["computed_total"]))
        for each in inputs["adjustments"]
    ]
    return outcome(
        exact_total,
        policy.grades,
        levels=inputs["levels"],
        behaviour_share=Decimal(inputs["behaviour_share"]),
        adjustments=adjustments,
    )


def _write_outcome(shown: dict[str, Any], made: Outcome) -> None:
    shown["total"], shown["grade"] = _text(made.total), made.grade
    computed = shown["computed"]
    computed["kpi_total"], computed["behaviour"] = _text(made.kpi_total), _text(made.behaviour)
    computed["behaviour_share"] = _text(made.behaviour_share)
    computed["total"], computed["grade"] = _text(made.computed), made.computed_grade
    for written, each in zip(computed["adjustments"], made.adjustments, strict=True):
        written["kind"], written["total"] = each.kind.value, _text(each.total)
        written["computed_total"] = _text(each.computed_total)


def _card_kpi(scored: ScoredKpi) -> CardKpi:
    standing, has_data = scored.standing, scored.result.actual is not None
    return CardKpi(
        code=scored.kpi.code,
        weight=scored.result.weight,
        measure=scored.agreed.measure,
        # Where period targets make the target to date, that is the one which the scoring asks for
        scoring=scored.agreed.scoring if standing.elapsed or not has_data else standing.scoring,
        entries=standing.entries if standing.can_be_scored and scored.excluded is None else (),
        elapsed=standing.elapsed,
        is_left_out=scored.excluded is not None or (not standing.is_due and not has_data),
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
