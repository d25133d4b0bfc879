"""Does a locked copy open with its password alone, stay readable for everybody who has it, and claim nothing untrue?"""

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pypdf
import pytest

from app.documents import pdf_process
from app.documents.locked_pdf import is_locked, locked
from app.documents.scorecard_pdf import scorecard_pdf
from app.documents.seals import sealed, seals_in
from app.rules.vocabulary import Language
from app.sealing import usable_seal
from app.settings import Settings
from tests import samples
from tests.sealings import PASSPHRASE, write_pkcs12

PASSWORD = "kuda hijau – tujuh"


@pytest.fixture(scope="module")
def plain() -> Iterator[bytes]:
    yield scorecard_pdf(samples.ten_kpis(), Language.INDONESIAN)
    pdf_process.close()


@pytest.fixture(scope="module", params=["plain", "sealed"])
def card(request: pytest.FixtureRequest, plain: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    if request.param == "plain":
        return plain
    folder = tmp_path_factory.mktemp("seal")
    path = write_pkcs12(folder / "seal.p12")
    own = Settings(data_dir=folder, seal_pkcs12=str(path), seal_passphrase=PASSPHRASE, _env_file=None)
    made = sealed(plain, usable_seal(own))
    assert len(seals_in(made)) == 1
    return made


@pytest.fixture(scope="module")
def copy(card: bytes) -> bytes:
    return locked(card, PASSWORD)


@pytest.fixture
def opened(copy: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(copy), password=PASSWORD) as file:
        yield file


def texts(content: bytes, password: str = "") -> list[str]:
    with pdfplumber.open(io.BytesIO(content), password=password) as pdf:
        return [page.extract_text() for page in pdf.pages]


def test_it_opens_with_the_password_alone(copy: bytes) -> None:
    for wrong in ("", "kuda hijau", PASSWORD.upper()):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(copy), password=wrong)
        assert pypdf.PdfReader(io.BytesIO(copy)).decrypt(wrong) == pypdf.PasswordType.NOT_DECRYPTED
    assert pypdf.PdfReader(io.BytesIO(copy)).decrypt(PASSWORD) == pypdf.PasswordType.USER_PASSWORD
    assert b"Raden" not in copy


def test_it_is_locked_as_pdf_2_has_it_and_lets_read_and_print_alone(opened: pikepdf.Pdf) -> None:
    lock = opened.encryption
    assert (lock.R, lock.V, lock.bits, lock.file_method.name) == (6, 5, 256, "aesv3")
    assert {name for name, is_allowed in opened.allow._asdict().items() if is_allowed} == {
        "accessibility",
        "extract",
        "print_lowres",
        "print_highres",
    }


def test_it_reads_as_the_original(card: bytes, copy: bytes, opened: pikepdf.Pdf) -> None:
    assert texts(copy, PASSWORD) == texts(card)
    with pikepdf.open(io.BytesIO(card)) as original:
        assert str(opened.Root.Lang) == str(original.Root.Lang) == "id"
        assert opened.Root.MarkInfo.Marked == original.Root.MarkInfo.Marked
        assert tags(opened) == tags(original)
        assert dict(opened.docinfo.items()) == dict(original.docinfo.items())


def tags(file: pikepdf.Pdf) -> list[str]:
    """The structure, without what stands in it."""

    def below(element: Any) -> Iterator[str]:
        if isinstance(element, pikepdf.Dictionary) and "/S" in element:
            yield f"{element.S} {element.get('/Alt', '')}"
        kids = element.get("/K") if isinstance(element, pikepdf.Dictionary) else None
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if kid is not None:
                yield from below(kid)

    found = list(below(file.Root.StructTreeRoot))
    assert len(found) > 100, len(found)
    return found


def test_it_claims_neither_archive_nor_seal(copy: bytes, opened: pikepdf.Pdf) -> None:
    claims = opened.Root.Metadata.read_bytes()
    assert (b"pdfaid:part" in claims, b"pdfaid:conformance" in claims, b'pdfuaid:part="1"' in claims) == (
        False,
        False,
        True,
    )
    assert "/AcroForm" not in opened.Root
    kinds = {str(each.Subtype) for page in opened.pages for each in page.obj.get("/Annots", ())}
    assert kinds == {"/Link"}
    without_lock = io.BytesIO()
    opened.save(without_lock, encryption=False)
    assert list(seals_in(without_lock.getvalue())) == []
    assert all(sign not in without_lock.getvalue() for sign in (b"/Sig", b"ByteRange", b"ESIC"))
    assert list(seals_in(copy)) == []


def test_each_copy_is_of_its_own(card: bytes, copy: bytes) -> None:
    again = locked(card, PASSWORD)
    assert again != copy
    assert texts(again, PASSWORD) == texts(copy, PASSWORD)


def test_it_is_told_from_other_files(card: bytes, copy: bytes) -> None:
    found = [is_locked(each) for each in (copy, card, b"", b"%PDF-1.7", b"x" + copy, b"/Encrypt 1 0 R")]
    assert found == [True, *[False] * 5]


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
def test_another_program_finds_it_sound(copy: bytes, tmp_path: Path) -> None:
    path = tmp_path / "copy.pdf"
    path.write_bytes(copy)
    found = {}
    for word in (PASSWORD, "another one"):
        command = ["qpdf", "--check", f"--password={word}", str(path)]
        done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - a word of our own
        found[word] = (done.returncode == 0, "No syntax or stream encoding errors" in done.stdout)
    assert found == {PASSWORD: (True, True), "another one": (False, False)}
