"""Can the holder of a paper compute its check value again, and does it show every figure that was changed?"""

import dataclasses
import hashlib
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.rules.check_value import check_value, figures_text
from app.rules.scorecard import Scorecard, ScorecardKpi
from tests import samples

DOCUMENT = Path(__file__).parents[2] / "docs/verification.md"


def test_the_example_of_the_document_computes() -> None:
    text = DOCUMENT.read_text("utf-8")
    examples = re.findall(r"```text\n(kinerja-1\n.*?)```.*?`((?:[0-9A-F]{4} ){3}[0-9A-F]{4})`", text, re.DOTALL)
    assert len(examples) == 2
    assert len(set(examples)) == 1
    figures, value = examples[0]
    digest = hashlib.sha256(figures.encode()).hexdigest()
    assert value.replace(" ", "").lower() == digest[:16]
    assert text.count(digest) == 2


def test_the_text_holds_the_figures_as_they_are_printed() -> None:
    card = dataclasses.replace(
        samples.missing_values(), employee=dataclasses.replace(samples.EMPLOYEE, name="Siti  Nurhalizah\n(Ita\u0301)")
    )
    form, number, version, name, *kpis, total = figures_text(card).splitlines()
    assert (form, number, version, name) == ("kinerja-1", card.document.number, "1", "Siti Nurhalizah (It\u00e1)")
    assert len(kpis) == len(card.kpis)
    assert [line.split("|")[0] for line in kpis] == [kpi.code for kpi in card.kpis]
    lacking = next(kpi for kpi in card.kpis if kpi.actual is None)
    assert f"{lacking.code}|{lacking.weight.normalize():f}|-|-|-" in kpis
    assert Decimal(total) == card.result.total
    assert figures_text(card).endswith(f"\n{total}\n")


def test_a_scorecard_without_a_total_has_a_check_value_too() -> None:
    card = samples.nothing_scored()
    assert figures_text(card).endswith("\n-\n")
    assert len(check_value(card)) == 19


def test_a_check_value_is_short_enough_to_compare_by_eye() -> None:
    card = samples.ten_kpis()
    assert re.fullmatch("([0-9A-F]{4} ){3}[0-9A-F]{4}", check_value(card))
    digest = hashlib.sha256(figures_text(card).encode()).hexdigest()
    assert check_value(card).replace(" ", "").lower() == digest[:16]


def test_half_a_sign_in_a_name_stops_nothing() -> None:
    card = samples.one_kpi()
    assert check_value(dataclasses.replace(card, employee=dataclasses.replace(card.employee, name="a\ud800b")))


@pytest.mark.parametrize("figure", ["weight", "actual", "achievement", "contribution"])
def test_every_changed_figure_shows(figure: str) -> None:
    card = samples.ten_kpis()
    values = {check_value(card)}
    for place, kpi in enumerate(card.kpis):
        changed = with_kpi(card, place, **{figure: getattr(kpi, figure) + Decimal("0.01")})
        values.add(check_value(changed))
    assert len(values) == 1 + len(card.kpis)


def test_every_changed_line_around_the_figures_shows() -> None:
    card = samples.ten_kpis()
    replace = dataclasses.replace
    changed = [
        replace(card, document=replace(card.document, number="KSK/2026-09/KRY-00418")),
        replace(card, document=replace(card.document, version=2)),
        replace(card, employee=replace(card.employee, name="Raden Ayu")),
        replace(card, result=replace(card.result, total=Decimal("119.99"))),
        replace(card, objectives=card.objectives[::-1]),
    ]
    assert len({check_value(each) for each in [card, *changed]}) == 1 + len(changed)


def test_what_is_no_figure_of_the_paper_changes_nothing() -> None:
    card = samples.ten_kpis()
    assert check_value(dataclasses.replace(card, verification=None, comment="x")) == check_value(card)


def with_kpi(card: Scorecard, place: int, **changes: Any) -> Scorecard:
    """The scorecard with one of its KPIs changed."""
    wanted: ScorecardKpi = card.kpis[place]
    return dataclasses.replace(
        card,
        objectives=tuple(
            dataclasses.replace(
                objective,
                kpis=tuple(dataclasses.replace(kpi, **changes) if kpi is wanted else kpi for kpi in objective.kpis),
            )
            for objective in card.objectives
        ),
    )
