"""Does the page hand out all scorecards of a period that its reader may read, in the language that was chosen?"""

import io
import zipfile
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from app.database import Sessions
from app.rules.vocabulary import Language
from app.services import issued, pdf_preparing
from app.services.appraisals import publish
from app.services.plan_drafts import kpis_of
from tests.broken import break_card
from tests.cards import Example, give_plan, january_published
from tests.cast import Cast, actor_of
from tests.tools import SignIn

PAGE = "/scorecards/pdf?cycle=2026&period=2026-01"
ZIP = "/scorecards/pdf.zip?cycle=2026&period=2026-01"


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    """Eli's January is published."""
    return january_published(session, cast)


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[Language]:
    """In which languages pages were made: the engine has tests of its own."""
    made: list[Language] = []

    def render(_card: object, language: Language, *_look: object, **_options: object) -> bytes:
        made.append(language)
        return b"%PDF-" + language.value.encode()

    monkeypatch.setattr(issued, "scorecard_pdf", render)
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
    assert answer.headers["cache-control"] == "no-store"
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


@pytest.fixture
def team(session: Session, example: Example) -> Example:
    """Eva's January is published beside eli's."""
    plan = give_plan(session, example.cast.eva, example.cycle)
    replace(example, plan=plan, kpis={kpi.code: kpi for kpi in kpis_of(plan)}).record_january(session)
    january = example.period("2026-01").id
    publish(session, actor_of(example.cast.mona), person_id=example.cast.eva.id, period_id=january)
    return example


def test_a_batch_is_started_followed_and_taken(
    team: Example, sessions: Sessions, as_: SignIn, rendered: list[Language]
) -> None:
    hana, wanted = as_(team.cast.hana), {"cycle": "2026", "period": "2026-01", "lang": "en"}
    assert "Siapkan 2 PDF" in hana.get(PAGE + "&lang=en").text
    answer = hana.submit("/pdf-batches", wanted)
    assert answer.status_code == 303
    path = answer.headers["location"]
    page = hana.get(path).text
    assert (f'hx-get="{path}?page=1"' in page, f'href="{path}?page=1"' in page) == (
        True,
        True,
    )  # the link needs no script
    assert "0 dari 2 siap" in page
    assert f"{path}/pdf.zip" not in page
    assert hana.get(f"{path}/pdf.zip").status_code == 409
    assert hana.submit(f"{path}/cancel").status_code == 303
    assert "Lanjutkan" in hana.get(path).text
    assert hana.submit(f"{path}/cancel").status_code == 409
    assert hana.submit(f"{path}/resume").status_code == 303
    pdf_preparing.prepare(sessions)
    page = hana.get(path).text
    assert ("2 dari 2 siap" in page, "hx-get" in page) == (True, False)
    assert len([name for name in names(hana.get(f"{path}/pdf.zip").content) if name.endswith(".pdf")]) == 2
    assert rendered == [Language.ENGLISH] * 2
    assert path in hana.get(PAGE).text
    assert "Siapkan" not in hana.get(PAGE + "&lang=en").text


def test_a_batch_names_who_failed_and_why(
    team: Example, session: Session, sessions: Sessions, as_: SignIn, rendered: list[Language]
) -> None:
    mona = as_(team.cast.mona)
    break_card(session, team.cast.eli, "{}")
    path = mona.submit("/pdf-batches", {"cycle": "2026", "period": "2026-01"}).headers["location"]
    pdf_preparing.prepare(sessions)
    page = mona.get(f"{path}?show=failed").text
    assert (team.cast.eli.name in page, team.cast.eva.name in page) == (True, False)
    assert "yang diterbitkan tidak dapat dibaca lagi" in page
    assert mona.submit(f"{path}/retry").status_code == 303
    assert "Sedang disiapkan" in mona.get(path).text
    assert as_(team.cast.omar).get(path).status_code == 404
    assert len(rendered) == 1


def test_hr_chooses_how_files_are_named(team: Example, as_: SignIn, rendered: list[Language]) -> None:
    hana, wanted = as_(team.cast.hana), {"cycle": "2026", "period": "2026-01", "names": "number_period"}
    assert "Kartu-Skor_10423_Dewi-Ayu_2026-01.pdf" in hana.get(PAGE).text
    assert as_(team.cast.mona).submit("/pdf-names", wanted).status_code == 403
    assert hana.submit("/pdf-names", wanted | {"names": "anything"}).status_code == 400
    assert hana.submit("/pdf-names", wanted).headers["location"] == "/scorecards/pdf?cycle=2026&period=2026-01&lang=id"
    assert names(as_(team.cast.mona).get(ZIP).content)[1] == f"Kartu-Skor_{team.cast.eli.number}_2026-01.pdf"
    assert len(rendered) == 2
