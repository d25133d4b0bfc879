"""Is an employee led to the published scorecard once more where that helps, and never twice by accident?"""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Sessions
from app.errors import Conflict, NotAllowed, NotFound
from app.models import AuditEntry, Notice
from app.rules.noticing import NoticeKind
from app.services import card_links
from app.services.appraisals import publish
from app.services.card_links import SentLinks, count_waiting, send_link, send_links
from app.services.mailing import gather, send_due
from app.services.organisation import SETTINGS
from app.services.receipts import acknowledge, list_receipts
from app.services.where import Where
from app.settings import Settings
from tests.cards import Example, give_plan, january_published, make_example
from tests.cast import Cast, actor_of
from tests.factories import TODAY
from tests.post_office import PostOffice, free_port, open_office, text_of
from tests.tools import Clock, SignIn

TOMORROW = TODAY + timedelta(days=1)
LINKS = "/acknowledgements/links"
JANUARY = {"cycle": "2026", "period": "2026-01"}


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    """Eli's January is published today."""
    made = make_example(session, cast)
    made.record_january(session)
    give_plan(session, cast.eva, made.cycle)
    publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=made.period("2026-01").id)
    return made


@pytest.fixture
def where(example: Example) -> Where:
    return Where(example.cast.eli.id, "2026", "2026-01")


@pytest.fixture
def tomorrow(clock: Clock) -> date:
    clock.set_day(TOMORROW)
    return TOMORROW


def notices(session: Session, cast: Cast) -> list[Notice]:
    kind = NoticeKind.SCORECARD_PUBLISHED
    chosen = select(Notice).where(Notice.person_id == cast.eli.id, Notice.kind == kind)
    return list(session.scalars(chosen.order_by(Notice.id)))


def acts(session: Session) -> int:
    return len(session.scalars(select(AuditEntry).where(AuditEntry.action == "scorecard.link_sent")).all())


def refused(session: Session, cast: Cast, where: Where, day: date) -> str:
    with pytest.raises(Conflict) as conflict:
        send_link(session, actor_of(cast.hana, day), where=where)
    return conflict.value.code


def test_the_link_goes_out_once_more_and_is_on_record(
    session: Session, cast: Cast, where: Where, tomorrow: date
) -> None:
    send_link(session, actor_of(cast.hana, tomorrow), where=where)
    first, second = notices(session, cast)
    assert (second.values, second.about_id, second.concerns_id) == (first.values, first.about_id, first.concerns_id)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor_id, entry.subject_id) == ("scorecard.link_sent", cast.hana.id, cast.eli.id)


def test_nobody_is_told_twice_on_one_day(
    session: Session, cast: Cast, where: Where, clock: Clock, example: Example
) -> None:
    assert refused(session, cast, where, TODAY) == "link_on_its_way"  # published today
    clock.set_day(TOMORROW)
    january = example.period("2026-01")
    send_link(session, actor_of(cast.mona, TOMORROW), where=where)
    assert refused(session, cast, where, TOMORROW) == "link_on_its_way"
    assert send_links(session, actor_of(cast.hana, TOMORROW), january) == SentLinks(0, 0)
    assert (len(notices(session, cast)), acts(session)) == (2, 1)
    clock.set_day(TOMORROW + timedelta(days=1))
    assert send_links(session, actor_of(cast.hana, TOMORROW + timedelta(days=1)), january) == SentLinks(1, 0)
    assert (len(notices(session, cast)), acts(session)) == (3, 2)


def test_nobody_is_told_again_while_the_first_mail_still_waits(
    session: Session, cast: Cast, where: Where, tomorrow: date, example: Example
) -> None:
    notices(session, cast)[0].is_for_mail = True
    session.flush()
    assert refused(session, cast, where, tomorrow) == "link_on_its_way"
    assert count_waiting(session, actor_of(cast.hana, tomorrow), example.period("2026-01")) == 0


def test_who_has_confirmed_or_left_is_let_be(
    session: Session, cast: Cast, where: Where, tomorrow: date, example: Example
) -> None:
    hana, january = actor_of(cast.hana, tomorrow), example.period("2026-01")
    cast.eli.left_on = TODAY
    session.flush()
    assert refused(session, cast, where, tomorrow) == "person_has_left"
    assert count_waiting(session, hana, january) == 0
    cast.eli.left_on = None
    acknowledge(session, actor_of(cast.eli, tomorrow), where=where)
    assert refused(session, cast, where, tomorrow) == "already_acknowledged"
    assert send_links(session, hana, january) == SentLinks(0, 0)


def test_many_are_told_part_by_part(
    session: Session, cast: Cast, example: Example, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    january = example.period("2026-01")
    clock.set_day(TOMORROW)
    hana = actor_of(cast.hana, TOMORROW)
    assert count_waiting(session, hana, january) == 1
    monkeypatch.setattr(card_links, "MOST", 0)
    assert send_links(session, hana, january) == SentLinks(0, 1)
    monkeypatch.setattr(card_links, "MOST", 500)
    assert send_links(session, hana, january) == SentLinks(1, 0)


def test_only_who_publishes_sends(session: Session, cast: Cast, where: Where, tomorrow: date, example: Example) -> None:
    for name in ("eli", "audi"):
        with pytest.raises(NotAllowed):
            send_link(session, actor_of(getattr(cast, name), tomorrow), where=where)
    with pytest.raises(NotFound):
        send_link(session, actor_of(cast.omar, tomorrow), where=where)
    assert send_links(session, actor_of(cast.omar, tomorrow), example.period("2026-01")) == SentLinks(0, 0)
    assert len(notices(session, cast)) == 1


def test_the_list_says_when_somebody_was_last_told(
    session: Session, cast: Cast, where: Where, tomorrow: date, example: Example
) -> None:
    january = example.period("2026-01")
    (before,) = list_receipts(session, actor_of(cast.hana, tomorrow), january).items
    send_link(session, actor_of(cast.hana, tomorrow), where=where)
    (after,) = list_receipts(session, actor_of(cast.hana, tomorrow), january).items
    assert before.told_at is not None
    assert after.told_at is not None
    assert after.told_at.date() > before.told_at.date()
    assert after.may_send
    (seen,) = list_receipts(session, actor_of(cast.audi, tomorrow), january).items
    assert not seen.may_send


# --- The mail ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_office(PostOffice(free_port())) as office:
        yield office


def test_the_mail_holds_the_link_and_neither_file_nor_result(
    session: Session, sessions: Sessions, settings: Settings, cast: Cast, clock: Clock, office: PostOffice
) -> None:
    given = {"smtp_host": "127.0.0.1", "smtp_from": "kinerja@example.com", "base_url": "https://kinerja.example.com"}
    mailing = settings.model_copy(update=given)
    january_published(session, cast)
    session.info[SETTINGS] = mailing
    sessions.configure(info={SETTINGS: mailing})
    clock.set_day(TOMORROW)
    send_link(session, actor_of(cast.hana, TOMORROW), where=Where(cast.eli.id, "2026", "2026-01"))
    session.flush()
    clock.advance(minutes=3)
    gather(sessions, mailing)
    assert send_due(sessions, mailing, office.server).sent == 1
    (mail,) = office.taken
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    text = text_of(mail)
    assert f"https://kinerja.example.com/scorecards/{cast.eli.id}/2026?period=2026-01\n" in text
    assert "81,37" not in text


# --- The page ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("example")
def test_the_page_sends_to_one_and_to_all(session: Session, cast: Cast, clock: Clock, as_: SignIn) -> None:
    clock.set_day(TOMORROW)
    hana = as_(cast.hana)
    page = hana.get("/acknowledgements?cycle=2026&period=2026-01").text
    assert "Kirim ulang tautan kepada 1 karyawan" in page
    answer = hana.submit(LINKS, JANUARY)
    assert answer.headers["location"] == "/acknowledgements?cycle=2026&period=2026-01"
    after = hana.get("/acknowledgements?cycle=2026&period=2026-01").text
    assert "1 karyawan diberi tahu lagi." in after
    assert "kepada 1 karyawan" not in after
    again = hana.submit(LINKS, {**JANUARY, "person": str(cast.eli.id)})
    assert again.status_code == 409
    clock.set_day(TOMORROW + timedelta(days=1))
    hana = as_(cast.hana)
    assert hana.submit(LINKS, {**JANUARY, "person": str(cast.eli.id)}).status_code == 303
    assert len(notices(session, cast)) == 3
