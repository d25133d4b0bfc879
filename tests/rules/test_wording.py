"""Does reading a text find its sentences, numbers, dates, abbreviations and empty words, in both languages?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import wording


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Menang", 1),
        ("Menang.", 1),
        ("Menang. Lalu tumbuh.", 2),
        ("Menang! Lalu?", 2),
        ("Grow sales\nKeep customers", 2),
        ("Kontrak PT. Maju senilai Rp. 5.000.000 selesai", 1),
        ("Kunjungi pelanggan di Jl. Sudirman No. 5", 1),
        ("Tim A. B. Setiawan", 1),
        ("Catat di dept. penjualan", 1),
        ("20.5 % in Q1", 1),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert wording.count_sentences(text) == count


@pytest.mark.parametrize(
    ("text", "has_number", "bare"),
    [
        ("Mencapai penjualan Rp 4.800.000.000", True, ""),
        ("Rp2.000 setiap unit", True, ""),
        ("Grow from 18 to 25 %", True, ""),
        ("Grow from 18 to 25", True, "18"),
        ("Piutang paling lama 35 hari", True, ""),
        ("Antar 5kg", True, ""),
        ("new customers bring a third of revenue", True, ""),
        ("Dua cabang baru", True, ""),
        ("Tumbuh 20 pada 2026", True, "20"),
        ("Selesai 31/12/2026", False, ""),
        ("Selesai 31 Desember 2026", False, ""),
        ("Done by Q3 2026", False, ""),
        ("Reach ISO 9001", False, ""),
        ("Layanan B2B", False, ""),
        ("Lebih banyak pelanggan", False, ""),
    ],
)
def test_numbers_and_their_units(text: str, *, has_number: bool, bare: str) -> None:
    assert (wording.has_number(text), wording.number_without_unit(text)) == (has_number, bare)


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        ("by December", True),
        ("sampai 31 Des", True),
        ("31/12/2026", True),
        ("2026-12-31", True),
        ("sampai akhir tahun", True),
        ("by year-end", True),
        ("in Q3", True),
        ("triwulan IV", True),
        ("before May", True),
        ("in 2027", True),
        ("You may decide", False),
        ("Rp 2026", False),
        ("setiap bulan", False),
        ("", False),
    ],
)
def test_dates(text: str, *, is_there: bool) -> None:
    assert wording.has_date(text) is is_there


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["Turunkan NPL dan DPK"], ("NPL", "DPK")),
        (["Net Promoter Score (NPS) 50", "NPS naik"], ()),
        (["NPS (Net Promoter Score)"], ()),
        (["NPS = Net Promoter Score"], ()),
        (["NPS (50)"], ("NPS",)),
        (["Customer acquisition cost (CAC/CPA)"], ()),
        (["Reply to SLAs"], ("SLA",)),
        (["Biaya R&D"], ("R&D",)),
        (["KPI PT. Maju, Rp dan USD, bab IV, B di Q1"], ()),
        (["CAPAI TARGET"], ()),
        (["Penjualan Naik"], ()),
    ],
)
def test_abbreviations_that_nobody_explains(texts: list[str], found: tuple[str, ...]) -> None:
    assert wording.unexplained(texts) == found


@pytest.mark.parametrize(
    ("text", "judgements", "changes"),
    [
        ("Layanan yang optimal dan baik", ("optimal", "baik"), ()),
        ("Kirim maksimal 3 hari", (), ()),
        ("Biaya minimal Rp500", (), ()),
        ("Hasil maksimal", ("maksimal",), ()),
        ("Improve service", (), ("improve",)),
        ("Meningkatkan mutu", (), ("meningkatkan",)),
        ("Cost of goods sold", (), ()),
    ],
)
def test_words_that_say_little(text: str, judgements: tuple[str, ...], changes: tuple[str, ...]) -> None:
    assert (wording.judgements(text), wording.changes(text)) == (judgements, changes)


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    assert wording.count_sentences(text) >= bool(text.strip())
    assert isinstance(wording.has_date(text), bool)
    if wording.number_without_unit(text):
        assert wording.has_number(text)
    assert set(wording.unexplained([text, text])) == set(wording.unexplained([text]))
    assert set(wording.judgements(text)) <= set(wording.words(text))
    assert set(wording.changes(text)) <= set(wording.words(text))


@given(st.lists(st.sampled_from(["NPL", "(NPL)", "kredit macet", "Net Promoter Score (NPS)", "NPS", "."])))
def test_what_is_explained_once_is_explained_everywhere(parts: list[str]) -> None:
    assert "NPS" not in wording.unexplained([*parts, "Net Promoter Score (NPS)"])
    assert "NPS" not in wording.unexplained(["Net Promoter Score (NPS)", *parts])
