"""Do all published scorecards of a period come as one ZIP, each once made, on record, and for whom they are?"""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import signing
from app.database import Sessions
from app.documents.manifest import check_release
from app.errors import Conflict
from app.models import AuditEntry, Period, Person, PublishedScorecard
from app.rules.vocabulary import Action, Language
from app.services import audit, issued
from app.services.appraisals import publish
from app.services.organisation import settings_of
from app.services.pdf_bundle import begin, stream
from app.services.pdf_choice import Counts, Wanted, counts, managers
from app.services.plan_drafts import kpis_of
from tests.broken import break_card
from tests.cards import Example, give_plan, make_example
from tests.cast import Cast, actor_of
from tests.tools import Clock

pytestmark = pytest.mark.slow
ID = Language.INDONESIAN
READ = Action.SCORECARD_READ


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    """Eli's and eva's January is published."""
    made = make_example(session, cast)
    made.record_january(session)
    evas = give_plan(session, cast.eva, made.cycle)
    replace(made, plan=evas, kpis={kpi.code: kpi for kpi in kpis_of(evas)}).record_january(session)
    for person in (cast.eli, cast.eva):
        publish(session, actor_of(cast.mona), person_id=person.id, period_id=made.period("2026-01").id)
    session.commit()
    return made


@pytest.fixture
def january(example: Example) -> Period:
    return example.period("2026-01")


def sent(
    sessions: Sessions, who: Person, january: Period, wanted: Wanted | None = None, language: Language = ID
) -> dict[str, bytes]:
    return opened(b"".join(stream(sessions, begin(sessions, actor_of(who), january, wanted or Wanted(), language))))


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def downloads(session: Session) -> list[tuple[int | None, int | None]]:
    acts = select(AuditEntry).where(AuditEntry.action == "scorecard.downloaded").order_by(AuditEntry.id)
    return [(act.actor_id, act.subject_id) for act in session.scalars(acts)]


def pdf_names(cast: Cast) -> list[str]:
    return [
        f"Kartu-Skor_{person.number}_{person.name.replace(' ', '-')}_2026-01.pdf"
        for person in sorted((cast.eli, cast.eva), key=lambda each: each.number)
    ]


def test_the_zip_holds_every_pdf_by_number_and_says_so(
    sessions: Sessions, session: Session, cast: Cast, january: Period
) -> None:
    found = sent(sessions, cast.hana, january)
    assert list(found) == ["contents.csv", *pdf_names(cast), "report.csv", "manifest.json", "manifest.sig"]
    people = sorted((cast.eli, cast.eva), key=lambda each: each.number)
    names = pdf_names(cast)
    assert table(found["contents.csv"])[1:] == [
        [each.number, each.name, "1", name] for each, name in zip(people, names, strict=True)
    ]
    assert table(found["report.csv"])[1:] == [
        [each.number, each.name, name, "ok", issued.digest_of(found[name])]
        for each, name in zip(people, names, strict=True)
    ]
    cards = {card.appraisal.person_id: card.id for card in session.scalars(select(PublishedScorecard))}
    for person, name in zip(people, names, strict=True):
        assert found[name] == issued.stored_copy(session, cards[person.id], ID)
    assert downloads(session) == [(cast.hana.id, each.id) for each in people]
    assert audit.verify(session) is None


def test_the_zip_as_a_whole_is_signed(
    sessions: Sessions, session: Session, cast: Cast, january: Period, tmp_path: Path
) -> None:
    path = tmp_path / "january.zip"
    path.write_bytes(b"".join(stream(sessions, begin(sessions, actor_of(cast.hana), january, Wanted(), ID))))
    settings = settings_of(session)
    release = check_release(path, signing.public_key(settings))
    assert (release.count, release.faults) == (4, [])
    assert {name: release.about[name] for name in ("organisation", "period", "language")} == {
        "organisation": settings.organisation_name,
        "period": "2026-01",
        "language": "id",
    }
    listed = json.loads(opened(path.read_bytes())["manifest.json"])["files"]
    assert [each["name"] for each in listed if each.get("version") == 1] == pdf_names(cast)


def test_the_second_time_nothing_is_rendered(
    sessions: Sessions, session: Session, cast: Cast, january: Period, monkeypatch: pytest.MonkeyPatch
) -> None:
    hana = actor_of(cast.hana)
    assert counts(session, hana, january, Wanted(), ID, READ) == Counts(published=2, ready=0)
    first = sent(sessions, cast.hana, january)
    assert counts(session, hana, january, Wanted(), ID, READ) == Counts(published=2, ready=2)
    assert counts(session, hana, january, Wanted(), Language.ENGLISH, READ) == Counts(published=2, ready=0)

    def no_rendering(*_card: object, **_options: object) -> bytes:
        raise AssertionError

    monkeypatch.setattr(issued, "scorecard_pdf", no_rendering)
    assert sent(sessions, cast.hana, january) == first
    assert len(downloads(session)) == 4


def test_a_card_that_cannot_be_made_is_a_line_and_stops_nothing(
    sessions: Sessions, session: Session, cast: Cast, january: Period
) -> None:
    break_card(session, cast.eli)
    found = sent(sessions, cast.hana, january)
    [evas] = [name for name in pdf_names(cast) if cast.eva.number in name]
    assert list(found) == ["contents.csv", evas, "report.csv", "manifest.json", "manifest.sig"]
    lines = {line[0]: line[2:4] for line in table(found["report.csv"])[1:]}
    assert lines == {cast.eli.number: ["", "failed: too_large"], cast.eva.number: [evas, "ok"]}
    assert downloads(session) == [(cast.hana.id, cast.eva.id)]


def test_a_snapshot_that_cannot_be_read_is_a_line_too(
    sessions: Sessions, session: Session, cast: Cast, january: Period
) -> None:
    break_card(session, cast.eli, "{}")
    lines = table(sent(sessions, cast.hana, january)["report.csv"])[1:]
    assert [line[3] for line in lines if line[0] == cast.eli.number] == ["failed: unreadable"]


def test_everybody_gets_what_they_may_read(session: Session, sessions: Sessions, cast: Cast, january: Period) -> None:
    everybody = {
        who.number: counts(session, actor_of(who), january, Wanted(), ID, READ).published
        for who in (cast.hana, cast.audi, cast.mona, cast.eli, cast.otto)
    }
    assert everybody == {
        cast.hana.number: 2,
        cast.audi.number: 2,
        cast.mona.number: 2,
        cast.eli.number: 1,
        cast.otto.number: 0,
    }
    for who in (cast.otto, cast.omar):
        with pytest.raises(Conflict, match="nothing_published"):
            begin(sessions, actor_of(who), january, Wanted(), ID)


def test_a_batch_is_narrowed_to_a_manager(session: Session, cast: Cast, january: Period) -> None:
    hana = actor_of(cast.hana)
    assert managers(session, hana, january) == [(cast.mona.id, cast.mona.name)]
    assert counts(session, hana, january, Wanted(manager_id=cast.mona.id), ID, READ).published == 2
    assert counts(session, hana, january, Wanted(manager_id=cast.omar.id), ID, READ).published == 0
    assert counts(session, hana, january, Wanted(unit_id=2**40), ID, READ).published == 0
    assert counts(session, actor_of(cast.eli), january, Wanted(manager_id=cast.mona.id), ID, READ).published == 1


@pytest.fixture
def running(sessions: Sessions, cast: Cast, january: Period) -> Iterator[Iterator[bytes]]:
    parts = stream(sessions, begin(sessions, actor_of(cast.hana), january, Wanted(), ID))
    assert next(parts).startswith(b"PK")
    yield parts
    parts.close()  # type: ignore[attr-defined]


def test_nobody_has_two_batches_at_a_time(
    sessions: Sessions, cast: Cast, january: Period, running: Iterator[bytes]
) -> None:
    with pytest.raises(Conflict, match="bundle_running"):
        begin(sessions, actor_of(cast.hana), january, Wanted(), ID)
    begin(sessions, actor_of(cast.mona), january, Wanted(), ID)
    running.close()  # type: ignore[attr-defined]  # the reader breaks off
    begin(sessions, actor_of(cast.hana), january, Wanted(), ID)


def test_a_batch_whose_service_ended_holds_nobody_up_for_long(
    sessions: Sessions, cast: Cast, january: Period, clock: Clock
) -> None:
    begin(sessions, actor_of(cast.hana), january, Wanted(), ID)
    with pytest.raises(Conflict, match="bundle_running"):
        begin(sessions, actor_of(cast.hana), january, Wanted(), ID)
    clock.advance(minutes=4)
    begin(sessions, actor_of(cast.hana), january, Wanted(), ID)
