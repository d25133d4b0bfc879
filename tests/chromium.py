"""How do tests drive a real Chromium? Fixtures for pages that fail the test at any error in the browser's console.

A pytest plugin; it marks the tests that use it as `browser`. `page` is one page; `open_page(...)` opens more, each a
person of its own (own cookies). A test that wants another screen or language overrides the fixtures `viewport` and
`language`, most easily by parametrize: `@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])`.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}

# No accelerator, and no talk with anybody but the page's own server
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HERE = {"127.0.0.1", "localhost", "::1"}

PATIENCE = 30_000  # ms: how long a busy machine may take for one step
expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Page]


@pytest.hookimpl(tryfirst=True)  # before -m chooses by the mark
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use the browser, and put them last: while it lives no other loop of asyncio can run."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(executable).exists():
        pytest.fail(f"No Chromium at {executable}: install it, or say where it is with CHROMIUM=…")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def viewport() -> ViewportSize:
    return DESKTOP


@pytest.fixture
def language() -> str:
    return "en"


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()


@pytest.fixture
def open_page(browser: Browser, viewport: ViewportSize, language: str) -> Iterator[OpenPage]:
    """Opens pages, each with cookies of its own; options are those of Playwright's `new_context`."""
    watches: list[Watch] = []

    def open_one(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": viewport, "locale": language, **options})
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        watches.append(Watch(page))
        return page

    yield open_one
    for context in browser.contexts:
        context.close()
    if faults := [fault for watch in watches for fault in watch.faults()]:
        pytest.fail("The browser complained:\n" + "\n".join(faults), pytrace=False)


class Watch:
    """Remembers what a page complains about: errors in the console (a broken content policy among them), uncaught
    exceptions, and requests to anywhere but this machine."""

    def __init__(self, page: Page) -> None:
        self._console: list[ConsoleMessage] = []
        self._faults: list[str] = []
        self._refused: set[str] = set()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._faults.append(f"uncaught: {error}"))
        page.on("request", self._on_request)
        page.on("response", self._on_response)

    def faults(self) -> list[str]:
        """Everything but the browser's own note that a page which the test went to was refused, as 403 or 404."""
        errors = [message for message in self._console if not self._is_refusal(message)]
        return self._faults + [f"console: {error.text} ({error.location['url']})" for error in errors]

    def _is_refusal(self, message: ConsoleMessage) -> bool:
        return message.text.startswith("Failed to load resource") and message.location["url"] in self._refused

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._console.append(message)

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in HERE:
            self._faults.append(f"foreign request: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.request.is_navigation_request() and 400 <= response.status < 500:
            self._refused.add(response.url)
