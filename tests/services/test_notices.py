"""Is everybody told what they must know: once, in their language, with a link only to what they may see?"""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.i18n import locale_for
from app.notice_texts import COUNTS, PLACES, TEXTS, fields_of, notice_path, notice_text
from app.rules.noticing import MailWish, NoticeKind
from app.services.notices import choose_wish, list_notices, read_all, read_notice, tell, wish_of
from tests.cast import Cast, actor_of
from tests.told import publish, unread
from tests.tools import Clock

pytestmark = pytest.mark.database


def test_every_kind_has_a_text_and_its_values_fill_text_and_place() -> None:
    assert set(TEXTS) == set(NoticeKind)
    for kind in NoticeKind:
        values = dict.fromkeys(fields_of(kind), "2026-01-31") | dict.fromkeys(COUNTS, "1200")
        for language in ("en", "id"):
            assert "%" not in notice_text(kind, values, locale_for(language))
        assert notice_path(kind, values, about=3, concerns=4).startswith("/")
    assert set(PLACES) < set(NoticeKind)


def test_days_and_periods_are_said_in_the_readers_language() -> None:
    values = {"period": "2026-02", "cycle": "2026", "due_on": "2026-02-28"}
    said = [notice_text(NoticeKind.ENTRIES_SOON, values, locale_for(language)) for language in ("en", "id")]
    assert said == [
        "You have entries to record for February 2026, due by 28 February 2026.",
        "Ada realisasi Februari 2026 yang perlu Anda catat, paling lambat 28 Februari 2026.",
    ]


def test_nobody_is_told_the_same_twice(session: Session, cast: Cast) -> None:
    assert [publish(session, cast.eli), publish(session, cast.eli), publish(session, cast.eli, "2")] == [
        True, False, True,
    ]  # fmt: skip
    assert publish(session, cast.eva) is True
    assert (unread(session, cast.eli), unread(session, cast.eva)) == (2, 1)


def test_who_has_left_is_told_nothing(session: Session, cast: Cast) -> None:
    assert publish(session, cast.gone) is False
    assert unread(session, cast.gone) == 0


def test_values_must_be_those_of_the_text(session: Session, cast: Cast) -> None:
    with pytest.raises(ValueError, match="cycle"):
        tell(session, cast.eli.id, NoticeKind.PLAN_PROPOSED, key="1", values={"name": "Eli"})
    with pytest.raises(ValueError, match="total"):
        tell(session, cast.eli.id, NoticeKind.PLAN_PROPOSED, key="1", values={"cycle": "2026", "total": "81.37"})


def test_the_latest_stands_first_and_leads_to_its_page(session: Session, cast: Cast, clock: Clock) -> None:
    publish(session, cast.eli)
    clock.advance(days=1)
    tell(
        session,
        cast.eli.id,
        NoticeKind.PLAN_APPROVED,
        key="1",
        about=("plan", 12),
        concerns=cast.eli.id,
        values={"cycle": "2026", "from_on": date(2026, 1, 1)},
    )
    found = list_notices(session, actor_of(cast.eli))
    assert [(each.path, each.is_read) for each in found.items] == [
        ("/plans/12", False),
        (f"/scorecards/{cast.eli.id}/2026?period=2026-01", False),
    ]
    assert found.total == 2
    assert list_notices(session, actor_of(cast.mona)).total == 0


def test_there_is_no_link_to_whom_one_may_not_see(session: Session, cast: Cast) -> None:
    publish(session, cast.omar, concerns=cast.eli)
    publish(session, cast.omar, "2", concerns=cast.otto)
    found = list_notices(session, actor_of(cast.omar)).items
    assert [bool(each.path) for each in found] == [True, False]


def test_reading_one_and_all(session: Session, cast: Cast) -> None:
    for key in "1234":
        publish(session, cast.eli, key)
    publish(session, cast.eva)
    eli = actor_of(cast.eli)
    latest, *_ = list_notices(session, eli).items
    assert read_notice(session, eli, notice_id=latest.id).is_read
    assert list_notices(session, eli, only_unread=True).total == 3
    assert read_all(session, eli, up_to=latest.id - 2) == 2
    assert read_all(session, eli) == 1
    assert read_all(session, eli) == 0
    assert unread(session, cast.eva) == 1


def test_nobody_reads_anothers_notice(session: Session, cast: Cast) -> None:
    publish(session, cast.eli)
    theirs = list_notices(session, actor_of(cast.eli)).items[0].id
    for person in (cast.mona, cast.hana):
        with pytest.raises(NotFound):
            read_notice(session, actor_of(person), notice_id=theirs)
    assert unread(session, cast.eli) == 1


def test_the_choice_of_mail_is_kept(session: Session, cast: Cast) -> None:
    assert wish_of(session, cast.eli.id) is MailWish.SOON
    for wish in (MailWish.DAILY, MailWish.NECESSARY):
        choose_wish(session, actor_of(cast.eli), wish)
        assert wish_of(session, cast.eli.id) is wish
    assert wish_of(session, cast.eva.id) is MailWish.SOON
