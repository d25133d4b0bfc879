"""Which pages does somebody come to who begins at home and follows links, and what do links lead to?"""

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

from tests.tools import Browser

FOLLOWED = 2
"""How many new links of one kind are followed from a page: lists lead to more of the same."""
MOST = 4
"""How many pages of one kind are visited."""
FILES = ("/people/template.xlsx", "/pdf")
"""How addresses end that answer with a file."""
NOT_PAGES = ("/api/", "/static", "/healthz", "/readyz")


class Roads:
    """The addresses that the service knows."""

    def __init__(self, app: FastAPI) -> None:
        routes = iter_route_contexts(app.routes)
        reads = [route.path for route in routes if route.path and "GET" in (route.methods or ())]
        self._known = [(compile_path(path)[0], path) for path in reads]
        self.pages = {path for path in reads if not path.startswith(NOT_PAGES) and not path.endswith(FILES)}

    def kind(self, address: str) -> str:
        """The route that answers, or nothing."""
        path = urlsplit(address).path
        return next((route for pattern, route in self._known if pattern.match(path)), "")


class _Page(HTMLParser):
    """Where a page leads: its links, and its forms without the numbers in their addresses."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self._address = address
        self.links: list[str] = []
        self.forms: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            link = urljoin(self._address, given["href"]).partition("#")[0]
            self.links += [] if urlsplit(link).netloc else [link]
        if sent := given.get("action") or given.get("formaction"):
            self.forms.add(re.sub(r"\d+", "…", urlsplit(sent).path))


@dataclass
class Tour:
    """What somebody has come across."""

    visited: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Addresses by their route."""
    unlike: list[str] = field(default_factory=list)
    """Of each route one address for every set of links and forms that its pages have."""
    dead: list[str] = field(default_factory=list)
    """What leads nowhere, with the page that it is on."""


def tour(app: FastAPI, reader: Browser) -> Tour:
    """Follow links from page to page, the same way each time."""
    return _Walk(app, reader).walk()


class _Walk:
    def __init__(self, app: FastAPI, reader: Browser) -> None:
        self._roads = Roads(app)
        self._reader = reader
        self._found = Tour()
        self._waiting = deque([("/", "")])
        self._known = {"/"}
        self._shapes: set[object] = set()

    def walk(self) -> Tour:
        while self._waiting:
            address, source = self._waiting.popleft()
            kind = self._roads.kind(address)
            seen = self._found.visited[kind]
            if len(seen) < (1 if kind.endswith(FILES) else MOST):
                seen.append(address)
                self._visit(address, source, kind)
        return self._found

    def _visit(self, address: str, source: str, kind: str) -> None:
        answer = self._reader.get(address, follow_redirects=True)
        if answer.status_code != 200:
            self._found.dead.append(f"{source} → {address}: {answer.status_code}")
        elif "text/html" in answer.headers["content-type"]:
            page = _Page(address, answer.text)
            self._follow(address, page)
            shape = (kind, frozenset(map(self._roads.kind, page.links)), frozenset(page.forms))
            if shape not in self._shapes:
                self._shapes.add(shape)
                self._found.unlike.append(address)

    def _follow(self, address: str, page: _Page) -> None:
        followed: dict[str, int] = defaultdict(int)
        for link in page.links:
            kind = self._roads.kind(link)
            if not kind:
                self._found.dead.append(f"{address} → {link}: no route")
            elif link not in self._known and followed[kind] < FOLLOWED:
                followed[kind] += 1
                self._known.add(link)
                self._waiting.append((link, address))
