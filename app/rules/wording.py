"""What does a text hold: how many sentences, numbers with a unit, a date, abbreviations, words that say little?

English and Indonesian are read alike, since a plan may be written in either, or in both.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+(?:[-'\u2019&/][^\W_]+)*")
_SENTENCE_END: Final = re.compile(r"[.!?…][\"'\u201d\u2019)\]]*\s+(?=\S)|\n\s*")
_LAST_WORD: Final = re.compile(r"\S*\Z")
_DOTTED: Final = frozenset(
    {
        "a.n", "approx", "ca", "cv", "dept", "dkk", "dll", "dr", "drs", "dsb", "dst", "e.g", "etc", "hlm", "i.e",
        "incl", "inc", "ir", "jl", "kec", "lih", "ltd", "max", "maks", "min", "mis", "misal", "mr", "mrs", "ms", "no",
        "pt", "rp", "s.d", "sd", "st", "tbk", "tgl", "vs", "yth",
    }
)  # fmt: skip
"""Shortened words whose point ends no sentence."""

_MONEY: Final = r"(?:Rp|IDR|USD|US\$|SGD|EUR|JPY|[€$£¥])"
_MONTHS: Final = (
    r"(?:jan(?:uari|uary)?|feb(?:ruari|ruary)?|mar(?:et|ch)?|apr(?:il)?|mei|jun[ie]?|jul[iy]?|agu(?:stus)?|aug(?:ust)?"
    r"|sep(?:t|tember)?|okt(?:ober)?|oct(?:ober)?|nov(?:ember)?|des(?:ember)?|dec(?:ember)?)"
)
_DATES: Final = re.compile(
    rf"(?<!\w)(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{4}}-\d\d(?:-\d\d)?|(?:\d{{1,2}}\s+)?{_MONTHS}(?:\s+\d{{4}})?"
    rf"|(?:\d{{1,2}}\s+)?may\s+20\d\d|(?:by|in|until|before)\s+may"
    rf"|(?:q[1-4]|(?:kuartal|triwulan|semester|quarter)\s+(?:[1-4]|iv|i{{1,3}}))(?:\s+20\d\d)?"
    rf"|(?:end\s+of\s+(?:the\s+)?|year-)(?:year|half|quarter|month|end)|akhir\s+(?:tahun|semester|kuartal|triwulan|bulan)"
    rf"|(?<!Rp\s)20[1-9]\d)(?!\w)",
    re.IGNORECASE,
)
_REFERENCES: Final = re.compile(r"\b(?:ISO|SNI|no\.?|nomor|pasal|version|versi)\s*\d[\d.:-]*", re.IGNORECASE)
_NUMBER: Final = re.compile(
    rf"(?:(?<![^\W_])(?P<money>{_MONEY}\.?\s*)|(?<![^\W_.,]))(?P<number>\d(?:[\d.,]*\d)?)[^\S\n]*(?P<after>%|‰|[^\W\d_][\w/-]*)?"
)
_NO_UNITS: Final = frozenset(
    {
        "and", "at", "atau", "by", "dan", "dari", "di", "from", "hingga", "in", "ke", "menjadi", "of", "or", "pada",
        "per", "sampai", "sebelum", "to", "until",
    }
)  # fmt: skip
_NUMBER_WORDS: Final = frozenset(
    {
        "double", "dua", "eight", "empat", "enam", "five", "four", "half", "halve", "lima", "nine", "nol", "quarter",
        "satu", "sembilan", "separuh", "sepuluh", "sepertiga", "seperempat", "setengah", "seven", "six", "ten", "third",
        "three", "tiga", "triple", "tujuh", "delapan", "twice", "two", "zero",
    }
)  # fmt: skip

_SHORT: Final = re.compile(r"(?<![^\W_])[^\W_]+(?:&[^\W_]+)*(?![^\W_])")
_BRACKETS: Final = re.compile(r"\(([^()]*)\)")
_ROMAN: Final = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_LONGEST_SHORT: Final = 6
_WELL_KNOWN: Final = frozenset(
    {
        "AC", "AM", "ATM", "BPJS", "BUMN", "CNY", "CV", "DIY", "DKI", "EUR", "GBP", "GPS", "HP", "HR", "ID", "IDR",
        "ISO", "IT", "JPY", "KPI", "KTP", "NPWP", "OK", "PDF", "PM", "PPN", "PT", "RI", "RP", "SD", "SDM", "SGD", "SIM",
        "SMA", "SMK", "SMP", "SMS", "SNI", "TBK", "TK", "TV", "UMKM", "USB", "USD", "WIB", "WIT", "WITA",
    }
)  # fmt: skip
"""Abbreviations that every employee in Indonesia reads without help."""

_JUDGEMENTS: Final = frozenset(
    {
        "adequate", "adequately", "appropriate", "appropriately", "bagus", "baik", "best", "better", "dll", "dsb",
        "effective", "effectively", "efficient", "efficiently", "efektif", "efisien", "etc", "excellent", "good",
        "great", "layak", "maksimal", "maximal", "maximum", "memadai", "minimal", "minimum", "optimal", "optimally",
        "optimum", "prima", "profesional", "professional", "proper", "properly", "reasonable", "reasonably",
        "satisfactory", "secepatnya", "sebaik-baiknya", "signifikan", "significant", "significantly", "soon",
        "sufficient", "sufficiently", "terbaik", "unggul", "various", "berbagai",
    }
)  # fmt: skip
_BOUNDS: Final = frozenset({"maksimal", "maximal", "maximum", "minimal", "minimum"})
"""Words that say little alone, and everything before a number: `maksimal 3 hari`."""
_CHANGES: Final = frozenset(
    {
        "boost", "decrease", "enhance", "enhancing", "improve", "improved", "improving", "increase", "increasing",
        "memaksimalkan", "membantu", "memperbaiki", "memperkuat", "mendukung", "mengoptimalkan", "mengurangi",
        "meningkat", "meningkatkan", "meningkatnya", "menurunkan", "optimise", "optimize", "peningkatan", "penurunan",
        "perbaikan", "reduce", "reducing", "strengthen", "support",
    }
)  # fmt: skip


def words(text: str) -> tuple[str, ...]:
    """The words of a text, without capitals."""
    return tuple(match[0].casefold() for match in _WORD.finditer(text))


def count_sentences(text: str) -> int:
    """How many sentences a text has; a line of its own counts as one."""
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        return 0
    return 1 + sum(_ends_sentence(text, match) for match in _SENTENCE_END.finditer(text))


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if match[0].startswith("\n"):
        return True
    if text[match.end()].islower():
        return False
    if match[0][0] != ".":
        return True
    last = _LAST_WORD.search(text[max(0, match.start() - 20) : match.start()])
    word = last[0].strip("(\"'\u201c\u2018").casefold() if last else ""
    return word not in _DOTTED and not (len(word) == 1 and word.isalpha())


def has_number(text: str) -> bool:
    """Whether a text says how much or how many, in digits or in words; dates and names of norms do not."""
    return bool(_figures(text)) or not _NUMBER_WORDS.isdisjoint(words(text))


def number_without_unit(text: str) -> str:
    """The first number of a text in which no number has a unit; empty where one has, or where there is no number."""
    figures = _figures(text)
    if not figures or any(has_unit for _, has_unit in figures) or not _NUMBER_WORDS.isdisjoint(words(text)):
        return ""
    return figures[0][0]


def has_date(text: str) -> bool:
    """Whether a text names a day, a month, a quarter or a year."""
    return _DATES.search(text) is not None


def _figures(text: str) -> list[tuple[str, bool]]:
    """The numbers that measure something, each with whether a unit stands beside it."""
    text = _REFERENCES.sub(" ", _DATES.sub(" ", text))
    return [
        (match["number"], bool(match["money"]) or (match["after"] or "and").casefold() not in _NO_UNITS)
        for match in _NUMBER.finditer(text)
    ]


def unexplained(texts: Iterable[str]) -> tuple[str, ...]:
    """Abbreviations that are neither well known nor explained in brackets anywhere in these texts, in their order."""
    whole = "\n".join(text for text in texts if not _is_shouted(text))
    explained = set(_explained(whole))
    found = dict.fromkeys(_abbreviations(whole))
    return tuple(word for word in found if word not in explained and word not in _WELL_KNOWN)


def _is_shouted(text: str) -> bool:
    """Whether all of it is in capitals: then nothing tells an abbreviation from a word."""
    found = [word for word in _WORD.findall(text) if word.isalpha()]
    return len(found) > 1 and all(word.isupper() for word in found)


def _abbreviations(text: str) -> Iterator[str]:
    for match in _SHORT.finditer(text):
        word = match[0]
        if word.endswith("s") and len(word) > 2 and word[:-1].isupper():  # noqa: PLR2004 - at least two capitals
            word = word[:-1]
        letters = sum(sign.isalpha() for sign in word)
        if word.isupper() and letters > 1 and len(word) <= _LONGEST_SHORT and not _ROMAN.fullmatch(word):
            yield word


def _explained(text: str) -> Iterator[str]:
    """What stands in brackets behind words, or before a bracket or an equals sign with words."""
    for match in _BRACKETS.finditer(text):
        before = text[max(0, match.start() - 200) : match.start()].rstrip()
        if len(_WORD.findall(before)) > 1:
            yield from _abbreviations(match[1])
        if any(word.isalpha() and not word.isupper() for word in _WORD.findall(match[1])):
            yield from list(_abbreviations(before))[-1:]
    for match in re.finditer(r"([^\W_]+)\s*=\s*[^\W_]{2,}", text):
        yield from _abbreviations(match[1])


def judgements(text: str) -> tuple[str, ...]:
    """Words by which everybody means something else: optimal, good, as soon as possible."""
    found = words(text)
    pairs = zip(found, (*found, "")[1:], strict=True)
    return tuple(
        dict.fromkeys(word for word, after in pairs if word in _JUDGEMENTS and not _bounds_a_number(word, after))
    )


def _bounds_a_number(word: str, after: str) -> bool:
    return word in _BOUNDS and (after[:1].isdigit() or after.startswith("rp") or after in _NUMBER_WORDS)


def changes(text: str) -> tuple[str, ...]:
    """Words that promise a change without saying from what to what: improve, meningkatkan."""
    return tuple(dict.fromkeys(word for word in words(text) if word in _CHANGES))
