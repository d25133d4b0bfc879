"""How much faster is the printed scorecard than the engine used as it comes? Same cards, one warm process, in turns.

    PYTHONPATH=. .venv/bin/python benchmarks/pdf.py [--cards 12] [--memory 1000] [--bulk 1000]

`naive` is HTML(string=…).write_pdf() for each request, with the style inside the page and the blocks of the page laid
out by flex, grid and custom properties, as pages of the web are. `same page` is the scorecard's own page, called in
that way. `full path` is what app/documents/pdf_worker.py does, tags and the cleaning of memory afterwards included. The
`filled` is app/documents/frozen with its blocks frozen, from the card to the bytes; the others get the page ready made.
`canvas` is ReportLab, if it is there, drawing the same texts and rectangles where it is told, without tags. The time is
that of the processor, which a busy machine disturbs least; ratios are of medians. With --memory the full path goes on
for that many cards, and the memory of the process is told as it goes. With --bulk so many different cards are filled,
hashed and put into a ZIP in a new process that has nothing frozen yet.
"""

import argparse
import dataclasses
import gc
import hashlib
import io
import os
import random
import re
import resource
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pypdf

from app.documents import pdf_process, scorecard_pdf
from app.documents.fonts import font_faces, write_faces
from app.documents.frozen.fill import fill
from app.documents.pdf_worker import _converter, _file
from app.documents.scorecard_page import page
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import Language
from app.templating import templates_dir
from tests import samples

Convert = Callable[[str], bytes]

NO_SYSTEM_FONTS: Final = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>'
AS_ON_THE_WEB: Final = """
:root { --ink: #10272b; --muted: #516468; }
*, *::before, *::after { box-sizing: border-box; }
html { color: var(--ink); }
.muted, .note { color: var(--muted); }
.head, .people, .result, .signatures { display: block; }
.row { display: flex; }
.gap { display: block; flex: 0 0 6mm; }
.head-title, .person, .signature, .result-scale { display: block; flex: 1; }
.head-paper { display: block; flex: 0 0 56mm; align-self: end; }
.result-total { display: block; flex: 0 0 39mm; }
.result-bands { display: block; flex: 0 0 54mm; }
.verify { display: block; flex: 0 0 47mm; }
.qr { display: block; flex: 0 0 21mm; }
.fields { display: grid; grid-template-columns: 1fr; }
.field { display: grid; grid-template-columns: 27mm 1fr; }
.field-name, .field-value { display: block; }
"""


def card(number: int) -> Scorecard:
    """A card of ten KPIs like the sample, with the names, comment and figures of somebody else."""
    chance = random.Random(number)
    sample = samples.ten_kpis()
    names = ["Dewi Lestari", "I Made Suwarna", "Muhammad Rizky Ananda Putra", "Siti Nurhaliza", "Yohanes Bako"]
    employee = dataclasses.replace(sample.employee, name=chance.choice(names), number=f"KRY-{number:05}")
    objectives = tuple(
        dataclasses.replace(
            objective,
            kpis=tuple(
                dataclasses.replace(kpi, achievement=Decimal(chance.randint(0, 12000)) / 100) for kpi in objective.kpis
            ),
        )
        for objective in sample.objectives
    )
    comment = f"{sample.comment} Catatan {number}."
    return dataclasses.replace(sample, employee=employee, objectives=objectives, comment=comment)


def ways() -> dict[str, Convert]:
    """The ways to turn a page into a PDF."""
    folder = tempfile.mkdtemp(prefix="kinerja-benchmark-")
    Path(folder, "fonts.conf").write_text(NO_SYSTEM_FONTS, encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(Path(folder, "fonts.conf"))
    files = write_faces(Path(folder))
    css = (templates_dir() / "pdf" / "scorecard.css").read_text(encoding="utf-8")
    write = _converter(
        {
            "css": {"scorecard": font_faces() + css},
            "files": {address: str(path) for address, path in files.items()},
            "warm_up_page": "<html lang=en><title>-</title><p>0</html>",
        }
    )
    faces = font_faces()
    for address, path in files.items():
        faces = faces.replace(address, path.as_uri())

    def as_it_comes(style: str) -> Convert:
        from weasyprint import HTML  # noqa: PLC0415 - after the fonts are set

        def convert(html: str) -> bytes:
            pdf: bytes = HTML(string=html.replace("</head>", f"<style>{style}</style></head>", 1)).write_pdf()
            return pdf

        return convert

    def full_path(html: str) -> bytes:
        return write(html, _file)

    return {
        "naive": as_it_comes(faces + css + AS_ON_THE_WEB),
        "same page": as_it_comes(faces + css),
        "full path": full_path,
    }


def canvas(pdf: bytes) -> Convert | None:
    """ReportLab drawing what a filled card draws; it is told each text and rectangle, and formats nothing."""
    try:
        from reportlab.pdfgen import canvas as reportlab  # noqa: PLC0415 - for this comparison only
    except ModuleNotFoundError:
        return None
    sheets: list[tuple[list[tuple[str, float, float, float]], list[list[float]]]] = []
    for sheet in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        texts: list[tuple[str, float, float, float]] = []

        def note(text: str, _cm: Any, at: Any, _font: Any, size: float, texts: list[Any] = texts) -> None:
            texts.extend((line, at[4], at[5], size) for line in text.split("\n") if line.strip())

        sheet.extract_text(visitor_text=note)
        drawn = sheet.get_contents()
        found = re.findall(rb"([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+) re", drawn.get_data() if drawn else b"")
        sheets.append((texts, [[float(edge) for edge in each] for each in found]))

    def convert(title: str) -> bytes:
        made = io.BytesIO()
        paper = reportlab.Canvas(made, pageCompression=1)
        paper.setTitle(title)
        for texts, rectangles in sheets:
            for edges in rectangles:
                paper.setFillColorRGB(0.06, 0.36, 0.38)
                paper.rect(*edges, stroke=0, fill=1)
            for text, x, y, size in texts:
                paper.setFont("Helvetica", size)
                paper.drawString(x, y, text)
            paper.showPage()
        paper.save()
        return made.getvalue()

    return convert


def bulk(count: int) -> None:
    """Fill many cards from nothing, with their digests in a ZIP."""
    began, used = time.perf_counter(), time.process_time()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    sizes = []
    with tempfile.TemporaryFile() as file, zipfile.ZipFile(file, "w") as archive:
        for number in range(count):
            pdf = scorecard_pdf.scorecard_pdf(card(number), Language.INDONESIAN)
            archive.writestr(f"{number}.pdf", pdf)
            archive.writestr(f"{number}.sha256", hashlib.sha256(pdf).hexdigest())
            if number in {0, 9, count // 2, count - 1}:
                sizes.append(f"{number + 1}: {time.perf_counter() - began:.1f} s, {resident()} MiB")
    pdf_process.close()
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    own = time.process_time() - used
    print(f"bulk of {count}: {own:.1f} s of this process, {child:.1f} s of the engine, {scorecard_pdf.ways_taken()}")
    print(f"{(own + child) / count * 1000:.1f} ms of the processor a card; " + "; ".join(sizes))


def seconds(name: str, convert: Convert, html: str) -> float:
    """Seconds of the processor for one page; the full path collects by hand, as its process does.

    What the way before has left behind is cleared away first, so that nobody pays for another.
    """
    gc.collect()
    if name != "full path":
        began = time.process_time()
        convert(html)
        return time.process_time() - began
    gc.disable()
    began = time.process_time()
    convert(html)
    gc.collect()
    taken = time.process_time() - began
    gc.enable()
    return taken


def resident() -> int:
    """The memory of this process in MiB."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGESIZE") >> 20


def main() -> None:
    """Measure in turns, and memory if asked."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cards", type=int, default=12)
    options.add_argument("--memory", type=int, default=0)
    options.add_argument("--bulk", type=int, default=0)
    chosen = options.parse_args()
    if chosen.bulk:
        bulk(chosen.bulk)
        return
    taken = in_turns(chosen.cards)
    middle = {name: statistics.median(values) for name, values in taken.items()}
    for name, values in taken.items():
        late = sorted(values)[int(len(values) * 0.95)]
        print(
            f"{name:10} median {middle[name] * 1000:6.1f} ms, least {min(values) * 1000:6.1f} ms,"
            f" 95th of 100 {late * 1000:6.1f} ms, {middle['naive'] / middle[name]:.2f} × naive"
        )
    if chosen.memory:
        watch_memory(chosen.memory)


def in_turns(cards: int) -> dict[str, list[float]]:
    """The seconds of each way for each card."""
    converts = ways()
    for convert in converts.values():
        convert(page(card(0), Language.INDONESIAN))
    every = {str(number): card(number) for number in range(1, cards + 1)}
    filled = [fill(each, Language.INDONESIAN) for each in every.values()]  # their blocks are frozen now
    converts["filled"] = lambda number: fill(every[number], Language.INDONESIAN)
    if drawing := canvas(filled[0]):
        converts["canvas"] = drawing
    taken: dict[str, list[float]] = {name: [] for name in converts}
    gc.collect()
    gc.freeze()
    for number in range(1, cards + 1):
        html = page(card(number), Language.INDONESIAN)
        for name, convert in converts.items():
            taken[name].append(seconds(name, convert, str(number) if name in {"filled", "canvas"} else html))
    return taken


def watch_memory(cards: int) -> None:
    """Go on with the full path, and tell the memory of this process."""
    full_path = ways()["full path"]
    for number in range(cards):
        seconds("full path", full_path, page(card(number), Language.INDONESIAN))
        if number % max(cards // 10, 1) == 0:
            print(f"after {number} cards: {resident()} MiB", flush=True)


if __name__ == "__main__":
    main()
