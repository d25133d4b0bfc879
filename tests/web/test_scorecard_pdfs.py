"""Does the page hand out all scorecards of a period that its reader may read, in the language that was chosen?"""

import io
import zipfile

import pytest
from sqlalchemy.orm import Session

from app.rules.vocabulary import Language
from app.services import pdf_making
from app.services.appraisals import publish
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of
from tests.tools import SignIn

PAGE = "/scorecards/pdf?cycle=2026&period=2026-01"
ZIP = "/scorecards/pdf.zip?cycle=2026&period=2026-01"


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    """Eli's January is published."""
    made = make_example(session, cast)
    made.record_january(session)
    publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=made.period("2026-01").id)
    return made


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[Language]:
    """In which languages pages were made: the engine has tests of its own."""
    made: list[Language] = []

    def render(_card: object, language: Language, *_look: object, **_options: object) -> bytes:
        made.append(language)
        return b"%PDF-" + language.value.encode()

    monkeypatch.setattr(pdf_making, "scorecard_pdf", render)
    return made


def names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        return found.namelist()


def test_the_page_counts_and_the_file_comes(example: Example, as_: SignIn, rendered: list[Language]) -> None:
    eli = example.cast.eli
    hana = as_(example.cast.hana)
    assert "/scorecards/pdf?cycle=2026&amp;period=2026-01" in hana.get("/scorecards?cycle=2026&period=2026-01").text
    page = hana.get(PAGE + "&lang=en")
    assert 'href="/scorecards/pdf.zip?cycle=2026&amp;period=2026-01&amp;lang=en" download' in page.text
    answer = hana.get(ZIP + "&lang=en")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["cache-control"] == "private, no-store"
    assert 'filename="Kartu-Skor_2026-01_en.zip"' in answer.headers["content-disposition"]
    assert "content-length" not in answer.headers
    assert names(answer.content) == [
        "contents.csv",
        f"Kartu-Skor_{eli.number}_Eli-Effendi_2026-01.pdf",
        "report.csv",
        "manifest.json",
        "manifest.sig",
    ]
    assert hana.get(ZIP + "&lang=en").content == answer.content
    assert hana.get(ZIP + "&lang=id").status_code == 200
    assert rendered == [Language.ENGLISH, Language.INDONESIAN]


def test_a_manager_gets_their_people_and_a_stranger_nothing(
    example: Example, as_: SignIn, rendered: list[Language]
) -> None:
    cast = example.cast
    assert names(as_(cast.mona).get(ZIP).content)[1:-3] == [f"Kartu-Skor_{cast.eli.number}_Eli-Effendi_2026-01.pdf"]
    otto = as_(cast.otto)
    assert "pdf.zip" not in otto.get(PAGE).text
    assert otto.get(ZIP).status_code == 409
    assert len(rendered) == 1


def test_nothing_is_offered_where_nothing_is_published(example: Example, as_: SignIn) -> None:
    hana = as_(example.cast.hana)
    for address in ("/scorecards/pdf?cycle=2026&period=2026-02", PAGE + f"&manager={example.cast.omar.id}"):
        page = hana.get(address)
        assert page.status_code == 200
        assert "pdf.zip" not in page.text
    assert hana.get("/scorecards/pdf.zip?cycle=2026&period=2026-02").status_code == 409


def test_before_the_first_cycle_there_is_nothing(cast: Cast, as_: SignIn) -> None:
    hana = as_(cast.hana)
    assert hana.get("/scorecards/pdf").status_code == 200
    assert hana.get("/scorecards/pdf.zip").status_code == 404
