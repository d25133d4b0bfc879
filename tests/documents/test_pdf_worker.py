"""Do the quick ways with a print page give what the engine's own ways give?"""

import dataclasses
import re
from decimal import Decimal

import pytest
import uharfbuzz as hb

from app.documents import pdf_process, pdf_worker
from app.documents.fonts import even_face
from app.documents.scorecard_page import page
from app.rules import scorecard as made
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import Language
from tests import samples
from tests.documents import pages

SAMPLES = ["ten_kpis", "one_kpi", "missing_values", "nothing_scored", "five_kpis_english"]


def with_segments() -> Scorecard:
    """A scorecard with the segments of a cycle, beside what the samples have."""
    segment = made.Segment(
        first_day=samples.PERIOD.starts_on,
        last_day=samples.PERIOD.ends_on,
        days=30,
        plan_version=2,
        position="Manajer Penjualan",
        unit="Penjualan",
        appraiser="",
        coverage=Decimal(100),
        total=Decimal("91.20"),
    )
    return dataclasses.replace(samples.ten_kpis(), segments=(segment, segment))


def as_html(text: str) -> str:
    """The same page, no longer XML: only HTML may write the document type like this."""
    return text.replace("<!DOCTYPE html>", "<!doctype html>", 1)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_pages_of_scorecards_are_read_quickly(sample: str) -> None:
    text = page(getattr(samples, sample)(), Language.ENGLISH)
    assert pdf_worker._read_page(text) is not None
    assert pdf_worker._read_page(as_html(text)) is None


def test_a_page_with_segments_is_read_quickly() -> None:
    assert pdf_worker._read_page(page(with_segments(), Language.INDONESIAN)) is not None


@pytest.mark.parametrize(
    "card",
    [
        samples.missing_values(),
        samples.with_text("<b>\"Siti\" & 'Ana'\r\n\tbaris dua</b> \u00a0 \x85 &lt;"),
    ],
    ids=["plain", "odd signs"],
)
def test_both_ways_of_reading_give_the_same_bytes(card: Scorecard) -> None:
    text = page(card, Language.INDONESIAN)
    assert pdf_worker._read_page(text) is not None
    assert pdf_process.render_pdf(text) == pdf_process.render_pdf(as_html(text))


def test_a_page_with_signs_that_xml_forbids_is_read_as_html() -> None:
    text = page(samples.with_text("a\x07b"), Language.INDONESIAN)
    assert pdf_worker._read_page(text) is None
    assert pdf_process.render_pdf(text).startswith(b"%PDF-")


def test_drawings_open_nothing() -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><title>t</title><image href="file:///etc/passwd"/></svg>'
    text = f"<!DOCTYPE html><html lang='en'><head><title>t</title></head><body><p>{drawing}</p></body></html>"
    assert pdf_worker._read_page(text) is not None
    assert b"root:" not in pdf_process.render_pdf(text)


@pytest.mark.parametrize("sample", SAMPLES)
def test_our_style_of_elements_is_the_engines(sample: str) -> None:
    """An element that the quick style does not know brings the engine's own; this one is not shown."""
    text = page(getattr(samples, sample)(), Language.INDONESIAN)
    with_more = text.replace("</head>", "<template></template></head>", 1)
    assert "template" not in pdf_worker._ELEMENTS
    assert pdf_process.render_pdf(text) == pdf_process.render_pdf(with_more)


def test_charts_but_for_those_with_labels_need_no_engine() -> None:
    root = pdf_worker._read_page(page(samples.ten_kpis(), Language.INDONESIAN))
    assert root is not None
    drawn, sources = pdf_worker._take_pictures(root)
    assert (len(drawn), len(sources)) == (21, 2)


@pytest.mark.parametrize("sample", SAMPLES)
def test_quick_drawings_look_like_those_of_the_engine(sample: str) -> None:
    text = page(getattr(samples, sample)(), Language.INDONESIAN)
    by_engine = re.sub("<(rect|circle|path|line) ", r'<\1 opacity="1" ', text)
    quick, slow = pdf_process.render_pdf(text), pdf_process.render_pdf(by_engine)
    assert quick != slow
    assert pages.structure(quick) == pages.structure(slow)
    assert pages.difference(quick, slow) <= pages.OFF_AT_MOST


def test_every_plain_shape_looks_like_the_engines() -> None:
    shapes = (
        '<circle cx="50" cy="50" r="40" fill="#0f5c62" stroke="#10272b" stroke-width="2"/>'
        '<rect x="5" y="60" width="70" height="12.5" fill="none" stroke="#a34e12" stroke-width="0.8"/>'
        '<line x1="0" x2="100" y1="20" y2="90" stroke="#a34e12" stroke-width="3" stroke-dasharray="9 4"/>'
        '<path d="M10 5h30v1h-30zM0 7h9v1h-9z" fill="#10272b"/>'
    )
    frame = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="20mm" height="30mm"><title>t</title>'
    text = f'<html lang="en"><head><title>t</title></head><body><p>{frame}{shapes}</svg></p></body></html>'
    quick, slow = pdf_process.render_pdf(text), pdf_process.render_pdf(text.replace(' fill="', ' opacity="1" fill="'))
    assert quick != slow
    assert pages.structure(quick) == pages.structure(slow)
    assert pages.difference(quick, slow) <= pages.OFF_AT_MOST


@pytest.mark.parametrize(
    "marks",
    [
        '<rect width="1" height="1"/>',
        '<rect width="1" height="1" fill="#00ff00" transform="scale(2)"/>',
        '<rect width="1e3" height="1" fill="#00ff00"/>',
        '<rect width="1" height="1" fill="url(#a)"/>',
        '<path d="M0 0L5 5z" fill="#00ff00"/>',
        '<text x="1" y="2">a</text>',
        '<g><rect width="1" height="1" fill="#00ff00"/></g>',
        '<circle cx="1" cy="1" r="1) Do (" fill="#00ff00"/>',
    ],
)
def test_what_is_no_plain_shape_is_left_to_the_engine(marks: str) -> None:
    frame = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9mm" height="9mm"><title>t</title>'
    root = pdf_worker._read_page(f"<html><body>{frame}{marks}</svg></body></html>")
    assert root is not None
    drawn, sources = pdf_worker._take_pictures(root)
    assert (list(drawn), list(sources)) == ([], ["kinerja:picture-0"])


@pytest.mark.parametrize("weight", [400, 600, 700])
def test_digits_stand_in_columns_without_being_asked(weight: int) -> None:
    """So the style sheets need not ask for it, which the engine does anew for each text."""
    font = hb.Font(hb.Face(even_face(weight)))

    def shaped(features: dict[str, bool]) -> list[tuple[int, int]]:
        buffer = hb.Buffer()
        buffer.add_str("0123456789")
        buffer.guess_segment_properties()
        hb.shape(font, buffer, features)
        places = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
        return [(info.codepoint, position.x_advance) for info, position in places]

    assert shaped({}) == shaped({"tnum": True, "lnum": True})
    assert len({width for _, width in shaped({})}) == 1
