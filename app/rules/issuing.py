"""How are the PDFs of many people made and named? Their states, and file names that every system can keep."""

import re
from enum import StrEnum
from typing import Final
from unicodedata import normalize
from urllib.parse import quote

_LONGEST_PART: Final = 60


class PdfState(StrEnum):
    """Where one PDF of a batch stands."""

    WAITING = "waiting"
    WORKING = "working"
    """A process has it in hand."""
    READY = "ready"
    FAILED = "failed"


class FileNames(StrEnum):
    """How the files of a batch are named; the employee number is always in it, so that no two are alike."""

    NUMBER_PERIOD = "number_period"
    NUMBER_NAME_PERIOD = "number_name_period"
    UNIT_FOLDER = "unit_folder"
    """As with number, name and period, in a folder for each unit."""


def file_name(style: FileNames, *, number: str, name: str, unit: str, period_code: str) -> str:
    """The path of a PDF within its batch."""
    parts = [quote(number, safe="")]
    if style is not FileNames.NUMBER_PERIOD and (plain := _plain(name)):
        parts.append(plain)
    file = f"Kartu-Skor_{'_'.join(parts)}_{period_code}.pdf"
    return f"{_plain(unit) or '-'}/{file}" if style is FileNames.UNIT_FOLDER else file


def _plain(text: str) -> str:
    """A text without what some system takes for something else: no dots, slashes, blanks or signs."""
    return re.sub(r"[^\w-]+", "-", normalize("NFC", text))[:_LONGEST_PART].strip("-_")
