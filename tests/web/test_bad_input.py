"""Does whatever anybody may send to any page get a calm answer, and do words come back as words?"""

import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any, Final
from urllib.parse import quote, urlencode

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.i18n import locale_for
from app.plan_words import figure
from app.rules.numbers import NotANumber
from app.services.accounts import first_hr_link
from app.services.plan_drafts import kpis_of
from app.web.forms import CSRF_FIELD, MAX_FIELD_BYTES
from tests.cast import Cast
from tests.encounters import encounters
from tests.everything import Company, make_company
from tests.tools import Browser, SignIn
from tests.walks import PageReader, SentForm, Site, address_of, forms_by_route, page_routes, queries_by_route, walk

pytestmark = pytest.mark.slow

ANSWERS = {200, 303, 400, 403, 404, 409, 413, 429}
"""What the pages may say to things that they never asked for; 403 where the form is about oneself."""
SECONDS = 3.0
"""Of processor time that one answer may take; the machine may be busy, so time on the wall proves nothing."""

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
TEXTS = (
    SCRIPT,
    "{{7*7}}{% raw %}${7*7}#{7*7}%(name)s{0.__class__}",
    "=1+1",
    "@SUM(A1:A9)|cmd",
    "'; DROP TABLE person; --",
    "\u202eterbalik\u202c مرحبا שלום",
    "👩‍👩‍👧‍👦🏳️‍🌈🇮🇩",
    "Z" + "\u0335\u0301\u0489" * 60,
    "satu\r\nSet-Cookie: a=b\r\n\r\ndua",
    "tiga\x00empat",
    "\ud800",
    "x" * 100_000,
    "y" * 20_000,
    "\u200b\u2060\ufeff",
    "../../../../etc/passwd",
    "\x1b[31m\x7f",
    "İıſß\u2028ﷺ",
    "  ",
)
NUMBERS = (
    "NaN", "Infinity", "-Infinity", "1e400", "-0", "٣", "1" * 40, "0." + "3" * 40, "-1", "1_000", "0x1F", "1.2.3,4,5",
    str(2**63), "½", chr(0xFF19), "99999999999999999999.999999999999", "1e-400", "0",
)  # fmt: skip
ARABIC_DAY = "".join(chr(0x660 + int(sign)) if sign.isdigit() else sign for sign in "2026-01-01")
DAYS = (
    "0000-01-01", "9999-12-31", "2026-02-31", "31/02/2026", "0001-01-01", "10000-01-01", "2026-W01-1", ARABIC_DAY,
    "1900-01-01", "2199-12-31", "-2026-01-01", "2026-01-01T00:00:00Z",
)  # fmt: skip
IN_ADDRESSES = (
    "%00", "%ED%A0%80", "-1", "0", str(2**63 - 1), str(2**63), "9" * 60, "1.0", "1e3", "NaN", "%2e%2e%2f%2e%2e",
    "%27%20OR%201%3D1--", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "%D9%A3", "%25s%25n", "2026-99", "%0d%0aSet-Cookie:a",
    "a%2Fb",
    "x" * 60_000,
)  # fmt: skip
"""Percent-encoded; no server takes an address of more than 65,536 signs."""

FILES = (
    b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), bytes(100_000), b"\xff\xfe" + b"\x00\xd8" * 50, b"a;b\n" * 9, b'"',
)  # fmt: skip

INDONESIAN: Final = locale_for("id")
"""What the readers of these pages read."""

Fields = Mapping[str, Sequence[str]]


# --- How things are sent ----------------------------------------------------------------------------------------------


class Attacker:
    """A browser that sends what no browser would, and finds everything as it was before each time."""

    def __init__(self, browser: Browser, connection: Connection) -> None:
        self.browser = browser
        self.slowest = (0.0, "")
        self.count = 0
        self._connection = connection

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back afterwards what was written, and the cookies that were set."""
        cookies = dict(self.browser.cookies)
        savepoint = self._connection.begin_nested()
        try:
            yield
        finally:
            savepoint.rollback()
            self.browser.cookies.clear()
            self.browser.cookies.update(cookies)

    def get(self, address: str) -> Any:
        """Open an address."""
        return self._timed(f"GET {address[:200]}", lambda: self.browser.get(address))

    def post(self, path: str, fields: Fields) -> Any:
        """Send fields, halves of surrogate pairs too."""
        pairs = [(name, text) for name, texts in fields.items() for text in texts if name != CSRF_FIELD]
        body = urlencode([*pairs, (CSRF_FIELD, self.browser.csrf)], errors="surrogatepass")
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://testserver"}
        return self._timed(f"POST {path}", lambda: self.browser.post(path, content=body, headers=headers))

    def upload(self, path: str, names: Sequence[str], content: bytes, fields: Fields | None = None) -> Any:
        """Send a file in each field, with what else the form says."""
        files = dict.fromkeys(names, ("../<b>x</b>\u202e.xlsx", content))
        return self._timed(f"POST {path}", lambda: self.browser.submit(path, fields, files=files))

    def _timed(self, what: str, send: Callable[[], Any]) -> Any:
        self.count += 1
        started = time.process_time()
        answer = send()
        took = time.process_time() - started
        if took >= SECONDS:  # once may be the collector, which goes through all that the tests before have left
            started = time.process_time()
            send()
            took = time.process_time() - started
        self.slowest = max(self.slowest, (took, what))
        assert answer.status_code in ANSWERS, (what, answer.status_code)
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert "<script>alert(1)" not in answer.text, what
            assert "<img src=x" not in answer.text, what
        return answer


@pytest.fixture
def company(session: Session, cast: Cast) -> Company:
    return make_company(session, cast)


@pytest.fixture
def attacker(company: Company, as_: SignIn, connection: Connection) -> Attacker:
    return Attacker(as_(company.example.cast.hana), connection)


@dataclass(frozen=True, slots=True)
class Met:
    """A form, in whose browser it stands."""

    browser: Browser
    form: SentForm


@pytest.fixture
def met(app: FastAPI, site: Site, attacker: Attacker, session: Session, company: Company, as_: SignIn) -> list[Met]:
    """Every form once: those to which links lead HR, and what others come by."""
    found = {path: Met(attacker.browser, form) for path, form in forms_by_route(app, site).items()}
    for browser, addresses in encounters(session, company, as_):
        seen = walk(browser, *addresses, most=len(addresses) + 1)
        assert [address for address in addresses if seen.pages[address].status_code != 200] == []
        for path, form in forms_by_route(app, seen).items():
            found.setdefault(path, Met(browser, form))
    unsafe = {path for method, path in page_routes(app) if method == "POST"}
    strangers = {"/sign-in", "/setup/{token}", "/invitation/{token}"}  # looked at below
    assert (len(unsafe) >= 100, sorted(unsafe - set(found) - strangers)) == (True, [])
    # What throws a file away comes after what still needs it: files come back with no transaction
    return [found[path] for path in sorted(found, key=lambda path: (path.endswith("/discard"), path))]


def starts(company: Company) -> list[str]:
    """Pages to which no link leads in this company, or only one with a script."""
    kpis = [*company.example.kpis.values(), *kpis_of(company.other)]
    return [
        f"/plans/{company.draft.id}",
        f"/cycles/{company.next_cycle.id}/policy",
        f"/cycles/{company.example.cycle.id}/periods/2026-01",
        "/publications/new?cycle=2026&period=2026-01",
        "/scorecards/pdf?cycle=2024&period=2024-12",  # before the walk has had these PDFs made
        *(f"/entries/{kpi.id}?period=2026-02{rest}" for kpi in kpis for rest in ("", "&on=2026-02")),
    ]


@pytest.fixture
def site(attacker: Attacker, company: Company) -> Site:
    return walk(attacker.browser, *starts(company))


# --- Addresses --------------------------------------------------------------------------------------------------------


def test_no_address_upsets_any_page(app: FastAPI, site: Site, attacker: Attacker) -> None:
    known = queries_by_route(app, site)
    routes = [path for method, path in page_routes(app) if method == "GET"]
    assert len(routes) >= 35
    values = cycle(IN_ADDRESSES)
    for path in routes:
        for place in re.findall(r"{\w+}", path):
            others = re.sub(r"{\w+}", "1", path.replace(place, "\0"))
            for value in IN_ADDRESSES:
                answer = attacker.get(others.replace("\0", value))
                assert answer.status_code in {200, 303, 400, 403, 404, 409}, (path, place, value[:80])
        good = address_of(app, site, path)
        if good is None:
            continue
        bare = good.partition("?")[0]
        for name in [*known[path], "unknown"]:
            for value in islice(values, 4):
                attacker.get(f"{bare}?{name}={value}")
            attacker.get(f"{bare}?{name}=1&{name}=2&{name}=%00")
        for value in islice(values, 2):
            attacker.get(f"{bare}?" + "&".join(f"{name}={value[:6_000]}" for name in known[path]))
    assert attacker.count >= 900
    assert attacker.slowest[0] < SECONDS, attacker.slowest


# --- Forms ------------------------------------------------------------------------------------------------------------


def test_no_field_of_any_form_upsets_the_service(met: list[Met], attacker: Attacker) -> None:
    values = cycle((*TEXTS, *NUMBERS, *DAYS))
    lost: list[tuple[str, str, str, int]] = []
    for each in met:
        form, attacker.browser = each.form, each.browser
        sound = form.data()
        for name in sound.keys() - {CSRF_FIELD}:
            value = next(values)
            with attacker.undone():
                answer = attacker.post(form.path, {**sound, name: [value]})
                if not comes_back(attacker, form, name, value, answer):
                    lost.append((form.path, name, value[:40], answer.status_code))
        for name in islice(sorted(sound), 2):
            with attacker.undone():
                attacker.post(form.path, {**sound, name: []})
                attacker.post(form.path, {**sound, name: [*sound[name], "2"]})
    assert lost == []
    assert attacker.count >= 700
    assert attacker.slowest[0] < SECONDS, attacker.slowest


def test_no_form_full_of_rubbish_upsets_the_service(met: list[Met], attacker: Attacker) -> None:
    every = cycle((*(text[:5_000] for text in TEXTS), *NUMBERS, *DAYS))
    for each in met:
        form, attacker.browser = each.form, each.browser
        sound = form.data()
        for value in islice(every, 5):
            with attacker.undone():
                attacker.post(form.path, dict.fromkeys(sound, (value,)))
        with attacker.undone():
            attacker.post(form.path, {})
            attacker.post(form.path, {name: (*given, *given) for name, given in sound.items()})
            attacker.post(
                form.path, {name: [f"{name}[0]", "{}"] for name in ("__proto__", "e.1", "e.9.x.y", "weight_x")}
            )
            attacker.upload(
                form.path, [name for name in islice(sound, 5) if name != CSRF_FIELD] or ["x"], b"PK\x03\x04"
            )
    assert attacker.count >= 350
    assert attacker.slowest[0] < SECONDS, attacker.slowest


def comes_back(attacker: Attacker, form: SentForm, name: str, value: str, answer: Any) -> bool:
    """Whether what was typed is where the reader looks for it: in the field again, or on the page of what was saved."""
    wanted = " ".join(unicodedata.normalize("NFKC", value).split())
    is_sayable = all(unicodedata.category(sign) not in {"Cc", "Cs"} for sign in wanted)
    is_seen = any(unicodedata.category(sign) != "Cf" for sign in wanted)  # else it is as good as empty
    # A browser fills in the user name by itself; what is beyond the limit of a field is never read
    is_typed = (
        form.kinds[name] in {"text", "textarea", "search"} and name != "username" and len(value) < MAX_FIELD_BYTES
    )
    if not is_typed or not is_seen or not is_sayable or form.path in form.asides:
        return True
    if answer.status_code == 303:
        pages = [words_of(attacker.get(address)) for address in (answer.headers["location"], form.page, "/audit")]
        spellings = [wanted, *(as_number(wanted) if name in form.numbers else ())]
        return any(said in page for page in pages for said in spellings)
    return answer.status_code not in {200, 400} or wanted in words_of(answer)


def as_number(wanted: str) -> list[str]:
    """How a number that was taken as one is read on a page: in the notation of its reader, after its sign."""
    try:
        return [figure(INDONESIAN.read_number(wanted).copy_abs(), "", INDONESIAN)]
    except NotANumber:
        return []


def words_of(answer: Any) -> str:
    """Everything that a page says, in fields too, with blanks as single ones."""
    page = PageReader("")
    page.feed(answer.text)
    page.close()
    fields = [text for form in page.forms for _, text in form.fields]
    return " ".join(unicodedata.normalize("NFKC", " ".join([*page.words, *fields])).split())


# --- Files, and forms of strangers ------------------------------------------------------------------------------------


def test_no_file_upsets_an_upload(attacker: Attacker, app: FastAPI) -> None:
    uploads = [form for form in forms_by_route(app, walk(attacker.browser)).values() if "file" in form.kinds.values()]
    assert uploads
    for form in uploads:
        names = [name for name, kind in form.kinds.items() if kind == "file"]
        for content in FILES:
            with attacker.undone():
                assert attacker.upload(form.path, names, content, form.data()).status_code in {200, 303, 400}
        with attacker.undone():
            sent = attacker.post(form.path, {**form.data(), **{name: ["text"] for name in names}})
            assert sent.status_code == 400, form.path


@pytest.mark.parametrize("name", ["", "x" * 32, "../" * 11, "\x00" * 32, "/etc/passwd", "٣" * 32, "\ud800"])
def test_no_name_leads_to_a_file_that_was_not_uploaded(attacker: Attacker, name: str) -> None:
    for path in ("/people/import/preview", "/people/import/discard"):
        fields = {"upload": [name], "name": [name], "file_name": ["x"], "day": ["2026-01-01"]}
        with attacker.undone():
            assert attacker.post(path, fields).status_code in {303, 400, 404, 409}
    for query in ("upload", "name"):
        address = f"/people/import/preview?{query}={quote(name, errors='surrogatepass')}"
        assert attacker.get(address).status_code in {303, 400, 404, 409}


def test_nothing_that_a_stranger_sends_upsets_the_service(
    company: Company, client: Browser, connection: Connection
) -> None:
    attacker = Attacker(client, connection)
    pages = {
        "/sign-in": {"email", "password", "next"},
        company.invitation: {"password"},
        "/language": {"language", "next"},
    }
    for path, names in pages.items():
        for value in (*TEXTS, *NUMBERS[:4]):
            with attacker.undone():  # strangers may not send more than 100 kB
                attacker.post(path, dict.fromkeys(names, (value[:20_000],)))
        with attacker.undone():
            attacker.post(path, {})
            attacker.upload(path, sorted(names), b"x")
    for value in IN_ADDRESSES:
        for address in (f"/sign-in?next={value}", f"/invitation/{value}", f"/setup/{value}", f"/{value}"):
            attacker.get(address)


def test_nothing_upsets_the_making_of_the_first_account(
    session: Session, client: Browser, connection: Connection
) -> None:
    link = first_hr_link(session)
    assert link is not None
    attacker = Attacker(client, connection)
    sound = {"name": "Hana", "number": "1", "email": "hana@example.com", "password": "buku langit tenang 77"}
    for name in sound:
        for value in (*TEXTS, *NUMBERS[:4]):
            with attacker.undone():
                attacker.post(link, {key: [value[:20_000] if key == name else text] for key, text in sound.items()})


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://[evil"},
        {"Origin": "null"},
        {"Origin": "\xff"},
        {"Origin": ""},
        {"Host": "[::1"},
        {"Host": ""},
        {"Cookie": "kinerja=\xff\x00; kinerja-message=\xff.\xff; kinerja-language=xx"},
        {"Cookie": "kinerja-message=" + "A" * 4_000},
        {"Accept-Language": "," * 5_000 + "id;q=NaN"},
        {"Accept-Language": "\xff"},
        {"Authorization": "Bearer \xff"},
        {"Content-Type": "multipart/form-data; boundary=" + "x" * 5_000},
        {"Content-Type": "application/x-www-form-urlencoded; charset=utf-7"},
        {"Content-Length": "x"},
        {"HX-Request": "\xff"},
        {"X-CSRF-Token": "\xff" * 100},
        {"User-Agent": "\xff" * 5_000},
        {"X-Forwarded-For": "\x00", "X-Forwarded-Proto": "x"},
    ],
    ids=lambda headers: " ".join(f"{name} {value[:12]!r}" for name, value in headers.items()),
)
def test_no_header_upsets_the_service(attacker: Attacker, client: Browser, headers: dict[str, str]) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    for browser in (attacker.browser, client):
        for method, path in (("GET", "/account"), ("POST", "/language"), ("GET", "/api/v1/me"), ("GET", "/nowhere")):
            answer = browser.request(method, path, headers=raw)
            assert answer.status_code in ANSWERS | {401, 405}, (method, path)
