"""Do the figures on a paper belong together? The check value, which its holder can compute again by hand."""

import hashlib
from decimal import Decimal
from typing import Final
from unicodedata import normalize

from app.rules.numbers import plain
from app.rules.scorecard import Scorecard

_FORM: Final = "kinerja-1"
"""Stands first in the text, so that another way of writing the figures can never be taken for this one."""
_SIGNS: Final = 16
_NONE: Final = "-"


def figures_text(card: Scorecard) -> str:
    """The figures as they are printed, in the one way of writing them that is the same in every language.

    A line each for the form, the number of the document, its version, the employee, every KPI (code, weight, actual,
    score, weighted score) and the total. Numbers have a decimal point, no thousands separator and no zeros at the end.
    """
    lines = [_FORM, card.document.number, str(card.document.version), card.employee.name]
    for kpi in card.kpis:
        figures = (kpi.weight, kpi.actual, kpi.achievement, kpi.contribution)
        lines.append("|".join([kpi.code, *map(_figure, figures)]))
    lines.append(_figure(card.result.total))
    return "".join(f"{_on_one_line(line)}\n" for line in lines)


def check_value(card: Scorecard) -> str:
    """What is printed on the paper."""
    return value_of(figures_text(card))


def value_of(text: str) -> str:
    """The beginning of a text's SHA-256: short enough to compare by eye."""
    signs = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_SIGNS].upper()
    return " ".join(signs[start : start + 4] for start in range(0, _SIGNS, 4))


def _figure(value: Decimal | None) -> str:
    return _NONE if value is None else plain(value)


def _on_one_line(text: str) -> str:
    return " ".join(normalize("NFC", text).split())
