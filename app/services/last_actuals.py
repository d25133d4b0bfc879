"""What did the KPIs of plans come to so far? For the value before of the next plan; few queries for many plans."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Entry, EntryInput, Kpi, Plan
from app.rules import aggregation
from app.rules.faults import Refused
from app.rules.numbers import plain
from app.rules.vocabulary import MeasureKind
from app.services.plan_drafts import kpis_of
from app.services.plan_values import measure_of

_COMPARABLE = frozenset({MeasureKind.VALUE, MeasureKind.RATIO, MeasureKind.RATING, MeasureKind.GROWTH})
"""Measures whose figure can stand beside the next target as the value before; a project starts anew."""


def last_actuals(session: Session, plans: Iterable[Plan]) -> dict[int, Decimal | None]:
    """The actual of each KPI over all its entries, by its id; of growth the level, from which the next one starts."""
    kpis = {kpi.id: kpi for plan in plans for kpi in kpis_of(plan) if kpi.measure in _COMPARABLE}
    entries = _entries(session, kpis)
    return {kpi_id: _figure(kpi, entries[kpi_id]) for kpi_id, kpi in kpis.items()}


def _figure(kpi: Kpi, entries: list[aggregation.Entry]) -> Decimal | None:
    if kpi.measure is MeasureKind.GROWTH:
        levels = [entry.value for entry in entries if entry.value is not None]
        return levels[-1] if levels else kpi.baseline
    try:
        figure = aggregation.actual(measure_of(kpi), entries)
    except Refused:
        return None  # what cannot be scored is nothing to compare with either
    return None if figure is None else Decimal(plain(figure))


def _entries(session: Session, kpis: Mapping[int, Kpi]) -> dict[int, list[aggregation.Entry]]:
    """The entries in the order in which they count, read as plain columns."""
    found: dict[int, list[aggregation.Entry]] = defaultdict(list)
    inputs: dict[int, dict[str, Decimal]] = defaultdict(dict)
    ratios = [kpi.id for kpi in kpis.values() if kpi.measure is MeasureKind.RATIO]
    given = select(EntryInput.entry_id, EntryInput.name, EntryInput.value).join(Entry, EntryInput.entry_id == Entry.id)
    for entry_id, name, value in session.execute(given.where(Entry.kpi_id.in_(ratios))):
        inputs[entry_id][name] = value
    rows = session.execute(
        select(Entry.kpi_id, Entry.id, Entry.on, Entry.starts_on, Entry.ends_on, Entry.value)
        .where(Entry.kpi_id.in_(kpis))
        .order_by(Entry.ends_on, Entry.starts_on, Entry.id)
    )
    for row in rows:
        found[row.kpi_id].append(
            aggregation.Entry(
                on=row.on,
                first_day=row.starts_on,
                last_day=row.ends_on,
                value=row.value,
                inputs=inputs.get(row.id, {}),
            )
        )
    return found
