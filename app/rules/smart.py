"""Is an objective or a KPI specific, measurable, attainable, relevant and bounded in time, and what would be better?

Whatever is found is advice: it never keeps a plan from being written or submitted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from app.rules import wording
from app.rules.texts import folded
from app.rules.vocabulary import Frequency, MeasureKind, Method, SourceKind

MOST_WORDS_OF_TITLE: Final = 25
MOST_WORDS_OF_NAME: Final = 14
STRETCH: Final = Fraction(1, 2)
"""By how much of what was reached before a target may be harder before it is asked whether it can be reached."""
CARRIED: Final[Mapping[SourceKind, int]] = MappingProxyType({kind: 5 - place for place, kind in enumerate(SourceKind)})
"""The data credibility that a kind of source can carry."""
_NAMED_SOURCE_FROM: Final = 3
_SHORTEST_TELLING: Final = 4
"""Letters from which on a word that two texts share tells that they speak of the same."""
_STEM: Final = 5
_EASED_BY_MORE: Final = frozenset({Method.LOWER, Method.LOWER_INVERSE})
_STRETCHED: Final = frozenset({Method.HIGHER, *_EASED_BY_MORE})
_WITH_UNIT: Final = frozenset({MeasureKind.VALUE, MeasureKind.RATIO, MeasureKind.GROWTH})


class Severity(StrEnum):
    """How much weight an advice has: something that would be better, or something to ask oneself."""

    ADVICE = "advice"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that could be better: `at` is the field, `code` names the rule, `values` fill the sentence."""

    at: str
    code: str
    severity: Severity = Severity.ADVICE
    values: Mapping[str, str | Fraction] = field(default_factory=dict)
    unit: str = ""
    """The unit of the numbers among the values."""

    def under(self, path: str) -> "Advice":
        """The same seen from the plan: `title` under `objectives[1]`."""
        return replace(self, at=f"{path}.{self.at}")


@dataclass(frozen=True, slots=True)
class ObjectiveText:
    """An objective as it is written."""

    title: str
    description: str = ""
    success: str = ""
    due_on: date | None = None
    has_targets: bool = False
    """Whether one of its KPIs says how much or how many."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Name and definition in one language, as the library has them."""

    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class KpiText:
    """A KPI as it is written, with what is known about its past and its origin."""

    name: str
    code: str = ""
    definition: str = ""
    relevance: str = ""
    unit_of_measure: str = ""
    source: str = ""
    source_kind: SourceKind | None = None
    data_credibility: int | None = None
    frequency: Frequency = Frequency.MONTHLY
    measure: MeasureKind = MeasureKind.VALUE
    method: Method = Method.HIGHER
    target: Fraction | None = None
    is_target_maximum: bool = False
    before: Fraction | None = None
    """What was reached before: the last cycle's actual, or else the baseline."""
    numerator: frozenset[str] = frozenset()
    denominator: frozenset[str] = frozenset()
    library: tuple[Wording, ...] = ()
    """The definition it was copied from, in each language."""


# --- Objectives -------------------------------------------------------------------------------------------------------


def objective_advice(text: ObjectiveText) -> tuple[Advice, ...]:
    """What would make an objective better, in the order of its fields."""
    if not text.title.strip():
        return ()
    said = f"{text.title}\n{text.success}"
    return (
        *_sentence("title", text.title, MOST_WORDS_OF_TITLE),
        *_amount(said, has_targets=text.has_targets),
        *_clear_words("title", (text.title, text.success, text.description)),
        *_promises(said, has_targets=text.has_targets),
        *_judgement("title", text.title),
        *([] if text.success.strip() else [Advice("success", "no_success", Severity.QUESTION)]),
        *_judgement("success", text.success),
        *([] if text.due_on or wording.has_date(said) else [Advice("due_on", "no_date")]),
    )


def _amount(said: str, *, has_targets: bool) -> Iterator[Advice]:
    if bare := wording.number_without_unit(said):
        yield Advice("title", "number_without_unit", values={"number": bare})
    elif not has_targets and not wording.has_number(said):
        yield Advice("title", "no_number")


def _promises(said: str, *, has_targets: bool) -> Iterator[Advice]:
    found = wording.changes(said)
    if found and not has_targets and not wording.has_number(said):
        yield Advice("title", "change_without_measure", values={"words": _listed(found)})


# --- KPIs -------------------------------------------------------------------------------------------------------------


def kpi_advice(
    kpi: KpiText, others: Iterable[KpiText] = (), objective: ObjectiveText | None = None
) -> tuple[Advice, ...]:
    """What would make a KPI better, in the order of its fields; `others` are the KPIs beside it, in any order."""
    if not kpi.name.strip():
        return ()
    return (
        *_sentence("name", kpi.name, MOST_WORDS_OF_NAME),
        *_clear_words("name", (kpi.name, kpi.definition, kpi.relevance)),
        *_judgement("name", kpi.name),
        *_beside(kpi, others),
        *_definition(kpi),
        *_relevance(kpi, objective),
        *_credibility(kpi),
        *_rhythm(kpi),
        *_unit(kpi),
        *_stretch(kpi),
    )


def _definition(kpi: KpiText) -> Iterator[Advice]:
    if not kpi.definition.strip():
        yield Advice("definition", "no_definition")
    elif any(
        folded(kpi.name) == folded(copied.name) and folded(kpi.definition) == folded(copied.definition)
        for copied in kpi.library
    ):
        yield Advice("definition", "unchanged_copy")


def _relevance(kpi: KpiText, objective: ObjectiveText | None) -> Iterator[Advice]:
    """Where nothing is said about it, a word that both share is enough."""
    if objective is None or kpi.relevance.strip():
        return
    said = _stems(f"{objective.title} {objective.description} {objective.success}")
    if said.isdisjoint(_stems(f"{kpi.name} {kpi.definition}")):
        yield Advice("relevance", "no_relevance", Severity.QUESTION)


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in wording.words(text) if len(word) >= _SHORTEST_TELLING and word.isalpha()}


def _credibility(kpi: KpiText) -> Iterator[Advice]:
    rated = kpi.data_credibility
    if rated is None or kpi.source_kind is None:
        return
    carried = CARRIED[kpi.source_kind]
    if rated > carried:
        values = {"rated": str(rated), "carried": str(carried)}
        yield Advice("data_credibility", "credibility_above_source", values=values)
    elif rated >= _NAMED_SOURCE_FROM and not kpi.source.strip():
        yield Advice("source", "source_unnamed", Severity.QUESTION, {"rated": str(rated)})


def _rhythm(kpi: KpiText) -> Iterator[Advice]:
    if kpi.frequency is Frequency.YEARLY:
        yield Advice("frequency", "seen_once_a_year", Severity.QUESTION)


def _unit(kpi: KpiText) -> Iterator[Advice]:
    if kpi.measure in _WITH_UNIT and not kpi.unit_of_measure.strip():
        yield Advice("unit_of_measure", "no_unit")


def _stretch(kpi: KpiText) -> Iterator[Advice]:
    if kpi.target is None or kpi.before is None or kpi.method not in _STRETCHED:
        return
    harder = kpi.before - kpi.target if kpi.method in _EASED_BY_MORE else kpi.target - kpi.before
    values = {"target": kpi.target, "before": kpi.before}
    if harder < 0 or (harder == 0 and not kpi.is_target_maximum):
        yield Advice("target", "not_harder", Severity.QUESTION, values, kpi.unit_of_measure)
    elif kpi.before and harder > STRETCH * abs(kpi.before):
        yield Advice("target", "much_harder", Severity.QUESTION, values, kpi.unit_of_measure)


# --- One KPI beside another -------------------------------------------------------------------------------------------

_NEGATIONS: Final = frozenset({"belum", "bukan", "non", "not", "tanpa", "tidak", "un", "without"})
_OPPOSITES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "absence": "attendance", "absent": "present", "churn": "retention", "ditolak": "diterima", "failed": "passed",
        "gagal": "lulus", "kalah": "menang", "ketidakhadiran": "kehadiran", "late": "punctual", "lost": "won",
        "mangkir": "hadir", "open": "closed", "rejected": "accepted", "terbuka": "tertutup", "terlambat": "punctual",
        "unpaid": "paid", "unreached": "reached", "unsold": "sold",
    }
)  # fmt: skip
_SAME: Final[Mapping[str, str]] = MappingProxyType({"retensi": "retention"})
_PHRASES: Final = (("on time", "punctual"), ("on-time", "punctual"), ("tepat waktu", "punctual"))
_FILLERS: Final = frozenset(
    {"a", "an", "of", "rate", "rasio", "ratio", "the", "tingkat", "yang", "persentase", "percentage"}
)


def are_complements(one: KpiText, other: KpiText) -> bool:
    """Whether one KPI says nothing that the other does not say: `% reached` and `% not reached`."""
    return _are_opposite_names(one, other) or _are_swapped_ratios(one, other)


def _are_opposite_names(one: KpiText, other: KpiText) -> bool:
    (core, is_negated), (other_core, is_other_negated) = _core(one.name), _core(other.name)
    return bool(core) and core == other_core and is_negated != is_other_negated


def _core(name: str) -> tuple[tuple[str, ...], bool]:
    """What a name is about, and whether it says the opposite of it."""
    text = name.casefold()
    for phrase, word in _PHRASES:
        text = text.replace(phrase, word)
    core, negated = [], False
    for word in (part for each in wording.words(text) for part in each.split("-")):
        if word in _NEGATIONS:
            negated = not negated
        elif word not in _FILLERS:
            core.append(_OPPOSITES.get(word) or _SAME.get(word, word))
            negated ^= word in _OPPOSITES
    return tuple(sorted(core)), negated


def _are_swapped_ratios(one: KpiText, other: KpiText) -> bool:
    """Whether both are made of the same inputs, with another one above the line."""
    inputs = one.numerator | one.denominator
    return (
        one.measure is other.measure is MeasureKind.RATIO
        and bool(one.numerator and one.denominator)
        and inputs == other.numerator | other.denominator
        and one.numerator != other.numerator
    )


def _beside(kpi: KpiText, others: Iterable[KpiText]) -> Iterator[Advice]:
    found = sorted(others, key=lambda other: (other.code, other.name))
    for other in found:
        values = {"other": f"{other.code} {other.name}".strip()}
        if folded(kpi.name) == folded(other.name):
            yield Advice("name", "same_name", values=values)
        elif are_complements(kpi, other):
            yield Advice("name", "complement", values=values)


# --- Texts ------------------------------------------------------------------------------------------------------------


def _sentence(at: str, text: str, most: int) -> Iterator[Advice]:
    if wording.count_sentences(text) > 1:
        yield Advice(at, "several_sentences")
    elif (count := len(wording.words(text))) > most:
        yield Advice(at, "long_sentence", values={"count": str(count), "most": str(most)})


def _clear_words(at: str, texts: Sequence[str]) -> Iterator[Advice]:
    if found := wording.unexplained(texts):
        yield Advice(at, "abbreviation", values={"words": _listed(found)})


def _judgement(at: str, text: str) -> Iterator[Advice]:
    if found := wording.judgements(text):
        yield Advice(at, "judgement_word", Severity.QUESTION, {"words": _listed(found)})


def _listed(found: Sequence[str]) -> str:
    return ", ".join(found)
