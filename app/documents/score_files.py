"""How is a file of scorecards answered: one card, or one card a line?"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from app.documents.cards import CardRefused, read_card, result_json
from app.fault_texts import FAULT_TEXTS
from app.rules.faults import Fault
from app.rules.scoring import score_card
from app.rules.vocabulary import Language

_encode: Final = json.JSONEncoder(ensure_ascii=False).encode


def score_json(raw: bytes, language: Language) -> dict[str, Any]:
    """The result of one card; raises `CardRefused` with every fault."""
    card = read_card(raw)
    return result_json(score_card(card.policy, card.kpis), language)


class Answer(NamedTuple):
    """The line that answers a line, and whether its card was refused."""

    line: bytes
    is_refused: bool


def score_lines(lines: Iterable[bytes], language: Language) -> Iterator[Answer]:
    """One answer for each line, in the same order; a refused card is answered with its faults."""
    for line in lines:
        try:
            answer, is_refused = score_json(line.rstrip(b"\r\n"), language), False
        except CardRefused as refusal:
            answer, is_refused = {"errors": _errors(refusal.faults, language)}, True
        yield Answer(_encode(answer).encode() + b"\n", is_refused)


def fault_lines(faults: Iterable[Fault], language: Language) -> Iterator[str]:
    """One line a fault: its path, a colon and what is wrong."""
    for fault in faults:
        yield f"{fault.at}: {_message(fault, language)}"


def _errors(faults: Iterable[Fault], language: Language) -> list[dict[str, str]]:
    return [{"at": fault.at, "message": _message(fault, language)} for fault in faults]


def _message(fault: Fault, language: Language) -> str:
    if language is Language.ENGLISH:
        return FAULT_TEXTS[fault.code] % fault.values
    # Catalogues and number formats take longer to import than most files take to score
    from app.i18n import Locale  # noqa: PLC0415
    from app.messages import fault_text  # noqa: PLC0415

    return fault_text(fault, Locale(language))
