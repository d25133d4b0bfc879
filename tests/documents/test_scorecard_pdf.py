"""Is the printed scorecard complete, accessible, the same each time, and safe against what is written in it?"""

import dataclasses
import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pdfua
import pypdf
import pytest

from app.documents import pdf_process
from app.documents.scorecard_pdf import TEMPLATE_VERSION, RenderFailed, laid_out, scorecard_html, scorecard_pdf, warm_up
from app.i18n import Locale
from app.rules.scorecard import Scorecard, ScorecardKpi
from app.rules.vocabulary import Language
from tests import samples

ID, EN = Language.INDONESIAN, Language.ENGLISH
OUR_FACES = {"Lato", "Lato-Bold", "Lato-Semi-Bold"}
HOSTILE = {
    "template": "{{ 7*7 }}{% for x in [] %}{{ config }}",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "\" onload=\"x' style='background:url(file:///etc/passwd)",
    "addresses": "file:///etc/passwd http://127.0.0.1/secret javascript:alert(1)",
    "style": "</style><link rel=stylesheet href=file:///etc/passwd>@import url(http://127.0.0.1/)",
    "entities": "&lt;b&gt; &amp; &#0; ]]> <!-- -->",
    "emoji": "Siti 👩🏽‍💼🎉 Rahma",
    "han": "王小明 陳大文",
    "right to left": "محمد عبد الله שלום",
    "reversed": "abc\u202egnp.exe\u202c",
    "combining": "Z" + "\u0301\u0316" * 40,
    "control": "a\x00b\x07c\x1bd\x7fe\ufffe",
    "half a sign": "a\ud800b",
    "unbroken": "W" * 300,
    "percent": "100% %(name)s %s {0} {name}",
    "empty": "",
}


@pytest.fixture(scope="module", autouse=True)
def _engine() -> Iterator[None]:
    warm_up()
    yield
    pdf_process.close()


@pytest.fixture(scope="module")
def ten_kpis() -> bytes:
    return scorecard_pdf(samples.ten_kpis(), ID)


@pytest.fixture(scope="module")
def laid_out_card() -> bytes:
    return laid_out(samples.ten_kpis(), ID)


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def words(pdf: bytes) -> str:
    """All text of the pages with every blank gone: how a program spaces what it reads is its own affair."""
    return without_blanks(" ".join(page.extract_text() for page in read(pdf).pages))


def without_blanks(text: str) -> str:
    return re.sub(r"\s+", "", text)


def printed_numbers(kpi: ScorecardKpi, locale: Locale) -> list[str]:
    """Every figure of a KPI as a reader must find it."""
    shown = [kpi.achievement, kpi.contribution, kpi.uncapped]
    exact = [kpi.target.target, kpi.target.low, kpi.target.high, kpi.actual]
    curve = [figure for point in kpi.target.curve for figure in (point.at, point.score)]
    return [
        *(locale.number(figure, 2) for figure in shown if figure is not None),
        *(locale.number(figure) for figure in [*exact, *curve] if figure is not None),
        f"{locale.number(kpi.weight.normalize())}%",
        f"{kpi.priority} · {kpi.difficulty} · {kpi.data_credibility}",
        *(f"{milestone.name} {milestone.share.normalize():f}%" for milestone in kpi.target.milestones),
    ]


# --- What is printed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [ID, EN])
def test_every_number_and_name_is_printed(language: Language) -> None:
    card, locale = samples.ten_kpis(), Locale(language)
    text = words(scorecard_pdf(card, language))
    wanted = [
        *(each for kpi in card.kpis for each in (kpi.name, kpi.code, kpi.source, *printed_numbers(kpi, locale))),
        *(objective.title for objective in card.objectives),
        locale.number(card.result.total or Decimal(0), 2),
        locale.number(card.result.coverage, 2),
        *(locale.number(band.lower, 2) for band in card.result.bands[:-1]),
        *(band.name(language) for band in card.result.bands),
        *(card.employee.name, card.employee.number, card.employee.position, card.employee.unit),
        *(card.document.organisation, card.document.number, card.comment, card.cycle.name),
        *("K7QM-4T2X-9HDA", "9F3A 61C0 7B2E D584", card.verification.url if card.verification else ""),
        *(locale.date(day) for day in (card.period.starts_on, card.period.ends_on, card.employee.plan_starts_on)),
    ]
    assert [each for each in wanted if without_blanks(each) not in text] == []


def test_the_working_is_printed_in_the_readers_language(ten_kpis: bytes) -> None:
    text = words(ten_kpis)
    assert without_blanks("13.950.000.000 / 12.400.000.000 → 112,50 × 18 % = 20,25") in text
    assert without_blanks("4 / 3 = 1,33 → 120,00 (batas 120) × 12 % = 14,40") in text
    assert without_blanks("75 ≤ 80 ≤ 85: 80 + (80 − 75)/(85 − 75) × (100 − 80) → 90,00 × 11 % = 9,90") in text


def test_what_stands_in_each_language() -> None:
    card = samples.ten_kpis()
    indonesian, english = words(scorecard_pdf(card, ID)), words(scorecard_pdf(card, EN))
    for text in (
        "Kartu Skor Kinerja",
        "Rahasia – data pribadi",
        "Halaman 1 dari 2",
        "6 Oktober 2026 15.41 WIB",
        "Baik",
    ):
        assert without_blanks(text) in indonesian
    for text in ("Performance Scorecard", "Confidential – personal data", "Page 2 of 2", "6 October 2026 15:41 WIB"):
        assert without_blanks(text) in english
    assert "Performance" not in indonesian
    assert "Predikat" not in english


def test_ten_kpis_take_two_pages_of_a4(ten_kpis: bytes) -> None:
    sizes = [tuple(round(float(edge)) for edge in page.mediabox) for page in read(ten_kpis).pages]
    assert sizes == [(0, 0, 595, 842)] * 2


def test_even_eight_objectives_with_long_names_take_two_pages() -> None:
    card = samples.ten_kpis()
    kpis = [dataclasses.replace(kpi, name=(kpi.name + " di seluruh wilayah tanggung jawab")[:90]) for kpi in card.kpis]
    groups = [kpis[0:2], kpis[2:4], *([kpi] for kpi in kpis[4:])]
    objectives = tuple(
        dataclasses.replace(
            card.objectives[0], title=f"Sasaran ke-{place} dengan judul yang panjang", kpis=tuple(group)
        )
        for place, group in enumerate(groups, 1)
    )
    assert len(objectives) == 8
    assert len(read(scorecard_pdf(dataclasses.replace(card, objectives=objectives), ID)).pages) == 2


def test_a_long_table_repeats_its_head() -> None:
    card = samples.ten_kpis()
    objective = card.objectives[0]
    many = tuple(dataclasses.replace(objective, kpis=objective.kpis * 4) for _ in range(4))
    pages = [
        without_blanks(page.extract_text())
        for page in read(scorecard_pdf(dataclasses.replace(card, objectives=many), ID)).pages
    ]
    assert [without_blanks("BobotTargetRealisasiNilai") in page for page in pages[:2]] == [True, True]


def test_a_draft_says_that_it_is_one() -> None:
    text = words(scorecard_pdf(samples.one_kpi(), ID))
    assert "Draf,belumditerbitkan" in text
    assert "Draftinibelum" not in text
    assert "Verifikasi" not in text
    assert "keberatan" not in text


def test_missing_is_never_printed_as_zero() -> None:
    text = words(scorecard_pdf(samples.missing_values(), ID))
    assert "91,20" in text
    assert without_blanks("60,00 dari 100") in text
    assert without_blanks("tidak ada data: tidak diperhitungkan") in text
    assert without_blanks("91,2 / 100 → 91,20 × 60 % (disesuaikan 100,00 %) = 91,20") in text
    assert re.findall(r"(?<!\d)0,00", text) == []


def test_nothing_scored_has_neither_total_nor_grade() -> None:
    text = words(scorecard_pdf(samples.nothing_scored(), EN))
    assert without_blanks("No KPI has data, so there is neither a total nor a grade.") in text
    assert "reached" not in text


def test_a_target_to_date_names_the_whole_one() -> None:
    card = samples.one_kpi()
    kpi = card.kpis[0]
    partly = dataclasses.replace(kpi, target=dataclasses.replace(kpi.target, target=Decimal(75), whole=Decimal(100)))
    changed = dataclasses.replace(card, objectives=(dataclasses.replace(card.objectives[0], kpis=(partly,)),))
    assert without_blanks("75% ↑ sampai kini, dari 100") in words(scorecard_pdf(changed, ID))


# --- The file ---------------------------------------------------------------------------------------------------------


def test_only_our_own_fonts_are_in_the_file(ten_kpis: bytes) -> None:
    fonts = {}
    for page in read(ten_kpis).pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            fonts[str(descendant["/BaseFont"]).partition("+")[2]] = "/FontFile2" in descendant["/FontDescriptor"]
    assert fonts == dict.fromkeys(OUR_FACES, True)


@pytest.mark.parametrize("language", [ID, EN])
def test_the_file_says_what_it_is(language: Language) -> None:
    file = read(scorecard_pdf(samples.ten_kpis(), language))
    root: Any = file.trailer["/Root"]
    title = {ID: "Kartu Skor Kinerja", EN: "Performance Scorecard"}[language]
    assert root["/Lang"] == language.value
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert file.metadata is not None
    assert file.metadata.title == f"{title} – {samples.EMPLOYEE.name} – September 2026"
    assert file.metadata.author == "PT Nusantara Sentosa Makmur"
    assert file.metadata.creation_date is not None
    assert file.metadata.creation_date.isoformat() == "2026-10-06T08:41:00+00:00"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()


def test_bookmarks_lead_through_the_document(ten_kpis: bytes) -> None:
    titles = [
        (each.title if isinstance(each, pypdf.generic.Destination) else "") for each in flat(read(ten_kpis).outline)
    ]
    assert titles == [
        "Kartu Skor Kinerja",
        "Sasaran kinerja dan KPI",
        "Asal setiap nilai",
        "Komentar penilai",
        "Pengesahan dan tanda terima",
    ]


def flat(outline: list[Any]) -> Iterator[Any]:
    for each in outline:
        if isinstance(each, list):
            yield from flat(each)
        else:
            yield each


@pytest.mark.parametrize("sample", ["ten_kpis", "one_kpi", "missing_values", "nothing_scored", "five_kpis_english"])
def test_a_screen_reader_can_read_it(sample: str, tmp_path: Path) -> None:
    card: Scorecard = getattr(samples, sample)()
    file = tmp_path / "card.pdf"
    file.write_bytes(scorecard_pdf(card, EN if sample.endswith("english") else ID))
    report = pdfua.validate(str(file))
    assert report.findings == ()


def test_every_chart_has_its_numbers_in_words(ten_kpis: bytes) -> None:
    card, locale = samples.ten_kpis(), Locale(ID)
    root: Any = read(ten_kpis).trailer["/Root"]
    texts = [str(element["/Alt"]) for element in elements(root["/StructTreeRoot"]) if element.get("/S") == "/Figure"]
    # a bullet graph and a trend each; the total, the time axis, the QR code
    assert len(texts) == 2 * len(card.kpis) + 3
    assert texts[0] == "Nilai akhir: nilai 95,65, target 100, skala 0 sampai 120, sebelumnya 98,40"
    for kpi in card.kpis:
        score = locale.number(kpi.achievement or Decimal(0), 2)
        assert f"{kpi.name}: nilai {score}, target 100, skala 0 sampai 120" in texts
    trend = next(text for text in texts if text.startswith(f"{card.kpis[2].name}: Januari 2026"))
    assert "Maret 2026: tidak ada data" in trend
    assert "Desember 2026: belum jatuh tempo" in trend


def elements(node: Any) -> Iterator[Any]:
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        element = kid.get_object()
        if isinstance(element, pypdf.generic.DictionaryObject) and element.get("/Type") != "/OBJR":
            yield element
            yield from elements(element)


# --- The same each time -----------------------------------------------------------------------------------------------


def test_the_same_scorecard_gives_the_same_bytes(ten_kpis: bytes) -> None:
    again = scorecard_pdf(samples.ten_kpis(), ID)
    pdf_process.close()
    from_a_new_engine = scorecard_pdf(samples.ten_kpis(), ID)
    assert again == ten_kpis
    assert from_a_new_engine == ten_kpis


def test_another_process_gives_the_same_bytes(ten_kpis: bytes) -> None:
    program = (
        "import sys; from app.documents.scorecard_pdf import scorecard_pdf; from app.rules.vocabulary import Language;"
        "from tests import samples; sys.stdout.buffer.write(scorecard_pdf(samples.ten_kpis(), Language.INDONESIAN))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/New_York", "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)  # noqa: S603
    assert done.stdout == ten_kpis


def test_a_single_digit_changes_the_file(ten_kpis: bytes) -> None:
    card = samples.ten_kpis()
    assert scorecard_pdf(dataclasses.replace(card, comment=card.comment + "."), ID) != ten_kpis


def test_the_template_version_is_printed(ten_kpis: bytes) -> None:
    assert f"Templat{TEMPLATE_VERSION}." in words(ten_kpis)


# --- What people may write --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_breaks_or_opens_anything(text: str) -> None:
    file = read(scorecard_pdf(samples.with_text(text), ID))
    root: Any = file.trailer["/Root"]
    links = [annotation.get_object() for page in file.pages for annotation in page.get("/Annots", [])]
    assert {link["/A"]["/URI"] for link in links} == {samples.ten_kpis().verification.url}  # type: ignore[union-attr]
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(root)
    assert not {"/EmbeddedFiles", "/JavaScript"} & set(root.get("/Names", {}))
    if text.isascii() and text.isprintable():
        assert without_blanks(text) in without_blanks(" ".join(page.extract_text() for page in file.pages))


def test_a_comment_of_ten_thousand_characters_goes_on_over_pages() -> None:
    comment = "Perlu perbaikan pada pengiriman. " * 303
    pdf = scorecard_pdf(dataclasses.replace(samples.ten_kpis(), comment=comment), ID)
    assert len(read(pdf).pages) in {3, 4}
    assert words(pdf).count("Perlu") == 303


def test_the_engine_opens_nothing_but_its_own_files() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        places = [address, "file:///etc/passwd", "/etc/passwd", "kinerja:other", "ftp://127.0.0.1/x"]
        page = "".join(
            f'<link rel=stylesheet href="{at}"><link rel=attachment href="{at}"><img alt=x src="{at}">'
            f'<object data="{at}"></object><embed src="{at}"><iframe src="{at}"></iframe>'
            f'<a rel=attachment href="{at}">a</a>'
            f'<style>@import "{at}"; @font-face {{ font-family: X; src: url({at}) }}</style>'
            f"<style>p {{ background: url({at}) }}</style>"
            f'<p>b</p><svg><image href="{at}"/><use href="{at}#a"/></svg>'
            for at in places
        )
        pdf = pdf_process.render_pdf(f"<html lang=en><title>t</title><body>{page}")
        with pytest.raises(TimeoutError):
            listener.accept()
    file = read(pdf)
    assert file.attachments == {}
    assert "root:" not in " ".join(page.extract_text() for page in file.pages)


def test_the_engine_knows_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINERJA_DATABASE_URL", "postgresql://user:secret@db/kinerja")
    pdf_process.close()
    warm_up()
    given = Path(f"/proc/{child_pid()}/environ").read_bytes()
    assert {line.partition(b"=")[0] for line in given.split(b"\0") if line} == {
        b"FONTCONFIG_FILE",
        b"TMPDIR",
        b"LC_ALL",
    }


# --- When things go wrong ---------------------------------------------------------------------------------------------


def child_pid() -> int:
    child = pdf_process._for_one.child
    assert child is not None
    return child.process.pid


def test_after_the_engine_was_killed_the_next_call_works(laid_out_card: bytes) -> None:
    warm_up()
    killed = child_pid()
    os.kill(killed, signal.SIGKILL)
    os.waitid(os.P_PID, killed, os.WEXITED | os.WNOWAIT)
    assert laid_out(samples.ten_kpis(), ID) == laid_out_card
    assert child_pid() != killed


def test_an_engine_that_hangs_is_ended_in_time(monkeypatch: pytest.MonkeyPatch, laid_out_card: bytes) -> None:
    warm_up()
    hanging = child_pid()
    os.kill(hanging, signal.SIGSTOP)
    with monkeypatch.context() as patch:
        patch.setattr(pdf_process, "SECONDS_FOR_A_PAGE", 0.3)
        with pytest.raises(RenderFailed) as refused:
            laid_out(samples.ten_kpis(), ID)
    assert refused.value.code == "timed_out"
    assert not Path(f"/proc/{hanging}").exists()
    assert laid_out(samples.ten_kpis(), ID) == laid_out_card


def test_an_engine_that_dies_at_work_says_so(laid_out_card: bytes) -> None:
    warm_up()
    dying = child_pid()
    os.kill(dying, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(laid_out, samples.ten_kpis(), ID)
        while not pdf_process._for_one.lock.locked():
            pass
        os.kill(dying, signal.SIGKILL)
        with pytest.raises(RenderFailed) as refused:
            waiting.result(10)
    assert refused.value.code == "ended"
    assert laid_out(samples.ten_kpis(), ID) == laid_out_card


def test_a_page_that_wants_too_much_memory_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf_process.close()
    with monkeypatch.context() as patch:
        patch.setattr(pdf_process, "MEMORY_BYTES", 400_000_000)
        with pytest.raises(RenderFailed) as refused:
            pdf_process.render_pdf("<html lang=en><title>t</title>" + "<p><b>word</b> word</p>" * 10_000)
    assert refused.value.code in {"failed", "ended"}
    pdf_process.close()
    assert pdf_process.render_pdf("<html lang=en><title>t</title><p>a").startswith(b"%PDF-")


def test_a_page_too_large_to_be_a_scorecard_is_refused() -> None:
    with pytest.raises(RenderFailed) as refused:
        pdf_process.render_pdf("a" * (pdf_process.LARGEST_PAGE + 1))
    assert refused.value.code == "too_large"


def test_an_engine_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf_process.close()
    with monkeypatch.context() as patch:
        patch.setattr(pdf_process, "_START", f"import sys; sys.modules['weasyprint'] = None; {pdf_process._START}")
        with pytest.raises(RenderFailed) as refused:
            warm_up()
    assert (refused.value.code, refused.value.reason) == (
        "unavailable",
        "ModuleNotFoundError: import of weasyprint halted; None in sys.modules",
    )
    assert pdf_process._for_one.child is None


def test_threads_get_their_own_answers() -> None:
    cards = [dataclasses.replace(samples.one_kpi(), comment=f"Komentar nomor {number}") for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        texts = [words(pdf) for pdf in pool.map(lambda card: laid_out(card, ID), cards)]
    assert [f"Komentarnomor{number}" in text for number, text in enumerate(texts)] == [True] * 6


def test_who_waits_for_one_page_does_not_wait_behind_a_batch(laid_out_card: bytes) -> None:
    assert laid_out(samples.ten_kpis(), ID, in_batch=True) == laid_out_card
    batch = pdf_process._for_many.child
    assert batch is not None
    os.kill(batch.process.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        page_of_batch = pool.submit(laid_out, samples.ten_kpis(), ID, in_batch=True)
        while not pdf_process._for_many.lock.locked():
            pass
        assert laid_out(samples.ten_kpis(), ID) == laid_out_card
        assert not page_of_batch.done()
        os.kill(batch.process.pid, signal.SIGCONT)
        assert page_of_batch.result(10) == laid_out_card


def test_nothing_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf_process.close()
    with monkeypatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(tmp_path))
        warm_up()
    pid = child_pid()
    assert len(list(tmp_path.iterdir())) == 1
    pdf_process.close()
    assert list(tmp_path.iterdir()) == []
    assert not Path(f"/proc/{pid}").exists()


def test_nothing_stays_behind_a_service_that_breaks_off(tmp_path: Path) -> None:
    program = (
        "import os; from app.documents import pdf_process as p; p.warm_up();"
        "print(p._for_one.child.process.pid, flush=True);"
        "os._exit(1)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    process = Path(f"/proc/{done.stdout.strip()}/stat")
    until = time.monotonic() + 60
    while (process.exists() and " Z " not in process.read_text()) and time.monotonic() < until:
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []


# --- The print page ---------------------------------------------------------------------------------------------------


def test_the_print_page_needs_nothing_else() -> None:
    card = samples.ten_kpis()
    page = scorecard_html(card, ID)
    assert page.count("@font-face") == 3
    assert "Asal setiap nilai" in page
    assert card.verification is not None
    addresses = set(re.findall(r"(?:https?|file|kinerja):[^\s\"'<>)]*", page))
    assert addresses == {card.verification.url, "http://www.w3.org/2000/svg"}


def test_the_print_page_keeps_its_style_apart_from_what_people_write() -> None:
    page = scorecard_html(samples.with_text("</style><script>alert(1)</script>"), ID)
    assert "<script>" not in page
    assert page.count("</style>") == 1
