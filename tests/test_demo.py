"""Is the demo organisation believable, whole by the product's own rules, and the same for the same seed?"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import ColumnElement, Connection, Engine, String, cast, exists, func, select, text
from sqlalchemy.orm import Session, aliased, joinedload
from typer.testing import CliRunner

from app import schema
from app.access import Actor, managers_above
from app.cli import app as command
from app.database import Sessions, make_engine, make_sessions, transaction
from app.demo.chapters import Wish, Work
from app.demo.fill import Demo, fill
from app.documents.seals import seals_in
from app.errors import Conflict
from app.models import (
    Account,
    ActionStep,
    Adjustment,
    Appeal,
    Appraisal,
    AppraiserAssignment,
    AuditEntry,
    AuditText,
    Base,
    CaseRequest,
    Cycle,
    DataRequest,
    Entry,
    EntryCheck,
    EntryInput,
    EvidenceFile,
    FeedbackRequest,
    Kpi,
    KpiComment,
    KpiRecorder,
    LegalHold,
    Notice,
    Objective,
    ObjectiveGoal,
    OrganisationProfile,
    Period,
    Person,
    Placement,
    Plan,
    PlanAcceptance,
    PlanRemark,
    PublishedScorecard,
    ReportingLine,
    Responsibility,
    SelfAssessment,
)
from app.rules.entries import Span, entry_span, figure_faults, overlap_fault
from app.rules.noticing import NoticeKind
from app.rules.plan import shape_faults
from app.rules.vocabulary import (
    AdjustmentKind,
    Aggregation,
    AppealOutcome,
    AppraisalState,
    CaseKind,
    CheckVerdict,
    DataRequestKind,
    FeedbackState,
    Frequency,
    MeasureKind,
    Method,
    PeriodState,
    PlanState,
    RemarkKind,
    Role,
    SourceKind,
    WeightingMethod,
)
from app.services import audit, snapshots
from app.services.entry_books import books_of, figure_of, span_of
from app.services.organisation import SETTINGS
from app.services.plan_drafts import kpis_of
from app.services.planning import findings, with_parts
from app.services.review_cases import case_of, review_of
from app.services.scorecard_facts import load_cycle, load_facts
from app.services.scorecard_parts import scorecard_of_scored
from app.services.standings import score_person
from app.services.waiting import Waits, waiting_for
from app.settings import Settings
from tests.tools import Browser

pytestmark = pytest.mark.slow

SIXTY = Wish(employees=60)
SMALL = Wish(employees=24)


# --- One organisation for most tests: looked at, never changed -------------------------------------------------------


@pytest.fixture(scope="module")
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(writes=True) as connection:
        outermost = connection.begin()
        if engine.dialect.name == "postgresql":  # ids that other tests took do not come back by themselves
            for sequence in connection.scalars(text("SELECT sequencename FROM pg_sequences")).all():
                connection.execute(text(f'ALTER SEQUENCE "{sequence}" RESTART'))
        yield connection
        outermost.rollback()


@pytest.fixture(scope="module")
def demo(connection: Connection, settings: Settings) -> Demo:
    with make_sessions(connection, join_transaction_mode="create_savepoint").begin() as session:
        return fill(session, settings, SIXTY)


@pytest.fixture
def sessions(connection: Connection, settings: Settings, demo: Demo) -> Iterator[Sessions]:
    assert demo.logins
    with connection.begin_nested() as savepoint:
        yield make_sessions(connection, join_transaction_mode="create_savepoint", info={SETTINGS: settings})
        savepoint.rollback()


def digest(session: Session) -> str:
    """Of everything in the database but the hashes of passwords, which are salted."""
    tables = sha256()
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if column.key != "password_hash"]
        for row in session.execute(select(*columns).order_by(table.c.id)):
            tables.update(repr((table.name, *row)).encode())
    return tables.hexdigest()


def digest_of_file(path: Path, settings: Settings, wish: Wish, work: Work | None = None) -> str:
    """The same of a new SQLite database."""
    engine = make_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    with transaction(make_sessions(engine)) as session:
        fill(session, settings, wish, work=work or Work())
        found = digest(session)
    engine.dispose()
    return found


# --- The same and not the same ---------------------------------------------------------------------------------------


def test_same_seed_gives_the_same_data_on_either_database(session: Session, settings: Settings, tmp_path: Path) -> None:
    assert digest(session) == digest_of_file(tmp_path / "again.sqlite", settings, SIXTY)


def test_several_processes_write_the_same_as_one(settings: Settings, tmp_path: Path) -> None:
    works = [Work(people=7, processes=1), Work(people=7, processes=2)]
    digests = {digest_of_file(tmp_path / f"{n}.sqlite", settings, SMALL, work) for n, work in enumerate(works)}
    assert len(digests) == 1


def test_another_seed_gives_other_people(settings: Settings, tmp_path: Path) -> None:
    names = []
    for seed in (1, 2):
        engine = make_engine(f"sqlite:///{tmp_path / str(seed)}.sqlite")
        schema.upgrade(engine)
        with transaction(make_sessions(engine)) as session:
            fill(session, settings, replace(SMALL, seed=seed))
            names.append(set(session.scalars(select(Person.name))))
        engine.dispose()
    assert len(names[0] & names[1]) < 4


@pytest.mark.parametrize(("employees", "months"), [(5, 1), (17, 2), (9, 4), (12, 12)])
def test_every_size_and_time_of_year_works(employees: int, months: int, settings: Settings, tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/demo.sqlite")
    schema.upgrade(engine)
    with transaction(make_sessions(engine)) as session:
        made = fill(session, settings, Wish(employees, months, 3))
        assert session.scalar(select(func.count()).select_from(Person)) == employees
        assert made.period == f"2026-{months:02}"
        employee = session.scalars(select(Person.number).where(Person.email == made.logins[2].email)).one()
        assert employee in made.published
        assert audit.verify(session) is None
        assert broken_plans(session) == []
    engine.dispose()


def test_a_database_in_use_is_refused(session: Session, settings: Settings) -> None:
    with pytest.raises(Conflict, match="database_not_empty"):
        fill(session, settings, SMALL)


# --- Whole by the product's own rules --------------------------------------------------------------------------------


def broken_plans(session: Session) -> list[tuple[str, str]]:
    """Plans in force, and replaced ones, in which the product finds a fault."""
    plans = session.scalars(select(Plan).where(Plan.state != PlanState.DRAFT).options(*with_parts())).unique()
    return [(plan.person.number, fault.code) for plan in plans for fault in findings(plan)]


def test_plans_in_force_lack_nothing_and_weigh_100(session: Session) -> None:
    assert broken_plans(session) == []
    plans = session.scalars(select(Plan).where(Plan.state == PlanState.ACTIVE).options(*with_parts())).unique().all()
    assert {sum((kpi.weight or Decimal(0) for kpi in kpis_of(plan)), Decimal(0)) for plan in plans} == {Decimal(100)}
    assert [fault for plan in plans for fault in shape_faults([len(each.kpis) for each in plan.objectives])] == []
    assert len(plans) > 50


def test_drafts_wait_for_somebody(session: Session) -> None:
    drafts = session.scalars(select(Plan).where(Plan.state == PlanState.DRAFT).options(*with_parts())).unique()
    faults = {plan.person.number: {fault.code for fault in findings(plan)} for plan in drafts}
    assert set() in faults.values(), "one is ready to be submitted"
    assert {"too_few", "required", "ratings_missing"} in faults.values(), "one is far from it"


def test_entries_are_such_as_the_product_lets_in(session: Session) -> None:
    books = books_of(session, session.scalars(select(Kpi.id).join(Kpi.plan).where(Plan.state != PlanState.DRAFT)))
    assert sum(len(book.entries) for book in books.values()) > 2000
    for book in books.values():
        spans: list[Span] = []
        for entry in book.entries.values():
            assert figure_faults(book.form, figure_of(entry)) == []
            assert entry_span(book.calendar, entry.on) == span_of(entry)
            assert overlap_fault(span_of(entry), spans) is None
            spans.append(span_of(entry))


def test_nobody_records_for_themselves_or_after_somebody_left(session: Session) -> None:
    recorded = select(Entry.id).join(Entry.kpi).join(Kpi.plan).join(Plan.person)
    assert session.scalars(recorded.where(Entry.recorded_by_id == Plan.person_id)).all() == []
    assert session.scalars(recorded.where(Entry.ends_on > Person.left_on)).all() == []
    published = select(PublishedScorecard.id).join(PublishedScorecard.appraisal)
    assert session.scalars(published.where(PublishedScorecard.published_by_id == Appraisal.person_id)).all() == []


def test_reporting_lines_lead_to_one_head_without_a_circle(session: Session) -> None:
    today = date(2026, 11, 16)
    staff = session.scalars(select(Person.id).where(Person.left_on.is_(None), Person.joined_on <= today)).all()
    chains = [managers_above(session, person_id, today) for person_id in staff]
    assert Counter(chain[-1] if chain else None for chain in chains) == {1: len(staff) - 1, None: 1}
    assert not any(person_id in chain for person_id, chain in zip(staff, chains, strict=True))
    sizes = Counter(chain[0] for chain in chains if chain)
    assert all(size <= 10 for size in sizes.values())
    assert max(sizes.values()) >= 5


def test_dated_rows_do_not_overlap(session: Session) -> None:
    models: tuple[type[Placement | ReportingLine], ...] = (Placement, ReportingLine)
    for model in models:
        other = aliased(model)
        twice = select(model.id).join(
            other,
            (other.person_id == model.person_id)
            & (other.starts_on > model.starts_on)
            & (model.ends_on.is_(None) | (model.ends_on >= other.starts_on)),
        )
        assert session.scalars(twice).all() == []
    outside = select(Placement.id).join(Placement.person).where(Placement.starts_on < Person.joined_on)
    assert session.scalars(outside).all() == []


def test_the_audit_chain_is_whole_and_in_order_of_time(session: Session) -> None:
    assert audit.verify(session) is None
    moments = session.scalars(select(AuditEntry.at).order_by(AuditEntry.id)).all()
    assert moments == sorted(moments)
    recorded = select(func.count()).where(AuditEntry.action == "entry.recorded")
    assert session.scalar(recorded) == session.scalar(select(func.count()).select_from(Entry))
    referred = session.scalars(select(AuditEntry.details).where(AuditEntry.details.contains("digest")))
    digests = {
        value["digest"]
        for details in referred
        for value in json.loads(details).values()
        if isinstance(value, dict) and "digest" in value
    }
    assert digests == set(session.scalars(select(AuditText.digest)))


def test_published_scorecards_are_what_the_product_would_have_frozen(session: Session, settings: Settings) -> None:
    """Everything is read back from the tables and scored anew: the same bytes must come out."""
    # Those that were decided about anew are a version of their own; they prove themselves below
    decided = select(PublishedScorecard.appraisal_id).where(PublishedScorecard.version_number > 1)
    published = session.scalars(
        select(PublishedScorecard)
        .where(PublishedScorecard.appraisal_id.not_in(decided))
        .options(joinedload(PublishedScorecard.appraisal).joinedload(Appraisal.period))
    ).all()
    assert len(published) > 200
    for period in {scorecard.appraisal.period for scorecard in published}:
        of_period = {each.appraisal.person_id: each for each in published if each.appraisal.period is period}
        cycle = load_cycle(session, id=period.cycle_id)
        facts = load_facts(session, cycle, period, list(of_period), date(2026, 11, 16))
        for person_id, scorecard in of_period.items():
            frozen = snapshots.thawed(scorecard.snapshot)
            scored = score_person(facts, facts.people[person_id])
            card = scorecard_of_scored(scored, settings, frozen.comment, version=1, is_final=True)
            review = review_of(case_of(session, scored)) if period.asks_review else None
            card = replace(card, review=review, published=frozen.published, appeal_until=frozen.appeal_until)
            assert snapshots.frozen(card, scored) == scorecard.snapshot
            assert (scorecard.total, scorecard.grade) == (frozen.result.total, frozen.result.grade)
            assert scorecard.appraisal.plan_id == facts.people[person_id].plan.id


def test_published_scorecards_prove_themselves(session: Session) -> None:
    for scorecard in session.scalars(select(PublishedScorecard)):
        assert snapshots.recomputed(scorecard.snapshot) == scorecard.snapshot
        assert snapshots.digest_of(scorecard.snapshot) == scorecard.snapshot_digest


# --- Everything there is to look at ----------------------------------------------------------------------------------


def test_every_measure_method_and_way_of_weighting_occurs(session: Session) -> None:
    def found(column: object) -> set[object]:
        return set(session.scalars(select(column).distinct()))  # type: ignore[call-overload]

    assert found(Kpi.measure) == set(MeasureKind)
    assert found(Kpi.method) == set(Method)
    assert found(Kpi.aggregation) == {*Aggregation, None}
    assert found(Kpi.source_kind) == set(SourceKind)
    assert found(Plan.weighting) == set(WeightingMethod)
    assert found(Kpi.frequency) == set(Frequency) - {Frequency.DAILY, Frequency.YEARLY}
    assert found(Entry.source_kind) == set(SourceKind)
    assert found(Kpi.is_target_maximum) == {True, False}


def test_every_state_occurs(session: Session, demo: Demo) -> None:
    assert set(session.scalars(select(Plan.state))) == set(PlanState)
    assert set(session.scalars(select(Appraisal.state))) == set(AppraisalState)
    states = dict(session.execute(select(Period.code, Period.state)).all())
    assert {code: state for code, state in states.items() if state is PeriodState.CLOSED} == {
        f"2026-{month:02}": PeriodState.CLOSED for month in range(1, 10)
    }
    without_plan = select(Person.number).where(~exists().where(Plan.person_id == Person.id))
    assert len(session.scalars(without_plan).all()) >= 2
    assert session.scalar(select(func.count()).where(Person.left_on.is_not(None)).select_from(Person))
    assert session.scalar(select(func.count()).where(Plan.version_number == 2, Plan.change_reason != ""))
    assert session.scalar(select(func.count()).where(Kpi.weight_by_id.is_not(None), Kpi.weight != Kpi.computed_weight))
    in_force = (
        select(Person.number)
        .join(Plan, Plan.person_id == Person.id)
        .where(Plan.state == PlanState.ACTIVE, Plan.starts_on < date(2026, 10, 1))
    )
    unpublished = set(session.scalars(in_force)) - set(demo.published)
    assert 3 <= len(unpublished) <= 15


def test_the_year_is_told_to_its_end(session: Session) -> None:
    """What happens to results and plans beside their states: each at least once."""

    def count(model: type[Base], *conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0

    assert count(Appeal, Appeal.decided_at.is_(None)) == 1
    assert count(Appeal, Appeal.outcome == AppealOutcome.PARTLY) == 1
    assert count(PublishedScorecard, PublishedScorecard.version_number == 2) == 1
    assert set(session.scalars(select(CaseRequest.kind))) >= {CaseKind.CORRECT, CaseKind.EXCLUDE_KPI}
    assert count(CaseRequest, CaseRequest.is_accepted.is_(True)) == 1, "the appraisal is open again"
    assert count(CaseRequest, CaseRequest.decided_at.is_(None)) >= 2
    assert set(session.scalars(select(Adjustment.kind))) == set(AdjustmentKind)
    assert set(session.scalars(select(EntryCheck.verdict))) == set(CheckVerdict)
    assert set(session.scalars(select(DataRequest.kind))) == set(DataRequestKind)
    kinds = set(session.scalars(select(PlanRemark.kind)))
    assert kinds == set(RemarkKind) - {RemarkKind.TAKEN}
    assert count(SelfAssessment, SelfAssessment.handed_in_at.is_(None)) == 1
    assert count(FeedbackRequest, FeedbackRequest.state == FeedbackState.ANSWERED) == 3
    for model in (
        AppraiserAssignment, EvidenceFile, KpiComment, KpiRecorder, LegalHold, Notice, OrganisationProfile,
        PlanAcceptance, Responsibility,
    ):  # fmt: skip
        assert count(model) >= 1, model
    assert count(Objective, Objective.success == "") == 0
    assert count(ActionStep, ActionStep.is_done.is_(True)) >= 5
    served = set(session.scalars(select(ObjectiveGoal.goal_id)))
    assert len(served) >= 5


def test_everybody_who_signs_in_has_something_to_do(session: Session, demo: Demo) -> None:
    cycle = session.scalars(select(Cycle).where(Cycle.code == demo.cycle)).one()
    period = next(each for each in cycle.periods if each.code == demo.period)
    found = {}
    for login in demo.logins:
        person = session.scalars(select(Person).join(Account).where(Account.email == login.email)).one()
        actor = Actor(person.id, frozenset(grant.role for grant in person.grants), date(2026, 11, 16))
        found[login.role] = {each.kind for each in waiting_for(session, actor, cycle, period, is_leading=True)}
    assert found["manager"] >= {Waits.PLAN, Waits.SCORING}
    assert found["employee"] >= {Waits.RECEIPT, Waits.FEEDBACK}
    assert found["hr"] >= {Waits.APPROVAL, Waits.APPEAL, Waits.CASE}
    employee = select(Person.id).join(Account).where(Account.email == demo.logins[2].email)
    notices = session.scalars(select(Notice.kind).where(Notice.person_id.in_(employee)))
    assert set(notices) >= {NoticeKind.SCORECARD_PUBLISHED, NoticeKind.PLAN_PROPOSED, NoticeKind.FEEDBACK_ASKED}


def test_figures_are_of_every_kind(session: Session) -> None:
    def count(*conditions: object) -> int:
        return session.scalar(select(func.count()).select_from(Entry).join(Entry.kpi).where(*conditions)) or 0  # type: ignore[arg-type]

    assert count(Entry.changes > 0, Entry.note != "") > 10
    assert count(Entry.evidence_link != "") > 100
    assert count(Kpi.measure == MeasureKind.VALUE, Entry.value == Decimal(0))
    assert count(cast(Entry.value, String).like("-%"))
    assert count(Entry.ends_on > date(2026, 10, 31)), "some of the month that is running"
    assert session.scalar(select(func.count()).select_from(EntryInput))
    grades = Counter(session.scalars(select(PublishedScorecard.grade)))
    assert grades["good"] == max(grades.values())
    assert {"good", "needs_improvement", "outstanding"} <= set(grades)


def test_people_have_names_and_addresses(session: Session) -> None:
    people = session.execute(select(Person.name, Person.email)).all()
    assert all(email and email.endswith("@example.com") and email.isascii() for _, email in people)
    assert len({name for name, _ in people}) == len(people)
    assert any(" " not in name for name, _ in people)


# --- Signing in, and the command -------------------------------------------------------------------------------------


def test_each_role_can_sign_in(client: Browser, demo: Demo) -> None:
    assert [each.role for each in demo.logins] == ["hr", "manager", "employee", "auditor"]
    for login in demo.logins:
        answer = client.submit("/sign-in", {"email": login.email, "password": login.password})
        assert answer.status_code == 303
        assert client.get("/account").status_code == 200
        client.cookies.clear()


def test_the_logins_are_what_they_are_called(session: Session, demo: Demo) -> None:
    cycle = session.scalars(select(Cycle).where(Cycle.code == demo.cycle)).one()
    people = {
        login.role: session.scalars(select(Person).join(Account).where(Account.email == login.email)).one()
        for login in demo.logins
    }
    assert {role: {grant.role for grant in person.grants} for role, person in people.items()} == {
        "hr": {Role.HR},
        "manager": set(),
        "employee": set(),
        "auditor": {Role.AUDITOR},
    }
    assert managers_above(session, people["employee"].id, date(2026, 10, 31))[0] == people["manager"].id
    assert people["employee"].number in demo.published
    team = select(ReportingLine.person_id).where(ReportingLine.manager_id == people["manager"].id)
    in_force = select(Plan).where(Plan.person_id.in_(team), Plan.state == PlanState.ACTIVE, Plan.cycle_id == cycle.id)
    assert len(session.scalars(in_force).all()) >= 5
    assert Actor(people["hr"].id, frozenset({Role.HR}), date(2026, 11, 16)).is_hr


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(command, ["demo", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_answers_programs_and_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINERJA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KINERJA_ORGANISATION_NAME", "PT Contoh")
    code, out, _ = run("--employees", "8", "--months", "2", "--seed", "5", "--json")
    answer = json.loads(out)
    assert code == 0
    assert list(answer) == ["logins", "cycle", "period", "published"]
    assert (answer["cycle"], answer["period"]) == ("2026", "2026-02")
    assert [list(each) for each in answer["logins"]] == [["role", "email", "password"]] * 4
    assert [each["role"] for each in answer["logins"]] == ["hr", "manager", "employee", "auditor"]
    assert set(answer["published"]) <= {f"K000{number}" for number in range(1, 9)}
    assert run("--employees", "8") == (1, "", "kinerja: The database is not empty; the demo needs one of its own.\n")
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600
    seals = [seals_in(file.read_bytes()) for file in (tmp_path / "pdf").rglob("*.pdf")]
    assert [[each.by for each in found if each.holds and each.covers_all] for found in seals] == [
        ["Common Name: Kinerja demo, Organization: PT Contoh"]
    ] * len(seals)
    assert seals


def test_a_demo_made_before_is_served_with_its_logins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[str] = []
    monkeypatch.setattr("app.serving.serve", lambda settings, *_: served.append(settings.organisation_name))
    monkeypatch.setenv("KINERJA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KINERJA_ORGANISATION_NAME", "PT Contoh")
    first = run("--employees", "5", "--months", "1", "--serve")
    assert run("--serve")[:2] == first[:2]
    assert first[1].startswith("Sign in as:\n  hr ")
    assert served == ["PT Contoh"] * 2
