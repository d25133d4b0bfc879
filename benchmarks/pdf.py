"""How much faster is the printed scorecard than the engine used as it comes? Same cards, one warm process, in turns.

    PYTHONPATH=. .venv/bin/python benchmarks/pdf.py [--cards 12] [--memory 1000]

`naive` is HTML(string=…).write_pdf() for each request, with the style inside the page and the blocks of the page laid
out by flex, grid and custom properties, as pages of the web are. `same page` is the scorecard's own page, called in
that way. `full path` is what app/documents/pdf_worker.py does, tags and the cleaning of memory afterwards included. The
time is that of the processor, which a busy machine disturbs least; ratios are of medians. With --memory the full path
goes on for that many cards, and the memory of the process is told as it goes.
"""

import argparse
import dataclasses
import gc
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Final

from app.documents.fonts import font_faces, font_files
from app.documents.pdf_worker import _converter
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
    files = font_files()
    css = (templates_dir() / "pdf" / "scorecard.css").read_text(encoding="utf-8")
    full_path: Convert = _converter(
        {
            "css": font_faces() + css,
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

    return {
        "naive": as_it_comes(faces + css + AS_ON_THE_WEB),
        "same page": as_it_comes(faces + css),
        "full path": full_path,
    }


def seconds(name: str, convert: Convert, html: str) -> float:
    """Seconds of the processor for one page; the full path collects by hand, as its process does."""
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
    chosen = options.parse_args()
    converts = ways()
    taken: dict[str, list[float]] = {name: [] for name in converts}
    for convert in converts.values():
        convert(page(card(0), Language.INDONESIAN))
    gc.collect()
    gc.freeze()
    for number in range(1, chosen.cards + 1):
        html = page(card(number), Language.INDONESIAN)
        for name, convert in converts.items():
            taken[name].append(seconds(name, convert, html))
    middle = {name: statistics.median(values) for name, values in taken.items()}
    for name, values in taken.items():
        ratio = middle["naive"] / middle[name]
        print(
            f"{name:10} median {middle[name] * 1000:5.0f} ms, least {min(values) * 1000:5.0f} ms, {ratio:.2f} × naive"
        )
    for number in range(chosen.memory):
        seconds("full path", converts["full path"], page(card(number), Language.INDONESIAN))
        if number % max(chosen.memory // 10, 1) == 0:
            print(f"after {number} cards: {resident()} MiB", flush=True)


if __name__ == "__main__":
    main()
