"""In which language and notation does a reader see texts, numbers and dates?

English text is the message id. The catalogues are the `.po` files of `app/locale/<language>/LC_MESSAGES`, one for each
area, read and merged when first needed: there is no compile step.
"""

import datetime as dt
import gettext
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_month_names
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.rules.numbers import LONGEST, NotANumber, shown_text
from app.rules.vocabulary import Language

LOCALE_DIR: Final = Path(__file__).parent / "locale"
LANGUAGE_NAMES: Final[Mapping[Language, str]] = {
    Language.INDONESIAN: "Bahasa Indonesia",
    Language.ENGLISH: "English",
}
"""Each language in its own words, as a reader looks for it."""

_DECIMAL_MARK: Final = {Language.INDONESIAN: ",", Language.ENGLISH: "."}
_GROUP_MARK: Final = {Language.INDONESIAN: ".", Language.ENGLISH: ","}
_GROUP: Final = 3
"""So many digits stand together."""
_ROMAN: Final = ("", "I", "II", "III", "IV")
_PARTS_OF_A_YEAR: Final = {
    (Language.INDONESIAN, "Q", False): "Triwulan {roman}",
    (Language.INDONESIAN, "Q", True): "Tw {roman}",
    (Language.INDONESIAN, "H", False): "Semester {roman}",
    (Language.INDONESIAN, "H", True): "Smt {roman}",
    (Language.ENGLISH, "Q", False): "Quarter {number}",
    (Language.ENGLISH, "Q", True): "Q{number}",
    (Language.ENGLISH, "H", False): "Half {number}",
    (Language.ENGLISH, "H", True): "H{number}",
}
_BEFORE_THE_NUMBER: Final = ("Rp", "IDR", "USD", "US$", "$", "EUR", "€", "SGD")
_NO_BREAK_SPACE: Final = "\u00a0"

_PERIOD: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>0[1-9]|1[0-2])(?:-(?P<day>\d\d))?))?"
)
_PLAIN: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def mark(msgid: str) -> str:
    """Note a text for translation where no reader is known yet; `Locale.text` translates it later."""
    return msgid


@dataclass(frozen=True, slots=True)
class Locale:
    """A language, and the time zone in which moments are shown; needs no request."""

    language: Language
    zone: str = "Asia/Jakarta"

    def text(self, msgid: str, **values: object) -> str:
        """The text in this language; `%(name)s` is filled from the values, a percent sign is written `%%`."""
        translated = catalogue(self.language).gettext(msgid) if msgid else ""
        return translated % values

    def count(self, singular: str, plural: str, number: int, **values: object) -> str:
        """The text in the form that the number asks for; the number itself is `%(num)s`."""
        translated = catalogue(self.language).ngettext(singular, plural, number)
        return translated % {"num": self.number(number), **values}

    def number(self, value: Decimal | Fraction | int, places: int | None = None, *, grouping: bool = True) -> str:
        """The number in this notation: digit for digit, or rounded once to so many decimals."""
        if places is not None:
            return _rounded(self.language, value, places, grouping)
        if isinstance(value, Fraction):
            raise TypeError("a fraction is shown with a stated number of decimals")
        return _written(self.language, format(Decimal(value), "f"), grouping=grouping)

    def percent(self, value: Decimal | Fraction | int, places: int | None = None) -> str:
        """A number that counts hundredths already, with its sign: `87,6%`."""
        return f"{self.number(value, places)}%"

    def measure(self, value: Decimal | Fraction | int, unit: str, places: int | None = None) -> str:
        """A number with its unit of measure, each where it belongs: `Rp1.500.000`, `87,6%`, `12 jam`."""
        number = self.number(value, places)
        if unit == "%":
            return f"{number}%"
        first, _, rest = unit.partition(" ")
        if first in _BEFORE_THE_NUMBER:
            sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
            tight = "" if first in {"Rp", "$", "US$", "€"} else _NO_BREAK_SPACE
            return f"{sign}{first}{tight}{digits}" + (f"{_NO_BREAK_SPACE}{rest}" if rest else "")
        return f"{number}{_NO_BREAK_SPACE}{unit}" if unit else number

    def date(self, day: dt.date) -> str:
        """A day in full: `31 Desember 2026`."""
        return _day(self.language, "d MMMM y", day)

    def short_date(self, day: dt.date) -> str:
        """A day for narrow columns: `31 Des 2026`."""
        return _day(self.language, "d MMM y", day)

    def datetime(self, moment: dt.datetime) -> str:
        """A moment in the organisation's time zone: `31 Desember 2026 14.05` or `31 December 2026 14:05`."""
        local = moment.astimezone(ZoneInfo(self.zone))
        between = "." if self.language is Language.INDONESIAN else ":"
        return f"{self.date(local.date())} {local:%H}{between}{local:%M}"

    def month(self, number: int, *, short: bool = False) -> str:
        """The name of a month, 1 to 12."""
        return _month(self.language, number, short=short)

    def period(self, code: str, *, short: bool = False) -> str:
        """The span that a code names: `2026-01` is Januari 2026, `2026-Q1` Triwulan I 2026; others stay as they are."""
        found = _PERIOD.fullmatch(code)
        if found is None:
            return code
        if found["day"]:
            day = dt.date.fromisoformat(code)
            return self.short_date(day) if short else self.date(day)
        if found["month"]:
            name = self.month(int(found["month"]), short=short)
        elif part := found["quarter"] or found["half"]:
            name = _PARTS_OF_A_YEAR[self.language, code[5], short].format(number=part, roman=_ROMAN[int(part)])
        else:
            return code
        return f"{name} {found['year']}"

    def read_number(self, text: str) -> Decimal:
        """The number that a person wrote, exactly, in this language's notation.

        `1.234` is 1234 in Indonesian and 1.234 in English. The other notation is understood where it can mean
        nothing else (`12.5` in Indonesian). What mixes both is refused: NotANumber names why.
        """
        written = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
        written = re.sub(r"^([+-]?)\s*(?:Rp|IDR)\.?\s*", r"\1", written).removesuffix("%").strip()
        if len(written) > LONGEST:
            raise NotANumber("number_too_long")
        sign, digits = (written[0], written[1:]) if written[:1] in {"-", "+"} else ("", written)
        digits = re.sub(r"(?<=[0-9])[ '](?=[0-9]{3}(?![0-9]))", "", digits)
        plain = _plain(digits, _DECIMAL_MARK[self.language], _GROUP_MARK[self.language])
        return Decimal(("-" if sign == "-" else "") + plain)


@lru_cache(maxsize=4_096)
def _rounded(language: Language, value: Decimal | Fraction | int, places: int, grouping: bool) -> str:  # noqa: FBT001 - see above
    """Scores and weights of hundreds of cards are the same few thousand numbers."""
    return _written(language, shown_text(value, places), grouping=grouping)


def _written(language: Language, plain: str, *, grouping: bool) -> str:
    """Digits with a point in this notation."""
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    whole, _, decimals = digits.partition(".")
    if grouping and len(whole) > _GROUP:
        whole = f"{int(whole):,}".replace(",", _GROUP_MARK[language])
    return sign + whole + (_DECIMAL_MARK[language] + decimals if decimals else "")


@lru_cache(maxsize=2_000)
def _day(language: Language, pattern: str, day: dt.date) -> str:
    return format_date(day, pattern, locale=language.value)


@cache
def _month(language: Language, number: int, *, short: bool) -> str:
    return str(get_month_names("abbreviated" if short else "wide", locale=language.value)[number])


def _plain(digits: str, decimal_mark: str, group_mark: str) -> str:
    """The digits with a point and no grouping; the reader's own notation first, then the other one."""
    if not re.fullmatch(r"[0-9.,]*[0-9][0-9.,]*", digits):
        raise NotANumber("not_a_number")
    for decimal, group in ((decimal_mark, group_mark), (group_mark, decimal_mark)):
        grouped = rf"[1-9][0-9]{{0,2}}(?:{re.escape(group)}[0-9]{{3}})+"
        if re.fullmatch(rf"(?:{grouped}|[0-9]+)(?:{re.escape(decimal)}[0-9]+)?", digits):
            return digits.replace(group, "").replace(decimal, ".")
    raise NotANumber("number_ambiguous")


def locale_for(language: str, zone: str = "Asia/Jakarta") -> Locale:
    """The locale for documents, mail and commands, where no request says it."""
    return Locale(Language(language), zone)


def choose_language(account: Language | None, cookie: str | None, accepted: str | None, default: str) -> Language:
    """The account's language, else the cookie's, else the browser's first that we have, else the organisation's."""
    known = {language.value for language in Language}
    wishes = [account.value if account else "", cookie or "", *_by_preference(accepted or "")]
    return Language(next((wish for wish in wishes if wish in known), default))


def _by_preference(accepted: str) -> list[str]:
    """Languages of an Accept-Language header, the best liked first, without region."""
    weighed: list[tuple[Decimal, str]] = []
    for part in accepted[:200].split(","):
        tag, _, quality = part.strip().partition(";q=")
        weight = Decimal(quality) if _PLAIN.fullmatch(quality) else Decimal(0 if quality else 1)
        language = tag.partition("-")[0].lower()
        if weight:
            weighed.append((weight, "id" if language == "in" else language))  # the code that Indonesian once had
    return [language for _, language in sorted(weighed, key=lambda pair: -pair[0])]


@cache
def catalogue(language: Language) -> gettext.NullTranslations:
    """All texts of a language; English is what stands in the code."""
    if language is Language.ENGLISH:
        return gettext.NullTranslations()
    merged = Catalog(locale=language.value)
    for path in catalogue_files(language):
        with path.open("rb") as file:
            area = read_po(file, locale=language.value)
            merged.mime_headers = area.mime_headers  # how many forms a plural has: Babel itself gives Indonesian two
            for message in area:
                if message.id and message.string and message.id not in merged:
                    merged[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def catalogue_files(language: Language) -> list[Path]:
    """The files of a language, one for each area of the product."""
    return sorted((LOCALE_DIR / language.value / "LC_MESSAGES").glob("*.po"))
