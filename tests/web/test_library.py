"""Can the KPI library be searched by everybody and kept by HR on these pages?"""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import KpiDefinition
from app.rules.vocabulary import MeasureKind
from app.services import library
from tests.cast import Cast
from tests.pages import Page, counted_queries
from tests.tools import Browser, SignIn

FORM = {
    "code": "QUA-CMP",
    "category": "quality",
    "name_id": "Tingkat keluhan",
    "name_en": "Complaint rate",
    "definition_id": "Keluhan per pesanan.\nTanpa yang dicabut.",
    "definition_en": "Complaints per order.\nWithout withdrawn ones.",
    "formula_id": "Keluhan ÷ pesanan × 100",
    "formula_en": "Complaints ÷ orders × 100",
    "unit_of_measure_id": "%",
    "unit_of_measure_en": "%",
    "measure": "ratio",
    "aggregation": "",
    "method": "lower",
    "frequency": "monthly",
    "numerator_id": "keluhan, -keluhan dicabut",
    "numerator_en": "complaints, -withdrawn complaints",
    "denominator_id": "pesanan",
    "denominator_en": "orders",
    "scale": "100",
}


@pytest.fixture
def hana(cast: Cast, as_: SignIn) -> Browser:
    browser = as_(cast.hana)
    browser.headers["Accept-Language"] = "en"
    return browser


def show(browser: Browser, path: str, **options: Any) -> Page:
    response = browser.get(path, **options)
    assert response.status_code == 200
    return Page(response.text)


def entered(session: Session, hana: Browser) -> KpiDefinition:
    assert hana.submit("/library", FORM).status_code == 303
    return session.scalars(select(KpiDefinition).where(KpiDefinition.code == "QUA-CMP")).one()


def test_everybody_finds_definitions_in_their_language(session: Session, cast: Cast, as_: SignIn) -> None:
    assert "Kamus masih kosong" in show(as_(cast.eli), "/library").text
    library.seed_library(session)
    eli = as_(cast.eli)
    page = show(eli, "/library")
    assert "41 definisi" in page.text
    assert "Pendapatan penjualan" in page.text
    assert "Tambah definisi" not in page.text
    english = {"Accept-Language": "en"}
    assert "1 definition" in show(eli, "/library?search=churn", headers=english).text
    found = show(eli, "/library?category=cost", headers=english)
    assert "3 definitions" in found.text
    assert found.fields["category"] == "cost"
    assert "No definition found" in show(eli, "/library?search=zzz", headers=english).text


def test_one_definition_with_its_working(session: Session, cast: Cast, as_: SignIn) -> None:
    library.seed_library(session)
    roi = session.scalars(select(KpiDefinition).where(KpiDefinition.code == "CST-ROI")).one()
    page = show(as_(cast.eli), f"/library/{roi.id}")
    assert "pendapatan dari kampanye − biaya kampanye" in page.text
    assert "Makin tinggi makin baik" in page.text
    page = show(as_(cast.eli), f"/library/{roi.id}", headers={"Accept-Language": "en"})
    assert "attributed revenue − campaign cost" in page.text
    assert "In Indonesian" in page.text


def test_as_many_queries_for_many_as_for_one(session: Session, hana: Browser) -> None:
    entered(session, hana)
    with counted_queries(session) as few:
        show(hana, "/library")
    library.seed_library(session)
    session.flush()
    session.expire_all()
    with counted_queries(session) as many:
        show(hana, "/library")
    assert len(many) == len(few)


def test_enter_and_change(session: Session, hana: Browser) -> None:
    definition = entered(session, hana)
    page = show(hana, f"/library/{definition.id}/edit")
    assert {name: page.fields[name] for name in FORM} == FORM
    path = f"/library/{definition.id}/edit"
    changed = {**FORM, "measure": "value", "aggregation": "sum", "version": "1"}
    assert hana.submit(path, changed).headers["location"] == f"/library/{definition.id}"
    session.expire_all()
    assert (definition.measure, definition.scale, definition.version) == (MeasureKind.VALUE, None, 2)
    assert definition.definition_en == FORM["definition_en"]
    assert hana.submit(path, changed).status_code == 409


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"code": "", "name_en": ""}, {"code": "is required", "name_en": "is required"}),
        ({"category": "nothing"}, {"category": "choose one of the values offered"}),
        ({"definition_id": "x" * 2001}, {"definition_id": "must have at most 2000 characters"}),
        ({"numerator_id": "", "scale": ""}, {"numerator_id": "is required", "scale": "is required"}),
        ({"numerator_id": "keluhan"}, {
            "numerator_id": "must name as many inputs as the English text, with the same signs",
        }),
        ({"denominator_en": "orders, orders", "denominator_id": "a, b"}, {"denominator_en": "names an input twice"}),
        ({"scale": "-1"}, {"scale": "must be above 0"}),
        ({"scale": "many"}, {"scale": "must be a number"}),
        ({"method": "rating"}, {"method": "cannot be used with this kind of measure"}),
        ({"measure": "value"}, {"aggregation": "is required"}),
    ],
)  # fmt: skip
def test_what_is_refused_comes_back_as_it_was_typed(
    session: Session, hana: Browser, changes: dict[str, str], faults: dict[str, str]
) -> None:
    fields = {**FORM, **changes}
    response = hana.submit("/library", fields)
    page = Page(response.text)
    assert (response.status_code, page.faults) == (400, faults)
    kept = {name: text for name, text in fields.items() if text != "nothing"}
    assert {name: page.fields[name] for name in kept} == kept
    assert session.scalars(select(KpiDefinition)).all() == []


def test_a_code_that_is_taken(session: Session, hana: Browser) -> None:
    entered(session, hana)
    response = hana.submit("/library", {**FORM, "code": "qua-cmp"})
    assert (response.status_code, Page(response.text).faults) == (400, {"code": "is already in use"})


def test_retire_and_offer_again(session: Session, hana: Browser) -> None:
    definition = entered(session, hana)
    path = f"/library/{definition.id}"
    assert hana.submit(path, {"state": "retired", "version": "1"}).status_code == 303
    assert "The library is empty" in show(hana, "/library").text
    assert "1 definition" in show(hana, "/library?retired=on").text
    assert hana.submit(path, {"state": "retired", "version": "2"}).status_code == 409
    assert hana.submit(path, {"state": "offered", "version": "1"}).status_code == 409
    assert hana.submit(path, {"state": "offered", "version": "2"}).status_code == 303
    session.expire_all()
    assert not definition.is_retired


def test_who_may(session: Session, cast: Cast, hana: Browser, as_: SignIn) -> None:
    definition = entered(session, hana)
    mona = as_(cast.mona)
    paths = ("/library", f"/library/{definition.id}", "/library/new", f"/library/{definition.id}/edit")
    assert [mona.get(path).status_code for path in paths] == [200, 200, 403, 403]
    assert [
        mona.submit(path, FORM).status_code
        for path in ("/library", f"/library/{definition.id}/edit", f"/library/{definition.id}")
    ] == [403, 403, 403]
    assert [mona.get(path).status_code for path in ("/library/999", "/library/x")] == [404, 404]
