"""Does HR take the library out, look at a file, and take all of it or none on these pages?"""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import KpiDefinition
from app.services import library
from tests.cast import Cast
from tests.pages import Page
from tests.tools import Browser, SignIn


@pytest.fixture
def hana(session: Session, cast: Cast, as_: SignIn) -> Browser:
    library.seed_library(session)
    browser = as_(cast.hana)
    browser.headers["Accept-Language"] = "en"
    return browser


def sent(browser: Browser, content: bytes, name: str = "kamus.csv") -> Any:
    return browser.submit("/library/import", files={"file": (name, content)})


def test_the_library_goes_out_and_comes_in_by_the_pages(hana: Browser) -> None:
    assert 'href="/library/import"' in hana.get("/library").text
    page = hana.get("/library/import").text
    for form, kind in (("xlsx", "spreadsheetml"), ("csv", "text/csv"), ("json", "application/json")):
        assert f'href="/library/export.{form}"' in page
        answer = hana.get(f"/library/export.{form}")
        assert (answer.status_code, kind in answer.headers["content-type"]) == (200, True)
        assert answer.headers["content-disposition"].startswith(f'attachment; filename="kpi-library.{form}"; ')
        preview = hana.get(sent(hana, answer.content).headers["location"])
        assert "There is nothing to do" in preview.text
    assert hana.get("/library/template.xlsx").status_code == 200


def test_a_change_is_looked_at_and_then_taken(session: Session, hana: Browser) -> None:
    where = sent(hana, b"code;department;nonsense\nSAL-REV;finance;1\nSAL-VOL;sales;2\n").headers["location"]
    page = Page(hana.get(where).text)
    assert page.rows[1][:3] == ["2", "SAL-REV", "Sales revenue"]
    assert "Department: sales → finance" in page.rows[1][3]
    assert len(page.rows) == 2
    assert "nonsense" in page.text
    upload = where.partition("upload=")[2]
    fields = {"upload": hana.get(where).text.partition('name="upload" value="')[2].partition('"')[0]}
    assert upload
    done = hana.submit("/library/import/preview", fields)
    assert (done.status_code, done.headers["location"]) == (303, "/library")
    assert "0 entered, 1 changed, 1 as before" in hana.get("/library").text
    found = session.scalars(select(KpiDefinition).where(KpiDefinition.code == "SAL-REV")).one()
    session.refresh(found)
    assert found.department == "finance"
    assert hana.get(where).status_code == 409


def test_a_file_with_a_fault_is_not_taken_and_thrown_away(hana: Browser) -> None:
    where = sent(hana, b"code;measure\nSAL-REV;magic\n").headers["location"]
    html = hana.get(where).text
    assert Page(html).rows[1] == ["2", "Measure", "choose one of the values offered"]
    fields = {"upload": html.partition('name="upload" value="')[2].partition('"')[0]}
    assert hana.submit("/library/import/preview", fields).status_code == 400
    assert hana.submit("/library/import/discard", fields).headers["location"] == "/library/import"
    assert hana.get(where).status_code == 409


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "is empty"), (b"{", "is not a list of definitions"), (b"a;b\n1;2", "has no column for codes")],
)
def test_what_is_no_library_is_refused_at_once(hana: Browser, content: bytes, message: str) -> None:
    answer = sent(hana, content)
    assert answer.status_code == 400
    assert message in answer.text


def test_the_list_is_narrowed_to_a_department(hana: Browser) -> None:
    html = hana.get("/library?department=human_resources").text
    assert "2 definitions" in html
    assert hana.get("/library?department=magic").status_code == 200
    form = hana.get("/library/new").text
    assert 'name="industry"' in form
