"""Is the library complete from the start, and are definitions whole?"""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import AuditEntry, KpiDefinition
from app.rules.aggregation import Term
from app.rules.vocabulary import Aggregation, Frequency, Language, MeasureKind, Method
from app.services import library
from app.services.library import DefinitionValues
from tests.cast import Cast, actor_of

VALUES = DefinitionValues(
    code="X-1",
    category="quality",
    name_en="Complaint rate",
    name_id="Tingkat keluhan",
    definition_en="Complaints per order.",
    definition_id="Keluhan per pesanan.",
    formula_en="Complaints ÷ orders × 100",
    formula_id="Keluhan ÷ pesanan × 100",
    unit_of_measure_en="%",
    unit_of_measure_id="%",
    measure=MeasureKind.RATIO,
    method=Method.LOWER,
    frequency=Frequency.MONTHLY,
    scale=Decimal(100),
    numerator_en="complaints, -withdrawn complaints",
    numerator_id="keluhan, -keluhan dicabut",
    denominator_en="orders",
    denominator_id="pesanan",
)


def test_the_catalogue_has_forty_one_definitions_without_a_fault() -> None:
    found = library.catalogue()
    assert len(found) == len({values.code for values in found}) == 41
    assert [
        (values.code, library.definition_faults(values)) for values in found if library.definition_faults(values)
    ] == []
    assert {values.category for values in found} <= set(library.CATEGORIES)


def test_ratios_and_directions_are_what_the_field_says() -> None:
    by_code = {values.code: values for values in library.catalogue()}
    roi = by_code["CST-ROI"]
    assert (library.terms_of(roi.numerator_en), library.terms_of(roi.denominator_en), roi.scale) == (
        (Term("attributed revenue"), Term("campaign cost", -1)),
        (Term("campaign cost"),),
        Decimal(100),
    )
    assert sorted(code for code, values in by_code.items() if values.method is Method.LOWER) == [
        "CST-CAC", "CST-CPL", "CUS-CHURN", "TIM-CONV", "TIM-FUDUR", "TIM-SALE",
    ]  # fmt: skip
    assert by_code["SAL-REG"].measure is MeasureKind.VALUE
    assert by_code["SAL-REG"].aggregation is Aggregation.SUM
    assert (by_code["CST-CPL"].scale, by_code["CNV-LEAD"].scale) == (Decimal(1), Decimal(100))


def test_seeding_twice_adds_nothing_and_keeps_what_was_changed(session: Session, cast: Cast) -> None:
    assert library.seed_library(session) == 41
    revenue = session.scalars(select(KpiDefinition).where(KpiDefinition.code == "SAL-REV")).one()
    library.retire_definition(session, actor_of(cast.hana), definition_id=revenue.id, version=revenue.version)
    assert library.seed_library(session) == 0
    assert session.scalar(select(func.count()).select_from(KpiDefinition)) == 41
    assert revenue.is_retired
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
        "library.seeded",
        "definition.retired",
    ]


def test_search_and_category(session: Session, cast: Cast) -> None:
    library.seed_library(session)
    eli = actor_of(cast.eli)

    def codes(**wish: str) -> list[str]:
        return [each.code for each in library.list_definitions(session, eli, **wish)]  # type: ignore[arg-type]

    assert codes(search="retensi") == codes(search="RASIO retensi") == ["CUS-RET"]
    assert codes(search="a\x00") == codes(search="a")
    assert codes(search="organic") == ["WEB-ORG"]
    assert codes(category="cost") == ["CST-CAC", "CST-CPL", "CST-ROI"]
    assert codes(search="100%") == []


def test_enter_change_and_copy(session: Session, cast: Cast) -> None:
    hana = actor_of(cast.hana)
    definition = library.enter_definition(session, hana, values=VALUES)
    assert definition.version == 1
    copy = library.copy_of(definition, Language.INDONESIAN)
    assert (copy.name, copy.numerator, copy.denominator) == (
        "Tingkat keluhan",
        (Term("keluhan"), Term("keluhan dicabut", -1)),
        (Term("pesanan"),),
    )
    assert library.copy_of(definition, Language.ENGLISH).formula == "Complaints ÷ orders × 100"
    changed = replace(VALUES, measure=MeasureKind.VALUE, aggregation=Aggregation.LAST, name_en="Complaints")
    library.change_definition(session, hana, definition_id=definition.id, version=1, values=changed)
    session.expire_all()
    # what the new measure has no use for is let go
    assert (definition.name_en, definition.scale, definition.numerator_en, definition.version) == (
        "Complaints", None, "", 2,
    )  # fmt: skip
    with pytest.raises(Conflict) as conflict:
        library.change_definition(session, hana, definition_id=definition.id, version=1, values=VALUES)
    assert conflict.value.code == "stale"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": "x 1"}, [("code", "code_signs")]),
        ({"category": "nonsense"}, [("category", "choice_unknown")]),
        ({"name_id": ""}, [("name_id", "required")]),
        ({"definition_en": "x" * 2001}, [("definition_en", "text_too_long")]),
        ({"unit_of_measure_en": "a\x00"}, [("unit_of_measure_en", "text_unreadable")]),
        ({"scale": None}, [("scale", "required")]),
        ({"scale": Decimal(0)}, [("scale", "not_above_0")]),
        ({"numerator_id": "keluhan"}, [("numerator_id", "inputs_differ_by_language")]),
        ({"denominator_en": "orders, Orders", "denominator_id": "a, b"}, [("denominator_en", "inputs_repeated")]),
        ({"denominator_en": "x" * 61}, [("denominator_en", "input_too_long")]),
        ({"denominator_en": " , "}, [("denominator_en", "required")]),
        ({"method": Method.RATING}, [("method", "method_not_for_measure")]),
        ({"measure": MeasureKind.VALUE}, [("aggregation", "required")]),
        (
            {"measure": MeasureKind.RATING, "method": Method.RATING, "aggregation": Aggregation.SUM},
            [("aggregation", "choice_unknown")],
        ),
        ({"measure": MeasureKind.YES_NO}, [("method", "method_not_for_measure")]),
    ],
)
def test_definitions_that_cannot_be(changes: dict[str, object], expected: list[tuple[str, str]]) -> None:
    faults = library.definition_faults(replace(VALUES, **changes))  # type: ignore[arg-type]
    assert [(fault.at, fault.code) for fault in faults] == expected


def test_codes_are_unique_whatever_their_capitals(session: Session, cast: Cast) -> None:
    hana = actor_of(cast.hana)
    library.enter_definition(session, hana, values=VALUES)
    with pytest.raises(Invalid) as refusal:
        library.enter_definition(session, hana, values=replace(VALUES, code="x-1"))
    assert [(fault.at, fault.code) for fault in refusal.value.faults] == [("code", "already_taken")]


def test_retire_and_restore(session: Session, cast: Cast) -> None:
    hana = actor_of(cast.hana)
    definition = library.enter_definition(session, hana, values=VALUES)
    library.retire_definition(session, hana, definition_id=definition.id, version=1)
    assert library.list_definitions(session, hana) == []
    assert library.list_definitions(session, hana, with_retired=True) == [definition]
    with pytest.raises(Conflict) as conflict:
        library.retire_definition(session, hana, definition_id=definition.id, version=2)
    assert conflict.value.code == "definition_retired"
    library.retire_definition(session, hana, definition_id=definition.id, version=2, is_retired=False)
    assert library.list_definitions(session, hana) == [definition]
    assert library.count_uses(session, definition_id=definition.id) == 0


def test_who_may(session: Session, cast: Cast) -> None:
    for person in (cast.eli, cast.mona, cast.audi):
        with pytest.raises(NotAllowed):
            library.enter_definition(session, actor_of(person), values=VALUES)
    with pytest.raises(NotFound):
        library.get_definition(session, actor_of(cast.eli), definition_id=999)
