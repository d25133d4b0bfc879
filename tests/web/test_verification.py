"""Does the public page prove a paper to its holder, and tell nobody anything else?"""

import html
from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app import signing
from app.database import Sessions
from app.models import IssuedPdf, PublishedScorecard
from app.rules.check_value import check_value, figures_text
from app.rules.vocabulary import AppraisalState, Language
from app.services.appraisals import publish
from app.services.issued import issue_pdf
from app.services.scorecards import scorecard_of
from app.services.verification import Standing, proof_of
from app.settings import Settings
from app.web.verification import LOOK_UPS, look_ups
from tests.cards import make_example
from tests.cast import Cast, actor_of
from tests.tools import Browser, Clock, SignIn

ORIGIN = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def _nobody_has_looked_up() -> Iterator[None]:
    look_ups.forget()
    yield
    look_ups.forget()


@pytest.fixture
def made(session: Session, cast: Cast) -> PublishedScorecard:
    example = make_example(session, cast)
    example.record_january(session)
    january = example.period("2026-01").id
    made = publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=january, comment="Rahasia")
    session.commit()
    return made


def test_a_code_shows_what_its_paper_shows_and_no_name(client: Browser, made: PublishedScorecard) -> None:
    page = client.get(f"/verify/{made.verification_code}", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    for text in ("KSK/2026-01/4", "E. E.", "January 2026", "81.37", "Needs Improvement", made.verification_code):
        assert text in page.text
    for text in ("Effendi", "Mona", "Sales", "Rahasia"):
        assert text not in page.text
    assert "81,37" in client.get(f"/verify/{made.verification_code}", headers={"Accept-Language": "id"}).text


def test_an_objection_leaves_the_result_in_question_and_says_no_word_of_it(
    client: Browser, session: Session, made: PublishedScorecard
) -> None:
    assert proof_of(session, made).standing is Standing.IN_FORCE
    assert "Genuine and in force" in looked_up(client, made)
    made.appraisal.state = AppraisalState.APPEALED
    session.commit()
    page = looked_up(client, made)
    assert "Genuine and in force, but being looked at again" in page
    assert "objection" not in page.lower()
    made.appraisal.state = AppraisalState.SCORED  # reopened for a correction
    session.commit()
    assert "being looked at again" in looked_up(client, made)


def test_a_replaced_version_says_so_and_tells_nothing_of_the_later_one(
    client: Browser, session: Session, made: PublishedScorecard
) -> None:
    copied = {name: getattr(made, name) for name in ("appraisal_id", "coverage", "published_at", "published_by_id")}
    later = PublishedScorecard(
        **copied,
        version_number=2,
        verification_code="2345-6789-ABCD",
        snapshot=made.snapshot,
        snapshot_digest=made.snapshot_digest,
        total=Decimal("99.99"),
        grade="good",
    )
    session.add(later)
    session.commit()
    page = looked_up(client, made)
    assert "Genuine, but replaced" in page
    assert "81.37" in page
    assert "99.99" not in page
    assert later.verification_code not in page
    assert "Genuine and in force" in looked_up(client, later)


def test_the_digest_of_a_file_is_enough(client: Browser, session: Session, made: PublishedScorecard) -> None:
    digest = "0123456789abcdef" * 4
    session.add(
        IssuedPdf(scorecard_id=made.id, language="id", template_version="0", digest=digest, issued_at=made.published_at)
    )
    session.commit()
    for typed in (digest, digest.upper()):
        sent = client.get("/verify", params={"code": typed})
        page = client.get(sent.headers["location"], headers={"Accept-Language": "en"})
        assert (page.status_code, "This file is an issued PDF, unchanged." in page.text) == (200, True)
    changed = client.get(f"/verify/{digest[:-1]}e", headers={"Accept-Language": "en"})
    assert "is not a PDF that was issued here, or it was changed since" in changed.text
    assert made.verification_code not in changed.text


def test_the_holder_finds_the_figures_behind_the_check_value(
    client: Browser, as_: SignIn, cast: Cast, made: PublishedScorecard
) -> None:
    shown = html.unescape(client.get(f"/verify/{made.verification_code}").text)
    card = scorecard_of(made)
    assert check_value(card) in shown
    assert figures_text(card) not in shown
    own = html.unescape(as_(cast.eli).get(f"/scorecards/{cast.eli.id}/2026?period=2026-01").text)
    assert check_value(card) in own
    assert figures_text(card) in own


def looked_up(client: Browser, made: PublishedScorecard) -> str:
    """The page of its code."""
    return client.get(f"/verify/{made.verification_code}", headers={"Accept-Language": "en"}).text


def test_the_key_that_signs_releases_is_everybodys(client: Browser, settings: Settings) -> None:
    sent = client.get("/verify/key")
    assert (sent.status_code, sent.text) == (200, signing.public_key(settings))
    assert signing.fingerprint(sent.text) in client.get("/verify").text


def test_a_code_is_found_however_it_is_typed(client: Browser, made: PublishedScorecard) -> None:
    typed = made.verification_code.lower().replace("-", " ")
    sent = client.get("/verify", params={"code": typed})
    assert sent.status_code == 303
    assert "81,37" in client.get(sent.headers["location"]).text


@pytest.mark.parametrize("code", ["ABCD-EFGH-JKMN", "x", "%00", "..%2f..", "a" * 300, "KSK%2F2026-01%2F4"])
def test_an_unknown_code_proves_nothing(client: Browser, made: PublishedScorecard, code: str) -> None:
    page = client.get(f"/verify/{code}")
    assert page.status_code == 404
    assert made.verification_code not in page.text


@pytest.mark.slow
def test_the_issued_file_is_known_and_a_changed_byte_is_not(
    client: Browser, sessions: Sessions, made: PublishedScorecard
) -> None:
    content = issue_pdf(sessions, None, made.id, Language.INDONESIAN).content
    good = client.post("/verify", files={"file": ("kartu.pdf", content, "application/pdf")}, headers=ORIGIN)
    assert (good.status_code, "PDF yang diterbitkan dan tidak diubah" in good.text) == (200, True)
    changed = content[:-10] + b"x" + content[-9:]
    bad = client.post("/verify", files={"file": ("kartu.pdf", changed, "application/pdf")}, headers=ORIGIN)
    assert (bad.status_code, "bukan PDF yang diterbitkan di sini" in bad.text) == (200, True)
    assert made.verification_code not in bad.text


def test_no_file_and_too_large_a_file_are_refused(client: Browser) -> None:
    assert client.post("/verify", files={"other": b""}, headers=ORIGIN).status_code == 400
    large = client.post("/verify", files={"file": ("a.pdf", b"0" * 2_100_000)}, headers=ORIGIN)
    assert large.status_code == 413


def test_whoever_tries_many_codes_has_to_wait(client: Browser, made: PublishedScorecard, clock: Clock) -> None:
    for _ in range(LOOK_UPS):
        assert client.get("/verify/ABCD-EFGH-JKMN").status_code == 404
    stopped = client.get(f"/verify/{made.verification_code}")
    assert (stopped.status_code, int(stopped.headers["retry-after"]) > 0) == (429, True)
    assert "81,37" not in stopped.text
    clock.advance(minutes=11)
    assert client.get(f"/verify/{made.verification_code}").status_code == 200
