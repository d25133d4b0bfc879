"""Does the page of recording show who lacks what, lead to it, and go out as a file?"""

import csv
import io

import pytest
from sqlalchemy.orm import Session

from tests.cards import Example, give_plan, make_example
from tests.cast import Cast
from tests.pages import Page
from tests.tools import Browser, SignIn

PATH = "/reports/recording?cycle=2026&period=2026-01"
HEADINGS = ["Employee", "Due", "Recorded", "Missing", "Late", "Changed afterwards", "Verified", "Questioned"]
ELI = ["Eli Effendi4 · Penjualan", "5", "4", "0", "0", "0", "0", "0"]
EVA = ["Eva Elvira5 · Penjualan", "5", "0", "0", "0", "0", "0", "0"]


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    give_plan(session, cast.eva, made.cycle)
    return made


def english(browser: Browser) -> Browser:
    browser.headers["Accept-Language"] = "en"
    return browser


def test_who_lacks_most_stands_first_with_the_way_to_it(example: Example, as_: SignIn) -> None:
    mona = english(as_(example.cast.mona))
    answer = mona.get(PATH)
    page = Page(answer.text)
    assert (answer.status_code, page.rows) == (200, [HEADINGS, EVA, ELI])
    assert "Recorded 4 of 10 that are due" in page.text
    assert "Missing is what is not there 7 days after its last day" in page.text
    link = "/entries?cycle=2026&amp;period=2026-01&amp;q=5"
    assert f'href="{link}"' in answer.text
    assert "Eva Elvira" in mona.get(link.replace("&amp;", "&")).text
    for page_with_link in ("/entries?period=2026-01", "/reports/completeness?cycle=2026&period=2026-01"):
        assert 'href="/reports/recording?cycle=2026&amp;period=2026-01"' in mona.get(page_with_link).text


def test_the_days_of_the_policy_decide_what_is_missing(session: Session, example: Example, as_: SignIn) -> None:
    example.cycle.entry_grace_days = 0
    session.flush()
    assert Page(english(as_(example.cast.hana)).get(PATH).text).rows[1:] == [
        [*EVA[:3], "5", *EVA[4:]],
        [*ELI[:3], "1", "4", *ELI[5:]],
    ]


def test_filters_narrow_the_page(example: Example, as_: SignIn) -> None:
    hana = english(as_(example.cast.hana))
    unit = example.cast.eli.placements[0].unit_id
    for query, rows in (
        ("q=eva", [EVA]),
        ("manager=mona", [EVA, ELI]),
        ("manager=omar", []),
        (f"unit={unit}", [EVA, ELI]),
        ("unit=999999", []),
        ("page=2", []),
        ("page=x&unit=x", [EVA, ELI]),
    ):
        assert Page(hana.get(f"{PATH}&{query}").text).rows[1:] == rows, query
    assert "Nobody fits" in hana.get(f"{PATH}&q=zzz").text


def test_nobody_sees_more_than_their_people(example: Example, as_: SignIn) -> None:
    for person in (example.cast.eli, example.cast.eva, example.cast.omar):
        page = Page(english(as_(person)).get(PATH).text)
        assert (page.rows, "Here stand the people below you" in page.text) == ([], True)
    assert as_(example.cast.mona).get("/reports/recording?cycle=zz").status_code == 404
    assert as_(example.cast.mona).get("/reports/recording?cycle=2026&period=zz").status_code == 404


def test_the_file_holds_everybody(example: Example, as_: SignIn) -> None:
    answer = as_(example.cast.hana).get("/reports/recording.csv?cycle=2026&period=2026-01")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert 'filename="pencatatan-2026-01.csv"' in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows == [
        [
            "Nomor", "Karyawan", "Unit kerja", "Perlu diisi", "Dicatat", "Belum ada", "Terlambat",
            "Diubah setelah dicatat", "Diverifikasi", "Dipertanyakan",
        ],
        ["5", "Eva Elvira", "Penjualan", "5", "0", "0", "0", "0", "0", "0"],
        ["4", "Eli Effendi", "Penjualan", "5", "4", "0", "0", "0", "0", "0"],
    ]  # fmt: skip
    narrowed = as_(example.cast.hana).get("/reports/recording.csv?cycle=2026&period=2026-01&q=eli").text
    assert (narrowed.count("\r\n"), "Eva" in narrowed) == (2, False)


def test_without_a_cycle_there_is_nothing(cast: Cast, as_: SignIn) -> None:
    assert "Belum ada siklus" in as_(cast.hana).get("/reports/recording").text
    assert as_(cast.hana).get("/reports/recording.csv").status_code == 404
