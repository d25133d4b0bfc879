"""Do plans and reports come as PDFs from their pages, to those who may read them and nobody else?"""

import re
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEntry
from app.services import papers
from tests.cards import Example, make_example
from tests.cast import Cast
from tests.tools import SignIn

WHERE = "cycle=2026&period=2026-01"


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that were printed: the engine has tests of its own."""
    made: list[str] = []

    def render(page: str) -> bytes:
        made.append(page)
        return b"%PDF-" + str(len(made)).encode()

    monkeypatch.setattr(papers, "render_pdf", render)
    return made


def links(html: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'href="([^"]*)"', html)]


def test_the_plan_comes_from_its_page(example: Example, as_: SignIn, rendered: list[str]) -> None:
    eli = as_(example.cast.eli)
    address = f"/plans/{example.plan.id}/pdf?lang=id"
    assert address in links(eli.get(f"/plans/{example.plan.id}").text)
    answer = eli.get(address)
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "application/pdf", b"%PDF-1")
    assert answer.headers["cache-control"] == "no-store"
    assert f'filename="Rencana-Kinerja_{example.cast.eli.number}_2026_v1.pdf"' in answer.headers["content-disposition"]
    assert 'lang="id"' in rendered[0]
    assert eli.get(f"/plans/{example.plan.id}/pdf?lang=en").status_code == 200
    assert 'lang="en"' in rendered[1]
    assert as_(example.cast.eva).get(address).status_code == 404
    assert len(rendered) == 2


def test_reports_come_from_their_pages_and_are_on_record(
    session: Session, example: Example, as_: SignIn, rendered: list[str]
) -> None:
    hana = as_(example.cast.hana)
    for page, file in (
        ("/calibration", f"/calibration.pdf?{WHERE}&lang=id"),
        ("/reports/completeness", f"/reports/completeness.pdf?{WHERE}&lang=id"),
    ):
        assert file in links(hana.get(f"{page}?{WHERE}").text)
        assert hana.get(file).headers["content-type"] == "application/pdf"
    assert "Eli Effendi" in rendered[0]
    assert "Eli Effendi" in rendered[1]
    acts = session.scalars(select(AuditEntry.details).where(AuditEntry.action == "report.downloaded")).all()
    assert ["calibration" in acts[0], "completeness" in acts[1]] == [True, True]


def test_a_unit_that_was_chosen_stays_chosen_on_paper(example: Example, as_: SignIn, rendered: list[str]) -> None:
    hana, unit = as_(example.cast.hana), example.cast.eli.placements[0].unit
    found = links(hana.get(f"/calibration?{WHERE}&unit={unit.id}").text)
    link = next(each for each in found if each.startswith("/calibration.pdf"))
    assert hana.get(link).status_code == 200
    assert f"Kinerja 2026 · {unit.name}" in rendered[0]


def test_a_period_that_is_not_there_has_no_paper(example: Example, as_: SignIn, rendered: list[str]) -> None:
    hana = as_(example.cast.hana)
    assert hana.get("/calibration.pdf?cycle=2026&period=2026-13").status_code == 404
    assert hana.get("/reports/completeness.pdf?cycle=1999").status_code == 404
    assert rendered == []
