"""Does a sealed PDF stay the same document, accessible and for the archive, and does its seal hold for every byte?"""

import io
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pdfua
import pikepdf
import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf

from app import sealing
from app.documents import pdf_process
from app.documents.scorecard_pdf import laid_out, scorecard_pdf
from app.documents.seals import sealed, seals_in
from app.rules.vocabulary import Language
from app.sealing import Seal, usable_seal
from app.settings import Settings
from tests import samples
from tests.documents.pages import structure
from tests.sealings import PASSPHRASE, covered, place_of_seal, rsa_key, signers_of, write_pkcs12

WAYS = {"filled": scorecard_pdf, "laid out": laid_out}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("seals")


@pytest.fixture(scope="module")
def settings(folder: Path) -> Settings:
    path = write_pkcs12(folder / "seal.p12")
    return Settings(data_dir=folder, seal_pkcs12=str(path), seal_passphrase=PASSPHRASE, _env_file=None)


@pytest.fixture
def seal(settings: Settings) -> Seal:
    found = usable_seal(settings)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def plain() -> Iterator[dict[str, bytes]]:
    yield {way: make(samples.ten_kpis(), Language.INDONESIAN) for way, make in WAYS.items()}
    pdf_process.close()


@pytest.fixture(params=WAYS)
def card(request: pytest.FixtureRequest, plain: dict[str, bytes]) -> bytes:
    return plain[request.param]


def test_the_seal_holds_for_one_reader_and_the_other(card: bytes, seal: Seal) -> None:
    pdf = sealed(card, seal)
    (found,) = seals_in(pdf)
    assert (found.by, found.fingerprint) == ("Common Name: PT Contoh", seal.fingerprint)
    assert (found.holds, found.covers_all) == (True, True)
    assert signers_of(pdf) == ["PT Contoh", "Contoh CA"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not there")
def test_openssl_finds_it_good(card: bytes, seal: Seal, tmp_path: Path) -> None:
    content, signature = covered(sealed(card, seal))
    (tmp_path / "content").write_bytes(content)
    (tmp_path / "seal").write_bytes(signature)
    files = ["-in", f"{tmp_path}/seal", "-content", f"{tmp_path}/content", "-out", f"{tmp_path}/out"]
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-noverify", *files]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603
    (tmp_path / "content").write_bytes(content + b"\n")
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0  # noqa: S603


def test_a_changed_byte_is_found_wherever_it_is(card: bytes, seal: Seal) -> None:
    pdf = sealed(card, seal)
    start, end = place_of_seal(pdf)
    outside = [*range(start), *range(end, len(pdf))]
    chosen = random.Random(4).sample(outside, 25)  # noqa: S311 - the same places each time
    for place in [0, len(card) - 1, len(card), start - 1, end, len(pdf) - 1, *chosen]:
        changed = bytearray(pdf)
        changed[place] ^= 1
        assert not any(found.is_good for found in seals_in(bytes(changed))), place


def test_what_is_added_afterwards_is_told(card: bytes, seal: Seal, tmp_path: Path) -> None:
    pdf = sealed(card, seal)
    (found,) = seals_in(pdf + b"%\n")
    assert (found.holds, found.covers_all) == (True, False)
    path = write_pkcs12(tmp_path / "somebody.p12", key=rsa_key(1), name="Somebody")
    somebody = SimpleSigner.load_pkcs12(str(path), passphrase=PASSPHRASE.encode())  # type: ignore[no-untyped-call]
    signed = sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), PdfSignatureMetadata(field_name="Theirs"), somebody)
    ours, theirs = seals_in(signed.getvalue())
    assert (ours.by, ours.holds, ours.covers_all) == ("Common Name: PT Contoh", True, False)
    assert (theirs.by, theirs.holds, theirs.covers_all) == ("Common Name: Somebody", True, True)


def test_the_same_document_gets_the_same_seal(card: bytes, settings: Settings, seal: Seal) -> None:
    first = sealed(card, seal)
    sealing._read.cache_clear()
    again = usable_seal(settings)
    assert again is not seal
    assert sealed(card, again) == first
    assert sealed(card, None) is card


def test_another_certificate_gives_another_file(card: bytes, seal: Seal, tmp_path: Path) -> None:
    path = write_pkcs12(tmp_path / "other.p12", key=rsa_key(1), name="PT Lain", passphrase="")
    other = usable_seal(Settings(data_dir=tmp_path, seal_pkcs12=str(path), _env_file=None))
    assert other is not None
    assert other.fingerprint != seal.fingerprint
    assert signers_of(sealed(card, other))[0] == "PT Lain"


def test_it_is_added_behind_the_document_which_stays_as_it_was(card: bytes, seal: Seal) -> None:
    pdf = sealed(card, seal)
    assert pdf.startswith(card)
    assert structure(pdf) == structure(card)
    with pikepdf.open(io.BytesIO(card)) as before, pikepdf.open(io.BytesIO(pdf)) as after:
        assert after.docinfo == before.docinfo
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert bytes(after.trailer.ID[0]) == bytes(before.trailer.ID[0]) != bytes(after.trailer.ID[1])
        assert before.docinfo.CreationDate == after.Root.AcroForm.Fields[0].V.M
        assert len(after.pages[0].Annots) == len(before.pages[0].get("/Annots", ())) + 1


def test_it_stays_accessible_and_for_the_archive(card: bytes, seal: Seal, tmp_path: Path) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed(card, seal))
    assert pdfua.validate(str(path)).findings == ()
    with pikepdf.open(path) as file:
        (field,) = file.Root.AcroForm.Fields
        left, bottom, right, top = map(float, field.Rect)
        assert (left, bottom) == (right, top)  # without a size no look is asked for (PDF/A-2, 6.3.3)
        assert max(right, top) < 0  # outside the page no tag is asked for (PDF/UA-1, 7.18)
        assert int(field.F) & 0b100111 == 0b100  # printed; not hidden, not invisible, always seen (PDF/A-2, 6.3.2)
        assert not {"/A", "/AA", "/AP"} & set(field.keys())
        assert str(field.TU) == "Segel elektronik organisasi"
        assert {"/Fields", "/SigFlags"} == set(file.Root.AcroForm.keys())
        assert "/Reference" not in field.V
        assert all(page.Tabs == "/S" for page in file.pages)


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not there")
def test_another_reader_finds_no_fault_in_its_structure(card: bytes, seal: Seal, tmp_path: Path) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed(card, seal))
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert (done.returncode, "No syntax or stream encoding errors found" in done.stdout) == (0, True)


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7\n/ByteRange[0 1 2 3]\n%%EOF\n"])
def test_what_is_no_pdf_bears_no_seal(content: bytes) -> None:
    assert seals_in(content) == []


def test_a_document_without_a_seal_bears_none(card: bytes) -> None:
    assert seals_in(card) == []
