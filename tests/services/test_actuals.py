"""Is a figure recorded once, changed with its trace, and refused wherever it must not be written?"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.database import Sessions, make_engine, make_sessions, transaction
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import Appraisal, AuditEntry, AuditText, Base, Cycle, Entry, Kpi, Plan
from app.rules import aggregation
from app.rules.entries import Figure
from app.rules.faults import Fault
from app.rules.vocabulary import (
    AppraisalState,
    CycleState,
    Frequency,
    MeasureKind,
    Method,
    PeriodState,
    PlanState,
    Role,
    SourceKind,
)
from app.services import audit
from app.services.actuals import (
    EntryValues,
    entries_of,
    entry_value,
    get_book,
    get_entry,
    history_of,
    put_entry,
    remove_entry,
)
from tests.cast import Cast, actor_of, make_cast
from tests.factories import NOW, TODAY
from tests.postgres import create_database, drop_database, server_of
from tests.teams import make_cycle, make_kpi, make_plan, period_of
from tests.tools import Clock

pytestmark = pytest.mark.database


@dataclass(slots=True)
class Desk:
    """Eli's plan, and mona at work."""

    session: Session
    cast: Cast
    cycle: Cycle
    plan: Plan
    kpis: dict[str, Kpi]

    def put(self, kpi: str, on: str, figure: Figure, *, version: int | None = None, **values: Any) -> Entry:
        return put_entry(
            self.session,
            actor_of(self.cast.mona),
            kpi_id=self.kpis[kpi].id,
            on=on,
            values=EntryValues(figure, **values),
            version=version,
        )

    def remove(self, kpi: str, on: str, version: int | None = None) -> None:
        remove_entry(self.session, actor_of(self.cast.mona), kpi_id=self.kpis[kpi].id, on=on, version=version)

    def acts(self) -> list[tuple[str, int | None, int | None, dict[str, Any]]]:
        rows = self.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(row.action, row.actor_id, row.subject_id, json.loads(row.details)) for row in rows]


@pytest.fixture
def desk(session: Session, cast: Cast) -> Desk:
    cycle = make_cycle(session)
    kpis = [
        make_kpi("Revenue", target=Decimal(1200)),
        make_kpi("Conversion", MeasureKind.RATIO, inputs=("won", "leads"), scale=Decimal(100)),
        make_kpi("Handbook", MeasureKind.MILESTONE, milestones=("draft", "signed")),
        make_kpi("Audit passed", MeasureKind.YES_NO),
        make_kpi("Teamwork", MeasureKind.RATING, levels=5),
        make_kpi("Calls", frequency=Frequency.DAILY),
        make_kpi("Visits", frequency=Frequency.WEEKLY),
        make_kpi("Answer time", method=Method.LOWER_INVERSE, target=Decimal(4)),
    ]
    plan = make_plan(session, cast.eli, cycle, kpis)
    return Desk(session, cast, cycle, plan, {kpi.name: kpi for kpi in kpis})


def number(text: str) -> Figure:
    return Figure(value=Decimal(text))


def whole(entry: Entry) -> dict[str, Any]:
    """Everything that an entry holds but its id."""
    return {
        "on": entry.on,
        "days": (entry.starts_on.isoformat(), entry.ends_on.isoformat()),
        "figure": (
            None if entry.value is None else str(entry.value),
            {given.name: str(given.value) for given in entry.inputs},
            [stage.name for stage in entry.reached],
        ),
        "source": entry.source_kind,
        "words": (entry.note, entry.evidence_link),
        "recorded": (entry.recorded_at, entry.recorded_by_id),
        "changes": entry.changes,
        "version": entry.version,
    }


def reload(desk: Desk, entry: Entry) -> Entry:
    desk.session.flush()
    desk.session.expire_all()
    return desk.session.scalars(select(Entry).where(Entry.id == entry.id)).one()


@pytest.mark.parametrize(
    ("kpi", "on", "figure", "kept"),
    [
        ("Revenue", "2026-01", number("1250000.5000000000"), ("1250000.5", {}, [])),
        (
            "Conversion",
            "2026-01",
            Figure(inputs={"won": Decimal(20), "leads": Decimal("100.0")}),
            (None, {"leads": "100.0", "won": "20"}, []),
        ),
        ("Handbook", "2026-01", Figure(reached=frozenset({"draft"})), (None, {}, ["draft"])),
        ("Handbook", "2026-01", Figure(), (None, {}, [])),
        ("Audit passed", "2026-01", number("1"), ("1", {}, [])),
        ("Teamwork", "2026-01", number("4"), ("4", {}, [])),
    ],
)
def test_each_measure_is_recorded_whole(desk: Desk, kpi: str, on: str, figure: Figure, kept: tuple[Any, ...]) -> None:
    entry = desk.put(kpi, on, figure, version=0)
    assert whole(reload(desk, entry)) == {
        "on": on,
        "days": ("2026-01-01", "2026-01-31"),
        "figure": kept,
        "source": SourceKind.SYSTEM_WITH_LOG,
        "words": ("", ""),
        "recorded": (NOW, desk.cast.mona.id),
        "changes": 0,
        "version": 1,
    }


def test_recording_leaves_a_trace_with_words_kept_apart(desk: Desk) -> None:
    desk.put(
        "Revenue",
        "2026-01",
        number("70"),
        source_kind=SourceKind.THIRD_PARTY,
        note="Angka dari pembukuan",
        evidence_link="https://erp.example.com/r/1",
    )
    [(action, actor_id, subject_id, details)] = desk.acts()
    assert (action, actor_id, subject_id) == ("entry.recorded", desk.cast.mona.id, desk.cast.eli.id)
    assert {name: details[name] for name in ("on", "new", "source")} == {
        "on": "2026-01",
        "new": "70",
        "source": "third_party",
    }
    assert details["note"].keys() == details["evidence_link"].keys()
    kept = set(desk.session.scalars(select(AuditText.words)))
    assert kept == {"Angka dari pembukuan", "https://erp.example.com/r/1"}


def test_a_change_is_counted_and_both_figures_are_kept(desk: Desk, clock: Clock) -> None:
    desk.put("Revenue", "2026-01", number("70"), note="first")
    clock.now = later = NOW + timedelta(hours=2)
    entry = put_entry(
        desk.session,
        actor_of(desk.cast.hana),
        kpi_id=desk.kpis["Revenue"].id,
        on="2026-01",
        values=EntryValues(number("65.5")),
        version=1,
    )
    assert whole(reload(desk, entry)) == {
        "on": "2026-01",
        "days": ("2026-01-01", "2026-01-31"),
        "figure": ("65.5", {}, []),
        "source": SourceKind.SYSTEM_WITH_LOG,
        "words": ("first", ""),
        "recorded": (later, desk.cast.hana.id),
        "changes": 1,
        "version": 2,
    }
    assert desk.acts()[1:] == [
        ("entry.changed", desk.cast.hana.id, desk.cast.eli.id, {"on": "2026-01", "old": "70", "new": "65.5"})
    ]


def test_a_note_alone_does_not_count_as_a_change_of_the_figure(desk: Desk) -> None:
    desk.put("Revenue", "2026-01", number("70"), note="first")
    entry = desk.put("Revenue", "2026-01", number("70.00"), note="", source_kind=SourceKind.THIRD_PARTY)
    changed = whole(reload(desk, entry))
    assert (changed["figure"], changed["words"], changed["source"], changed["changes"], changed["version"]) == (
        ("70", {}, []),
        ("", ""),
        SourceKind.THIRD_PARTY,
        0,
        2,
    )
    assert desk.acts()[1][3] == {
        "on": "2026-01",
        "note": "",
        "old_source": "system_with_log",
        "source": "third_party",
    }


def test_changes_of_inputs_and_milestones_are_changes_too(desk: Desk) -> None:
    desk.put("Conversion", "2026-01", Figure(inputs={"won": Decimal(20), "leads": Decimal(100)}))
    ratio = desk.put("Conversion", "2026-01", Figure(inputs={"won": Decimal(20), "leads": Decimal(90)}), version=1)
    desk.put("Handbook", "2026-01", Figure(reached=frozenset({"draft"})))
    stages = desk.put("Handbook", "2026-01", Figure(reached=frozenset({"signed"})), version=1)
    assert [
        (e["figure"], e["changes"], e["version"]) for e in map(whole, (reload(desk, ratio), reload(desk, stages)))
    ] == [
        ((None, {"leads": "90", "won": "20"}, []), 1, 2),
        ((None, {}, ["signed"]), 1, 2),
    ]


def test_the_same_again_changes_nothing_and_leaves_no_trace(desk: Desk) -> None:
    first = desk.put("Revenue", "2026-01", number("70"), note="n", evidence_link="https://a.example/1")
    before = whole(reload(desk, first))
    for version in (None, 0, 1, 99):
        again = desk.put("Revenue", "2026-01", number("70.0"), version=version)
        assert whole(reload(desk, again)) == before
    assert [act[0] for act in desk.acts()] == ["entry.recorded"]


@pytest.mark.parametrize("version", [0, 2])
def test_a_stale_version_is_refused(desk: Desk, version: int) -> None:
    desk.put("Revenue", "2026-01", number("70"))
    with pytest.raises(Conflict) as refused:
        desk.put("Revenue", "2026-01", number("71"), version=version)
    assert (refused.value.code, refused.value.values) == ("stale_version", {"version": "1"})
    with pytest.raises(Conflict):
        desk.remove("Revenue", "2026-01", version=version)
    with pytest.raises(Conflict) as absent:
        desk.put("Revenue", "2026-02", number("71"), version=1)
    assert absent.value.values == {"version": "0"}
    assert [str(entry.value) for entry in desk.session.scalars(select(Entry))] == ["70"]


def test_a_removed_figure_is_gone_but_not_forgotten(desk: Desk) -> None:
    desk.put("Conversion", "2026-01", Figure(inputs={"won": Decimal(1), "leads": Decimal(2)}))
    desk.remove("Conversion", "2026-01", version=1)
    assert desk.session.scalars(select(Entry)).all() == []
    assert desk.acts()[1] == (
        "entry.removed",
        desk.cast.mona.id,
        desk.cast.eli.id,
        {"on": "2026-01", "old": {"leads": "2", "won": "1"}},
    )
    with pytest.raises(NotFound):
        desk.remove("Conversion", "2026-01")


def test_all_faults_are_told_at_once(desk: Desk) -> None:
    desk.put("Calls", "2026-01", number("12"))
    with pytest.raises(Invalid) as refused:
        desk.put("Calls", "2026-01-05", Figure(), note="n" * 2001, evidence_link="javascript:alert(1)")
    assert refused.value.faults == (
        Fault("value", "required"),
        Fault("note", "text_too_long", {"limit": "2000"}),
        Fault("evidence_link", "not_a_web_address"),
        Fault("on", "overlaps", {"on": "2026-01"}),
    )
    with pytest.raises(Invalid) as crossing:
        desk.put("Revenue", "2026", number("1"))
    assert crossing.value.faults == (Fault("on", "span_too_long"),)
    with pytest.raises(Invalid) as negative:
        desk.put("Answer time", "2026-01", number("-1"))
    assert negative.value.faults == (Fault("value", "negative"),)


@pytest.mark.parametrize(
    "link",
    ["ftp://a.example/1", "//a.example", "https://", "http:// a", "https://[::1", "data:text/html,x", "h" * 501],
)
def test_only_links_to_the_web_are_evidence(desk: Desk, link: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk.put("Revenue", "2026-01", number("1"), evidence_link=link)
    assert [fault.at for fault in refused.value.faults] == ["evidence_link"]


def test_days_add_up_to_months_and_weeks_end_on_sunday(desk: Desk) -> None:
    days = [desk.put("Calls", f"2026-01-{day:02}", number(str(day))) for day in (1, 2, 31)]
    week = desk.put("Visits", "2026-02-01", number("9"))
    assert [(e.starts_on, e.ends_on) for e in (*days, week)] == [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 1, 2), date(2026, 1, 2)),
        (date(2026, 1, 31), date(2026, 1, 31)),
        (date(2026, 1, 26), date(2026, 2, 1)),
    ]


# --- What closes a book -----------------------------------------------------------------------------------------------


def make_draft(desk: Desk) -> None:
    desk.plan.state = PlanState.DRAFT


def close_cycle(desk: Desk) -> None:
    desk.cycle.state = CycleState.CLOSED


def close_january(desk: Desk) -> None:
    period_of(desk.cycle, "2026-01").state = PeriodState.CLOSED


def publish_january(desk: Desk) -> None:
    desk.session.add(
        Appraisal(
            person_id=desk.cast.eli.id,
            period_id=period_of(desk.cycle, "2026-01").id,
            plan_id=desk.plan.id,
            state=AppraisalState.PUBLISHED,
            changed_at=NOW,
        )
    )


@pytest.mark.parametrize(
    ("closing", "code", "february_too"),
    [
        (make_draft, "plan_not_active", True),
        (close_cycle, "cycle_closed", True),
        (close_january, "period_closed", False),
        (publish_january, "scorecard_published", False),
    ],
)
def test_a_closed_book_takes_no_change(desk: Desk, closing: Any, code: str, *, february_too: bool) -> None:
    desk.put("Revenue", "2026-01", number("70"))
    closing(desk)
    desk.session.flush()
    for attempt in (
        lambda: desk.put("Revenue", "2026-01", number("71")),
        lambda: desk.put("Calls", "2026-01-31", number("1")),
        lambda: desk.remove("Revenue", "2026-01"),
    ):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.code == code
    # A feed that sends the same again has nothing to fear
    assert desk.put("Revenue", "2026-01", number("70")).version == 1
    if february_too:
        with pytest.raises(Conflict):
            desk.put("Revenue", "2026-02", number("71"))
    else:
        # February is another period
        assert desk.put("Revenue", "2026-02", number("71")).version == 1


def test_the_published_scorecard_of_somebody_else_closes_nothing(desk: Desk) -> None:
    publish_january(desk)
    other = make_kpi("Revenue")
    make_plan(desk.session, desk.cast.eva, desk.cycle, [other])
    entry = put_entry(
        desk.session,
        actor_of(desk.cast.mona),
        kpi_id=other.id,
        on="2026-01",
        values=EntryValues(number("3")),
        version=0,
    )
    assert entry.version == 1


def test_late_figures_go_to_the_version_that_held_on_their_days(desk: Desk) -> None:
    successor = make_kpi("Revenue")
    later = Plan(
        person_id=desk.cast.eli.id,
        cycle_id=desk.cycle.id,
        version_number=2,
        starts_on=date(2026, 4, 1),
        ends_on=date(2026, 12, 31),
        state=PlanState.ACTIVE,
        changed_at=NOW,
    )
    desk.plan.state, desk.plan.ends_on = PlanState.REPLACED, date(2026, 3, 31)
    desk.session.add(later)
    desk.session.flush()
    assert desk.put("Revenue", "2026-03", number("70")).version == 1
    with pytest.raises(Invalid) as refused:
        desk.put("Revenue", "2026-04", number("70"))
    assert [fault.code for fault in refused.value.faults] == ["outside_plan"]
    later.starts_on = date(2026, 1, 1)
    desk.session.flush()
    with pytest.raises(Conflict) as superseded:
        desk.put("Revenue", "2026-02", number("70"))
    assert superseded.value.code == "plan_not_active"
    assert successor.id is None


# --- Who may ----------------------------------------------------------------------------------------------------------


def test_who_may_read_and_who_may_write(desk: Desk) -> None:
    cast, kpi = desk.cast, desk.kpis["Revenue"]
    desk.put("Revenue", "2026-01", number("70"))
    people = {
        name: actor_of(getattr(cast, name)) for name in ("hana", "audi", "root", "mona", "eli", "eva", "omar", "otto")
    }
    people["eli of HR"] = Actor(cast.eli.id, frozenset({Role.HR}), TODAY)
    answers: dict[str, list[str]] = {}
    for name, actor in people.items():
        values = EntryValues(number(str(len(answers))))
        answers[name] = [
            _answer(lambda actor=actor: get_book(desk.session, actor, kpi_id=kpi.id)),
            _answer(lambda actor=actor: get_entry(desk.session, actor, kpi_id=kpi.id, on="2026-01")),
            _answer(lambda actor=actor: history_of(desk.session, actor, kpi_id=kpi.id)),
            _answer(
                lambda actor=actor, values=values: put_entry(
                    desk.session, actor, kpi_id=kpi.id, on="2026-01", values=values, version=None
                )
            ),
        ]
    read_write, read_only, nothing = ["yes"] * 4, ["yes"] * 3 + ["NotAllowed"], ["NotFound"] * 4
    assert answers == {
        "hana": read_write,
        "audi": read_only,
        "root": read_write,
        "mona": read_write,
        "eli": read_only,
        "eva": nothing,
        "omar": nothing,
        "otto": nothing,
        "eli of HR": read_only,
    }


def _answer(ask: Any) -> str:
    try:
        ask()
    except (NotFound, NotAllowed) as refused:
        return type(refused).__name__
    return "yes"


def test_what_does_not_exist_is_not_found(desk: Desk) -> None:
    mona = actor_of(desk.cast.mona)
    for ask in (
        lambda: get_book(desk.session, mona, kpi_id=10**9),
        lambda: get_entry(desk.session, mona, kpi_id=desk.kpis["Revenue"].id, on="2026-01"),
        lambda: put_entry(
            desk.session, mona, kpi_id=10**9, on="2026-01", values=EntryValues(number("1")), version=None
        ),
    ):
        with pytest.raises(NotFound):
            ask()


# --- Two at once ------------------------------------------------------------------------------------------------------


@pytest.fixture
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sessions]:
    """A database of its own, in which transactions of several threads meet."""
    server = server_of(request.config) if request.config.getoption("--database") == "postgresql" else ""
    url = create_database(server, "kinerja_race") if server else f"sqlite:///{tmp_path / 'race.sqlite3'}"
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    yield make_sessions(engine)
    engine.dispose()
    if server:
        drop_database(server, "kinerja_race")


def test_of_two_who_record_at_once_one_is_told_of_the_other(shared: Sessions) -> None:
    with transaction(shared) as session:
        cast = make_cast(session)
        kpi = make_kpi("Revenue")
        make_plan(session, cast.eli, make_cycle(session), [kpi])
        mona, kpi_id = actor_of(cast.mona), kpi.id
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def record(value: str, on: str) -> None:
        start.wait(10)
        try:
            with transaction(shared) as session:
                put_entry(session, mona, kpi_id=kpi_id, on=on, values=EntryValues(number(value)), version=0)
            outcomes.append("saved")
        except (Conflict, Invalid) as refused:
            outcomes.append(refused.faults[0].code if isinstance(refused, Invalid) else refused.code)

    for pair in (("2026-01", "2026-01"), ("2026-02", "2026-02-03")):
        threads = [threading.Thread(target=record, args=(str(place), on)) for place, on in enumerate(pair)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert [sorted(outcomes[:2]), sorted(outcomes[2:])] == [["saved", "stale_version"], ["overlaps", "saved"]]
    with transaction(shared) as session:
        assert len(session.scalars(select(Entry)).all()) == 2
        assert audit.verify(session) is None


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_the_rules_get_what_was_recorded_in_order(desk: Desk) -> None:
    desk.put("Revenue", "2026-02", number("65.5"))
    desk.put("Revenue", "2026-01", number("70"))
    desk.put("Conversion", "2026-01", Figure(inputs={"won": Decimal(20), "leads": Decimal(100)}))
    desk.put("Handbook", "2026-01", Figure(reached=frozenset({"signed", "draft"})))
    desk.session.expire_all()
    ids = {name: desk.kpis[name].id for name in ("Revenue", "Conversion", "Handbook", "Teamwork")}
    found = entries_of(desk.session, ids.values())
    january = ("2026-01", date(2026, 1, 1), date(2026, 1, 31))
    assert {name: [entry_value(entry) for entry in found[kpi_id]] for name, kpi_id in ids.items()} == {
        "Revenue": [
            aggregation.Entry(*january, value=Decimal(70)),
            aggregation.Entry("2026-02", date(2026, 2, 1), date(2026, 2, 28), value=Decimal("65.5")),
        ],
        "Conversion": [aggregation.Entry(*january, inputs={"leads": Decimal(100), "won": Decimal(20)})],
        "Handbook": [aggregation.Entry(*january, reached=("draft", "signed"))],
        "Teamwork": [],
    }
    assert entries_of(desk.session, []) == {}


def test_the_history_tells_every_act_the_latest_first(desk: Desk) -> None:
    desk.put("Revenue", "2026-01", number("70"))
    desk.put("Calls", "2026-01", number("5"))
    desk.put("Revenue", "2026-01", number("71"))
    desk.remove("Revenue", "2026-01")
    history = history_of(desk.session, actor_of(desk.cast.eli), kpi_id=desk.kpis["Revenue"].id)
    told = [(act.action, name, json.loads(act.details)) for act, name in history]
    assert [(action, name, details.get("old"), details.get("new")) for action, name, details in told] == [
        ("entry.removed", "Mona Maharani", "71", None),
        ("entry.changed", "Mona Maharani", "70", "71"),
        ("entry.recorded", "Mona Maharani", None, "70"),
    ]
