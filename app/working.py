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
        Word.STAYS: "goes on as it is",
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
        Word.STAYS: "tetap seperti sekarang",
        Word.YES_DONE: "ya",
    },
}


def working_text(steps: Working, language: Language, *, is_grouped: bool = False) -> str:
    """One line such as `2 − 4/5 = 1,20 → 120,00 (batas 120) × 20 % = 24,00`; on paper thousands are grouped."""
    words = _WORDS[language]
    mark, group = (",", ".") if language is Language.INDONESIAN else (".", ",")
    if not is_grouped:
        group = ""
    changing = "@-" if mark == "." and not group else "@-0123456789"
    return "".join([_printed(step, words, mark, group) if step[0] in changing else step for step in steps])


def _printed(step: str, words: Mapping[str, str], mark: str, group: str) -> str:
    first = step[0]
    if first == "@":
        return words[step]
    if first == "-":
        return "−" + _number(step[1:], mark, group)
    return _number(step, mark, group)


def _number(plain: str, mark: str, group: str) -> str:
    if not group:
        return plain.replace(".", mark)
    whole, point, decimals = plain.partition(".")
    return f"{int(whole):,}".replace(",", group) + point.replace(".", mark) + decimals
