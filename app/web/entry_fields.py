"""How does a recorded figure become fields of a form, and the fields a figure again?"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from babel.dates import format_date

from app.i18n import Locale, mark
from app.messages import fault_text
from app.models import Entry, Kpi
from app.rules.entries import Figure, FigureForm
from app.rules.faults import Fault
from app.rules.methods import Scoring
from app.rules.numbers import plain, shown
from app.rules.vocabulary import Frequency, MeasureKind, Method, SourceKind
from app.services.actuals_grid import Cell
from app.services.entry_books import figure_of, form_of
from app.services.grid_squares import Square
from app.web.forms import Form

SOURCES: Final[Mapping[SourceKind, str]] = {
    SourceKind.SYSTEM_OF_RECORD: mark("System of record"),
    SourceKind.SYSTEM_WITH_LOG: mark("System with change log"),
    SourceKind.THIRD_PARTY: mark("Third party"),
    SourceKind.EMPLOYEE_WITH_EVIDENCE: mark("Employee, with evidence"),
    SourceKind.EMPLOYEE_DECLARED: mark("Employee, declared"),
}

Key = tuple[int, str]
"""A KPI and the span that a figure is for."""

_PREFIX: Final = re.compile(r"e\.([1-9][0-9]{0,17})\.([0-9QH-]{4,10})\.was")
_TICKED: Final = "on"
_YES: Final = "1"
_NO: Final = "0"
_BETWEEN: Final = "|"
_EXACT_DECIMALS: Final = 10**6
_LARGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Leaf:
    """One field: of a figure, of one input of a ratio, or of one milestone."""

    name: str
    kind: str
    """number, choice (yes, no or nothing) or tick."""
    label: str
    text: str
    """What it shows: the number in the reader's notation, 1 or 0, `on` for a tick."""
    was: str
    """What is stored, in the same notation."""
    fault: str = ""
    reached: str = ""
    """The span in which the milestone was reached before, so that it need not be ticked again."""


@dataclass(frozen=True, slots=True)
class SentCell:
    """The fields of one figure as they were sent, with what they were when the page was made."""

    key: Key
    version: int
    texts: tuple[str, ...]
    was: tuple[str, ...]

    @property
    def is_touched(self) -> bool:
        """Whether somebody wrote into it."""
        return self.texts != self.was


# --- From figures to fields -------------------------------------------------------------------------------------------


def prefix_of(key: Key) -> str:
    """How the names of a figure's fields begin."""
    return f"e.{key[0]}.{key[1]}"


def was_field(key: Key) -> str:
    """The hidden field that says which version the page showed, and what it said."""
    return f"{prefix_of(key)}.was"


def was_value(entry: Entry | None, texts: Iterable[str]) -> str:
    """Version and texts of what is stored."""
    return _BETWEEN.join((str(entry.version if entry else 0), *texts))


def labels_of(form: FigureForm, locale: Locale) -> tuple[str, ...]:
    """A name for each field of a figure; nothing where there is but one."""
    if form.measure is MeasureKind.RATIO:
        return form.inputs
    if form.measure is MeasureKind.MILESTONE:
        return (*form.milestones, locale.text(mark("None reached")))
    return ("",)


def texts_of(form: FigureForm, figure: Figure | None, locale: Locale) -> tuple[str, ...]:
    """What the fields of a figure say, field by field."""
    if form.measure is MeasureKind.RATIO:
        given = figure.inputs if figure else {}
        return tuple(_text(given.get(name), locale) for name in form.inputs)
    if form.measure is MeasureKind.MILESTONE:
        reached = figure.reached if figure else frozenset()
        is_none = figure is not None and not reached
        return (*(_TICKED if name in reached else "" for name in form.milestones), _TICKED if is_none else "")
    value = figure.value if figure else None
    if form.measure is MeasureKind.YES_NO:
        return ("" if value is None else _YES if value else _NO,)
    return (_text(value, locale),)


def leaves_of(
    kpi: Kpi,
    on: str,
    entry: Entry | None,
    locale: Locale,
    *,
    sent: Form | None = None,
    reached_before: Mapping[str, str] | None = None,
) -> tuple[Leaf, ...]:
    """The fields of a figure; with a form that was refused they show what was typed, and the messages beside it."""
    form = form_of(kpi)
    prefix = prefix_of((kpi.id, on))
    stored = texts_of(form, figure_of(entry) if entry else None, locale)
    kind = {MeasureKind.YES_NO: "choice", MeasureKind.MILESTONE: "tick"}.get(form.measure, "number")
    leaves = []
    for index, (label, was) in enumerate(zip(labels_of(form, locale), stored, strict=True)):
        name = f"{prefix}.{index}"
        reached = (reached_before or {}).get(label, "") if kind == "tick" and not was else ""
        leaves.append(
            Leaf(
                name=name,
                kind=kind,
                label=label,
                text=sent.value(name) if sent else was,
                was=was,
                fault=sent.fault(name) if sent else "",
                reached=locale.period(reached, short=True) if reached else "",
            )
        )
    return tuple(leaves)


def _text(value: Decimal | None, locale: Locale) -> str:
    return "" if value is None else locale.number(value)


# --- From fields to figures -------------------------------------------------------------------------------------------


def sent_cells(form: Form) -> list[SentCell]:
    """Every figure of a grid that was sent; what no page of ours can send is passed over."""
    cells = []
    for name in form.names:
        found = _PREFIX.fullmatch(name)
        version, *was = form.value(name).split(_BETWEEN)
        if found is None or not was or not re.fullmatch(r"[0-9]{1,9}", version):
            continue
        key = (int(found[1]), found[2])
        texts = tuple(form.value(f"{prefix_of(key)}.{index}").strip() for index in range(len(was)))
        cells.append(SentCell(key, int(version), texts, tuple(was)))
    return cells


def read_cell(form: Form, cell: SentCell, asked: FigureForm) -> Cell | None:
    """The figure that was typed; or none, with the faults beside their fields."""
    kpi_id, on = cell.key
    prefix = prefix_of(cell.key)
    names = [f"{prefix}.{index}" for index in range(len(labels_of(asked, form.locale)))]
    before = len(form.faults)
    figure = read_figure(form, names, asked)
    return None if len(form.faults) > before else Cell(kpi_id, on, figure, cell.version)


def read_figure(form: Form, names: Sequence[str], asked: FigureForm) -> Figure | None:
    """The figure that the fields of these names say; none where all are empty."""
    if asked.measure is MeasureKind.MILESTONE:
        *stages, none = [form.is_checked(name) for name in names]
        reached = frozenset(name for name, is_reached in zip(asked.milestones, stages, strict=True) if is_reached)
        return Figure(reached=reached) if reached or none else None
    if asked.measure is MeasureKind.YES_NO:
        choice = form.one_of(names[0], [_YES, _NO], required=False)
        return Figure(value=Decimal(choice)) if choice else None
    values = [form.number(name, required=False) for name in names]
    if not any(form.value(name).strip() for name in names):
        return None
    if asked.measure is MeasureKind.RATIO:
        return Figure(inputs=dict(zip(asked.inputs, values, strict=True)))
    return Figure(value=values[0])


def place_faults(form: Form, key: Key, asked: FigureForm, faults: Iterable[Fault]) -> None:
    """Put what a service refused beside the fields of the figure; words about the entry keep their own places."""
    prefix = prefix_of(key)
    for fault in faults:
        index = 0
        if fault.at.startswith("inputs."):
            name = fault.at.removeprefix("inputs.")
            index = asked.inputs.index(name) if name in asked.inputs else 0
        elif fault.at == "inputs":
            index = next((i for i, name in enumerate(asked.inputs) if name == asked.denominator[0][0]), 0)
        form.faults.append(Fault(f"{prefix}.{index}", fault.code, fault.values))


def faults_text(form: Form, names: Iterable[str]) -> str:
    """All messages of these fields in one line."""
    wanted = set(names)
    texts = dict.fromkeys(fault_text(fault, form.locale) for fault in form.faults if fault.at in wanted)
    return "; ".join(texts)


# --- Words beside a figure --------------------------------------------------------------------------------------------


def outcome_text(value: Fraction | None, locale: Locale) -> str:
    """A figure for comparison: digit for digit where that is short, else as many decimals as the eye needs."""
    if value is None:
        return ""
    if _EXACT_DECIMALS % value.denominator == 0 and (value.denominator == 1 or abs(value) < _LARGE):
        return locale.number(Decimal(plain(value)))
    return locale.number(shown(value, 0 if abs(value) >= _LARGE else 2))


_SIGNS: Final[Mapping[Method, str]] = {
    Method.HIGHER: "≥ ",
    Method.LOWER: "≤ ",
    Method.LOWER_INVERSE: "≤ ",
    Method.EXACT: "= ",
}


def target_text(scoring: Scoring, locale: Locale) -> str:
    """What was agreed, as far as it is one number or two."""
    if scoring.method is Method.RANGE:
        return f"{outcome_text(scoring.low, locale)} – {outcome_text(scoring.high, locale)}"
    if scoring.method is Method.RATING:
        return f"1 – {locale.number(scoring.levels or 1)}"
    if scoring.method in _SIGNS and scoring.target is not None:
        return _SIGNS[scoring.method] + outcome_text(scoring.target, locale)
    return ""


def target_of(square: Square, locale: Locale) -> str:
    """What was agreed for a figure; of growth in percent, for beside it stands a level."""
    text = target_text(square.target, locale)
    return f"{text}%" if text and square.kpi.measure is MeasureKind.GROWTH else text


def figure_words(form: FigureForm, figure: Figure, locale: Locale) -> str:
    """A figure in one line: `120`, `won 20 · leads 100`, `Yes`, names of milestones."""
    if form.measure is MeasureKind.YES_NO:
        return locale.text(mark("Yes")) if figure.value else locale.text(mark("No"))
    if form.measure is MeasureKind.MILESTONE:
        return ", ".join(sorted(figure.reached)) or locale.text(mark("None reached"))
    if form.measure is MeasureKind.RATIO:
        return " · ".join(f"{name} {_text(figure.inputs.get(name), locale)}" for name in form.inputs)
    return _text(figure.value, locale)


def slot_name(frequency: Frequency, on: str, locale: Locale) -> str:
    """A span as a reader calls it: `January 2026`, `Thu 15 Jan 2026`, `Week to 18 Jan 2026`."""
    if on.count("-") < 2:  # noqa: PLR2004 - a day has two
        return locale.period(on)
    day = date.fromisoformat(on)
    if frequency is Frequency.WEEKLY:
        return locale.text(mark("Week to %(day)s"), day=locale.short_date(day))
    return format_date(day, "EEE d MMM y", locale=locale.language.value)
