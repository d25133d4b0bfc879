"""What does every answer carry, how much may a request carry, and what is said when something of ours fails?"""

import gzip
import re
from pathlib import Path

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.routing import iter_route_contexts
from sqlalchemy import Engine
from starlette.responses import Response

from app.database import Sessions
from app.main import create_app
from app.routing import Needs, make_router
from app.rules.vocabulary import Action
from app.settings import Settings
from app.web import assets
from app.web.shield import HEADERS
from tests.cast import Cast
from tests.tools import Browser, SignIn

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def test_every_page_carries_the_headers(app: FastAPI, cast: Cast, as_: SignIn, client: Browser) -> None:
    browser = as_(cast.hana)
    paths = {re.sub(r"{\w+}", "1", str(route.path)) for route in iter_route_contexts(app.routes)}
    assert len(paths) >= 10
    for path in [*sorted(paths - {assets.PREFIX}), "/no-such-page", "/api/v1/none"]:
        for who in (browser, client):
            headers = who.get(path).headers
            assert {name: headers.get(name.lower()) for name in HEADERS} == HEADERS, path
            assert headers["content-security-policy"] == CSP
            assert "server" not in headers
            assert "access-control-allow-origin" not in headers


def test_no_page_holds_what_its_policy_forbids() -> None:
    templates = Path(__file__).parent.parent / "templates"
    pages = [path for path in templates.rglob("*.html") if not {"pdf", "mail"} & set(path.parts)]
    assert len(pages) >= 8
    forbidden = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=\"|javascript:")
    assert [str(path) for path in pages if forbidden.search(path.read_text("utf-8"))] == []


def test_over_https_cookies_and_headers_are_bound_to_it(
    engine: Engine, sessions: Sessions, tmp_path: Path, cast: Cast
) -> None:
    settings = Settings(data_dir=tmp_path, base_url="https://kinerja.example", _env_file=None)
    app = create_app(settings, engine, sessions)
    browser = Browser(app, base_url="https://kinerja.example", follow_redirects=False)
    answer = browser.post("/language", data={"language": "en"}, headers={"Origin": "https://kinerja.example"})
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert "; Secure" in answer.headers["set-cookie"]
    browser.cookies.set("__Host-kinerja", "x")
    assert browser.get("/account").status_code == 303
    assert cast.hana.id


def test_files_may_be_kept_for_ever_under_their_digest_and_no_longer_elsewhere(client: Browser) -> None:
    for name in ("app.css", "app.js", "htmx.js", "icon.svg"):
        answer = client.get(assets.url(name))
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
        assert answer.headers["content-encoding"] == "gzip"
        plain = client.get(assets.url(name), headers={"Accept-Encoding": "identity"})
        assert plain.content == answer.content
        assert "content-encoding" not in plain.headers
        outdated = client.get(f"/static/000000000000/{name}")
        assert (outdated.status_code, outdated.headers["cache-control"]) == (200, "no-cache")
    assert client.get(assets.url("app.css")).headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    "path", ["app.py", "../render.py", "%2e%2e/render.py", "x/../../render.py", "", "a/b/c", "lato-400.ttf"]
)
def test_nothing_else_is_served_as_a_file(client: Browser, path: str) -> None:
    assert client.get(f"/static/{assets.digest()}/{path}").status_code in {404, 303}


def test_the_font_is_made_once_from_the_package(client: Browser, settings: Settings) -> None:
    first = client.get(assets.url("lato-400.woff2"))
    assert (first.status_code, first.headers["content-type"]) == (200, "font/woff2")
    assert first.content[:4] == b"wOF2"
    assert 20_000 < len(first.content) < 60_000
    made = list((settings.data_dir / "cache").glob("lato-regular-*.woff2"))
    assert [path.read_bytes() for path in made] == [first.content]


def test_ranges_are_not_served(client: Browser) -> None:
    answer = client.get(assets.url("app.css"), headers={"Range": "bytes=0-10", "Accept-Encoding": "identity"})
    assert (answer.status_code, len(answer.content) > 10_000) == (200, True)


def test_nobody_sends_more_than_they_need(cast: Cast, as_: SignIn, client: Browser, settings: Settings) -> None:
    too_much = "x" * 100_001
    assert client.submit("/sign-in", {"email": too_much}).status_code == 413
    assert client.post("/sign-in", content=iter([b"a=b"])).status_code == 413
    browser = as_(cast.eli)
    assert browser.submit("/account/tokens", {"token_name": "x" * 50_000}).status_code == 400
    assert browser.submit("/account/tokens", {"token_name": "x" * settings.max_body_bytes}).status_code == 413
    many = {f"field{number}": "" for number in range(5_001)}
    assert browser.submit("/account/tokens", many).status_code == 400
    compressed = gzip.compress(b"csrf=x")
    assert browser.post("/account/tokens", content=compressed, headers={"Content-Encoding": "gzip"}).status_code == 403


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x", "application/json", "x"])
def test_a_body_that_is_no_form_is_refused(cast: Cast, as_: SignIn, kind: str) -> None:
    browser = as_(cast.eli)
    answer = browser.post("/account/tokens", content=b"--x\r\nbroken", headers={"Content-Type": kind})
    assert answer.status_code in {400, 403}


def test_the_service_says_that_it_lives_and_is_ready(client: Browser) -> None:
    answers = [client.get(path) for path in ("/healthz", "/readyz")]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"status": "ok"})] * 2


def test_it_is_not_ready_with_a_database_of_another_revision(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, _env_file=None)
    browser = Browser(create_app(settings))
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/readyz").status_code == 503
    browser.app.state.engine.dispose()  # type: ignore[attr-defined]
    unreachable = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}", _env_file=None)
    assert Browser(create_app(unreachable)).get("/readyz").status_code == 503


def test_what_nobody_foresaw_is_answered_without_detail(
    app: FastAPI, cast: Cast, as_: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    broken = make_router()

    def fail(request: Request) -> Response:
        raise ZeroDivisionError(f"secret of {request.method}")

    needs = [Depends(Needs(Action.PERSON_READ))]
    broken.add_api_route("/broken", fail, dependencies=needs)
    broken.add_api_route("/api/v1/broken", fail, dependencies=needs)
    count = len(app.router.routes)
    app.include_router(broken)
    browser = as_(cast.hana)
    browser.may_fail = True
    try:
        page = browser.get("/broken")
    finally:
        del app.router.routes[count:]
    assert page.status_code == 500
    assert "secret" not in page.text
    assert {name: page.headers.get(name.lower()) for name in HEADERS} == HEADERS
    reference = re.search(r"nomor ([0-9a-f]{8})", page.text)
    assert reference is not None
    assert f"failed {reference[1]}" in caplog.text
    assert "secret of GET" in caplog.text


def test_only_named_hosts_are_answered(engine: Engine, sessions: Sessions, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, allowed_hosts="kinerja.example, localhost", _env_file=None)
    app = create_app(settings, engine, sessions)
    statuses = [
        Browser(app, base_url=f"http://{host}").get("/healthz").status_code
        for host in ("kinerja.example", "localhost", "evil.example", "kinerja.example.evil.example")
    ]
    assert statuses == [200, 200, 400, 400]


def test_documentation_pages_are_closed(client: Browser) -> None:
    assert client.get("/api/v1/openapi.json").status_code == 200
    assert [client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json", "/api/v1/docs")] == [
        303, 303, 303, 401,
    ]  # fmt: skip
