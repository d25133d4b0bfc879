"""Are the PDFs of many prepared once each, by whoever is at it, as far as somebody may have them, and to the end?"""

import csv
import io
import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app import preparing, schema
from app.database import make_engine, make_sessions, transaction
from app.documents import pdf_process
from app.errors import Conflict, NotFound
from app.models import (
    Appraisal,
    AuditEntry,
    Cycle,
    PdfBatch,
    PdfBatchItem,
    Person,
    PublishedScorecard,
    ReportingLine,
)
from app.rules.issuing import FileNames, PdfState
from app.rules.vocabulary import Language
from app.services import expiry, issued, issuing_policy, pdf_batches, pdf_preparing
from app.services.organisation import SETTINGS
from app.services.pdf_batches import BatchState
from app.services.pdf_choice import Wanted
from app.settings import Settings
from tests.broken import break_card
from tests.cast import actor_of, make_cast
from tests.postgres import own_database
from tests.preparing import Company, publish_january
from tests.tools import Clock

pytestmark = [pytest.mark.database, pytest.mark.slow]
ID = Language.INDONESIAN


@pytest.fixture
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    with own_database(request.config, tmp_path, "kinerja_batches") as url:
        engine = make_engine(url)
        schema.upgrade(engine)
        settings = Settings(data_dir=tmp_path, database_url=url, default_language="id", _env_file=None)
        sessions = make_sessions(engine, info={SETTINGS: settings})
        with transaction(sessions) as session:
            cast = make_cast(session)
            january, team = publish_january(session, cast)
            for person in cast:
                assert isinstance(person.grants, list)  # read now, for those who ask later
        yield Company(sessions, settings, cast, january, team)
        engine.dispose()


def pdfs(found: dict[str, bytes]) -> list[str]:
    return [name for name in found if name.endswith(".pdf")]


def results(content: bytes) -> dict[str, str]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    return {row[0]: row[3] for row in list(rows)[1:]}


def test_a_batch_is_prepared_and_its_zip_comes_from_what_is_kept(company: Company) -> None:
    cast, hana = company.cast, company.cast.hana
    batch_id = company.start(hana)
    assert company.states(batch_id) == {"waiting": 4}
    with pytest.raises(Conflict, match="batch_running"):
        company.zip(hana, batch_id)
    assert pdf_preparing.prepare(company.sessions) == 4
    assert (company.state(batch_id), company.states(batch_id)) == (BatchState.DONE, {"ready": 4})
    kept = {path: path.stat().st_mtime_ns for path in (company.settings.data_dir / "pdf").rglob("*.pdf")}
    found = company.zip(hana, batch_id)
    assert len(pdfs(found)) == 4
    assert set(results(found["report.csv"]).values()) == {"ok"}
    again = company.start(hana, Wanted(manager_id=cast.mona.id))
    assert company.states(again) == {"ready": 3}
    assert pdf_preparing.prepare(company.sessions) == 0
    assert kept == {path: path.stat().st_mtime_ns for path in (company.settings.data_dir / "pdf").rglob("*.pdf")}
    assert company.issued() == 4


def test_two_workers_make_each_pdf_once(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_preparing, "AT_ONCE", 1)
    batch_id = company.start(company.cast.hana)
    shares: list[int] = []
    workers = [
        threading.Thread(target=lambda: shares.append(pdf_preparing.prepare(company.sessions))) for _ in range(3)
    ]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sum(shares) == 4
    assert company.states(batch_id) == {"ready": 4}
    with transaction(company.sessions, writes=False) as session:
        assert session.scalars(select(PdfBatchItem.attempts)).all() == [1] * 4
    assert company.issued() == 4


def test_a_batch_that_was_stopped_goes_on_where_it_was(company: Company) -> None:
    hana, batch_id = company.cast.hana, company.start(company.cast.hana)
    looks = iter([False, False, True])
    pdf_preparing.prepare(company.sessions, lambda: next(looks, True))  # told to stop while the second is in hand
    assert company.states(batch_id) == {"ready": 2, "waiting": 2}
    company.act("cancel", hana, batch_id)
    assert company.state(batch_id) is BatchState.CANCELLED
    assert pdf_preparing.prepare(company.sessions) == 0
    assert sorted(results(company.zip(hana, batch_id)["report.csv"]).values()) == ["not prepared"] * 2 + ["ok"] * 2
    for name, code in (("cancel", "batch_not_running"), ("retry", "batch_without_faults")):
        with pytest.raises(Conflict, match=code):
            company.act(name, hana, batch_id)
    company.act("resume", hana, batch_id)
    assert pdf_preparing.prepare(company.sessions) == 2
    assert company.states(batch_id) == {"ready": 4}
    with pytest.raises(Conflict, match="batch_not_cancelled"):
        company.act("resume", hana, batch_id)
    with transaction(company.sessions, writes=False) as session:
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "pdf_batch"))
        assert list(acts) == [f"scorecard.pdfs_{name}" for name in ("started", "cancelled", "resumed")]


def test_what_a_killed_worker_had_in_hand_is_made_by_another(company: Company, clock: Clock) -> None:
    batch_id = company.start(company.cast.hana)
    worker = get_context("spawn").Process(target=prepare_alone, args=(company.settings,))
    worker.start()
    while not (company.settings.data_dir / "pdf").exists():  # the first is made
        threading.Event().wait(0.02)
    worker.kill()
    worker.join()
    assert company.states(batch_id) == {"working": 4}
    with transaction(company.sessions, writes=False) as session:
        until = session.scalars(select(PdfBatchItem.leased_until)).first()
    assert until is not None
    clock.now = until - pdf_preparing.LASTS / 2
    assert pdf_preparing.prepare(company.sessions) == 0
    clock.now = until
    assert pdf_preparing.prepare(company.sessions) == 4
    assert (company.states(batch_id), company.issued()) == ({"ready": 4}, 4)


def prepare_alone(settings: Settings) -> None:
    """What a worker does, in a process of its own."""
    sessions = make_sessions(make_engine(settings.database_url), info={SETTINGS: settings})
    pdf_preparing.prepare(sessions)


def test_a_pdf_over_which_every_worker_ends_is_given_up(company: Company, clock: Clock) -> None:
    batch_id = company.start(company.cast.hana)
    with transaction(company.sessions) as session:
        for item in session.scalars(select(PdfBatchItem)):
            item.state, item.attempts, item.leased_until = PdfState.WORKING, pdf_preparing.MOST_ATTEMPTS, clock.now
    assert pdf_preparing.prepare(company.sessions) == 0
    assert company.states(batch_id) == {"failed": 4}
    assert [each.partition(": ")[2] for each in company.told(company.cast.hana)] == ["0 ready, 4 failed."]
    company.act("retry", company.cast.hana, batch_id)
    assert company.states(batch_id) == {"waiting": 4}


def test_a_broken_card_stops_no_other_and_can_be_tried_again(company: Company, clock: Clock) -> None:
    hana, eli = company.cast.hana, company.cast.eli
    with transaction(company.sessions) as session:
        break_card(session, session.get_one(Person, eli.id))
    batch_id = company.start(hana)
    assert pdf_preparing.prepare(company.sessions) == 3
    assert (company.state(batch_id), company.states(batch_id)) == (BatchState.DONE, {"ready": 3, "failed": 1})
    with transaction(company.sessions, writes=False) as session:
        batch = pdf_batches.get_batch(session, actor_of(hana), batch_id)
        listed = pdf_batches.list_items(session, actor_of(hana), batch)
    first = listed.items[0]
    assert (listed.total, first.name, first.state, first.fault) == (4, eli.name, PdfState.FAILED, "too_large")
    report = results(company.zip(hana, batch_id)["report.csv"])
    assert Counter(report.values()) == {"ok": 3, "failed: too_large": 1}
    assert report[eli.number] == "failed: too_large"
    clock.advance(seconds=1)
    company.act("retry", hana, batch_id)
    assert pdf_preparing.prepare(company.sessions) == 0
    assert company.states(batch_id) == {"ready": 3, "failed": 1}
    assert [each.partition(": ")[2] for each in company.told(hana)] == ["3 ready, 1 failed."] * 2


def test_whoever_asked_is_told_once_when_two_workers_end_a_batch_together(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_preparing, "AT_ONCE", 2)
    together, tell_if_ended = threading.Barrier(2), pdf_batches.tell_if_ended

    def meet(*given: Any) -> None:
        with suppress(
            threading.BrokenBarrierError
        ):  # they cannot, for one has the batch to itself; else both miss the end
            together.wait(1)
        tell_if_ended(*given)

    monkeypatch.setattr(pdf_batches, "tell_if_ended", meet)
    batch_id = company.start(company.cast.mona)
    workers = [threading.Thread(target=pdf_preparing.prepare, args=(company.sessions,)) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    pdf_preparing.prepare(company.sessions)
    assert company.told(company.cast.mona) == [
        f"/pdf-batches/{batch_id} The PDFs of scorecards for January 2026 are prepared: 3 ready, 0 failed."
    ]


def test_nobody_is_told_of_what_they_stopped_themselves(company: Company) -> None:
    hana, mona = company.cast.hana, company.cast.mona
    own, other = company.start(mona), company.start(mona)
    looks = 0

    def is_stopping() -> bool:
        nonlocal looks
        looks += 1
        if looks == 2:
            company.act("cancel", mona, own)  # while the first is in hand
        return looks > 1

    pdf_preparing.prepare(company.sessions, is_stopping)
    assert (company.state(own), company.states(own)["ready"]) == (BatchState.CANCELLED, 1)
    assert company.told(mona) == []
    company.act("cancel", hana, other)
    assert company.told(mona) == [
        f"/pdf-batches/{other} Hana Hartati has stopped the preparing of PDFs for January 2026: 0 ready."
    ]
    assert company.told(hana) == []
    company.act("resume", mona, own)
    pdf_preparing.prepare(company.sessions)
    assert company.told(mona)[1:] == [
        f"/pdf-batches/{own} The PDFs of scorecards for January 2026 are prepared: 3 ready, 0 failed."
    ]


def test_a_small_batch_does_not_wait_for_a_large_one(
    company: Company, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_preparing, "AT_ONCE", 2)
    large, small = company.start(company.cast.hana), company.start(company.cast.omar)
    looks = iter([False] * 4 + [True])  # two claims: two PDFs of the first batch, one of the second

    def is_stopping() -> bool:
        clock.advance(seconds=1)
        return next(looks, True)

    pdf_preparing.prepare(company.sessions, is_stopping)
    assert company.states(large)["ready"] == 2
    assert company.states(small) == {"ready": 1}


def test_everybody_prepares_for_their_own_line_and_sees_their_own_batches(company: Company) -> None:
    cast = company.cast
    everybody = company.start(cast.hana)
    of_mona = company.start(cast.mona)
    assert company.states(of_mona) == {"waiting": 3}
    for who in (cast.audi, cast.omar):
        with pytest.raises(Conflict, match="nothing_published"):
            company.start(who, Wanted(manager_id=cast.mona.id))
    for who, seen in ((cast.hana, [of_mona, everybody]), (cast.mona, [of_mona]), (cast.eli, []), (cast.audi, [])):
        with transaction(company.sessions, writes=False) as session:
            assert [each.id for each in pdf_batches.list_batches(session, actor_of(who)).items] == seen
    for who in (cast.omar, cast.eli, cast.audi, cast.root):
        with transaction(company.sessions, writes=False) as session, pytest.raises(NotFound):
            pdf_batches.get_batch(session, actor_of(who), of_mona)
        for name in ("cancel", "resume", "retry"):
            with pytest.raises(NotFound):
                company.act(name, who, of_mona)
    company.act("cancel", cast.hana, of_mona)


def test_rights_are_asked_again_when_the_zip_is_taken(company: Company) -> None:
    cast, batch_id = company.cast, company.start(company.cast.mona)
    pdf_preparing.prepare(company.sessions)
    assert len(pdfs(company.zip(cast.mona, batch_id))) == 3
    with transaction(company.sessions) as session:
        line = session.scalars(select(ReportingLine).where(ReportingLine.person_id == cast.eli.id)).one()
        line.manager_id = cast.omar.id
    found = company.zip(cast.mona, batch_id)
    assert len(pdfs(found)) == 2
    assert cast.eli.number not in results(found["report.csv"])
    with transaction(company.sessions, writes=False) as session:
        mona = actor_of(cast.mona)
        batch = pdf_batches.get_batch(session, mona, batch_id)
        assert cast.eli.name not in {item.name for item in pdf_batches.list_items(session, mona, batch).items}
        got = select(func.count()).where(AuditEntry.action == issued.DOWNLOADED, AuditEntry.actor_id == cast.mona.id)
        assert session.scalar(got) == 3 + 2


def test_a_scorecard_that_was_corrected_is_not_handed_out_in_its_old_version(company: Company) -> None:
    hana, batch_id = company.cast.hana, company.start(company.cast.hana)
    pdf_preparing.prepare(company.sessions)
    with transaction(company.sessions) as session:
        break_card(session, session.get_one(Person, company.cast.eli.id))
    with transaction(company.sessions, writes=False) as session:
        assert pdf_batches.replaced(session, pdf_batches.get_batch(session, actor_of(hana), batch_id)) == 1
    report = results(company.zip(hana, batch_id)["report.csv"])
    assert report[company.cast.eli.number] == "replaced by a later version"
    assert Counter(report.values())["ok"] == 3


def test_files_are_named_as_the_organisation_wants(company: Company) -> None:
    cast, batch_id = company.cast, company.start(company.cast.omar)
    pdf_preparing.prepare(company.sessions)
    for style, name in (
        (FileNames.NUMBER_PERIOD, "Kartu-Skor_6_2026-01.pdf"),
        (FileNames.UNIT_FOLDER, "-/Kartu-Skor_6_Otto-Oktavian_2026-01.pdf"),
        (FileNames.NUMBER_NAME_PERIOD, "Kartu-Skor_6_Otto-Oktavian_2026-01.pdf"),
    ):
        with transaction(company.sessions) as session:
            issuing_policy.choose(session, actor_of(cast.hana), style)
        assert list(company.zip(cast.omar, batch_id))[1] == name
    with transaction(company.sessions, writes=False) as session:
        names = session.scalars(
            select(AuditEntry.details).where(AuditEntry.action == "cycle.file_names_chosen").order_by(AuditEntry.id)
        ).all()
    assert names[0] == '{"file_names":["number_name_period","number_period"]}'


def test_a_person_who_waits_for_one_card_never_waits_behind_a_batch(company: Company) -> None:
    """The batch stands still in the middle of a page, and another card is made and handed out meanwhile."""
    cast, events = company.cast, list[str]()
    cards = [with_sign_that_only_the_engine_knows(company, person) for person in (cast.eli, cast.otto)]
    pdf_process.render_pdf("<html lang=en><title>t</title><p>a", in_batch=True)
    batch_engine = pdf_process._for_many.child
    assert batch_engine is not None
    os.kill(batch_engine.process.pid, signal.SIGSTOP)
    batch_id = company.start(cast.omar)

    def prepare() -> None:
        events.append(f"batch: {pdf_preparing.prepare(company.sessions)}")

    batch = threading.Thread(target=prepare)
    batch.start()
    try:
        while batch.is_alive() and not pdf_process._for_many.lock.locked():
            pass
        assert company.states(batch_id) == {"working": 1}
        for card in cards:  # one of the batch itself, and another
            issued.issue_pdf(company.sessions, None, card, Language.ENGLISH)
            events.append("one")
    finally:
        with suppress(ProcessLookupError):  # ended because somebody waited for it after all
            os.kill(batch_engine.process.pid, signal.SIGCONT)
        batch.join()
    assert events == ["one", "one", "batch: 1"]
    assert company.states(batch_id) == {"ready": 1}


def with_sign_that_only_the_engine_knows(company: Company, person: Person) -> int:
    """The person's scorecard once more, so that it is laid out in full and not filled in."""
    with transaction(company.sessions) as session:
        cards = select(PublishedScorecard).join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        facts = json.loads(session.scalars(cards.where(Appraisal.person_id == person.id)).one().snapshot)
        facts["scorecard"]["comment"] = "李"
        return break_card(session, session.get_one(Person, person.id), json.dumps(facts)).id


def test_the_service_prepares_beside_itself_and_stands_back(company: Company) -> None:
    preparer = preparing.Preparer(company.sessions, company.settings.model_copy(update={"pdf_processes": 2}))
    batch_id = company.start(company.cast.hana)
    preparer.start()
    niceness = set[int]()
    for _ in range(1500):
        if company.states(batch_id)["working"]:
            niceness |= {os.getpriority(os.PRIO_PROCESS, each.pid or 0) for each in active_children()}
        if company.state(batch_id) is BatchState.DONE:
            break
        threading.Event().wait(0.02)
    preparer.stop()
    assert company.states(batch_id) == {"ready": 4}
    assert os.getpriority(os.PRIO_PROCESS, 0) + 10 in niceness
    assert active_children() == []


def test_old_batches_are_forgotten_and_their_pdfs_stay(company: Company, clock: Clock) -> None:
    pdf_batch = company.start(company.cast.omar)
    assert pdf_preparing.prepare(company.sessions) == company.states(pdf_batch)["ready"] == 1
    clock.advance(days=91)
    assert len(company.told(company.cast.omar)) == 1
    expiry.forget_expired(company.sessions, company.settings)
    assert company.told(company.cast.omar) == []
    with transaction(company.sessions, writes=False) as session:
        assert [session.scalar(select(func.count(each.id))) for each in (PdfBatch, PdfBatchItem, Cycle)] == [0, 0, 1]
    assert company.issued() == 1
