"""Is a file looked at before it is taken, kept in between, and gone afterwards, whatever it holds?"""

import io
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import AuditEntry, Person, Unit
from app.settings import Settings
from tests.cast import Cast
from tests.pages import Page
from tests.tools import Browser, SignIn
from tests.workbooks import HEADINGS, csv, xlsx

RATNA = ("K-1", "Ratna", "ratna@contoh.id", "Direksi", "Direktur", "", "01/03/2018")
BUDI = ("K-2", "Budi", "budi@contoh.id", "Penjualan", "Manajer", "K-1", "13/07/2020")
PREVIEW = "/people/import/preview"


@pytest.fixture
def hana(cast: Cast, as_: SignIn) -> Browser:
    browser = as_(cast.hana)
    browser.headers["Accept-Language"] = "en"
    return browser


@pytest.fixture
def folder(settings: Settings) -> Path:
    """Where files lie in between; empty when the test begins."""
    path = settings.data_dir / "uploads"
    path.mkdir(exist_ok=True)
    for left_over in path.iterdir():
        left_over.unlink()
    return path


def send(browser: Browser, content: bytes, name: str = "daftar.csv", **fields: str) -> Any:
    return browser.submit("/people/import", fields, files={"file": (name, content)})


def sent(browser: Browser, *rows: tuple[str, ...], **fields: str) -> str:
    """Send a good file; the signed upload in the address that it leads to."""
    response = send(browser, csv(HEADINGS, *rows), **fields)
    assert response.status_code == 303
    address = urlsplit(response.headers["location"])
    assert address.path == PREVIEW
    return str(parse_qs(address.query)["upload"][0])


def look(browser: Browser, upload: str) -> Page:
    response = browser.get(PREVIEW, params={"upload": upload})
    assert response.status_code == 200
    return Page(response.text)


def people_of(session: Session) -> set[str]:
    return set(session.scalars(select(Person.number).where(Person.number.like("K-%"))))


def test_look_and_take(session: Session, hana: Browser, folder: Path) -> None:
    upload = sent(hana, BUDI, RATNA)
    page = look(hana, upload)
    assert page.rows == [
        ["Row", "Number", "Name", "What happens"],
        ["2", "K-2", "Budi", "new Manajer, Penjualan"],
        ["3", "K-1", "Ratna", "new Direktur, Direksi"],
    ]
    assert "New units" in page.text
    assert "Penjualan, Direksi" in page.text
    assert people_of(session) == set()
    response = hana.submit(PREVIEW, {"upload": upload})
    assert (response.status_code, response.headers["location"]) == (303, "/people")
    assert "The import is done: 2 entered, 0 changed, 0 as before." in hana.get("/people").text
    assert people_of(session) == {"K-1", "K-2"}
    assert list(folder.iterdir()) == []


def test_changes_are_shown_before_and_after(session: Session, hana: Browser) -> None:
    hana.submit(PREVIEW, {"upload": sent(hana, RATNA, BUDI)})
    page = look(hana, sent(hana, RATNA, (*BUDI[:4], "Kepala", "", BUDI[6]), day="2026-02-01"))
    assert page.rows[1:] == [["3", "K-2", "Budi", "changed Position: Manajer → Kepala Manager: Ratna → –"]]
    assert "Another unit, position or manager counts from 1 February 2026." in page.text
    session.expire_all()
    budi = session.scalars(select(Person).where(Person.number == "K-2")).one()
    assert [row.ends_on for row in budi.reporting_lines] == [None]


def test_a_file_that_says_what_is_there_leaves_nothing_to_do(hana: Browser) -> None:
    hana.submit(PREVIEW, {"upload": sent(hana, RATNA)})
    page = look(hana, sent(hana, RATNA))
    assert "There is nothing to do" in page.text
    assert "Import all of it" not in page.text


def test_faults_stand_by_row_and_column_in_the_readers_language(
    session: Session, cast: Cast, hana: Browser, as_: SignIn
) -> None:
    rows = [RATNA, (*BUDI[:2], "no address", *BUDI[3:5], "K-9", "soon")]
    page = look(hana, sent(hana, *rows))
    assert page.rows == [
        ["Row", "Column", "What is wrong"],
        ["3", "E-mail", "is not an e-mail address"],
        ["3", "Joined on", "is not a date; write it like 31/12/2026"],
        ["Row", "Number", "Name", "What happens"],
        ["2", "K-1", "Ratna", "new Direktur, Direksi"],
    ]
    assert "Nothing can be imported yet" in page.text
    in_indonesian = look(browser := as_(cast.hana), upload := sent(browser, *rows))
    assert in_indonesian.rows[1:3] == [
        ["3", "Email", "bukan alamat email"],
        ["3", "Tanggal bergabung", "bukan tanggal; tulis seperti 31/12/2026"],
    ]
    # confirming it all the same shows it again
    assert browser.submit(PREVIEW, {"upload": upload}).status_code == 400
    assert people_of(session) == set()
    assert session.scalar(select(func.count()).select_from(Unit)) == 0


def test_a_row_with_something_to_correct_is_not_called_new(hana: Browser) -> None:
    sari = ("K-3", "Sari", "sari@contoh.id", "Direksi", "Staf", "K-99", "01/03/2020")
    page = look(hana, sent(hana, RATNA, sari))
    assert page.rows[-2:] == [
        ["2", "K-1", "Ratna", "new Direktur, Direksi"],
        ["3", "K-3", "Sari", "to correct"],
    ]


def test_hundreds_of_faults_are_counted(hana: Browser) -> None:
    page = look(hana, sent(hana, *((f"K-{n}", "", "", "", "", "", "01/01/2024") for n in range(250))))
    assert len([row for row in page.rows if row[1:2] == ["Name"] and len(row) == 3]) == 200
    assert "and 50 more" in page.text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"%PDF-1.4", "is not a list; send an .xlsx or .csv file"),
        (xlsx([["Nomor", "Nama"]])[:900], "is damaged or incomplete; save it anew as .xlsx"),
        (b"Produk;Harga\nx;1", "has no column “Employee number”"),
        (csv(HEADINGS), "has headings and no people below them"),
        (b'NIK;Nama\n"x;1', "has quotation marks that do not match in line 2"),
    ],
)
def test_what_is_no_list_is_refused_beside_the_file(
    session: Session, hana: Browser, folder: Path, content: bytes, message: str
) -> None:
    response = send(hana, content, day="2026-01-15")
    page = Page(response.text)
    assert (response.status_code, page.faults, page.fields["day"]) == (400, {"file": message}, "2026-01-15")
    assert list(folder.iterdir()) == []
    assert session.scalars(select(AuditEntry)).all() == []


def test_no_file_and_no_day(hana: Browser) -> None:
    response = hana.submit("/people/import", {"day": "soon"})
    assert (response.status_code, Page(response.text).faults) == (
        400,
        {"file": "choose a file", "day": "is not a date; write it like 31/12/2026"},
    )


def test_a_hostile_name_is_only_ever_shown(hana: Browser, folder: Path) -> None:
    response = send(hana, csv(HEADINGS, RATNA), name="../../<b>x</b>.csv")
    page = Page(hana.get(response.headers["location"]).text)
    assert "x .csv" not in page.text
    assert "b>.csv" in page.text
    assert [path.parent for path in folder.iterdir()] == [folder]


def test_a_file_can_be_thrown_away(hana: Browser, folder: Path) -> None:
    upload = sent(hana, RATNA)
    assert hana.submit("/people/import/discard", {"upload": upload}).status_code == 303
    assert list(folder.iterdir()) == []
    assert hana.get(PREVIEW, params={"upload": upload}).status_code == 409
    assert hana.submit(PREVIEW, {"upload": upload}).status_code == 409


def test_an_upload_belongs_to_who_sent_it(session: Session, cast: Cast, hana: Browser, as_: SignIn) -> None:
    upload = sent(hana, RATNA)
    other = as_(cast.eva)
    assert other.get(PREVIEW, params={"upload": upload}).status_code in {403, 409}
    for forged in ("", "nonsense", upload[:-2], upload + "x"):
        assert hana.get(PREVIEW, params={"upload": forged}).status_code == 409
        assert hana.submit(PREVIEW, {"upload": forged}).status_code == 409
    assert people_of(session) == set()


@pytest.mark.parametrize(
    ("language", "name", "first"), [("en", "people.xlsx", "Name"), ("id", "karyawan.xlsx", "Nama")]
)
def test_the_template(cast: Cast, as_: SignIn, language: str, name: str, first: str) -> None:
    browser = as_(cast.hana)
    response = browser.get("/people/template.xlsx", headers={"Accept-Language": language})
    assert response.headers["content-disposition"].startswith(f'attachment; filename="{name}"; ')
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert book.worksheets[0]["B1"].value == first


@pytest.mark.parametrize("who", ["mona", "eli", "audi"])
def test_only_hr_imports(cast: Cast, as_: SignIn, who: str) -> None:
    browser = as_(getattr(cast, who))
    paths = ("/people/import", "/people/template.xlsx")
    assert [browser.get(path).status_code for path in paths] == [403, 403]
    assert send(browser, csv(HEADINGS, RATNA)).status_code == 403
    assert browser.submit("/people/import/discard", {"upload": "x"}).status_code == 403
