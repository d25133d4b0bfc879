"""Is a file taken for what its bytes are, whatever it is called, and does an image lose what the camera noted?"""

import io
import zipfile

import pytest
from PIL import Image

from app.documents.evidence_files import LONGEST_NAME, clean_name, read_evidence
from app.errors import Invalid
from app.rules.vocabulary import EvidenceKind

LARGEST = 1_000_000
PDF = b"%PDF-1.7\n%%EOF\n"


def package(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


def image(kind: str, size: tuple[int, int] = (4, 2), mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010E] = "rahasia"
    Image.new(mode, size, 7).save(file, kind, exif=exif, **({"comment": b"rahasia"} if kind == "JPEG" else {}))
    return file.getvalue()


XLSX = package("[Content_Types].xml", "xl/workbook.xml")
DOCX = package("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "content", "kept", "kind"),
    [
        ("kwitansi.pdf", PDF, "kwitansi.pdf", EvidenceKind.PDF),
        ("kwitansi.exe", PDF, "kwitansi.exe.pdf", EvidenceKind.PDF),
        ("C:\\Users\\eli\\daftar.XLSX", XLSX, "daftar.xlsx", EvidenceKind.XLSX),
        ("../../etc/surat.docx", DOCX, "surat.docx", EvidenceKind.DOCX),
        ("absen.csv", "tanggal;jam\n1;8\n".encode("utf-16"), "absen.csv", EvidenceKind.CSV),
        ("catatan", "Rapat é".encode("cp1252"), "catatan.txt", EvidenceKind.TXT),
        ("absen.pdf", b"a,b\n", "absen.pdf.txt", EvidenceKind.TXT),
        ('a<b>"c|d.txt', b"halo", "abcd.txt", EvidenceKind.TXT),
        ("...", b"halo", "evidence.txt", EvidenceKind.TXT),
    ],
)
def test_the_content_says_what_it_is(name: str, content: bytes, kept: str, kind: EvidenceKind) -> None:
    read = read_evidence(name, content, largest=LARGEST)
    assert (read.name, read.kind, read.content) == (kept, kind, content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"x" * (LARGEST + 1), "file_too_large"),
        (b"MZ\x90\x00\x03", "evidence_kind_refused"),
        (b"<html><script>alert(1)</script>", "evidence_kind_refused"),
        (b"  <svg xmlns='http://www.w3.org/2000/svg'/>", "evidence_kind_refused"),
        (b"{\\rtf1}", "evidence_kind_refused"),
        (b"#!/bin/sh\n", "evidence_kind_refused"),
        (b"PK\x03\x04 but no more", "evidence_kind_refused"),
        (package("a.txt"), "evidence_kind_refused"),
        (package("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "evidence_kind_refused"),
        (package("[Content_Types].xml", "xl/workbook.xml", "word/document.xml"), "evidence_kind_refused"),
        (b"\x89PNG\r\n\x1a\nbroken", "evidence_image_damaged"),
        (b"\xff\xd8\xffbroken", "evidence_image_damaged"),
        (image("PNG", (8_000, 7_000), "1"), "evidence_image_damaged"),
    ],
)
def test_everything_else_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_evidence("bukti.pdf", content, largest=LARGEST)
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [("files", code)]


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "foto.jpeg"), ("PNG", "foto.png")])
def test_an_image_keeps_nothing_but_its_dots(kind: str, name: str) -> None:
    sent = image(kind)
    assert b"rahasia" in sent
    read = read_evidence(name, sent, largest=LARGEST)
    with Image.open(io.BytesIO(read.content)) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == (kind, (2, 4), {})
    assert b"rahasia" not in read.content
    assert read.name == name


def test_names_are_short() -> None:
    kept = clean_name("a" * 500 + ".JPG", EvidenceKind.JPEG)
    assert (len(kept), kept[-5:]) == (LONGEST_NAME, "a.jpg")
