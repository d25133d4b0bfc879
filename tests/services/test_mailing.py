"""Does every notice leave by mail once, in one mail with what came together, whatever the mail server does?"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Sessions
from app.models import Account, Mail, Person
from app.rules.noticing import MailState, MailWish, NoticeKind, pause_after
from app.rules.vocabulary import Language
from app.services.mailing import Delivery, gather, send_due
from app.services.notices import choose_wish, list_notices, read_all, tell
from app.services.organisation import SETTINGS
from app.settings import Settings
from tests.cast import Cast, actor_of
from tests.post_office import PostOffice, free_port, open_office, text_of
from tests.told import publish
from tests.tools import Clock

pytestmark = pytest.mark.database


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_office(PostOffice(free_port())) as office:
        yield office


@pytest.fixture(autouse=True)
def mailing(session: Session, sessions: Sessions, settings: Settings) -> Settings:
    """Settings with a mail server, for the test's session and all later ones."""
    given = {"smtp_host": "127.0.0.1", "smtp_from": "kinerja@example.com", "base_url": "https://kinerja.example.com"}
    changed = settings.model_copy(update=given)
    session.info[SETTINGS] = changed
    sessions.configure(info={SETTINGS: changed})
    return changed


class Round:
    """One round of the worker: gather, then send."""

    def __init__(self, session: Session, sessions: Sessions, settings: Settings) -> None:
        self.session, self.sessions, self.settings = session, sessions, settings

    def __call__(self, office: PostOffice) -> Delivery:
        self.session.flush()
        gather(self.sessions, self.settings)
        done = send_due(self.sessions, self.settings, office.server)
        self.session.expire_all()
        return done

    @property
    def mails(self) -> list[tuple[MailState, int]]:
        """State and attempts of each mail."""
        return [(mail.state, mail.attempts) for mail in self.session.scalars(select(Mail).order_by(Mail.id))]


@pytest.fixture
def go(session: Session, sessions: Sessions, mailing: Settings) -> Round:
    return Round(session, sessions, mailing)


def propose(session: Session, person: Person) -> None:
    tell(
        session,
        person.id,
        NoticeKind.PLAN_PROPOSED,
        key="1",
        about=("plan", 12),
        concerns=person.id,
        values={"cycle": "2026"},
    )


def test_what_came_together_is_one_mail(
    session: Session, cast: Cast, clock: Clock, office: PostOffice, go: Round
) -> None:
    publish(session, cast.eli)
    propose(session, cast.eli)
    assert go(office).sent == 0  # more of the same act may follow
    clock.advance(minutes=2)
    assert go(office) == Delivery(sent=1)
    assert go(office) == Delivery()
    (mail,) = office.taken
    assert mail["Subject"] == "2 pemberitahuan dari PT Contoh"
    assert mail["To"] == "Eli Effendi <eli@example.com>"
    assert mail["From"] == "PT Contoh <kinerja@example.com>"
    assert mail["List-Unsubscribe"] == "<https://kinerja.example.com/account#notices>"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, designed = text_of(mail), text_of(mail, "html")
    for text in (plain, designed):
        assert "Kartu skor Anda untuk Januari 2026 telah diterbitkan." in text
        assert "Rencana kinerja 2026 diusulkan kepada Anda." in text
        assert "https://kinerja.example.com/plans/12" in text
    assert f"https://kinerja.example.com/scorecards/{cast.eli.id}/2026?period=2026-01\n" in plain
    assert "<script" not in designed


def test_one_notice_is_its_own_subject_in_the_readers_language(
    session: Session, cast: Cast, clock: Clock, office: PostOffice, go: Round
) -> None:
    session.scalars(select(Account).where(Account.person_id == cast.eli.id)).one().language = Language.ENGLISH
    publish(session, cast.eli)
    clock.advance(minutes=2)
    go(office)
    (mail,) = office.taken
    assert mail["Subject"] == "Your scorecard for January 2026 is published."
    assert "Hello Eli Effendi," in text_of(mail)
    assert "There is 1 notice for you in PT Contoh:" in text_of(mail)


def test_one_mail_an_hour(session: Session, cast: Cast, clock: Clock, office: PostOffice, go: Round) -> None:
    publish(session, cast.eli)
    clock.advance(minutes=2)
    go(office)
    for key in ("2", "3"):
        publish(session, cast.eli, key)
        clock.advance(minutes=20)
        assert go(office).sent == 0
    clock.advance(minutes=20)
    assert go(office).sent == 1
    assert [mail["Subject"][:2] for mail in office.taken] == ["Ka", "2 "]


def test_once_a_day_in_the_morning(session: Session, cast: Cast, clock: Clock, office: PostOffice, go: Round) -> None:
    choose_wish(session, actor_of(cast.eli), MailWish.DAILY)
    publish(session, cast.eli)  # at nine in the morning of Jakarta
    for _ in range(21):
        clock.advance(hours=1)
        assert go(office).sent == 0
    publish(session, cast.eli, "2")  # at six the next morning
    clock.advance(hours=1, minutes=5)
    assert go(office).sent == 1
    assert office.taken[0]["Subject"].startswith("2 ")


def test_only_what_is_necessary(session: Session, cast: Cast, clock: Clock, office: PostOffice, go: Round) -> None:
    choose_wish(session, actor_of(cast.eli), MailWish.NECESSARY)
    values = {"cycle": "2026", "from_on": "2026-01-01"}
    tell(session, cast.eli.id, NoticeKind.PLAN_APPROVED, key="1", concerns=cast.eli.id, values=values)
    propose(session, cast.eli)
    clock.advance(minutes=2)
    go(office)
    clock.advance(days=2)
    go(office)
    assert [mail["Subject"] for mail in office.taken] == [
        "Rencana kinerja 2026 diusulkan kepada Anda. Silakan setujui atau beri jawaban."
    ]
    assert list_notices(session, actor_of(cast.eli)).total == 2


def test_what_was_read_is_not_sent(session: Session, cast: Cast, clock: Clock, office: PostOffice, go: Round) -> None:
    publish(session, cast.eli)
    read_all(session, actor_of(cast.eli))
    clock.advance(minutes=2)
    go(office)
    assert office.taken == []


def test_who_cannot_sign_in_gets_none(
    session: Session, cast: Cast, clock: Clock, office: PostOffice, go: Round
) -> None:
    publish(session, cast.eli)
    publish(session, cast.eva)
    session.scalars(select(Account).where(Account.person_id == cast.eli.id)).one().is_disabled = True
    clock.advance(minutes=2)
    go(office)
    assert office.recipients == ["eva@example.com"]


def test_a_server_that_is_down_loses_nothing_and_is_asked_less_and_less(
    session: Session, cast: Cast, clock: Clock, go: Round
) -> None:
    office = PostOffice(free_port())
    publish(session, cast.eli)
    publish(session, cast.eva)
    clock.advance(minutes=2)
    assert go(office) == Delivery(put_off=1)  # with nobody there, the second is not even tried
    assert go(office) == Delivery(put_off=1)
    assert go(office) == Delivery()
    assert go.mails == [(MailState.WAITING, 1)] * 2
    for _ in range(60):
        clock.advance(minutes=30)
        go(office)
    attempts = [count for _, count in go.mails]
    assert max(attempts) < 35
    with open_office(office):
        clock.advance(hours=1)
        assert go(office) == Delivery(sent=2)
        assert go(office) == Delivery()
    assert office.recipients == ["eli@example.com", "eva@example.com"]


def test_one_recipient_who_is_refused_does_not_stop_the_others(
    session: Session, cast: Cast, clock: Clock, office: PostOffice, go: Round
) -> None:
    office.replies = {"eli@example.com": "550 no such user", "eva@example.com": "451 try later"}
    for person in (cast.eli, cast.eva, cast.otto):
        publish(session, person)
    clock.advance(minutes=2)
    assert go(office) == Delivery(sent=1, put_off=1, refused=1)
    assert office.recipients == ["otto@example.com"]
    assert "no such user" in session.scalars(select(Mail.fault).where(Mail.person_id == cast.eli.id)).one()
    office.replies.pop("eva@example.com")
    clock.advance(minutes=1)
    assert go(office) == Delivery(sent=1)
    assert [state for state, _ in go.mails] == [MailState.REFUSED, MailState.SENT, MailState.SENT]


def test_a_mail_that_is_put_off_for_days_is_given_up(
    session: Session, cast: Cast, clock: Clock, office: PostOffice, go: Round
) -> None:
    office.replies = {"eli@example.com": "451 try later"}
    publish(session, cast.eli)
    clock.advance(minutes=2)
    go(office)
    clock.advance(days=6)
    assert go(office) == Delivery(refused=1)


def test_a_server_too_slow_to_say_that_it_took_a_mail_never_gets_it_twice(
    session: Session, cast: Cast, clock: Clock, office: PostOffice, go: Round
) -> None:
    office.seconds = 0.8
    publish(session, cast.eli)
    clock.advance(minutes=2)
    assert go(office) == Delivery(unclear=1)
    office.seconds = 0
    clock.advance(days=1)
    assert go(office) == Delivery()
    assert office.recipients == ["eli@example.com"]
    assert go.mails == [(MailState.UNCLEAR, 1)]


def test_what_a_dying_process_was_sending_is_not_sent_again(
    session: Session, cast: Cast, clock: Clock, office: PostOffice, go: Round
) -> None:
    publish(session, cast.eli)
    clock.advance(minutes=2)
    gather(go.sessions, go.settings)
    mail = session.scalars(select(Mail)).one()
    mail.state, mail.claimed_at = MailState.SENDING, clock.now
    session.flush()
    assert go(office) == Delivery()
    clock.advance(minutes=16)
    assert go(office) == Delivery(unclear=1)
    assert office.taken == []


def test_an_address_that_no_header_holds_is_refused(
    session: Session, cast: Cast, clock: Clock, office: PostOffice, go: Round
) -> None:
    session.scalars(select(Account).where(Account.person_id == cast.eli.id)).one().email = "élī@example.com"
    publish(session, cast.eli)
    publish(session, cast.eva)
    clock.advance(minutes=2)
    assert go(office) == Delivery(sent=1, refused=1)


def test_without_a_mail_server_nothing_is_gathered(
    session: Session, cast: Cast, clock: Clock, settings: Settings, office: PostOffice, go: Round
) -> None:
    session.info[SETTINGS] = settings
    publish(session, cast.eli)
    clock.advance(days=1)
    go(office)
    assert go.mails == []


def test_a_name_that_tries_to_write_headers_stays_a_name(
    session: Session, cast: Cast, clock: Clock, office: PostOffice, go: Round
) -> None:
    cast.eli.name = 'Eli" <evil@example.com>, "Bcc: x'
    publish(session, cast.eli)
    clock.advance(minutes=2)
    go(office)
    assert office.recipients == ["eli@example.com"]
    assert office.taken[0]["Bcc"] is None


def test_pauses_double_up_to_an_hour() -> None:
    minutes = [pause_after(attempts) // timedelta(minutes=1) for attempts in (1, 2, 3, 6, 7, 8, 5000)]
    assert minutes == [1, 2, 4, 32, 60, 60, 60]
