"""Does the quick way of reading a print page give what the engine's own reading gives?"""

import dataclasses
from decimal import Decimal

import pytest

from app.documents import pdf_process, pdf_worker
from app.documents.scorecard_page import page
from app.rules import scorecard as made
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import Language
from tests import samples


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


@pytest.mark.parametrize("sample", ["ten_kpis", "one_kpi", "missing_values", "nothing_scored", "five_kpis_english"])
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
