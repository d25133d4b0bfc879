"""Do people find what they were told, and does reading it make the bell quiet?"""

import pytest
from sqlalchemy.orm import Session

from app.models import Account
from app.rules.noticing import MailWish
from app.rules.vocabulary import Language
from app.services.notices import wish_of
from tests.cast import Cast
from tests.pages import Page
from tests.told import publish
from tests.tools import SignIn

pytestmark = pytest.mark.database


def test_the_bell_counts_what_is_unread(session: Session, cast: Cast, as_: SignIn) -> None:
    eli = as_(cast.eli)
    assert "bell-count" not in eli.get("/").text
    publish(session, cast.eli)
    publish(session, cast.eli, "2")
    assert "Pemberitahuan, 2 belum dibaca" in eli.get("/").text
    assert "bell-count" not in as_(cast.eva).get("/").text


def test_a_notice_is_opened_and_then_read(session: Session, cast: Cast, as_: SignIn) -> None:
    publish(session, cast.eli)
    session.query(Account).filter_by(person_id=cast.eli.id).one().language = Language.ENGLISH
    session.flush()
    eli = as_(cast.eli)
    page = eli.get("/notices").text
    assert "Your scorecard for January 2026 is published." in Page(page).text
    address = page.split('action="/notices/')[2].split('"')[0]
    assert eli.submit(f"/notices/{address}").headers["location"] == f"/scorecards/{cast.eli.id}/2026?period=2026-01"
    after = eli.get("/notices").text
    assert "is-unread" not in after
    assert "You have read everything" in Page(eli.get("/notices?only=unread").text).text


def test_all_that_were_on_show_are_marked(session: Session, cast: Cast, as_: SignIn) -> None:
    publish(session, cast.eli)
    eli = as_(cast.eli)
    shown = eli.get("/notices").text.split('name="up_to" value="')[1].split('"')[0]
    publish(session, cast.eli, "2")
    eli.submit("/notices/reading", {"up_to": shown})
    page = eli.get("/notices").text
    assert page.count("is-unread") == 1
    assert "Semua pemberitahuan Anda ditandai sudah dibaca." in Page(page).text


def test_anothers_notice_is_not_there(session: Session, cast: Cast, as_: SignIn) -> None:
    publish(session, cast.eli)
    page = as_(cast.eli).get("/notices").text
    address = page.split('action="/notices/')[2].split('"')[0]
    assert as_(cast.mona).submit(f"/notices/{address}").status_code == 404
    assert "Belum ada pemberitahuan" in Page(as_(cast.mona).get("/notices").text).text


def test_long_lists_have_pages(session: Session, cast: Cast, as_: SignIn) -> None:
    for number in range(27):
        publish(session, cast.eli, str(number))
    eli = as_(cast.eli)
    counts = [
        eli.get(path).text.count('class="notice-row') for path in ("/notices", "/notices?page=2", "/notices?page=3")
    ]
    assert counts == [25, 2, 0]


def test_the_choice_of_mail_is_made_on_the_account_page(session: Session, cast: Cast, as_: SignIn) -> None:
    eli = as_(cast.eli)
    assert 'value="soon" checked' in eli.get("/account").text
    assert eli.submit("/account/notices", {"wish": "daily"}).headers["location"] == "/account#notices"
    assert 'value="daily" checked' in eli.get("/account").text
    eli.submit("/account/notices", {"wish": "hourly"})
    assert wish_of(session, cast.eli.id) is MailWish.DAILY
