"""Does the page of a published scorecard hand out copies with a password: only where HR offers them, to whom it may?"""

import io
import json
import logging
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEntry, IssuedPdf
from app.rules.issuing import FileNames
from app.services import issued
from app.services.issuing_policy import Wishes, choose, wishes
from app.settings import Settings
from app.web.verification import look_ups
from tests.cards import Example, january_published
from tests.cast import Cast, actor_of
from tests.tools import Browser, SignIn

PASSWORD = "kuda hijau tujuh"
NAMES = {"cycle": "2026", "period": "2026-01", "names": "number_name_period"}


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    """Eli's January is published."""
    return january_published(session, cast)


@pytest.fixture
def offered(session: Session, example: Example) -> Example:
    """The same where HR offers copies with a password."""
    choose(session, actor_of(example.cast.hana), FileNames.NUMBER_NAME_PERIOD, offers_locked=True)
    return example


def card(example: Example, period: str = "2026-01") -> str:
    return f"/scorecards/{example.cast.eli.id}/2026/{period}"


def asked(browser: Browser, example: Example, **fields: str) -> Any:
    return browser.submit(f"{card(example)}/locked-pdf", {"password": PASSWORD, "lang": "en", **fields})


def stored(settings: Settings) -> dict[str, Path]:
    """The PDFs that are kept by their digests; those of other tests lie there, too."""
    return {path.stem: path for path in (settings.data_dir / "pdf").rglob("*") if path.is_file()}


@pytest.mark.slow
def test_a_copy_comes_that_opens_with_the_password_and_nothing_of_it_stays(
    offered: Example, session: Session, as_: SignIn, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = stored(settings)
    eli = as_(offered.cast.eli)
    page = eli.get(f"/scorecards/{offered.cast.eli.id}/2026?period=2026-01").text
    assert f'action="{card(offered)}/locked-pdf"' in page
    original = eli.get(f"{card(offered)}/pdf?lang=en")
    answer = asked(eli, offered)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == original.headers["cache-control"] == "no-store"
    assert 'filename="Kartu-Skor_4_2026-01_locked.pdf"' in answer.headers["content-disposition"]
    with (
        pikepdf.open(io.BytesIO(answer.content), password=PASSWORD) as copy,
        pikepdf.open(io.BytesIO(original.content)) as pdf,
    ):
        assert [each.Contents.read_bytes() for each in copy.pages] == [each.Contents.read_bytes() for each in pdf.pages]
    assert (
        'filename="Kartu-Skor_4_2026-01_terkunci.pdf"' in asked(eli, offered, lang="id").headers["content-disposition"]
    )

    acts = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "scorecard.downloaded").order_by(AuditEntry.id)
    ).all()
    digest = issued.digest_of(original.content)
    told = {"period": "2026-01", "language": "en", "digest": digest}
    assert [json.loads(act.details) for act in acts[:2]] == [told, told | {"locked": True}]
    assert {(act.actor_id, act.subject_id) for act in acts} == {(offered.cast.eli.id, offered.cast.eli.id)}
    kept = {each.digest for each in session.scalars(select(IssuedPdf))}
    assert (len(kept), digest in kept) == (2, True)
    after = stored(settings)
    assert after.keys() - before.keys() <= kept <= after.keys()
    assert PASSWORD not in caplog.text
    assert PASSWORD.encode() not in b"".join(path.read_bytes() for path in after.values())
    assert "salinan dengan kata sandi" in as_(offered.cast.hana).get(f"/audit?person={offered.cast.eli.number}").text


def test_what_is_wrong_stands_beside_the_field_and_the_password_is_not_shown_again(
    offered: Example, as_: SignIn
) -> None:
    eli = as_(offered.cast.eli)
    for password, text in (
        ("", "wajib diisi"),
        ("kuda-biru", "harus sedikitnya 10 karakter"),
        ("é" * 64, "paling banyak 127 bita"),
        ("kuda hijau\u0007", "tidak dapat ditampilkan"),
    ):
        answer = asked(eli, offered, password=password)
        assert answer.status_code == 400
        assert text in answer.text, password
        assert '<details class="confirm locking" id="locked-copy" open>' in answer.text
        assert '<option value="en" selected>' in answer.text
        assert 'aria-describedby="field-lock-password-fault field-lock-password-hint"' in answer.text
        assert not password or password not in answer.text
    assert asked(eli, offered, lang="fr").status_code == 400


def test_a_copy_is_to_be_had_where_hr_offers_it_alone(example: Example, session: Session, as_: SignIn) -> None:
    eli, hana = as_(example.cast.eli), as_(example.cast.hana)
    address = f"/scorecards/{example.cast.eli.id}/2026?period=2026-01"
    assert "locked-pdf" not in eli.get(address).text
    refused = asked(eli, example)
    assert (refused.status_code, "HR dapat menyalakannya" in refused.text) == (409, True)
    assert as_(example.cast.mona).submit("/pdf-names", NAMES | {"locked": "on"}).status_code == 403
    assert wishes(session) == Wishes(FileNames.NUMBER_NAME_PERIOD, offers_locked=False)

    assert hana.submit("/pdf-names", NAMES | {"locked": "on"}).status_code == 303
    assert wishes(session) == Wishes(FileNames.NUMBER_NAME_PERIOD, offers_locked=True)
    assert 'name="locked" value="on" checked' in hana.get("/scorecards/pdf?cycle=2026&period=2026-01").text
    assert "locked-pdf" in eli.get(address).text
    assert "locked-pdf" not in eli.get(address.replace("2026-01", "2026-02")).text
    assert hana.submit("/pdf-names", NAMES).status_code == 303
    assert asked(eli, example).status_code == 409
    assert hana.submit("/pdf-names", NAMES).status_code == 303
    chosen = AuditEntry.action == "cycle.file_names_chosen"
    acts = session.scalars(select(AuditEntry.details).where(chosen).order_by(AuditEntry.id)).all()
    assert [json.loads(each) for each in acts] == [{"locked_copies": [False, True]}, {"locked_copies": [True, False]}]


def test_who_may_not_see_the_scorecard_learns_nothing(offered: Example, as_: SignIn) -> None:
    cast = offered.cast
    for stranger in (cast.otto, cast.eva, cast.omar):
        assert asked(as_(stranger), offered).status_code == 404
        assert asked(as_(stranger), offered, password="").status_code == 404
    eli = as_(cast.eli)
    assert eli.submit(f"{card(offered, '2026-02')}/locked-pdf", {"password": PASSWORD}).status_code == 404
    without_token = eli.post(f"{card(offered)}/locked-pdf", data={"password": PASSWORD})
    assert without_token.status_code == 403
    assert eli.get(f"{card(offered)}/locked-pdf?password={PASSWORD}").status_code == 405


def test_the_file_check_tells_a_locked_copy_from_a_changed_file(client: Browser) -> None:
    look_ups.forget()
    sent = {"file": ("kartu.pdf", b"%PDF-1.7\n/Encrypt 5 0 R\n")}
    headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
    for page in (client.post("/verify", files=sent, headers=headers), client.get("/verify?locked=on", headers=headers)):
        assert page.status_code == 200
        assert "is locked with a password. The file check knows unlocked originals alone" in page.text
        assert "changed since" not in page.text
