"""How is each kind of slot lettered? Weight, size and width as in templates/pdf; compiling refuses what differs."""

from collections.abc import Mapping
from typing import Final

from app.documents.frozen.lettering import Style

STYLES: Final[Mapping[str, Style]] = {
    "paper": Style(400, 7.2, 56, is_right=True),
    "person": Style(700, 9.6, 89),
    "field": Style(400, 7.8, 62),
    "total": Style(700, 31, 39),
    "result-field": Style(400, 7.8, 43),
    "objective": Style(700, 7.8, 184),
    "kpi": Style(600, 7.8, 51),
    "weight": Style(400, 7.8, 12, is_right=True),
    "weight-note": Style(400, 6.7, 12, is_right=True),
    "figure": Style(400, 7.8, 24, is_right=True),
    "figure-note": Style(400, 6.7, 24, is_right=True),
    "score": Style(700, 7.8, 12, is_right=True),
    "contribution": Style(700, 7.8, 16, is_right=True),
    "sum-weight": Style(700, 8.8, 12, is_right=True),
    "sum": Style(700, 8.8, 16, is_right=True),
    "code": Style(600, 7.8, 36),
    "code-note": Style(400, 6.6, 36),
    "working": Style(600, 7.4, 56),
    "working-note": Style(400, 6.6, 56),
    "excluded": Style(700, 6.6, 56),
    "data": Style(400, 7.4, 41),
    "data-note": Style(400, 6.6, 41),
    "step": Style(400, 7.4, 22, is_right=True),
    "step-strong": Style(700, 7.4, 22, is_right=True),
    "step-note": Style(400, 6.6, 51),
    "said": Style(400, 7.4, 106, keeps_breaks=True),
    "behaviour": Style(600, 7.8, 51),
    "seen": Style(400, 7.4, 106),
    "seen-note": Style(400, 6.6, 106),
    "word-code": Style(600, 7.8, 27),
    "word": Style(400, 7.4, 76, keeps_breaks=True),
    "word-note": Style(400, 6.6, 76),
    "comment": Style(400, 8, 181 - 1.4 * 25.4 / 72, keeps_breaks=True),
    "signature": Style(400, 7.8, 50.5),
    "signature-name": Style(700, 7.8, 50.5),
    "verify-code": Style(700, 10, 47),
    "verify": Style(400, 7.8, 47),
    "verify-url": Style(400, 6.7, 47),
    "foot": Style(400, 6.8, 140),
    "page": Style(400, 6.8, 44, is_right=True),
}

LINKED: Final = frozenset({"verify-url"})
"""Each line of these is a link."""
