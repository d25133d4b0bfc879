"""What did somebody type into a form: values, or messages beside the fields with what was typed shown again?"""

import datetime as dt
import re
import unicodedata
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Protocol, TypeVar

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from app.errors import Invalid, NotAllowed
from app.i18n import Locale
from app.messages import fault_text
from app.rules.faults import Fault
from app.rules.numbers import NotANumber
from app.rules.texts import is_email
from app.security import same_text

MAX_FIELDS: Final = 5_000
"""The entry grid of a large team is the biggest form."""
MAX_FILES: Final = 5
MAX_FIELD_BYTES: Final = 100_000
LARGEST_WHOLE: Final = 2**63 - 1
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "x-csrf-token"

_Result = TypeVar("_Result")
_Choice = TypeVar("_Choice", bound=StrEnum)
_ISO_DAY: Final = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class Savepoints(Protocol):
    """What a form needs of a database session: to take back what a refused change has written."""

    def begin_nested(self) -> AbstractContextManager[object]:
        """A savepoint."""
        ...


class Form:
    """The fields of one form: read with a typed reader each, collecting a fault for every value that is refused.

    A template shows `form.value(name)` and `form.fault(name)`, so that a refused form comes back as it was typed.
    """

    def __init__(
        self,
        locale: Locale,
        typed: Mapping[str, Sequence[str]] | None = None,
        files: Mapping[str, Sequence[UploadFile]] | None = None,
    ) -> None:
        self.locale = locale
        self.faults: list[Fault] = []
        self._typed: dict[str, list[str]] = {name: list(texts) for name, texts in (typed or {}).items()}
        self._files = dict(files or {})

    @classmethod
    def showing(cls, locale: Locale, **values: object) -> "Form":
        """A form that nobody has sent yet, with the values that it starts from."""
        return cls(locale, {name: _written(locale, value) for name, value in values.items()})

    # What templates show

    def value(self, name: str) -> str:
        """The text of a field as it was typed or as it starts."""
        return next(iter(self._typed.get(name, ())), "")

    def values(self, name: str) -> list[str]:
        """All texts of a field that may be chosen several times."""
        return list(self._typed.get(name, ()))

    def is_checked(self, name: str, value: str = "on") -> bool:
        """Whether a box is ticked."""
        return value in self._typed.get(name, ())

    def fault(self, name: str) -> str:
        """The message beside a field, empty if it has none."""
        return next((fault_text(fault, self.locale) for fault in self.faults if fault.at == name), "")

    @property
    def messages(self) -> list[tuple[str, str]]:
        """Every fault as (field, message), for the summary above the form."""
        return [(fault.at, fault_text(fault, self.locale)) for fault in self.faults]

    def put(self, name: str, text: str) -> None:
        """Show another text in a field than was typed: the present version, when a refused form is shown again."""
        self._typed[name] = [text]

    # Faults

    @property
    def is_valid(self) -> bool:
        """Whether nothing was refused so far."""
        return not self.faults

    def refuse(self, at: str, code: str, **values: str) -> None:
        """Note that a field's value is refused."""
        self.faults.append(Fault(at, code, values))

    def take(self, refused: Invalid) -> None:
        """Note the faults that a service found."""
        self.faults.extend(fault for fault in refused.faults if fault not in self.faults)

    def attempt(self, session: Savepoints, act: Callable[[], _Result]) -> _Result | None:
        """Do the change unless a field was refused already; what is refused now leaves nothing behind but its faults.

        Ask `is_valid` afterwards: a form that is shown again is a normal answer, whose transaction is committed, so
        whatever the change had written before it was refused must be taken back here.
        """
        if not self.is_valid:
            return None
        try:
            with session.begin_nested():
                return act()
        except Invalid as refused:
            self.take(refused)
            return None

    # Readers: each gives the value, or an empty one and a fault

    @property
    def names(self) -> list[str]:
        """The names of all fields that were sent, for forms whose fields follow the data."""
        return list(self._typed)

    def text(self, name: str, *, limit: int = 200, required: bool = True, lines: bool = False) -> str:
        """One line of text, or several where `lines` says so; without blanks around it."""
        text = self._read(name, required=required)
        if text is None:
            return ""
        if len(text) > limit:
            self.refuse(name, "text_too_long", limit=str(limit))
            return ""
        return text if lines else " ".join(text.split())

    def password(self, name: str) -> str:
        """A password, to the letter: blanks around it belong to it."""
        texts = self._typed.pop(name, [])  # never shown again
        if len(texts) != 1 or not texts[0]:
            self.refuse(name, "required")
            return ""
        if not _is_readable(texts[0]):
            self.refuse(name, "text_unreadable")
            return ""
        return texts[0]

    def email(self, name: str, *, required: bool = True) -> str:
        """An e-mail address, in small letters."""
        address = self.text(name, limit=254, required=required).lower()
        if address and not is_email(address):
            self.refuse(name, "email_unreadable")
            return ""
        return address

    def number(
        self,
        name: str,
        *,
        required: bool = True,
        minimum: Decimal | int | None = None,
        maximum: Decimal | int | None = None,
    ) -> Decimal | None:
        """An exact number in the reader's notation."""
        text = self._read(name, required=required)
        if text is None:
            return None
        try:
            value = self.locale.read_number(text)
        except NotANumber as refusal:
            self.refuse(name, refusal.code)
            return None
        return value if self._is_within(name, value, minimum, maximum) else None

    def whole(
        self, name: str, *, required: bool = True, minimum: int | None = None, maximum: int | None = None
    ) -> int | None:
        """A whole number; without other bounds one that a database can hold."""
        least, most = -LARGEST_WHOLE if minimum is None else minimum, LARGEST_WHOLE if maximum is None else maximum
        value = self.number(name, required=required, minimum=least, maximum=most)
        if value is not None and value != value.to_integral_value():
            self.refuse(name, "not_whole")
            return None
        return None if value is None else int(value)

    def date(self, name: str, *, required: bool = True) -> dt.date | None:
        """A day: as the browser's date field sends it, or written day first (31/12/2026)."""
        text = self._read(name, required=required)
        if text is None:
            return None
        if day_first := _DAY_FIRST.fullmatch(text):
            text = f"{day_first[3]}-{day_first[2]:0>2}-{day_first[1]:0>2}"
        try:
            day = dt.date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            self.refuse(name, "date_unreadable")
        return day

    def choice(self, name: str, kind: type[_Choice], *, required: bool = True) -> _Choice | None:
        """One word of an enumeration."""
        text = self.one_of(name, [word.value for word in kind], required=required)
        return kind(text) if text else None

    def one_of(self, name: str, allowed: Collection[str], *, required: bool = True) -> str:
        """One of the texts that the list offered."""
        text = self._read(name, required=required)
        if text is not None and text not in allowed:
            self.refuse(name, "choice_unknown")
            return ""
        return text or ""

    def some_of(self, name: str, allowed: Collection[str]) -> list[str]:
        """Those of the offered texts that were chosen."""
        chosen = self.values(name)
        if any(text not in allowed for text in chosen):
            self.refuse(name, "choice_unknown")
            return []
        return list(dict.fromkeys(chosen))

    def checked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return self.is_checked(name)

    def file(self, name: str, *, required: bool = True) -> UploadFile | None:
        """An uploaded file; its name is for showing alone."""
        upload = next(iter(self.files(name)), None)
        if upload is None and required and not self.fault(name):
            self.refuse(name, "file_missing")
        return upload

    def files(self, name: str) -> list[UploadFile]:
        """All files of a field that takes several; their names are for showing alone. Text in it is refused."""
        if self.value(name).strip():
            self.refuse(name, "file_missing")
        return [upload for upload in self._files.get(name, ()) if upload.filename]

    def _is_within(
        self, name: str, value: Decimal, minimum: Decimal | int | None, maximum: Decimal | int | None
    ) -> bool:
        if minimum is not None and value < minimum:
            self.refuse(name, "too_small", minimum=str(minimum))
            return False
        if maximum is not None and value > maximum:
            self.refuse(name, "too_large", maximum=str(maximum))
            return False
        return True

    def _read(self, name: str, *, required: bool) -> str | None:
        texts = self._typed.get(name, [])
        if len(texts) > 1:
            self.refuse(name, "repeated")
            return None
        text = texts[0].strip() if texts else ""
        if not _is_readable(text):
            self.refuse(name, "text_unreadable")
            return None
        if not text and required:
            self.refuse(name, "required")
        return unicodedata.normalize("NFC", text.replace("\r\n", "\n")) if text else None


def _is_readable(text: str) -> bool:
    """Whether a database and a page can hold the text: no NUL or other control signs, no half of a pair of signs."""
    return all(sign in "\n\r\t" or unicodedata.category(sign) not in {"Cc", "Cs"} for sign in text)


def _written(locale: Locale, value: object) -> list[str]:
    """A value as the reader would type it."""
    match value:
        case None | False | "":
            return []
        case True:
            return ["on"]
        case Decimal() | int():
            return [locale.number(value)]
        case dt.date():
            return [value.isoformat()]
        case list() | tuple() | set() | frozenset():
            return [str(each) for each in value]
        case _:
            return [str(value)]


async def read_form(request: Request) -> AsyncIterator[Form]:
    """The form that was sent, after its token has shown that it was sent from one of our pages."""
    sent = await request.form(max_fields=MAX_FIELDS, max_files=MAX_FILES, max_part_size=MAX_FIELD_BYTES)
    try:
        _check_token(request, sent)
        yield Form(request.state.locale, *_sorted_out(sent))
    finally:
        await sent.close()


async def read_query(request: Request) -> Form:
    """The same readers for what stands behind the question mark of an address: filters, sorting, pages."""
    typed: dict[str, list[str]] = {}
    for name, text in request.query_params.multi_items():
        typed.setdefault(name, []).append(text)
    return Form(request.state.locale, typed)


SentForm = Annotated[Form, Depends(read_form)]
"""Every unsafe route of the pages reads its form through this; a test over all routes sees to it."""
Query = Annotated[Form, Depends(read_query)]


def _check_token(request: Request, sent: FormData) -> None:
    signed_in = request.state.signed_in
    if signed_in is None:
        return  # where nobody is signed in the origin alone decides: see app.web.session
    token = sent.get(CSRF_FIELD, request.headers.get(CSRF_HEADER, ""))
    if not isinstance(token, str) or not same_text(token, signed_in.csrf_token):
        raise NotAllowed("form_outdated")


def _sorted_out(sent: FormData) -> tuple[dict[str, list[str]], dict[str, list[UploadFile]]]:
    typed: dict[str, list[str]] = {}
    files: dict[str, list[UploadFile]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            files.setdefault(name, []).append(value)
        elif name != CSRF_FIELD:
            typed.setdefault(name, []).append(value)
    return typed, files
