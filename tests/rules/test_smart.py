"""Does the SMART check find what could be better about objectives and KPIs, and leave alone what is good?"""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.smart import (
    CARRIED,
    Advice,
    KpiText,
    ObjectiveText,
    Severity,
    Wording,
    are_complements,
    kpi_advice,
    objective_advice,
)
from app.rules.vocabulary import Frequency, MeasureKind, Method, SourceKind
from tests.rules.strategies import numbers

GOOD_OBJECTIVE = ObjectiveText(
    "Menaikkan penjualan wilayah Barat menjadi Rp 4.800.000.000",
    success="Setiap cabang menjual lebih banyak daripada tahun lalu.",
    due_on=date(2026, 12, 31),
)
GOOD_KPI = KpiText(
    "Penjualan wilayah Barat",
    code="SAL",
    definition="Faktur yang lunas, tanpa pajak.",
    unit_of_measure="Rp",
    source="ERP keuangan",
    source_kind=SourceKind.SYSTEM_OF_RECORD,
    data_credibility=5,
    target=Fraction(120),
    before=Fraction(100),
)


def codes(found: tuple[Advice, ...]) -> list[tuple[str, str]]:
    return [(each.at, each.code) for each in found]


def test_what_is_good_is_left_alone() -> None:
    assert objective_advice(GOOD_OBJECTIVE) == ()
    assert kpi_advice(GOOD_KPI, [], GOOD_OBJECTIVE) == ()


def test_nothing_is_said_about_what_is_not_written_yet() -> None:
    assert objective_advice(ObjectiveText(" ")) == ()
    assert kpi_advice(KpiText("")) == ()


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"title": "Naik Rp 5. Lalu Rp 6."}, [("title", "several_sentences")]),
        ({"title": "Rp 5 " + "kata " * 24}, [("title", "long_sentence")]),
        ({"title": "Wilayah Barat tumbuh"}, [("title", "no_number")]),
        ({"title": "Wilayah Barat tumbuh", "has_targets": True}, []),
        ({"title": "Wilayah tumbuh 20"}, [("title", "number_without_unit")]),
        ({"title": "Wilayah tumbuh", "success": "Naik 20 %"}, []),
        ({"title": "Turunkan NPL menjadi 2 %"}, [("title", "abbreviation")]),
        ({"title": "Turunkan kredit macet (NPL) menjadi 2 %"}, []),
        ({"title": "Meningkatkan mutu"}, [("title", "no_number"), ("title", "change_without_measure")]),
        ({"title": "Meningkatkan mutu sampai 99 %"}, []),
        ({"title": "Layanan optimal bagi 30 toko"}, [("title", "judgement_word")]),
        ({"success": ""}, [("success", "no_success")]),
        ({"success": "Semua berjalan baik"}, [("success", "judgement_word")]),
        ({"due_on": None}, [("due_on", "no_date")]),
        ({"due_on": None, "success": "Selesai sampai Oktober 2026"}, []),
    ],
)
def test_an_objective_that_could_be_better(changed: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert codes(objective_advice(replace(GOOD_OBJECTIVE, **changed))) == found


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"definition": ""}, [("definition", "no_definition")]),
        ({"unit_of_measure": ""}, [("unit_of_measure", "no_unit")]),
        ({"unit_of_measure": "", "measure": MeasureKind.YES_NO, "target": None}, []),
        ({"name": "Penjualan optimal"}, [("name", "judgement_word")]),
        ({"name": "Rasio NPL penjualan"}, [("name", "abbreviation")]),
        ({"name": "Rasio NPL penjualan", "definition": "Kredit bermasalah (NPL) wilayah"}, []),
        ({"frequency": Frequency.YEARLY}, [("frequency", "seen_once_a_year")]),
        ({"source": ""}, [("source", "source_unnamed")]),
        ({"source": "", "data_credibility": 2}, []),
        ({"data_credibility": None, "source": ""}, []),
        ({"source_kind": SourceKind.EMPLOYEE_DECLARED}, [("data_credibility", "credibility_above_source")]),
        ({"name": "Kehadiran", "definition": "Hari hadir"}, [("relevance", "no_relevance")]),
        ({"name": "Kehadiran", "definition": "Hari hadir", "relevance": "Toko buka setiap hari"}, []),
        ({"library": (Wording("PENJUALAN  wilayah barat", "Faktur yang lunas, tanpa pajak."),)},
         [("definition", "unchanged_copy")]),
        ({"library": (Wording("Penjualan", "Faktur yang lunas, tanpa pajak."),)}, []),
        ({"name": "kata " * 15 + "wilayah"}, [("name", "long_sentence")]),
    ],
)  # fmt: skip
def test_a_kpi_that_could_be_better(changed: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert codes(kpi_advice(replace(GOOD_KPI, **changed), [], GOOD_OBJECTIVE)) == found


@pytest.mark.parametrize(
    ("method", "target", "before", "is_maximum", "code"),
    [
        (Method.HIGHER, 100, 100, False, "not_harder"),
        (Method.HIGHER, 99, 100, False, "not_harder"),
        (Method.HIGHER, 101, 100, False, None),
        (Method.HIGHER, 150, 100, False, None),
        (Method.HIGHER, 151, 100, False, "much_harder"),
        (Method.HIGHER, 100, 100, True, None),
        (Method.HIGHER, 99, 100, True, "not_harder"),
        (Method.HIGHER, 5, 0, False, None),
        (Method.HIGHER, 0, 0, False, "not_harder"),
        (Method.HIGHER, -40, -100, False, "much_harder"),
        (Method.HIGHER, -50, -100, False, None),
        (Method.LOWER, 100, 100, False, "not_harder"),
        (Method.LOWER, 101, 100, False, "not_harder"),
        (Method.LOWER, 50, 100, False, None),
        (Method.LOWER, 49, 100, False, "much_harder"),
        (Method.LOWER_INVERSE, 49, 100, False, "much_harder"),
        (Method.EXACT, 49, 100, False, None),
    ],
)
def test_a_target_against_what_was_reached(
    method: Method, target: int, before: int, *, is_maximum: bool, code: str | None
) -> None:
    kpi = replace(
        GOOD_KPI, method=method, target=Fraction(target), before=Fraction(before), is_target_maximum=is_maximum
    )
    values = {"target": Fraction(target), "before": Fraction(before)}
    expected = () if code is None else (Advice("target", code, Severity.QUESTION, values, "Rp"),)
    assert kpi_advice(kpi, [], GOOD_OBJECTIVE) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("% target tercapai", "% target tidak tercapai", True),
        ("Targets reached", "Targets not reached", True),
        ("Not reached targets", "Reached targets", True),
        ("On-time delivery", "Late delivery", True),
        ("Pengiriman tepat waktu", "Pengiriman terlambat", True),
        ("Tingkat retensi pelanggan", "Tingkat churn pelanggan", True),
        ("Customer retention rate", "Customer churn rate", True),
        ("Attendance rate", "Absence rate", True),
        ("Penjualan baru", "Penjualan lama", False),
        ("Tidak terlambat", "Terlambat", True),
        ("Penjualan", "Penjualan", False),
        ("Tidak", "Bukan", False),
        ("", "", False),
    ],
)
def test_names_that_say_the_opposite(one: str, other: str, *, expected: bool) -> None:
    assert are_complements(KpiText(one), KpiText(other)) is expected
    assert are_complements(KpiText(other), KpiText(one)) is expected


def ratio(numerator: set[str], denominator: set[str]) -> KpiText:
    name = "+".join(sorted(numerator))
    return KpiText(
        f"Bagian {name}", measure=MeasureKind.RATIO, numerator=frozenset(numerator), denominator=frozenset(denominator)
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (ratio({"won"}, {"won", "lost"}), ratio({"lost"}, {"won", "lost"}), True),
        (ratio({"won"}, {"leads"}), ratio({"leads", "won"}, {"leads"}), True),
        (ratio({"won"}, {"leads"}), ratio({"leads"}, {"won"}), True),
        (ratio({"won"}, {"leads"}), ratio({"won"}, {"leads"}), False),
        (ratio({"won"}, {"leads"}), ratio({"calls"}, {"leads"}), False),
        (ratio({"won"}, set()), ratio(set(), {"won"}), False),
    ],
)
def test_ratios_of_the_same_inputs(one: KpiText, other: KpiText, *, expected: bool) -> None:
    assert are_complements(one, other) is expected
    assert are_complements(other, one) is expected


def test_the_other_kpi_is_named() -> None:
    kpi = replace(GOOD_KPI, name="Pengiriman wilayah tepat waktu")
    late = KpiText("Pengiriman wilayah terlambat", code="K2")
    same = KpiText("pengiriman  wilayah tepat waktu", code="K1")
    assert kpi_advice(kpi, [late, same], GOOD_OBJECTIVE) == (
        Advice("name", "same_name", values={"other": "K1 pengiriman  wilayah tepat waktu"}),
        Advice("name", "complement", values={"other": "K2 Pengiriman wilayah terlambat"}),
    )


def test_a_source_carries_what_the_scale_of_ratings_says() -> None:
    assert [CARRIED[kind] for kind in SourceKind] == [5, 4, 3, 2, 1]
    for kind in SourceKind:
        for rated in range(1, 6):
            found = kpi_advice(replace(GOOD_KPI, source_kind=kind, data_credibility=rated), [], GOOD_OBJECTIVE)
            expected = {"rated": str(rated), "carried": str(CARRIED[kind])}
            assert found == (
                (Advice("data_credibility", "credibility_above_source", values=expected),)
                if rated > CARRIED[kind]
                else ()
            )


texts = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["tidak", "not", "target", "NPL", "(NPL)", "20", "%", "Rp 5", "optimal", "improve", "2026", "."]
        )
    ).map(" ".join),
)
objectives = st.builds(
    ObjectiveText, texts, texts, texts, st.none() | st.just(date(2026, 12, 31)), has_targets=st.booleans()
)
kpis = st.builds(
    KpiText,
    name=texts,
    code=st.sampled_from(["A", "B", ""]),
    definition=texts,
    relevance=texts,
    unit_of_measure=texts,
    source=texts,
    source_kind=st.none() | st.sampled_from(SourceKind),
    data_credibility=st.none() | st.integers(1, 5),
    frequency=st.sampled_from(Frequency),
    measure=st.sampled_from(MeasureKind),
    method=st.sampled_from(Method),
    target=st.none() | numbers,
    is_target_maximum=st.booleans(),
    before=st.none() | numbers,
    numerator=st.frozensets(st.sampled_from("abc")),
    denominator=st.frozensets(st.sampled_from("abc")),
    library=st.lists(st.builds(Wording, texts, texts), max_size=2).map(tuple),
)


@given(objectives)
def test_any_objective_can_be_checked(text: ObjectiveText) -> None:
    found = objective_advice(text)
    assert len({(each.at, each.code) for each in found}) == len(found)
    assert {each.at for each in found} <= {"title", "success", "due_on"}


@given(kpis, st.lists(kpis, max_size=4), objectives, st.randoms(use_true_random=False))
def test_the_order_of_other_kpis_makes_no_difference(
    kpi: KpiText, others: list[KpiText], objective: ObjectiveText, chance: Any
) -> None:
    shuffled = list(others)
    chance.shuffle(shuffled)
    assert kpi_advice(kpi, others, objective) == kpi_advice(kpi, shuffled, objective)


@given(kpis, kpis)
def test_complements_are_mutual_and_nothing_is_its_own(one: KpiText, other: KpiText) -> None:
    assert are_complements(one, other) is are_complements(other, one)
    assert not are_complements(one, one)


@given(kpis, numbers, numbers)
def test_a_harder_target_is_never_called_too_easy_after_an_easier_one_was_not(
    kpi: KpiText, one: Fraction, other: Fraction
) -> None:
    easier, harder = sorted((one, other), reverse=kpi.method in {Method.LOWER, Method.LOWER_INVERSE})
    said = {each.code for each in kpi_advice(replace(kpi, name="x", target=easier))}
    if "not_harder" not in said:
        assert "not_harder" not in {each.code for each in kpi_advice(replace(kpi, name="x", target=harder))}
