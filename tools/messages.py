"""Which texts have no Indonesian yet, which translations does nothing use, and which are at odds?

Ends with code 1 when a reader would meet English in the Indonesian pages, or a translation that loses a value.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from app.messages import TEXTS

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "app" / "locale" / "id" / "LC_MESSAGES"
SOURCES = {
    "app": [("**.py", "python")],
    "templates": [("**.html", "jinja2"), ("**.txt", "jinja2")],
}
# how texts are marked in Python: _("…"), mark("…") and locale.count("one", "many", number)
KEYWORDS = {**DEFAULT_KEYWORDS, "mark": None, "count": (1, 2)}

# as the service itself reads its templates (app/templating.py)
OPTIONS = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols"}

VALUE = re.compile(r"%\(\w+\)\w|\{\w*\}")

Key = str | tuple[str, ...]


class Translation(NamedTuple):
    """One text in Indonesian: the file it is in and its forms."""

    file: str
    forms: tuple[str, ...]
    is_fuzzy: bool


def main() -> None:
    """Compare what the sources say with what is translated."""
    used = collect_used()
    translated = collect_translated()
    missing = sorted(set(used) - set(translated), key=str)
    for key in missing:
        print(f"{used[key][0]}: no Indonesian: {key!r}")
    for key in sorted(set(translated) - set(used), key=str):
        print(f"{translated[key][0].file}: nothing says: {key!r}")
    faults = [fault for key, found in translated.items() for fault in faults_of(key, found)]
    print(*faults, f"{len(used)} texts, {len(missing)} without Indonesian, {len(faults)} faults", sep="\n")
    raise SystemExit(1 if missing or faults else 0)


def collect_used() -> dict[Key, list[str]]:
    """Every marked text, with the places where it stands."""
    used = defaultdict(list)
    for folder, methods in SOURCES.items():
        found = extract_from_dir(ROOT / folder, methods, {"**": OPTIONS}, KEYWORDS)
        for name, line, text, _comments, _context in found:
            used[text].append(f"{folder}/{name}:{line}")
    for code, text in TEXTS.items():
        used[text].append(f"app/messages.py: {code}")
    return used


def collect_translated() -> dict[Key, list[Translation]]:
    """Every text that has an Indonesian, with the files that give it."""
    found = defaultdict(list)
    for path in sorted(TRANSLATIONS.glob("*.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale="id", abort_invalid=True)
        for message in catalog:
            forms = parts(message.string)
            if message.id and forms and all(forms):
                key = message.id if isinstance(message.id, str) else tuple(message.id)
                found[key].append(Translation(path.name, forms, message.fuzzy))
    return found


def parts(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """The forms of a text: one, or one for each number that the language tells apart."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def faults_of(key: Key, found: list[Translation]) -> Iterator[str]:
    """What is wrong with the translations of one text."""
    if len({each.forms for each in found}) > 1:
        yield f"{', '.join(each.file for each in found)}: translated in different ways: {key!r}"
    for each in found:
        if each.is_fuzzy:
            yield f"{each.file}: marked fuzzy: {key!r}"
        if values_in(each.forms) != values_in(parts(key)):
            yield f"{each.file}: other values than in English: {key!r}"


def values_in(forms: tuple[str, ...]) -> set[str]:
    """The places that a text leaves for values."""
    return set(VALUE.findall(" ".join(forms)))


if __name__ == "__main__":
    main()
