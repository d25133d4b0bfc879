"""Which pages and forms does the service have? Found by walking through it, as somebody with a browser would."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urlsplit

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import SAFE_METHODS
from app.models import Base
from app.routing import PolicyRoute
from tests.tools import Browser

PUBLIC_FORMS = {"/sign-in", "/language", "/setup/{token}", "/invitation/{token}", "/verify"}
"""Forms of those who are not signed in, who have no token of ours."""
TRACES = {"audit_entry", "audit_text", "web_session", "api_token", "issued_pdf", "job"}
"""Tables into which reading writes: who saw what, that a session is in use, that a bundle is on its way."""
_TYPED_TAGS = {"input", "select", "textarea", "button"}


@dataclass(slots=True)
class SentForm:
    """A form of a page as a browser would send it: where to, and the fields with what they start from."""

    path: str
    page: str
    method: str = "post"
    fields: list[tuple[str, str]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    """By field: text, textarea, select, hidden, number, date, file, …"""
    numbers: set[str] = field(default_factory=set)
    """Fields of text in which a number is written."""
    identity: str = ""
    has_plain_button: bool = False
    """Whether it is sent by a button without a name: those with one mean something else then."""
    targets: list[str] = field(default_factory=list)
    """Other addresses to which a button or a script sends the same fields."""
    asides: set[str] = field(default_factory=set)
    """Those of them whose answer goes into a frame or a window of its own: the page stays, with all that was typed."""

    def data(self) -> dict[str, list[str]]:
        """The fields as they start, without files."""
        sent: dict[str, list[str]] = {}
        for name, text in self.fields:
            if self.kinds[name] != "file":
                sent.setdefault(name, []).append(text)
        return sent


class PageReader(HTMLParser):
    """Links and forms of a page."""

    def __init__(self, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self._page = path
        self.links: list[str] = []
        self.forms: list[SentForm] = []
        self.words: list[str] = []
        self._open: SentForm | None = None
        self._loose: list[tuple[str, str, bool]] = []
        self._select = self._area = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in ("href", "hx-get") if name in given and tag != "link"]
        if tag == "form":
            self._open = SentForm(given.get("action") or self._page, self._page, given.get("method", "get").lower())
            self._open.identity = given.get("id", "")
            self.forms.append(self._open)
        # A part of a page that a script sends: it includes the fields of the form that it stands in or names
        if target := given.get("hx-post") or given.get("formaction"):
            identity = given.get("form", "") or given.get("hx-include", "").lstrip("#")
            self._loose.append((target, identity, "formtarget" in given))
            if self._open is not None and not identity:
                self._open.targets.append(target)
                if "formtarget" in given:
                    self._open.asides.add(target)
        if tag in _TYPED_TAGS:
            self._field(tag, given)
        elif tag == "option" and self._select and (form := self._form_of({})):
            form.fields.append((self._select, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._area:
            if form := self._form_of({}):
                form.fields.append((self._area, self._text.removeprefix("\n")))
            self._area = ""

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._area:
            self._text += data

    def close(self) -> None:
        super().close()
        by_identity = {form.identity: form for form in self.forms if form.identity}
        for target, identity, is_aside in self._loose:
            form = by_identity.get(identity)
            if form is not None and target not in form.targets:
                form.targets.append(target)
                if is_aside:
                    form.asides.add(target)
        for form in self.forms:
            form.fields = _as_sent(form)

    def _form_of(self, given: dict[str, str]) -> SentForm | None:
        named = given.get("form")
        return next((form for form in self.forms if form.identity == named), None) if named else self._open

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self._form_of(given), given.get("name", "")
        if form is not None and not name and tag == "button" and "formaction" not in given:
            form.has_plain_button |= given.get("type", "submit") == "submit"
        if form is None or not name:
            return
        kind = given.get("type", "text") if tag in {"input", "button"} else tag
        form.kinds.setdefault(name, "submit" if tag == "button" else kind)
        if given.get("inputmode") in {"decimal", "numeric"}:
            form.numbers.add(name)
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif kind not in {"radio", "checkbox"} or "checked" in given:
            form.fields.append((name, given.get("value", "on" if kind in {"radio", "checkbox"} else "")))


def _as_sent(form: SentForm) -> list[tuple[str, str]]:
    """One value for a list or a button, all for boxes and texts."""
    sent: list[tuple[str, str]] = []
    seen: set[str] = set()
    for name, text in form.fields:
        if form.kinds[name] in {"select", "submit", "radio"} and name in seen:
            continue
        seen.add(name)
        sent.append((name, text))
    return sent + [(name, "") for name in form.kinds if name not in seen]


@dataclass(slots=True)
class Site:
    """Everything that a walk has come by."""

    pages: dict[str, Any] = field(default_factory=dict)
    """The answers by address."""
    forms: list[SentForm] = field(default_factory=list)


def walk(browser: Browser, *starts: str, most: int = 400, twins: int = 3) -> Site:
    """Every page to which links lead from the first ones; of addresses that differ in numbers only, some `twins`."""
    site, waiting = Site(), ["/", *starts]
    known, seen = set(waiting), Counter[str]()
    while waiting and len(site.pages) < most:
        address = waiting.pop(0)
        if address in site.pages:
            continue
        site.pages[address] = answer = browser.get(address)
        if answer.status_code == 303:
            waiting.append(answer.headers["location"])
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        page = PageReader(urlsplit(address).path)
        page.feed(answer.text)
        page.close()
        site.forms += page.forms
        for link in page.links:
            target = _own(link, urlsplit(address).path)
            shape = re.sub(r"\d+", "0", target)
            if target and target not in known and seen[shape] < twins:
                seen[shape] += 1
                known.add(target)
                waiting.append(target)
    return site


def _own(link: str, page: str) -> str:
    """The address on our site that a link means, or nothing."""
    target = urldefrag(link).url
    if target.startswith("?"):
        target = page + target
    return target if target.startswith("/") and not target.startswith(("//", "/static/")) else ""


def page_routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of every route of the pages."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, PolicyRoute) and not str(route.path).startswith("/api/"):
            for method in sorted(set(route.methods or ()) - {"HEAD"}):
                yield method, str(route.path)


def route_of(paths: list[str], address: str) -> str | None:
    """The first of the routes' paths that takes this address."""
    path = urlsplit(address).path
    return next((each for each in paths if re.fullmatch(re.sub(r"{\w+}", "[^/]+", each), path)), None)


def forms_by_route(app: FastAPI, site: Site) -> dict[str, SentForm]:
    """For every route that changes something the largest form that is sent to it."""
    paths = [path for method, path in page_routes(app) if method not in SAFE_METHODS]
    found: dict[str, SentForm] = {}
    for form in site.forms:
        for target in [form.path, *form.targets] if form.method == "post" else []:
            path = route_of(paths, target)
            if path is not None and (path not in found or len(found[path].fields) < len(form.fields)):
                without = {"submit"} if target == form.path and form.has_plain_button else set()
                fields = [(name, text) for name, text in form.fields if form.kinds[name] not in without]
                found[path] = SentForm(target, form.page, "post", fields, form.kinds, form.numbers, asides=form.asides)
    return found


def queries_by_route(app: FastAPI, site: Site) -> dict[str, dict[str, str]]:
    """For every page the names that its address takes behind the question mark, each with a value that was met."""
    paths = [path for method, path in page_routes(app) if method == "GET"]
    found: dict[str, dict[str, str]] = {path: {} for path in paths}
    for address in site.pages:
        if path := route_of(paths, address):
            found[path] |= dict(parse_qsl(urlsplit(address).query))
    for form in site.forms:
        if form.method == "get" and (path := route_of(paths, form.path)):
            found[path] |= dict(form.fields)
    return found


def address_of(app: FastAPI, site: Site, path: str) -> str | None:
    """An address that was met of this route."""
    paths = [each for method, each in page_routes(app) if method == "GET"]
    return next((each for each in site.pages if route_of(paths, each) == path), None)


def digests(session: Session) -> dict[str, str]:
    """What stands in every table, but for traces."""
    session.expire_all()
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in TRACES:
            rows = [tuple(row) for row in session.execute(select(table).order_by(table.c[0]))]
            found[table.name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found
