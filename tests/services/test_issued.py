"""Is every PDF that is handed out made from the frozen snapshot, known again, and on record?"""

import io
import json
from unicodedata import normalize

import pdfplumber
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Sessions
from app.models import AuditEntry, IssuedPdf, PublishedScorecard
from app.rules.vocabulary import Language
from app.services.appraisals import publish
from app.services.issued import digest_of, file_name, html_of, issue_pdf, issued_as, renderer
from app.services.scorecards import scorecard_of
from app.settings import Settings
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of

pytestmark = pytest.mark.slow


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


@pytest.fixture
def made(session: Session, example: Example) -> PublishedScorecard:
    mona = actor_of(example.cast.mona)
    january = example.period("2026-01").id
    made = publish(session, mona, person_id=example.cast.eli.id, period_id=january, comment="Bagus, pertahankan.")
    session.commit()
    return made


def text_of(content: bytes) -> str:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        words = " ".join(page.extract_text() for page in pdf.pages)
    return normalize("NFKC", words).replace("\u00a0", " ")


def test_the_pdf_shows_the_numbers_of_the_snapshot(
    sessions: Sessions, session: Session, example: Example, made: PublishedScorecard
) -> None:
    example.kpis["SALES"].name = "Renamed since"
    example.cast.eli.name = "Renamed Too"
    session.commit()
    indonesian = text_of(issue_pdf(sessions, actor_of(example.cast.eli), made.id, Language.INDONESIAN).content)
    english = text_of(issue_pdf(sessions, actor_of(example.cast.eli), made.id, Language.ENGLISH).content)
    card = scorecard_of(made)
    assert card.verification is not None
    for text in (indonesian, english):
        assert "Renamed" not in text
        for shown in ("Eli Effendi", "Mona Maharani", "Bagus, pertahankan.", made.verification_code):
            assert shown in text
    for kpi in card.kpis:
        for value in (kpi.achievement, kpi.contribution):
            if value is not None:
                assert str(value) in english
                assert str(value).replace(".", ",") in indonesian
    assert "81.37" in english
    assert "81,37" in indonesian


def test_the_second_download_is_the_stored_copy(
    sessions: Sessions, session: Session, example: Example, made: PublishedScorecard, settings: Settings
) -> None:
    eli = actor_of(example.cast.eli)
    first = issue_pdf(sessions, eli, made.id, Language.INDONESIAN)
    second = issue_pdf(sessions, eli, made.id, Language.INDONESIAN)
    assert (first.is_rendered, second.is_rendered, second.content == first.content) == (True, False, True)
    stored = settings.data_dir / "pdf" / first.digest[:2] / f"{first.digest}.pdf"
    assert stored.read_bytes() == first.content
    rows = session.scalars(select(IssuedPdf)).all()
    assert [(each.scorecard_id, each.language, each.digest, each.template_version) for each in rows] == [
        (made.id, "id", first.digest, renderer())
    ]


def test_a_copy_that_was_damaged_is_made_again_with_the_same_bytes(
    sessions: Sessions, session: Session, example: Example, made: PublishedScorecard, settings: Settings
) -> None:
    eli = actor_of(example.cast.eli)
    first = issue_pdf(sessions, eli, made.id, Language.INDONESIAN)
    stored = settings.data_dir / "pdf" / first.digest[:2] / f"{first.digest}.pdf"
    stored.write_bytes(b"damaged")
    again = issue_pdf(sessions, eli, made.id, Language.INDONESIAN)
    assert (again.is_rendered, again.digest) == (True, first.digest)
    assert len(session.scalars(select(IssuedPdf)).all()) == 1


def test_every_download_is_on_record(sessions: Sessions, session: Session, made: PublishedScorecard) -> None:
    appraisal = made.appraisal
    mona, eli = made.published_by, appraisal.person
    pdf = issue_pdf(sessions, actor_of(mona), made.id, Language.INDONESIAN)
    issue_pdf(sessions, actor_of(eli), made.id, Language.INDONESIAN)
    issue_pdf(sessions, None, made.id, Language.INDONESIAN)
    acts = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "scorecard.downloaded").order_by(AuditEntry.id)
    ).all()
    assert [(act.actor_id, act.subject_id, json.loads(act.details)) for act in acts] == [
        (person, eli.id, {"period": "2026-01", "language": "id", "digest": pdf.digest})
        for person in (mona.id, eli.id, None)
    ]


def test_an_issued_file_is_known_again_and_a_changed_one_is_not(
    sessions: Sessions, session: Session, made: PublishedScorecard
) -> None:
    pdf = issue_pdf(sessions, None, made.id, Language.ENGLISH)
    assert pdf.digest == digest_of(pdf.content)
    found = issued_as(session, pdf.digest)
    assert found is not None
    assert found.id == made.id
    assert issued_as(session, digest_of(pdf.content[:-1] + b"\x00")) is None


def test_the_file_is_named_after_person_and_period(made: PublishedScorecard) -> None:
    card = scorecard_of(made)
    assert file_name(card) == "Kartu-Skor_4_2026-01.pdf"


def test_the_print_page_needs_nothing_else(session: Session, made: PublishedScorecard) -> None:
    page = html_of(session, made.id, Language.INDONESIAN)
    assert "81,37" in page
    assert 'src="' not in page
    assert "https://fonts" not in page
