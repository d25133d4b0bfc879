"""Does the library go out and come in again unchanged in every form, and is a file taken as a whole or not at all?"""

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.access import Actor
from app.documents.spreadsheets import read_table
from app.errors import Invalid, NotAllowed
from app.i18n import Locale
from app.models import AuditEntry, KpiDefinition
from app.rules.faults import Fault
from app.rules.vocabulary import Language
from app.services import library, library_exchange
from app.services.library_exchange import HEADINGS, RowKind
from tests.cast import Cast, actor_of
from tests.services.test_library import VALUES

pytestmark = pytest.mark.database

ROW = {
    "code": "QUA-CMP", "category": "quality", "department": "quality", "industry": "", "name_id": "Tingkat keluhan",
    "name_en": "Complaint rate", "definition_id": "Keluhan.", "definition_en": "Complaints.", "formula_id": "K ÷ P",
    "formula_en": "C ÷ O", "unit_of_measure_id": "%", "unit_of_measure_en": "%", "measure": "ratio", "aggregation": "",
    "method": "lower", "frequency": "monthly", "scale": "100", "numerator_id": "keluhan, -dicabut",
    "numerator_en": "complaints, -withdrawn", "denominator_id": "pesanan", "denominator_en": "orders",
    "is_retired": "no",
}  # fmt: skip


@pytest.fixture
def hana(session: Session, cast: Cast) -> Actor:
    library.seed_library(session)
    return actor_of(cast.hana)


def written(*rows: dict[str, str]) -> bytes:
    """A CSV file with the rows, headed by the names of fields."""
    file = io.StringIO(newline="")
    names = list(rows[0])
    writer = csv.DictWriter(file, names, delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def stored(session: Session) -> list[dict[str, Any]]:
    session.expire_all()
    found = session.scalars(select(KpiDefinition).order_by(KpiDefinition.code))
    return [{field: getattr(each, field) for field in (*HEADINGS, "version")} for each in found]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_what_went_out_comes_in_unchanged(session: Session, hana: Actor, form: str, language: Language) -> None:
    odd = replace(
        VALUES, numerator_en="-complaints", numerator_id="-keluhan", definition_en="'Quoted';\nsecond \"line\"",
        formula_en="=A1+B1", scale=Decimal("0.10"),
    )  # fmt: skip
    entered = library.enter_definition(session, hana, values=odd)
    library.retire_definition(session, hana, definition_id=entered.id, version=entered.version)
    before = stored(session)
    content, _ = library_exchange.exported(session, hana, form=form, locale=Locale(language))
    preview = library_exchange.read_import(session, hana, content=content)
    assert (preview.faults, preview.ignored) == ([], ())
    assert preview.counts == {RowKind.NEW: 0, RowKind.CHANGED: 0, RowKind.SAME: 42}
    assert not preview.is_possible
    library_exchange.run_import(session, hana, content=content, file_name="kamus")
    assert stored(session) == before
    for definition in session.scalars(select(KpiDefinition)):
        session.delete(definition)
    session.flush()
    library_exchange.run_import(session, hana, content=content, file_name="kamus")
    assert [{**each, "version": 0} for each in stored(session)] == [{**each, "version": 0} for each in before]


def test_a_file_enters_and_changes_and_leaves_what_it_does_not_name(session: Session, hana: Actor) -> None:
    content = written(
        {"Kode": "sal-rev", "Departemen": "finance", "Tidak dipakai lagi": "ya", "Catatan": "x"},
        {"Kode": "CUS-NEW", "Departemen": "sales", "Tidak dipakai lagi": "", "Catatan": ""},
    )
    preview = library_exchange.run_import(session, hana, content=content, file_name="ubah.csv")
    assert list(preview.ignored) == ["Catatan"]
    assert [(row.code, row.kind, row.changes) for row in preview.rows] == [
        ("SAL-REV", RowKind.CHANGED, [("department", "sales", "finance"), ("is_retired", "no", "yes")]),
        ("CUS-NEW", RowKind.SAME, []),
    ]
    found = session.scalars(select(KpiDefinition).where(KpiDefinition.code == "SAL-REV")).one()
    assert (found.department, found.is_retired, found.name_en, found.version) == ("finance", True, "Sales revenue", 2)
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(2)).all()
    assert actions == ["library.imported", "definition.changed"]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"code": ""}, Fault("code", "required")),
        ({"category": "magic"}, Fault("category", "choice_unknown")),
        ({"department": "magic"}, Fault("department", "choice_unknown")),
        ({"industry": "magic"}, Fault("industry", "choice_unknown")),
        ({"measure": "magic"}, Fault("measure", "choice_unknown")),
        ({"method": ""}, Fault("method", "required")),
        ({"scale": "hundred"}, Fault("scale", "not_a_number")),
        ({"scale": "0"}, Fault("scale", "not_above_0")),
        ({"is_retired": "perhaps"}, Fault("is_retired", "choice_unknown")),
        ({"name_en": ""}, Fault("name_en", "required")),
        ({"numerator_id": "keluhan"}, Fault("numerator_id", "inputs_differ_by_language")),
    ],
)
def test_one_row_that_cannot_be_taken_keeps_all_out(
    session: Session, hana: Actor, changed: dict[str, str], fault: Fault
) -> None:
    before = stored(session)
    content = written(ROW | {"code": "GOOD"}, ROW | changed)
    with pytest.raises(Invalid) as refused:
        library_exchange.run_import(session, hana, content=content, file_name="x.csv")
    assert list(refused.value.faults) == [fault.under("rows[3]")]
    assert stored(session) == before


def test_a_code_stands_once(session: Session, hana: Actor) -> None:
    preview = library_exchange.read_import(session, hana, content=written(ROW, ROW | {"code": "qua-cmp"}))
    assert preview.faults == [(3, Fault("code", "code_repeated", {"row": "2"}))]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "not_a_library"),
        (b"[1]", "not_a_library"),
        (b'{"definitions": 1}', "not_a_library"),
        (b'{"definitions": []}', "no_definitions"),
        (b"a;b\n1;2", "column_code_missing"),
        (b"code;category\n", "no_definitions"),
        (json.dumps([{"code": f"C{number}"} for number in range(2001)]).encode(), "too_many_rows"),
    ],
)
def test_what_is_no_library_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        library_exchange.check_file(content)
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [("file", code)]


def test_a_value_of_json_that_is_no_text_is_told(session: Session, hana: Actor) -> None:
    content = json.dumps({"definitions": [{**ROW, "name_en": ["x"], "scale": 100, "is_retired": False}]}).encode()
    assert (1, Fault("name_en", "not_text")) in library_exchange.read_import(session, hana, content=content).faults


def test_the_template_has_every_column_and_the_words_it_knows(session: Session, hana: Actor) -> None:
    content = library_exchange.import_template(session, hana, locale=Locale(Language.ENGLISH))
    assert [[cell.text for cell in row.cells] for row in read_table(content).rows] == [list(HEADINGS.values())]


@pytest.mark.usefixtures("hana")
def test_only_hr_takes_the_library_out_or_in(session: Session, cast: Cast) -> None:
    mona, english = actor_of(cast.mona), Locale(Language.ENGLISH)
    for act in (
        lambda: library_exchange.exported(session, mona, form="csv", locale=english),
        lambda: library_exchange.import_template(session, mona, locale=english),
        lambda: library_exchange.read_import(session, mona, content=written(ROW)),
        lambda: library_exchange.run_import(session, mona, content=written(ROW), file_name=""),
        lambda: library_exchange.import_rows(session, mona, rows=[ROW], is_trial=False),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_definitions_are_narrowed_to_department_and_industry(session: Session, hana: Actor) -> None:
    def codes(**wanted: str) -> set[str]:
        return {each.code for each in library.list_definitions(session, hana, **wanted)}  # type: ignore[arg-type]

    assert codes(department="human_resources") == {"HRD-TRAIN", "HRD-ATT"}
    assert codes(department="finance") == set()
    assert len(codes(industry="manufacturing")) == 41
    assert codes(industry="trade") == codes() - {"OPS-EFF"}


@pytest.mark.usefixtures("hana")
def test_departments_reach_a_library_that_was_there_before(session: Session) -> None:
    rows = session.scalars(select(KpiDefinition).order_by(KpiDefinition.code)).all()
    for row in rows:
        row.department = row.industry = ""
    session.flush()
    kept = rows[0].code
    session.execute(update(KpiDefinition).where(KpiDefinition.code != kept).values(version=1))
    session.expire_all()
    library.seed_library(session)
    session.flush()
    session.expire_all()
    assert {row.code for row in rows if not row.department} == {kept}
