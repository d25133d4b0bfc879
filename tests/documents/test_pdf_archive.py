"""Does each PDF hold what PDF/A-2a asks, besides PDF/UA-1, as far as it can be read off the file itself?"""

import base64
import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from PIL import Image

from app.documents import pdf_process
from app.documents.scorecard_pdf import scorecard_pdf
from app.rules.branding import Branding, Logo
from app.rules.vocabulary import Language
from tests import samples

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUA = "{http://www.aiim.org/pdfua/ns/id/}"
EXTENSION = "{http://www.aiim.org/pdfa/ns/extension/}"
SCHEMA = "{http://www.aiim.org/pdfa/ns/schema#}"


@pytest.fixture(scope="module")
def card() -> Iterator[bytes]:
    yield scorecard_pdf(samples.ten_kpis(), Language.ENGLISH)
    pdf_process.close()


@pytest.fixture
def file(card: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(card)) as opened:
        yield opened


def objects(file: pikepdf.Pdf) -> Iterator[Any]:
    """All dictionaries and streams of a file."""
    return (each for each in file.objects if isinstance(each, pikepdf.Dictionary | pikepdf.Stream))


def test_it_claims_both_and_describes_the_claim_that_pdfa_does_not_know(file: pikepdf.Pdf) -> None:
    root = ET.fromstring(file.Root.Metadata.read_bytes())  # noqa: S314 - our own file
    (rdf,) = root.iter(f"{RDF}RDF")
    claims = {name: value for each in rdf for name, value in each.attrib.items() if name != f"{RDF}about"}
    assert (claims[f"{PDFA}part"], claims[f"{PDFA}conformance"]) == ("2", "A")
    assert claims[f"{PDFUA}part"] == "1"
    (schema,) = rdf.iter(f"{SCHEMA}namespaceURI")
    assert f"{{{schema.text}}}" == PDFUA
    assert len(list(rdf.iter(f"{EXTENSION}schemas"))) == 1


def test_its_colours_are_those_of_a_profile_inside(file: pikepdf.Pdf) -> None:
    (intent,) = file.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.N == 3
    assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"


def test_every_font_is_inside_and_every_sign_can_be_read_back(file: pikepdf.Pdf) -> None:
    fonts = [each for each in objects(file) if each.get("/Type") == "/Font" and each.get("/Subtype") == "/Type0"]
    assert len(fonts) == 3
    for font in fonts:
        (descendant,) = font.DescendantFonts
        assert "/ToUnicode" in font
        assert "/FontFile2" in descendant.FontDescriptor
        assert descendant.CIDToGIDMap == "/Identity"


def test_nothing_in_it_acts_or_leads_outside_the_file(file: pikepdf.Pdf) -> None:
    assert not file.is_encrypted
    assert not {"/AA", "/OpenAction", "/AcroForm", "/NeedsRendering"} & set(file.Root.keys())
    assert "/EmbeddedFiles" not in file.Root.get("/Names", {})
    for each in objects(file):
        assert not {"/JS", "/AA", "/Launch", "/EF", "/Alternates", "/OPI"} & set(each.keys())
        assert each.get("/Subtype") not in {"/PS", "/Movie", "/Sound", "/FileAttachment"}
        if each.get("/Type") == "/Annot":
            assert int(each.F) == 4  # printed, not hidden
            assert each.A.S == "/URI"
        if isinstance(each, pikepdf.Stream):
            assert "LZW" not in str(each.get("/Filter"))
            assert "/F" not in each


def test_a_logo_is_shown_dot_by_dot() -> None:
    dots = io.BytesIO()
    Image.new("RGBA", (40, 20), (0, 80, 120, 128)).save(dots, "PNG")
    logo = Logo("image/png", 40, 20, base64.b64encode(dots.getvalue()).decode())
    with pikepdf.open(io.BytesIO(scorecard_pdf(samples.one_kpi(), Language.ENGLISH, Branding(logo=logo)))) as file:
        images = [each for each in objects(file) if each.get("/Subtype") == "/Image"]
        assert len(images) == 2  # with how far one sees through it
        assert not any(each.get("/Interpolate") for each in images)


def test_it_has_an_identifier_that_follows_from_its_content(card: bytes, file: pikepdf.Pdf) -> None:
    first, second = (bytes(each) for each in file.trailer.ID)
    assert first == second != b""
    assert scorecard_pdf(samples.ten_kpis(), Language.ENGLISH) == card
    with pikepdf.open(io.BytesIO(scorecard_pdf(samples.one_kpi(), Language.ENGLISH))) as other:
        assert bytes(other.trailer.ID[0]) != first


def test_title_and_dates_say_the_same_in_both_places(file: pikepdf.Pdf) -> None:
    xmp = file.Root.Metadata.read_bytes().decode()
    assert str(file.docinfo.Title) in xmp
    digits = re.sub(r"\D", "", str(file.docinfo.CreationDate))[:14]
    stated = re.search(r"CreateDate>([^<]+)<", xmp)
    assert stated is not None
    assert re.sub(r"\D", "", stated[1])[:14] == digits


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not there")
def test_another_reader_finds_no_fault_in_its_structure(card: bytes, tmp_path: Path) -> None:
    path = tmp_path / "card.pdf"
    path.write_bytes(card)
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert (done.returncode, "No syntax or stream encoding errors found" in done.stdout) == (0, True)
