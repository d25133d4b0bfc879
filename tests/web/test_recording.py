"""Do evidence, checks, the file round trip and one's own figures work on their pages, and stay shut to others?"""

import io
import re
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Entry, EvidenceFile, Kpi, Person, Plan
from app.rules.entries import Figure
from app.rules.vocabulary import SourceKind
from app.services.actuals import EntryValues, put_entry
from app.services.evidence import SentFile, add_evidence
from tests.cast import Cast, actor_of
from tests.pages import Page
from tests.teams import make_cycle, make_kpi, make_plan
from tests.tools import Browser, SignIn

QUERY = "cycle=2026&period=2026-01"
NEW = 10
"""The last column of the file."""


@pytest.fixture
def plan(session: Session, cast: Cast) -> Plan:
    """Eli's KPIs: the manager records the first, eli the second."""
    kpis = [make_kpi("Sales"), make_kpi("Declared", source_kind=SourceKind.EMPLOYEE_WITH_EVIDENCE)]
    return make_plan(session, cast.eli, make_cycle(session), kpis)


def english(browser: Browser) -> Browser:
    browser.headers["Accept-Language"] = "en"
    return browser


def put(session: Session, by: Person, kpi: Kpi, value: int = 7) -> Entry:
    values = EntryValues(Figure(Decimal(value)))
    return put_entry(session, actor_of(by), kpi_id=kpi.id, on="2026-01", values=values, version=None)


def prove(session: Session, by: Person, kpi: Kpi) -> EvidenceFile:
    sent = [SentFile("erp.txt", b"7 unit")]
    return add_evidence(session, actor_of(by), kpi_id=kpi.id, on="2026-01", files=sent)[0]


def entry_of(session: Session, kpi: Kpi) -> Entry | None:
    session.expire_all()
    return session.scalars(select(Entry).where(Entry.kpi_id == kpi.id)).one_or_none()


def value_of(session: Session, kpi: Kpi) -> int | None:
    entry = entry_of(session, kpi)
    return None if entry is None or entry.value is None else int(entry.value)


def typed(kpi: Kpi, value: str, version: int = 0) -> dict[str, str]:
    """The fields of a figure of January, made from a version of it."""
    return {f"e.{kpi.id}.2026-01.0": value, f"e.{kpi.id}.2026-01.was": f"{version}|"}


def saved(browser: Browser, kpi: Kpi, value: str, *files: tuple[str, bytes], version: int = 0, **more: str) -> Any:
    """Send the form of one figure, as the page has it."""
    fields = {"on": "2026-01", "source_kind": kpi.source_kind.value, **typed(kpi, value, version), **more}
    sent = [("files", file) for file in files]
    return browser.submit(f"/entries/{kpi.id}?period=2026-01&on=2026-01", fields, files=sent or None)


# --- Evidence ---------------------------------------------------------------------------------------------------------


def test_evidence_comes_with_the_figure_and_goes_with_a_reason(
    session: Session, cast: Cast, plan: Plan, as_: SignIn
) -> None:
    mona, kpi = english(as_(cast.mona)), plan.kpis[0]
    assert saved(mona, kpi, "7", ("erp.txt", b"7 unit"), ("crm.csv", b"a;b\n1;2\n")).status_code == 303
    names = session.scalars(select(EvidenceFile.name).order_by(EvidenceFile.name)).all()
    assert names == ["crm.csv", "erp.txt"]
    page = mona.get(f"/entries/{kpi.id}?period=2026-01&on=2026-01").text
    assert "erp.txt" in page
    file = session.scalars(select(EvidenceFile).where(EvidenceFile.name == "erp.txt")).one()
    answer = mona.get(f"/evidence/{file.id}")
    assert (answer.status_code, answer.content) == (200, b"7 unit")
    assert answer.headers["content-disposition"].startswith('attachment; filename="erp.txt"')
    assert mona.submit(f"/evidence/{file.id}/removal", {"reason": " "}).status_code == 400
    gone = mona.submit(f"/evidence/{file.id}/removal", {"reason": "Salah berkas"})
    assert (gone.status_code, gone.headers["location"]) == (303, f"/entries/{kpi.id}")
    assert mona.get(f"/evidence/{file.id}").status_code == 404


def test_a_refused_file_takes_the_figure_along_and_shows_it_again(
    session: Session, cast: Cast, plan: Plan, as_: SignIn
) -> None:
    mona, kpi = english(as_(cast.mona)), plan.kpis[0]
    for content in (b"MZ\x00\x01", b""):
        answer = saved(mona, kpi, "12.5", ("x.pdf", content), note="Dari ERP")
        page = Page(answer.text)
        assert (answer.status_code, entry_of(session, kpi)) == (400, None)
        assert (page.fields[f"e.{kpi.id}.2026-01.0"], page.fields["note"]) == ("12.5", "Dari ERP")
        assert page.faults["files"]
    assert saved(mona, kpi, "12.5", files="a path, not a file").status_code == 400
    assert entry_of(session, kpi) is None


@pytest.mark.parametrize("name", ["otto", "omar"])
def test_evidence_is_not_there_for_others(session: Session, cast: Cast, plan: Plan, as_: SignIn, name: str) -> None:
    put(session, cast.mona, plan.kpis[0])
    file = prove(session, cast.mona, plan.kpis[0])
    stranger = as_(getattr(cast, name))
    assert stranger.get(f"/evidence/{file.id}").status_code == 404
    assert stranger.submit(f"/evidence/{file.id}/removal", {"reason": "x"}).status_code == 404
    assert saved(stranger, plan.kpis[0], "8").status_code == 404
    assert value_of(session, plan.kpis[0]) == 7


def test_the_employee_reads_evidence_that_is_not_theirs_to_remove(
    session: Session, cast: Cast, plan: Plan, as_: SignIn
) -> None:
    put(session, cast.mona, plan.kpis[0])
    file = prove(session, cast.mona, plan.kpis[0])
    eli = as_(cast.eli)
    assert eli.get(f"/evidence/{file.id}").content == b"7 unit"
    assert eli.submit(f"/evidence/{file.id}/removal", {"reason": "x"}).status_code == 403


# --- Checks -----------------------------------------------------------------------------------------------------------


def test_ticked_figures_are_verified_and_leave_the_list(session: Session, cast: Cast, plan: Plan, as_: SignIn) -> None:
    entry = put(session, cast.mona, plan.kpis[0])
    hana = english(as_(cast.hana))
    key = f"{entry.id}:{entry.version}"
    assert f'value="{key}"' in hana.get(f"/entries/checks?{QUERY}").text
    answer = hana.submit(f"/entries/checks?{QUERY}", {"entry": [key]})
    assert answer.status_code == 303
    after = hana.get(answer.headers["location"]).text
    assert ("Verified: 1." in after, "Nothing to look over" in after) == (True, True)
    assert "Eli Effendi" in hana.get(f"/entries/checks?{QUERY}&only=verified").text
    assert hana.submit(f"/entries/checks?{QUERY}", {"entry": ["x"]}).status_code == 404


def test_a_figure_is_questioned_with_a_note_alone(session: Session, cast: Cast, plan: Plan, as_: SignIn) -> None:
    kpi = plan.kpis[0]
    put(session, cast.mona, kpi)
    hana, path = english(as_(cast.hana)), f"/entries/{kpi.id}/check?{QUERY}"
    sent = {"on": "2026-01", "version": "1", "verdict": "questioned"}
    assert hana.submit(path, sent).status_code == 400
    assert hana.submit(path, {**sent, "version": "9", "note": "Dari mana?"}).status_code == 409
    assert hana.submit(path, {**sent, "verdict": "perhaps"}).status_code == 404
    assert hana.submit(path, {**sent, "note": "Dari mana?"}).status_code == 303
    assert "Dari mana?" in as_(cast.eli).get(f"/entries/{kpi.id}?period=2026-01&on=2026-01").text
    assert "Eli Effendi" in hana.get(f"/entries/checks?{QUERY}&only=questioned").text


def test_who_recorded_is_refused_and_who_may_not_see_finds_nothing(
    session: Session, cast: Cast, plan: Plan, as_: SignIn
) -> None:
    entry = put(session, cast.mona, plan.kpis[0])
    path, sent = f"/entries/{entry.kpi_id}/check", {"on": "2026-01", "version": "1", "verdict": "ok"}
    answers = {
        name: as_(getattr(cast, name)).submit(path, sent).status_code for name in ("mona", "eli", "omar", "otto")
    }
    assert answers == {"mona": 403, "eli": 403, "omar": 404, "otto": 404}
    for name in ("omar", "mona"):
        browser = as_(getattr(cast, name))
        assert "Eli Effendi" not in browser.get(f"/entries/checks?{QUERY}").text
        assert browser.submit(f"/entries/checks?{QUERY}", {"entry": [f"{entry.id}:1"]}).status_code == 404


# --- The file ---------------------------------------------------------------------------------------------------------


def downloaded(browser: Browser) -> Any:
    answer = browser.get(f"/entries/file.xlsx?{QUERY}")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def filled(book: Any, *values: object) -> bytes:
    for row, value in enumerate(values, start=2):
        book.active.cell(row, NEW).value = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def send(browser: Browser, content: bytes) -> Any:
    return browser.submit("/entries/file", files={"file": ("angka.xlsx", content)})


def upload_of(answer: Any) -> str:
    assert answer.status_code == 303
    return str(parse_qs(urlsplit(answer.headers["location"]).query)["upload"][0])


def test_a_file_goes_out_and_comes_back_after_a_look(session: Session, cast: Cast, plan: Plan, as_: SignIn) -> None:
    mona = english(as_(cast.mona))
    upload = upload_of(send(mona, filled(downloaded(mona), 12, 3)))
    preview = Page(mona.get("/entries/file/preview", params={"upload": upload}).text)
    assert [row[1:] for row in preview.rows[1:]] == [
        ["Eli Effendi", "Sales", "January 2026", "–", "12"],
        ["Eli Effendi", "Declared", "January 2026", "–", "3"],
    ]
    assert entry_of(session, plan.kpis[0]) is None
    taken = mona.submit("/entries/file/preview", {"upload": upload})
    assert (taken.status_code, taken.headers["location"]) == (303, "/entries")
    assert [value_of(session, kpi) for kpi in plan.kpis] == [12, 3]
    assert mona.submit("/entries/file/preview", {"upload": upload}).status_code == 409


def test_one_bad_cell_keeps_all_of_a_file_out(session: Session, cast: Cast, plan: Plan, as_: SignIn) -> None:
    mona = english(as_(cast.mona))
    upload = upload_of(send(mona, filled(downloaded(mona), 12, "banyak")))
    page = mona.get("/entries/file/preview", params={"upload": upload}).text
    assert "Nothing can be recorded yet" in page
    assert Page(page).rows[1][:2] == ["3", "New figure"]
    assert mona.submit("/entries/file/preview", {"upload": upload}).status_code == 400
    assert [entry_of(session, kpi) for kpi in plan.kpis] == [None, None]
    assert mona.submit("/entries/file/discard", {"upload": upload}).headers["location"] == "/entries/file"
    assert mona.get("/entries/file/preview", params={"upload": upload}).status_code == 409


def test_what_is_no_file_of_ours_is_said_beside_the_field(cast: Cast, plan: Plan, as_: SignIn) -> None:
    mona = english(as_(cast.mona))
    for content in (b"", b"no workbook", filled(openpyxl.Workbook(), 1)):
        answer = send(mona, content)
        assert (answer.status_code, list(Page(answer.text).faults)) == (400, ["file"])
    assert mona.submit("/entries/file", {}).status_code == 400
    book = downloaded(as_(cast.omar))
    assert [row for row in book.active.iter_rows(min_row=2, values_only=True) if "Eli Effendi" in row] == []
    assert plan.kpis


def test_a_file_of_somebody_else_is_neither_shown_nor_taken(
    session: Session, cast: Cast, plan: Plan, as_: SignIn
) -> None:
    mona, omar = as_(cast.mona), as_(cast.omar)
    content = filled(downloaded(mona), 12)
    upload = upload_of(send(mona, content))
    assert omar.get("/entries/file/preview", params={"upload": upload}).status_code == 409
    assert omar.submit("/entries/file/preview", {"upload": upload}).status_code == 409
    theirs = upload_of(send(omar, content))
    assert "Eli Effendi" not in omar.get("/entries/file/preview", params={"upload": theirs}).text
    assert omar.submit("/entries/file/preview", {"upload": theirs}).status_code in {400, 404}
    assert entry_of(session, plan.kpis[0]) is None


# --- One's own figures ------------------------------------------------------------------------------------------------


def test_employees_record_what_is_theirs_to_record(session: Session, cast: Cast, plan: Plan, as_: SignIn) -> None:
    eli, own = english(as_(cast.eli)), plan.kpis[1]
    page = eli.get("/entries?period=2026-01").text
    assert "You record the open figures yourself." in page
    assert set(re.findall(r'name="e\.(\d+)\.2026-01\.0"', page)) == {str(own.id)}
    grid = eli.submit("/entries?period=2026-01", typed(own, "4"))
    assert (grid.status_code, value_of(session, own)) == (303, 4)
    assert saved(eli, own, "5", ("foto.txt", b"bukti"), version=1).status_code == 303
    entry = entry_of(session, own)
    assert entry is not None
    found = (entry.value, entry.recorded_by_id, [file.name for file in entry.files])
    assert found == (Decimal(5), cast.eli.id, ["foto.txt"])


def test_what_employees_may_not_record_stays_as_it_is(session: Session, cast: Cast, plan: Plan, as_: SignIn) -> None:
    sales = plan.kpis[0]
    put(session, cast.mona, sales)
    eli = english(as_(cast.eli))
    fields = typed(sales, "99", 1)
    assert eli.submit("/entries?period=2026-01", fields).status_code == 403
    assert saved(eli, sales, "99", version=1).status_code == 403
    assert eli.submit(f"/entries/{sales.id}/removal", {"on": "2026-01", "version": "1"}).status_code == 403
    assert value_of(session, sales) == 7


def test_a_bad_figure_comes_back_as_it_was_typed(session: Session, cast: Cast, plan: Plan, as_: SignIn) -> None:
    eli, own = english(as_(cast.eli)), plan.kpis[1]
    name = f"e.{own.id}.2026-01.0"
    for text in ("banyak", "1e999", ""):
        answer = saved(eli, own, text, evidence_link="https://example.com/1")
        page = Page(answer.text)
        assert (answer.status_code, page.fields[name], page.fields["evidence_link"]) == (
            400,
            text,
            "https://example.com/1",
        )
    assert saved(eli, own, "5", evidence_link="javascript:alert(1)").status_code == 400
    assert entry_of(session, own) is None


def test_colleagues_find_nothing(session: Session, cast: Cast, plan: Plan, as_: SignIn) -> None:
    own = plan.kpis[1]
    put(session, cast.eli, own)
    eva = as_(cast.eva)
    assert eva.get(f"/entries/{own.id}").status_code == 404
    assert saved(eva, own, "8", version=1).status_code == 404
    fields = typed(own, "8", 1)
    assert eva.submit("/entries?period=2026-01", fields).status_code == 404
    assert value_of(session, own) == 7
