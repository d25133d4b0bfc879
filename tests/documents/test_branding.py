"""Does an organisation's look reach the paper, change nothing else, and stay out of cards without one?"""

import dataclasses
import io
from pathlib import Path

import pdfplumber
import pdfua
import pypdf
import pytest

from app.documents.branding_style import style_of
from app.documents.scorecard_pdf import scorecard_html, scorecard_pdf
from app.i18n import Locale
from app.rules.branding import HOUSE, Section, colours
from app.rules.scorecard import KpiWords, RatedBehaviour, Review, Scorecard
from app.rules.vocabulary import Language
from tests import brandings, samples

MILLIMETRE = 72 / 25.4
ID, EN = Language.INDONESIAN, Language.ENGLISH


LOOK = dataclasses.replace(brandings.LOOK, left_out=frozenset())


def reviewed() -> Scorecard:
    review = Review(
        own="Tahun yang baik.",
        words=(KpiWords("SAL-REV", own="Saya puas.", comment="Setuju."), KpiWords("SAL-ATV", comment="Kurang.")),
        behaviours=(RatedBehaviour("Teamwork", "Kerja sama", 4, "Helps others", "Membantu"),),
    )
    return dataclasses.replace(samples.ten_kpis(), review=review)


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def test_the_look_is_printed_on_two_pages_still() -> None:
    pdf = scorecard_pdf(samples.ten_kpis(), ID, LOOK)
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) == 2
    assert all("Terdaftar dengan nomor 0001" in page.extract_text() for page in pages)
    assert len(pages[0].images) == 1
    text = text_of(pdf)
    for wanted in (
        "PT Nusantara Sentosa Makmur Tbk",
        "Jalan Contoh 17, Jakarta",
        "Diterima oleh karyawan",
        "Ditandatangani manajer",
        "Atasan penilai",
        "Sumber Daya Manusia",
        "Diterbitkan secara elektronik",
        "K7QM-4T2X-9HDA",
    ):
        assert wanted.replace(" ", "") in text.replace(" ", "")


def test_labels_follow_the_reader() -> None:
    assert "Signed by the manager" in scorecard_html(samples.ten_kpis(), EN, LOOK)


@pytest.mark.parametrize("size", [(800, 100), (77, 230), (400, 100)])
def test_a_logo_of_any_shape_keeps_it_and_stays_in_its_place(size: tuple[int, int]) -> None:
    look = dataclasses.replace(LOOK, logo=brandings.logo(*size))
    with pdfplumber.open(io.BytesIO(scorecard_pdf(samples.one_kpi(), ID, look))) as pdf:
        [drawn] = pdf.pages[0].images
    width, height = drawn["x1"] - drawn["x0"], drawn["bottom"] - drawn["top"]
    assert width <= 46 * MILLIMETRE + 0.1
    assert height <= 13 * MILLIMETRE + 0.1
    assert width / height == pytest.approx(size[0] / size[1], rel=0.01)


def test_the_paper_with_a_look_is_accessible(tmp_path: Path) -> None:
    file = tmp_path / "card.pdf"
    file.write_bytes(scorecard_pdf(reviewed(), EN, LOOK))
    assert pdfua.validate(str(file)).findings == ()


def test_the_same_look_gives_the_same_bytes_and_another_one_others() -> None:
    card = samples.one_kpi()
    first = scorecard_pdf(card, ID, LOOK)
    assert scorecard_pdf(card, ID, LOOK) == first
    assert scorecard_pdf(card, ID) == scorecard_pdf(card, ID, HOUSE) != first
    assert scorecard_pdf(card, ID, dataclasses.replace(LOOK, accent="#8a1f3d")) != first


def test_no_shade_of_the_house_is_left() -> None:
    page = scorecard_html(samples.ten_kpis(), ID, LOOK)
    body = page.split("</head>")[1]
    assert [shade for shade in colours(LOOK.accent) if shade in body] == []
    assert [shade for shade in colours(LOOK.accent) if shade in style_of(LOOK)] == []
    assert style_of(HOUSE) == ""


def test_the_style_holds_nothing_that_was_typed() -> None:
    typed = "</style><script>alert(1)</script> } body { display: none"
    look = dataclasses.replace(LOOK, name=typed, address=typed, footer=typed)
    page = scorecard_html(samples.one_kpi(), ID, look)
    assert "<script>" not in page
    assert "alert" not in page.split("<style>")[1].split("</style>")[0]


FIGURES = ("Total", "Outstanding", "95.65", "20.25", "112.50")
SAID = {
    Section.WORKING: "Definition and working",
    Section.TREND: "Scores over the cycle",
    Section.DATA: "Data behind it",
    Section.BEHAVIOURS: "Helps others",
    Section.SELF_ASSESSMENT: "Saya puas.",
    Section.COMMENTS: "Kurang.",
}


@pytest.mark.parametrize("section", Section)
def test_a_section_left_out_takes_nothing_else_with_it(section: Section) -> None:
    page = scorecard_html(reviewed(), EN, dataclasses.replace(HOUSE, left_out=frozenset({section})))
    assert [each for each, words in SAID.items() if words not in page] == [section]


def test_figures_grades_reasons_the_objection_and_the_verification_always_stay() -> None:
    card, locale = reviewed(), Locale(EN)
    page = scorecard_html(card, EN, dataclasses.replace(HOUSE, left_out=frozenset(Section), signatures=()))
    assert [words for words in SAID.values() if words in page] == []
    wanted = [
        *FIGURES,
        *(locale.number(kpi.contribution, 2) for kpi in card.kpis if kpi.contribution is not None),
        *(kpi.weight_reason for kpi in card.kpis if kpi.is_weight_overridden),
        *(band.name_en for band in card.result.bands),
        "The employee may object until",
        "K7QM-4T2X-9HDA",
        "Published electronically",
    ]
    assert [each for each in wanted if each not in page] == []
