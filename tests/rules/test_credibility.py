"""Is the credibility that the facts bear out what the table says, and never more than was agreed?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.credibility import LEVELS, Credibility, Doubt, EntryFacts, Reason, credibility, judge
from app.rules.data_quality import CheckState
from app.rules.vocabulary import SourceKind

RECORD, LOG, THIRD, PROVEN, DECLARED = SourceKind
NONE, OK, ASKED, LAPSED = CheckState.NONE, CheckState.OK, CheckState.QUESTIONED, CheckState.LAPSED
BY_API, BY_HAND = False, True


def facts(
    source: SourceKind,
    is_by_hand: bool = BY_API,
    *,
    evidence: bool = False,
    check: CheckState = NONE,
    by_employee: bool = False,
) -> EntryFacts:
    return EntryFacts(source, by_employee, is_by_hand, evidence, check)


@pytest.mark.parametrize(
    ("given_facts", "level", "doubts"),
    [
        (facts(RECORD), 5, {Doubt.WEAKER_SOURCE}),
        (facts(LOG), 4, {Doubt.WEAKER_SOURCE}),
        (facts(THIRD, BY_HAND), 3, {Doubt.WEAKER_SOURCE}),
        (facts(PROVEN, BY_HAND, evidence=True), 2, {Doubt.WEAKER_SOURCE}),
        (facts(PROVEN, BY_HAND), 1, {Doubt.EVIDENCE_MISSING}),
        (facts(PROVEN, BY_HAND, check=OK), 1, {Doubt.EVIDENCE_MISSING}),
        (facts(DECLARED, BY_HAND, evidence=True), 1, {Doubt.WEAKER_SOURCE}),
        # a system's figure that somebody typed
        (facts(RECORD, BY_HAND), 3, {Doubt.SYSTEM_BY_HAND}),
        (facts(LOG, BY_HAND), 3, {Doubt.SYSTEM_BY_HAND}),
        (facts(RECORD, BY_HAND, evidence=True), 5, {Doubt.WEAKER_SOURCE}),
        (facts(RECORD, BY_HAND, check=OK), 5, {Doubt.WEAKER_SOURCE}),
        (facts(LOG, BY_HAND, check=OK), 4, {Doubt.WEAKER_SOURCE}),
        # the employee recorded it
        (facts(RECORD, BY_HAND, by_employee=True), 1, {Doubt.EMPLOYEE_UNPROVEN}),
        (facts(RECORD, BY_HAND, evidence=True, by_employee=True), 2, {Doubt.EMPLOYEE_RECORDED}),
        (facts(RECORD, BY_HAND, check=OK, by_employee=True), 1, {Doubt.EMPLOYEE_UNPROVEN}),
        (facts(RECORD, BY_API, evidence=True, by_employee=True), 2, {Doubt.EMPLOYEE_RECORDED}),
        (facts(DECLARED, BY_HAND, evidence=True, by_employee=True), 1, {Doubt.EMPLOYEE_RECORDED}),
        # what was found about it
        (facts(RECORD, check=LAPSED), 4, {Doubt.CHANGED_AFTER_CHECK}),
        (facts(RECORD, check=ASKED), 4, {Doubt.QUESTIONED}),
        (facts(RECORD, BY_HAND, check=LAPSED), 2, {Doubt.SYSTEM_BY_HAND, Doubt.CHANGED_AFTER_CHECK}),
        (facts(DECLARED, check=ASKED), 1, {Doubt.QUESTIONED}),
        (facts(PROVEN, BY_HAND, evidence=True, check=LAPSED), 1, {Doubt.CHANGED_AFTER_CHECK}),
    ],
)
def test_what_one_entry_bears_out(given_facts: EntryFacts, level: int, doubts: set[Doubt]) -> None:
    found, why = judge(given_facts)
    assert (found, set(why)) == (level, doubts)


def test_the_weakest_entry_counts_and_only_what_lowers_is_told() -> None:
    entries = [facts(RECORD), facts(RECORD, BY_HAND), facts(RECORD, BY_HAND), facts(LOG, check=LAPSED)]
    assert credibility(5, entries) == Credibility(
        5, 3, (Reason(Doubt.SYSTEM_BY_HAND, 2), Reason(Doubt.CHANGED_AFTER_CHECK, 1))
    )
    assert credibility(3, entries) == Credibility(3, 3)
    assert credibility(4, []) == Credibility(4, 4)
    assert credibility(2, [facts(RECORD)]) == Credibility(2, 2)


ENTRIES = st.builds(
    EntryFacts, st.sampled_from(SourceKind), st.booleans(), st.booleans(), st.booleans(), st.sampled_from(CheckState)
)


@given(st.integers(1, 5), st.lists(ENTRIES, max_size=6))
def test_facts_never_raise_a_rating_and_a_lower_one_has_its_reason(rated: int, entries: list[EntryFacts]) -> None:
    found = credibility(rated, entries)
    assert 1 <= found.effective <= rated
    assert found.is_lowered is bool(found.reasons)
    assert all(1 <= reason.entries <= len(entries) for reason in found.reasons)


@given(ENTRIES)
def test_nothing_bears_out_more_than_its_source(given_facts: EntryFacts) -> None:
    assert judge(given_facts)[0] <= LEVELS[given_facts.source]


@given(st.integers(1, 5), st.lists(ENTRIES, max_size=4), ENTRIES)
def test_one_more_entry_never_makes_it_better(rated: int, entries: list[EntryFacts], more: EntryFacts) -> None:
    assert credibility(rated, [*entries, more]).effective <= credibility(rated, entries).effective
