"""Which fields does the form of a KPI have, and how do they become values and values become fields?"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NamedTuple

from app import plan_words
from app.models import Kpi, KpiDefinition, Plan
from app.plan_words import Word
from app.rules.aggregation import Term
from app.rules.vocabulary import (
    Aggregation,
    Beyond,
    Frequency,
    Language,
    MeasureKind,
    Method,
    RecorderRule,
    SourceKind,
)
from app.services.kpi_values import AGGREGATIONS_OF, LIMITS, METHODS_OF, MOST_ROWS, KpiValues, plan_periods
from app.services.library import copy_of, terms_of
from app.web.forms import Form

FIGURES: Final = frozenset(
    {
        "target", "low", "high", "levels", "bands", "milestones", "baseline", "floor", "cap", "scale", "period_targets",
        "measure", "method", "aggregation", "below", "above",
    }
)  # fmt: skip
"""What the curve is made of."""
BLANK: Final[Mapping[str, Any]] = {
    "measure": MeasureKind.VALUE,
    "method": Method.HIGHER,
    "aggregation": Aggregation.SUM,
    "frequency": Frequency.MONTHLY,
    "scale": Decimal(100),
    "below": Beyond.CLAMP,
    "above": Beyond.CLAMP,
}
_FEWEST_ROWS: Final = 3
_SPARE_ROWS: Final = 2
_WORDS: Final[Mapping[str, Mapping[Any, Word]]] = {
    "measure": plan_words.MEASURES,
    "method": plan_words.METHODS,
    "aggregation": plan_words.AGGREGATIONS,
    "frequency": plan_words.FREQUENCIES,
    "source_kind": plan_words.SOURCES,
    "recorder": plan_words.RECORDERS,
    "below": plan_words.BEYOND,
    "above": plan_words.BEYOND,
}


class Choice(NamedTuple):
    """What decides which further fields there are."""

    measure: MeasureKind
    method: Method
    aggregation: Aggregation | None


def choice_of(form: Form) -> Choice:
    """What was chosen, or else what comes first."""
    measure = _known(MeasureKind, form.value("measure")) or MeasureKind.VALUE
    method = _known(Method, form.value("method"))
    if method not in METHODS_OF[measure]:
        method = METHODS_OF[measure][0]
    allowed = AGGREGATIONS_OF.get(measure, ())
    aggregation = _known(Aggregation, form.value("aggregation"))
    chosen = aggregation if aggregation in allowed else next(iter(allowed), None)
    return Choice(measure, method, chosen)


def settle(form: Form) -> None:
    """After another measure was chosen, let method and aggregation be ones that go with it."""
    choice = choice_of(form)
    form.put("method", choice.method.value)
    form.put("aggregation", choice.aggregation.value if choice.aggregation else "")


def _known(kind: type[Any], text: str) -> Any:
    return kind(text) if text in {word.value for word in kind} else None


def rows_of(form: Form) -> int:
    """How many rows for points or milestones: those that are filled and a few to spare."""
    filled = [
        int(number)
        for name in form.names
        if (number := name.rpartition("_")[2]).isdecimal() and field_of(name) in {"bands", "milestones"}
        if form.value(name) and len(number) <= len(str(MOST_ROWS))
    ]
    asked = _SPARE_ROWS if form.value("more") else 0
    return min(max(_FEWEST_ROWS, max(filled, default=0) + _SPARE_ROWS) + asked, MOST_ROWS)


def field_of(name: str) -> str:
    """The field of the KPI to which a field of the form belongs: `band_score_2` to `bands`."""
    if name.startswith("band_"):
        return "bands"
    if name.startswith("milestone_"):
        return "milestones"
    return "period_targets" if name.startswith(("period_target_", "period_targets.")) else name


def word_for(name: str, text: str) -> str:
    """What a stored choice is called; other texts stay as they are."""
    return next((word.name for kind, word in _WORDS.get(name, {}).items() if kind.value == text), text)


# --- From fields to values --------------------------------------------------------------------------------------------


def read(form: Form, plan: Plan) -> KpiValues:
    """What was typed; what cannot be read is noted as a fault of the form."""
    choice = choice_of(form)
    form.choice("measure", MeasureKind)
    form.choice("method", Method)
    return KpiValues(
        name=form.text("name", limit=LIMITS["name"]),
        measure=choice.measure,
        method=choice.method,
        source_kind=form.choice("source_kind", SourceKind) or SourceKind.EMPLOYEE_DECLARED,
        frequency=form.choice("frequency", Frequency) or Frequency.MONTHLY,
        definition=form.text("definition", limit=LIMITS["definition"], required=False, lines=True),
        relevance=form.text("relevance", limit=LIMITS["relevance"], required=False, lines=True),
        source=form.text("source", limit=LIMITS["source"], required=False),
        unit_of_measure=form.text("unit_of_measure", limit=LIMITS["unit_of_measure"], required=False),
        aggregation=choice.aggregation,
        numerator=_terms(form, "numerator", choice),
        denominator=_terms(form, "denominator", choice),
        scale=form.number("scale", required=False),
        milestones=_rows(form, "milestone_name", "milestone_share") if choice.method is Method.MILESTONE else (),
        baseline=form.number("baseline", required=False),
        target=form.number("target", required=False),
        low=form.number("low", required=False),
        high=form.number("high", required=False),
        levels=form.whole("levels", required=False),
        bands=_bands(form) if choice.method in (Method.POINTS, Method.STEPS) else (),
        below=form.choice("below", Beyond, required=False),
        above=form.choice("above", Beyond, required=False),
        floor=form.number("floor", required=False),
        cap=form.number("cap", required=False),
        is_target_maximum=form.checked("is_target_maximum"),
        period_targets=_period_targets(form, plan),
        definition_id=form.whole("definition_id", required=False),
        recorder=form.choice("recorder", RecorderRule, required=False),
        recorder_number=form.text("recorder_number", limit=40, required=False),
    )


def _terms(form: Form, name: str, choice: Choice) -> tuple[Term, ...]:
    text = form.text(name, limit=2_000, required=False)
    return terms_of(text) if choice.measure is MeasureKind.RATIO else ()


def _rows(form: Form, name: str, number: str) -> tuple[tuple[str, Decimal], ...]:
    rows = []
    for row in range(1, MOST_ROWS + 1):
        if form.value(f"{name}_{row}") or form.value(f"{number}_{row}"):
            text, share = form.text(f"{name}_{row}", limit=100), form.number(f"{number}_{row}")
            if text and share is not None:
                rows.append((text, share))
    return tuple(rows)


def _bands(form: Form) -> tuple[tuple[Decimal, Decimal], ...]:
    rows = []
    for row in range(1, MOST_ROWS + 1):
        if form.value(f"band_start_{row}") or form.value(f"band_score_{row}"):
            start, score = form.number(f"band_start_{row}"), form.number(f"band_score_{row}")
            if start is not None and score is not None:
                rows.append((start, score))
    return tuple(rows)


def _period_targets(form: Form, plan: Plan) -> dict[str, Decimal]:
    typed = {period.code: form.number(f"period_target_{period.code}", required=False) for period in plan_periods(plan)}
    return {code: target for code, target in typed.items() if target is not None}


# --- From values to fields --------------------------------------------------------------------------------------------


def from_kpi(kpi: Kpi) -> dict[str, Any]:
    """The fields of a KPI that stands."""
    plain = (
        "name", "definition", "relevance", "source_kind", "source", "measure", "method", "frequency", "unit_of_measure",
        "aggregation", "scale", "baseline", "target", "low", "high", "levels", "below", "above",
        "floor", "cap", "is_target_maximum",
    )  # fmt: skip
    fields = {name: _field(getattr(kpi, name)) for name in plain}
    for is_denominator, name in ((False, "numerator"), (True, "denominator")):
        inputs = [each for each in kpi.inputs if each.is_denominator is is_denominator]
        fields[name] = ", ".join(("-" if each.is_subtracted else "") + each.name for each in inputs)
    for row, milestone in enumerate(kpi.milestones, start=1):
        fields |= {f"milestone_name_{row}": milestone.name, f"milestone_share_{row}": milestone.share.normalize()}
    for row, band in enumerate(kpi.bands, start=1):
        fields |= {f"band_start_{row}": band.start, f"band_score_{row}": band.score}
    for target in kpi.period_targets:
        fields[f"period_target_{target.period.code}"] = target.target
    if kpi.recorder is not None:
        person = kpi.recorder.person
        fields |= {"recorder": kpi.recorder.rule.value, "recorder_number": person.number if person else None}
    fields["definition_id"] = None if kpi.definition_id is None else str(kpi.definition_id)
    return fields


def from_definition(definition: KpiDefinition, language: Language) -> dict[str, Any]:
    """The fields of a new KPI that begins as a copy from the library, to be adapted."""
    copy = copy_of(definition, language)

    def written(terms: tuple[Term, ...]) -> str:
        return ", ".join(("-" if term.sign < 0 else "") + term.name for term in terms)

    return {
        **BLANK,
        "name": copy.name,
        "definition": copy.definition,
        "unit_of_measure": copy.unit_of_measure,
        "measure": copy.measure,
        "method": copy.method,
        "aggregation": copy.aggregation,
        "frequency": copy.frequency,
        "scale": copy.scale or Decimal(100),
        "numerator": written(copy.numerator),
        "denominator": written(copy.denominator),
        "definition_id": str(definition.id),
    }


def _field(value: object) -> object:
    return value.value if isinstance(value, StrEnum) else value
