"""How many cards a second does `kinerja score --lines` answer on one core? 8 KPIs with 12 entries each.

    .venv/bin/python benchmarks/score_lines.py [--cards 5000] [--profile]

With --profile the time is shown by function instead; that run itself is several times slower.

Measured on one of two shared cores of a small virtual machine: about 1,500 cards a second with a Python 3.11 that was
built without profile-guided optimisation, a fifth more with Debian's. Of 650 µs a card go 90 to parsing JSON, 130 to
entries, 90 to set-ups, weights and faults, 60 to aggregation, 200 to scoring with its working, 60 to writing.
Numbers are added as decimals; fractions begin with the actual.
"""

import argparse
import cProfile
import json
import pstats
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from app.documents.score_files import score_lines
from app.rules.vocabulary import Language

MONTHS = [f"2026-{month:02}" for month in range(1, 13)]


def amount(chance: random.Random, low: int, high: int) -> str:
    """A number as people type it: with two decimals, or none."""
    return str(chance.randint(low, high)) if chance.random() < 0.5 else f"{chance.uniform(low, high):.2f}"


def values(chance: random.Random, low: int, high: int) -> list[dict[str, Any]]:
    """Twelve months of one number each."""
    return [{"on": month, "value": amount(chance, low, high)} for month in MONTHS]


def card(chance: random.Random) -> dict[str, Any]:
    """A card like those of a sales team: sums, averages, ratios, growth, ranges, points and steps."""
    ratio = {"kind": "ratio", "numerator": ["won"], "denominator": ["leads"], "scale": "100"}
    months = [
        {"on": month, "inputs": {"won": amount(chance, 5, 40), "leads": amount(chance, 80, 160)}} for month in MONTHS
    ]
    bends = [["0", "0"], ["50", "80"], ["80", "100"], ["100", "120"]]
    kpis = [
        ({"aggregation": "sum"}, {"method": "higher", "target": "1200"}, values(chance, 50, 150)),
        ({"aggregation": "average"}, {"method": "lower", "target": "24"}, values(chance, 10, 40)),
        (ratio, {"method": "range", "low": "18", "high": "25"}, months),
        ({"kind": "growth"}, {"method": "higher", "target": "10"}, values(chance, 900, 1200)),
        ({"aggregation": "max"}, {"method": "exact", "target": "75"}, values(chance, 40, 90)),
        ({"aggregation": "last"}, {"method": "points", "points": bends}, values(chance, 0, 110)),
        ({"aggregation": "min"}, {"method": "steps", "steps": [["0", "50"], ["60", "100"]]}, values(chance, 40, 90)),
        ({"aggregation": "sum"}, {"method": "lower_inverse", "target": "30"}, values(chance, 0, 5)),
    ]
    weights = (20, 15, 15, 10, 10, 10, 10, 10)
    return {
        "kpis": [
            {"code": f"K{number}", "weight": str(weight), "measure": measure, "scoring": scoring, "entries": entries}
            for number, (weight, (measure, scoring, entries)) in enumerate(zip(weights, kpis, strict=True), start=1)
        ]
    }


def main() -> None:
    """Measure the command as users run it, or profile what it does."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cards", type=int, default=5000)
    options.add_argument("--profile", action="store_true")
    chosen = options.parse_args()
    chance = random.Random(8)
    lines = [json.dumps(card(chance)).encode() + b"\n" for _ in range(chosen.cards)]
    if chosen.profile:
        with cProfile.Profile() as profile:
            for _ in score_lines(lines, Language.ENGLISH):
                pass
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cards.jsonl")
        path.write_bytes(b"".join(lines))
        began = time.perf_counter()
        command = [str(Path(sys.executable).with_name("kinerja")), "score", "--lines", str(path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    print(
        f"{chosen.cards} cards, start-up included: {seconds:.2f} s by the clock, {chosen.cards / seconds:.0f} a second"
    )
    print(f"and {cpu:.2f} s of one core, {chosen.cards / cpu:.0f} a second, which is what counts on a busy machine")


if __name__ == "__main__":
    main()
