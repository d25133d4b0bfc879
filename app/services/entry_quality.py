"""How far can the entries of a KPI be trusted? What is stored about them, as the rules of data quality take it."""

from collections.abc import Iterable, Sequence
from datetime import date

from app.models import Entry, Kpi
from app.rules.credibility import Credibility, EntryFacts, credibility
from app.rules.data_quality import Check, CheckState, Flag, Recorded, check_state, flags_of
from app.rules.vocabulary import Channel

_BY_HAND = frozenset({Channel.PAGE.value, Channel.FILE.value})


def check_of(entry: Entry) -> CheckState:
    """How the entry stands with those who look entries over."""
    return check_state(entry.version, [Check(each.entry_version, each.verdict) for each in entry.checks])


def first_recorded_on(entry: Entry) -> date:
    """The day on which there was a figure first; of old entries the day of the last change, all that is known."""
    return entry.first_recorded_on or entry.recorded_at.date()


def entry_flags(entries: Iterable[Entry], grace_days: int) -> tuple[Flag, ...]:
    """Everything worth knowing about these entries, each thing once."""
    found = {
        flag
        for entry in entries
        for flag in flags_of(
            Recorded(entry.ends_on, first_recorded_on(entry), entry.changes, check_of(entry)), grace_days
        )
    }
    return tuple(flag for flag in Flag if flag in found)


def has_evidence(entry: Entry) -> bool:
    """Whether a file or a link proves the entry."""
    return bool(entry.files or entry.evidence_link)


def credibility_of(kpi: Kpi, person_id: int, entries: Sequence[Entry]) -> Credibility | None:
    """What the facts bear out of the KPI's rating; None where it is not rated."""
    if kpi.data_credibility is None:
        return None
    return credibility(kpi.data_credibility, [_facts(entry, person_id) for entry in entries])


def _facts(entry: Entry, person_id: int) -> EntryFacts:
    return EntryFacts(
        source=entry.source_kind,
        is_by_employee=entry.recorded_by_id == person_id,
        is_by_hand=entry.channel in _BY_HAND,
        has_evidence=has_evidence(entry),
        check=check_of(entry),
    )
