"""How does the working of a number read in a language and its number format?"""

from collections.abc import Mapping
from typing import Final

from app.rules.vocabulary import Language
from app.rules.working import Word, Working

_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.ENGLISH: {
        Word.CAP: "cap",
        Word.FLOOR: "floor",
        Word.LEFT_OUT: "left out",
        Word.MAXIMUM: "the target is the maximum",
        Word.NO_DATA: "no data",
        Word.NO_DONE: "no",
        Word.REACHED: "reached",
        Word.REWEIGHTED: "re-weighted",
        Word.YES_DONE: "yes",
    },
    Language.INDONESIAN: {
        Word.CAP: "batas",
        Word.FLOOR: "batas bawah",
        Word.LEFT_OUT: "tidak diperhitungkan",
        Word.MAXIMUM: "target sudah maksimum",
        Word.NO_DATA: "tidak ada data",
        Word.NO_DONE: "tidak",
        Word.REACHED: "tercapai",
        Word.REWEIGHTED: "disesuaikan",
        Word.YES_DONE: "ya",
    },
}


def working_text(steps: Working, language: Language) -> str:
    """One line such as `2 − 4/5 = 1,20 → 120,00 (batas 120) × 20 % = 24,00`; thousands are not grouped."""
    words = _WORDS[language]
    mark = "," if language is Language.INDONESIAN else "."
    return "".join([_printed(step, words, mark) for step in steps])


def _printed(step: str, words: Mapping[str, str], mark: str) -> str:
    first = step[0]
    if first == "@":
        return words[step]
    if first == "-":
        return "−" + step[1:].replace(".", mark)
    return step.replace(".", mark) if first.isdigit() else step
