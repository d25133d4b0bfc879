"""What do the entries of one KPI in a JSON card hold? The inner loop of reading cards, and therefore kept lean."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from app.documents.json_fields import Fields, number_at
from app.rules.aggregation import Entry, Measure, MilestoneMeasure, NotADate, RatioMeasure, parse_on
from app.rules.faults import Fault, key_path
from app.rules.vocabulary import MeasureKind

Faults = list[Fault]
FigureReader = Callable[[Any, Faults], Any]
"""Turns what an entry holds under its key into its figure, and says what is wrong with it."""

_KEYS: Final[Mapping[MeasureKind, str]] = {
    MeasureKind.GROWTH: "value",
    MeasureKind.MILESTONE: "reached",
    MeasureKind.RATING: "value",
    MeasureKind.RATIO: "inputs",
    MeasureKind.VALUE: "value",
    MeasureKind.YES_NO: "value",
}


def read_entries(items: list[Any], measure: Measure, levels: int | None) -> tuple[list[Entry], Faults]:
    """The entries in the order given, and what is wrong with them as seen from the KPI."""
    key = _KEYS[measure.kind]
    read = _figure_reader(measure, levels)
    entries: list[Entry] = []
    faults: Faults = []
    seen: set[str] = set()
    for index, item in enumerate(items):
        found: Faults = []
        entry = _entry(item, key, read, found)
        if entry is not None:
            if entry.on in seen:
                found.append(Fault("on", "on_twice", {"on": entry.on}))
            seen.add(entry.on)
            entries.append(entry)
        if found:
            faults += [fault.under(f"entries[{index}]") for fault in found]
    return entries, faults


def date_faults(items: list[Any]) -> Faults:
    """What is wrong with the dates, where the measure is unknown and nothing else can be said of the entries."""
    faults: Faults = []
    for index, item in enumerate(items):
        found = Fields(item, ("on", *_KEYS.values())).faults
        if isinstance(item, dict):
            _days(item.get("on"), found)
        faults += [fault.under(f"entries[{index}]") for fault in found]
    return faults


def _entry(item: Any, key: str, read: FigureReader, found: Faults) -> Entry | None:
    if type(item) is not dict or len(item) != 2 or "on" not in item or key not in item:  # noqa: PLR2004
        fields = Fields(item, ("on", key))
        fields.need("on", key)
        found += fields.faults
        if not ("on" in fields and key in fields):
            return None
    on = item["on"]
    days = _days(on, found)
    figure = read(item[key], found)
    if days is None:
        return None
    if key == "value":
        return Entry(on, days[0], days[1], figure)
    return Entry(on, *days, inputs=figure) if key == "inputs" else Entry(on, *days, reached=figure)


def _days(on: Any, found: Faults) -> tuple[date, date] | None:
    try:
        if type(on) is str:  # a number is a text of its own type
            return parse_on(on)
    except NotADate:
        pass
    found.append(Fault("on", NotADate.code))
    return None


# --- The figure of an entry, by measure -------------------------------------------------------------------------------


def _figure_reader(measure: Measure, levels: int | None) -> FigureReader:
    match measure:
        case RatioMeasure():
            return _inputs_reader(measure.inputs)
        case MilestoneMeasure(milestones):
            return _reached_reader(milestones)
    if measure.kind is MeasureKind.YES_NO:
        return _read_yes_no
    return _level_reader(levels) if measure.kind is MeasureKind.RATING else _read_value


def _read_value(value: Any, found: Faults) -> Decimal | None:
    return number_at(value, "value", found)


def _read_yes_no(value: Any, found: Faults) -> Decimal:
    if not isinstance(value, bool):
        found.append(Fault("value", "not_true_or_false"))
    return Decimal(value is True)


def _level_reader(levels: int | None) -> FigureReader:
    def read(value: Any, found: Faults) -> Decimal | None:
        level = number_at(value, "value", found)
        if level is not None and (level < 1 or level != level.to_integral_value() or (levels and level > levels)):
            known = {} if levels is None else {"levels": str(levels)}
            found.append(Fault("value", "level_out_of_range" if known else "not_a_level", known))
        return level

    return read


def _inputs_reader(names: frozenset[str]) -> FigureReader:
    paths = {name: Fault(key_path(name), "").under("inputs").at for name in names}

    def read(value: Any, found: Faults) -> dict[str, Decimal | None]:
        if type(value) is not dict or value.keys() != names:
            fields = Fields(value, names)
            fields.need(*sorted(names))
            found += [fault.under("inputs") for fault in fields.faults]
            if not fields.is_object:
                return {}
        return {name: number_at(value[name], path, found) for name, path in paths.items() if name in value}

    return read


def _reached_reader(milestones: Mapping[str, Fraction]) -> FigureReader:
    def read(value: Any, found: Faults) -> tuple[str, ...]:
        if not isinstance(value, list):
            found.append(Fault("reached", "not_a_list"))
            return ()
        for index, name in enumerate(value):
            if type(name) is not str:
                found.append(Fault(f"reached[{index}]", "not_text"))
            elif name not in milestones:
                found.append(Fault(f"reached[{index}]", "milestone_unknown"))
        return tuple(name for name in value if type(name) is str)

    return read
