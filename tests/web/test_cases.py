"""Does the way lead through the pages: published, received, objected to, decided, corrected, calibrated?"""

from decimal import Decimal
from io import BytesIO

import pdfplumber
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Acknowledgement,
    Adjustment,
    Appeal,
    AppraiserAssignment,
    AuditEntry,
    CaseRequest,
    PublishedScorecard,
)
from app.rules.vocabulary import AppealOutcome
from app.services.appeals import Decision, decide_appeal, raise_appeal
from app.services.appraisals import publish
from app.services.where import Where
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of
from tests.tools import SignIn


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


@pytest.fixture
def address(session: Session, example: Example) -> str:
    """Where eli's January is, published by mona."""
    cast = example.cast
    publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=example.period("2026-01").id)
    return f"/scorecards/{cast.eli.id}/2026"


def test_receipt_objection_and_decision_lead_to_a_new_version(
    session: Session, cast: Cast, address: str, as_: SignIn
) -> None:
    eli, root = as_(cast.eli), as_(cast.root)
    page = eli.get(f"{address}?period=2026-01").text
    assert "Tersisa 15 hari untuk mengajukan keberatan" in page
    sent = eli.submit(f"{address}/2026-01/acknowledgement", {"receipt_comment": "Terima kasih."})
    assert (sent.status_code, session.scalars(select(Acknowledgement.comment)).all()) == (303, ["Terima kasih."])
    refused = eli.submit(f"{address}/2026-01/appeal", {"reason": "", "points.SALES": "Dua faktur"})
    assert (refused.status_code, "Dua faktur" in refused.text) == (400, True)
    sent = eli.submit(f"{address}/2026-01/appeal", {"reason": "Belum lengkap.", "points.SALES": "Dua faktur"})
    appeal = session.scalars(select(Appeal)).one()
    assert sent.headers["location"] == f"/appeals/{appeal.id}"
    assert "Dua faktur" in root.get(f"/appeals/{appeal.id}").text
    fields = {"version": "1", "outcome": "rejected", "total": "90", "answer": "Faktur telat."}
    refused = root.submit(f"/appeals/{appeal.id}/decision", fields)
    assert (refused.status_code, "Faktur telat." in refused.text) == (400, True)
    decided = root.submit(f"/appeals/{appeal.id}/decision", {**fields, "outcome": "upheld"})
    assert decided.status_code == 303
    page = eli.get(f"{address}?period=2026-01").text
    for text in ("Versi 2 menggantikan versi 1", "Faktur telat.", "90,00", "Diterima seluruhnya"):
        assert text in page
    assert session.scalars(select(PublishedScorecard.version_number)).all() == [1, 2]
    for text in ("Penerbitan pertama", "Setelah keberatan · Diterima seluruhnya", "/2026-01/versions/1/pdf?lang=id"):
        assert text in page


def test_every_version_is_handed_out_and_nothing_beside_them(
    session: Session, cast: Cast, address: str, as_: SignIn
) -> None:
    appeal = raise_appeal(session, actor_of(cast.eli), where=Where(cast.eli.id, "2026", "2026-01"), reason="X")
    decision = Decision(AppealOutcome.UPHELD, "Y", Decimal("91.25"))
    decide_appeal(session, actor_of(cast.root), appeal_id=appeal.id, version=1, decision=decision)
    eli, hana, eva = as_(cast.eli), as_(cast.hana), as_(cast.eva)
    got = {number: eli.get(f"{address}/2026-01/versions/{number}/pdf?lang=en") for number in (1, 2, 3)}
    assert {number: each.status_code for number, each in got.items()} == {1: 200, 2: 200, 3: 404}
    assert got[1].headers["content-disposition"].endswith("Kartu-Skor_4_2026-01_v1.pdf")
    assert [("81.37" in words(each.content), "91.25" in words(each.content)) for each in (got[1], got[2])] == [
        (True, False),
        (True, True),
    ]
    assert hana.get(f"{address}/2026-01/versions/1/pdf?lang=en").content == got[1].content
    assert eva.get(f"{address}/2026-01/versions/1/pdf").status_code == 404
    acts = session.execute(
        select(AuditEntry.actor_id, PublishedScorecard.version_number)
        .join(PublishedScorecard, PublishedScorecard.id == AuditEntry.object_id)
        .where(AuditEntry.action == "scorecard.downloaded", AuditEntry.subject_id == cast.eli.id)
        .order_by(AuditEntry.id)
    )
    assert [tuple(row) for row in acts] == [(cast.eli.id, 1), (cast.eli.id, 2), (cast.hana.id, 1)]


def words(content: bytes) -> str:
    """What stands on the pages of a PDF."""
    with pdfplumber.open(BytesIO(content)) as pdf:
        return "\n".join(each.extract_text() or "" for each in pdf.pages)


def test_a_correction_goes_by_two_people(session: Session, cast: Cast, address: str, as_: SignIn) -> None:
    hana, root, mona = as_(cast.hana), as_(cast.root), as_(cast.mona)
    case = f"{address}/2026-01/case"
    assert hana.submit(f"{case}/requests", {"kind": "correct", "reason": ""}).status_code == 400
    assert hana.submit(f"{case}/requests", {"kind": "correct", "reason": "Salah bulan."}).status_code == 303
    request = session.scalars(select(CaseRequest)).one()
    own = hana.submit(f"/cases/{request.id}/decision", {"version": "1", "wish": "confirm"})
    assert own.status_code == 409
    assert "Salah bulan." in root.get("/cases").text
    done = root.submit(f"/cases/{request.id}/decision", {"version": "1", "wish": "confirm"})
    assert done.headers["location"] == case
    page = mona.get(f"{address}?period=2026-01").text
    assert "Koreksi sedang berjalan" in page
    assert 'action="/publications"' in page
    assert "Kembali ke versi yang berlaku" in mona.get(f"{address}?period=2026-01&draft=on").text


def test_totals_are_moved_on_the_page_of_calibration(
    session: Session, example: Example, cast: Cast, as_: SignIn
) -> None:
    hana = as_(cast.hana)
    assert "81,37" in hana.get("/calibration?cycle=2026&period=2026-01").text
    fields = {
        "person": cast.eli.id, "cycle": "2026", "period": "2026-01", "seen": "81,37", "wish": "move", "total": "90",
    }  # fmt: skip
    refused = hana.submit("/calibration", {**fields, "reason": ""})
    assert (refused.status_code, session.scalars(select(Adjustment)).all()) == (400, [])
    assert hana.submit("/calibration", {**fields, "reason": "Dibandingkan setim."}).status_code == 303
    page = hana.get("/calibration?cycle=2026&period=2026-01&sort=moved").text
    assert ("Dibandingkan setim." in page, "90,00" in page) == (True, True)
    assert example.cycle.code == "2026"


def test_another_appraiser_is_named_and_the_case_given_back(
    session: Session, cast: Cast, address: str, as_: SignIn
) -> None:
    hana = as_(cast.hana)
    where = f"{address}/2026-01/case/appraiser"
    fields = {"wish": "assign", "who": "Omar Ondang", "ends_on": "2026-03-01", "assignment_reason": "Cuti"}
    assert hana.submit(where, {**fields, "who": "Siapa"}).status_code == 400
    assert hana.submit(where, fields).status_code == 303
    assert session.scalars(select(AppraiserAssignment.appraiser_id)).all() == [cast.omar.id]
    assert hana.submit(where, {"wish": "end"}).status_code == 303
    assert session.scalars(select(AppraiserAssignment)).all() == []


def test_receipts_are_listed(cast: Cast, address: str, as_: SignIn) -> None:
    page = as_(cast.mona).get("/acknowledgements?cycle=2026&period=2026-01").text
    assert "Penerimaan belum dikonfirmasi" in page
    assert address in page
