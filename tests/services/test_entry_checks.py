"""Is an entry verified by somebody else, for the version that was seen, and is what came of it shown to both sides?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import Appraisal, AuditEntry, Entry, EntryCheck, Person, Plan
from app.rules.credibility import Doubt, Reason
from app.rules.data_quality import CheckState, Flag
from app.rules.entries import Figure
from app.rules.vocabulary import AppraisalState, Channel, CheckVerdict, PeriodState, SourceKind
from app.services.actuals import EntryValues, put_entry
from app.services.actuals_grid import team_grid
from app.services.entry_checks import (
    CheckFilter,
    Finding,
    Wanted,
    check_entry,
    list_to_check,
    may_check,
    may_check_entry,
    verify_many,
)
from app.services.entry_quality import check_of, credibility_of, entry_flags, first_recorded_on
from app.services.evidence import SentFile, add_evidence, remove_evidence
from tests.cast import Cast, actor_of
from tests.factories import NOW, TODAY
from tests.teams import make_cycle, make_kpi, make_plan, period_of
from tests.tools import Clock

pytestmark = pytest.mark.database

OK, ASK = Finding(CheckVerdict.OK), Finding(CheckVerdict.QUESTIONED, "Angka mana?")


@pytest.fixture
def plan(session: Session, cast: Cast) -> Plan:
    kpis = [
        make_kpi("Sales", source_kind=SourceKind.SYSTEM_OF_RECORD, data_credibility=5),
        make_kpi("Declared", source_kind=SourceKind.EMPLOYEE_WITH_EVIDENCE, data_credibility=2),
    ]
    return make_plan(session, cast.eli, make_cycle(session), kpis)


def put(session: Session, plan: Plan, by: Person, value: str = "1", kpi: int = 0, today: date = TODAY) -> Entry:
    values = EntryValues(Figure(Decimal(value)))
    return put_entry(session, actor_of(by, today), kpi_id=plan.kpis[kpi].id, on="2026-01", values=values, version=None)


def check(session: Session, by: Person, entry: Entry, finding: Finding = OK, version: int | None = None) -> Entry:
    return check_entry(session, actor_of(by), kpi_id=entry.kpi_id, on=entry.on, version=version, finding=finding)


def test_a_check_is_kept_with_its_version_and_lapses_by_a_change(session: Session, cast: Cast, plan: Plan) -> None:
    entry = put(session, plan, cast.mona)
    check(session, cast.hana, entry, ASK, version=1)
    assert check_of(entry) is CheckState.QUESTIONED
    check(session, cast.hana, entry)
    check(session, cast.hana, entry)
    assert (check_of(entry), entry_flags([entry], 7)) == (CheckState.OK, (Flag.VERIFIED,))
    found = session.scalars(select(EntryCheck).order_by(EntryCheck.id)).all()
    assert [(each.entry_version, each.verdict, each.note, each.checked_at, each.checked_by_id) for each in found] == [
        (1, CheckVerdict.QUESTIONED, "Angka mana?", NOW, cast.hana.id),
        (1, CheckVerdict.OK, "", NOW, cast.hana.id),
    ]
    put(session, plan, cast.mona, "2")
    assert (check_of(entry), entry_flags([entry], 7)) == (CheckState.LAPSED, (Flag.CHANGED, Flag.LAPSED))
    acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts == ["entry.recorded", "entry.questioned", "entry.verified", "entry.changed"]


def test_evidence_is_a_part_of_what_was_seen(session: Session, cast: Cast, plan: Plan) -> None:
    entry = put(session, plan, cast.eli, kpi=1)
    sent = [SentFile("a.txt", b"bukti")]
    [file] = add_evidence(session, actor_of(cast.eli), kpi_id=entry.kpi_id, on=entry.on, files=sent)
    check(session, cast.mona, entry)
    assert check_of(entry) is CheckState.OK
    remove_evidence(session, actor_of(cast.eli), file_id=file.id, reason="Salah")
    assert check_of(entry) is CheckState.LAPSED


def test_nobody_looks_over_what_they_recorded_or_their_own(session: Session, cast: Cast, plan: Plan) -> None:
    by_mona, by_eli = put(session, plan, cast.mona), put(session, plan, cast.eli, kpi=1)
    names = ("root", "mona", "omar", "eli", "eva", "hana", "audi")
    allowed = {by_mona.id: {"root", "hana"}, by_eli.id: {"root", "mona", "hana"}}
    for entry in (by_mona, by_eli):
        asked = {name for name in names if may_check(session, actor_of(getattr(cast, name)), entry)}
        selected = {
            name
            for name in names
            if session.scalar(
                select(Entry.id)
                .join(Entry.kpi)
                .join(Plan, Plan.id == plan.id)
                .where(Entry.id == entry.id, may_check_entry(actor_of(getattr(cast, name))))
            )
        }
        assert asked == selected == allowed[entry.id]
    for person in (cast.mona, cast.eli, cast.audi):
        with pytest.raises(NotAllowed):
            check(session, person, by_mona)
    with pytest.raises(NotFound):
        check(session, cast.omar, by_mona)
    with pytest.raises(NotFound):
        verify_many(session, actor_of(cast.mona), keys=[(by_mona.id, 1), (by_eli.id, 1)])
    assert session.scalars(select(EntryCheck)).all() == []


def test_what_cannot_be_checked(session: Session, cast: Cast, plan: Plan) -> None:
    entry = put(session, plan, cast.mona)
    with pytest.raises(Invalid) as refused:
        check(session, cast.hana, entry, replace(ASK, note=" "))
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [("note", "entry_note_needed")]
    with pytest.raises(Conflict) as stale:
        check(session, cast.hana, entry, version=2)
    assert stale.value.code == "stale_version"
    with pytest.raises(NotFound):
        check_entry(session, actor_of(cast.hana), kpi_id=plan.kpis[0].id, on="2026-02", version=None, finding=OK)
    period = period_of(plan.cycle, "2026-01")
    period.state = PeriodState.CLOSED
    check(session, cast.hana, entry)  # a closed period's figures may still be looked over
    appraisal = Appraisal(
        person_id=cast.eli.id, period_id=period.id, plan_id=plan.id, state=AppraisalState.PUBLISHED, changed_at=NOW
    )
    session.add(appraisal)
    period.state = PeriodState.OPEN
    session.flush()
    with pytest.raises(Conflict) as settled:
        check(session, cast.hana, entry, ASK)
    assert settled.value.code == "scorecard_published"


def test_the_list_shows_what_waits(session: Session, cast: Cast, plan: Plan) -> None:
    by_mona, by_eli = put(session, plan, cast.mona), put(session, plan, cast.eli, kpi=1)
    period = period_of(plan.cycle, "2026-01")

    def listed(person: Person, only: CheckFilter = CheckFilter.WAITING, search: str = "") -> list[int]:
        found = list_to_check(session, actor_of(person), period, Wanted(only, search))
        assert found.total == len(found.items)
        return [entry.id for entry in found.items]

    assert listed(cast.hana) == [by_mona.id, by_eli.id]
    assert listed(cast.mona) == [by_eli.id]
    assert listed(cast.eli) == listed(cast.omar) == listed(cast.audi) == []
    assert (listed(cast.hana, search="eli 4"), listed(cast.hana, search="mona")) == ([by_mona.id, by_eli.id], [])
    assert verify_many(session, actor_of(cast.hana), keys=[(by_mona.id, 1), (by_eli.id, 7)]) == 1
    check(session, cast.mona, by_eli, ASK)
    assert (listed(cast.hana), listed(cast.hana, CheckFilter.ALL)) == ([], [by_mona.id, by_eli.id])
    assert listed(cast.hana, CheckFilter.VERIFIED) == [by_mona.id]
    assert listed(cast.hana, CheckFilter.QUESTIONED) == [by_eli.id]
    assert list_to_check(session, actor_of(cast.hana), period_of(plan.cycle, "2026-02"), Wanted()).items == []


def test_late_is_told_by_the_first_time(session: Session, cast: Cast, plan: Plan, clock: Clock) -> None:
    entry = put(session, plan, cast.mona)
    clock.advance(days=60)
    put(session, plan, cast.mona, "2", today=date(2026, 4, 4))
    assert (first_recorded_on(entry), entry_flags([entry], 7)) == (TODAY, (Flag.CHANGED,))
    assert entry_flags([entry], 2) == (Flag.LATE, Flag.CHANGED)
    entry.first_recorded_on = None
    assert first_recorded_on(entry) == date(2026, 4, 4)


def test_the_grid_tells_what_is_missing(session: Session, cast: Cast, plan: Plan) -> None:
    put(session, plan, cast.mona)

    def flags(today: date) -> list[tuple[Flag, ...]]:
        [row] = team_grid(session, actor_of(cast.mona, today), period=period_of(plan.cycle, "2026-01")).rows
        return [square.flags for square in row.all_squares]

    assert flags(date(2026, 2, 7)) == [(), ()]
    assert flags(date(2026, 2, 8)) == [(), (Flag.MISSING,)]


def test_credibility_is_what_the_facts_bear_out(session: Session, cast: Cast, plan: Plan) -> None:
    kpi = plan.kpis[0]
    entry = put(session, plan, cast.mona)

    def borne_out() -> tuple[int, tuple[Reason, ...]]:
        found = credibility_of(kpi, cast.eli.id, [entry])
        assert found is not None
        return found.effective, found.reasons

    assert borne_out() == (3, (Reason(Doubt.SYSTEM_BY_HAND, 1),))
    check(session, cast.hana, entry)
    assert borne_out() == (5, ())
    entry.channel = Channel.API.value
    session.flush()
    assert borne_out()[0] == 4  # changed after it was verified
    entry.checks.clear()
    assert borne_out() == (5, ())
    kpi.data_credibility = None
    assert credibility_of(kpi, cast.eli.id, [entry]) is None
