"""Is every PDF that is handed out made from the frozen snapshot, known again, and on record?"""

import io
import json
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pdfplumber
import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.database import Sessions, make_sessions, transaction
from app.documents.seals import seals_in
from app.models import AuditEntry, IssuedPdf, PublishedScorecard
from app.rules.vocabulary import Language
from app.services import issued
from app.services.appraisals import publish
from app.services.issued import digest_of, file_name, html_of, issue_pdf, issued_as, renderer
from app.services.organisation import SETTINGS
from app.services.pdf_making import enter_all, make_all
from app.services.scorecards import scorecard_of
from app.settings import Settings
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of
from tests.sealings import PASSPHRASE, rsa_key, signers_of, write_pkcs12

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
        (made.id, "id", first.digest, renderer(settings))
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


@pytest.fixture
def sealing(connection: Connection, settings: Settings, tmp_path: Path) -> Callable[[int], Sessions]:
    """What makes sessions of a service that seals: with one certificate or another, and with none again for 0."""

    def sessions_with(number: int) -> Sessions:
        path = write_pkcs12(tmp_path / f"{number}.p12", key=rsa_key(number)) if number else ""
        wanted = {"seal_pkcs12": str(path), "seal_passphrase": PASSPHRASE, "data_dir": tmp_path}
        own = settings.model_copy(update=wanted)
        return make_sessions(connection, join_transaction_mode="create_savepoint", info={SETTINGS: own})

    return sessions_with


def test_a_copy_is_that_of_the_certificate_in_use(
    session: Session, made: PublishedScorecard, sealing: Callable[[int], Sessions]
) -> None:
    digests = []
    for number in (0, 1, 1, 2, 0):
        sessions = sealing(number)
        pdf = issue_pdf(sessions, None, made.id, Language.INDONESIAN)
        digests.append(pdf.digest)
        assert [found.holds and found.covers_all for found in seals_in(pdf.content)] == [True] * bool(number)
        with sessions() as own:
            assert counted(own, made) == 1
    first, second, again, third, last = digests
    assert (again, last, len({first, second, third})) == (second, first, 3)
    assert all(issued_as(session, digest) == made for digest in digests)
    assert len(session.scalars(select(IssuedPdf)).all()) == 3


def test_pdfs_of_many_are_sealed_like_one(made: PublishedScorecard, sealing: Callable[[int], Sessions]) -> None:
    sessions = sealing(1)
    (each,) = make_all(sessions, [made.id], Language.ENGLISH)
    assert each.pdf is not None
    assert signers_of(each.pdf.content) == ["PT Contoh", "Contoh CA"]
    with transaction(sessions) as session:
        enter_all(session, [each], Language.ENGLISH)
    assert issue_pdf(sessions, None, made.id, Language.ENGLISH).digest == each.pdf.digest


def counted(session: Session, made: PublishedScorecard) -> int:
    """How many PDFs in Indonesian need not be made again."""
    has = issued.has_copy(session, PublishedScorecard.id, Language.INDONESIAN)
    return len(session.scalars(select(PublishedScorecard).where(PublishedScorecard.id == made.id, has)).all())


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
