"""Does the search that begins with a table find what the plain search finds, for every address and every method?"""

import re
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse
from starlette.routing import Match, Mount, Route
from starlette.testclient import TestClient

from app.main import create_app
from app.route_search import RouteSearch
from app.settings import Settings
from tests.access_table import API, PAGES

pytestmark = pytest.mark.slow

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
PATHS = sorted({route.partition(" ")[2] for route in PAGES} | {"/api/v1/openapi.json", "/static/site.css", "/nowhere"})
WORDS = ["1", "2026", "2026-01", "pdf", "new", "import", "a b", "é", "", ".", "people", "scorecards"]


@st.composite
def addresses(draw: st.DrawFn, paths: list[str], words: list[str] = WORDS) -> str:
    """An address like one of ours, or nearly: filled in, cut, lengthened, with slashes and signs where none belong."""
    path = re.sub(r"{.*?}", lambda _: draw(st.sampled_from(words)), draw(st.sampled_from(paths)))
    path = "/".join(path.split("/")[: draw(st.sampled_from([99, 99, 4, 3, 2]))])
    path += draw(st.sampled_from(["", "", "", "/", "//", "/1", "/new", "/pdf/", "\n", "/\n", "x", "%2F"]))
    return draw(st.sampled_from([path, path, path, path.upper(), "/" + path, path.replace("/", "//"), path[1:]]))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The service, of which nothing is asked but where it would look."""
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("data"), _env_file=None))
    yield app
    app.state.engine.dispose()


def found(router: APIRouter, method: str, path: str) -> tuple[Match, Any, Any]:
    """What a search comes to: the first route that matches, or else the first that knows the address."""
    partial: tuple[Match, Any, Any] = (Match.NONE, None, None)
    for route in router.routes:
        match, known = route.matches({"type": "http", "path": path, "method": method})
        if match is Match.FULL:
            return match, route, known
        if match is Match.PARTIAL and partial[1] is None:
            partial = (match, route, known)
    return partial


def api_paths(app: FastAPI) -> list[str]:
    return sorted(app.openapi()["paths"])


@given(data=st.data(), method=st.sampled_from(METHODS))
def test_every_address_of_the_service_leads_where_the_plain_search_leads(
    service: FastAPI, data: st.DataObject, method: str
) -> None:
    search = service.router.middleware_stack
    assert isinstance(search, RouteSearch)
    path = data.draw(addresses(PATHS + api_paths(service)))
    part = search.part_for(path)
    for asked in (path, path + "/", path.rstrip("/")):  # a slash too many or too few is looked for in the same part
        assert found(part, method, asked) == found(service.router, method, asked)


def test_each_route_is_found_among_few(service: FastAPI) -> None:
    search = service.router.middleware_stack
    assert isinstance(search, RouteSearch)
    paths = [re.sub("{.*?}", "1", path) for path in [*PATHS, *api_paths(service)] if path not in {"/", "/nowhere"}]
    assert len(paths) > len(API)
    sizes = [len(search.part_for(path).routes) for path in paths]
    assert max(sizes) < len(service.router.routes) / 4
    assert search.part_for("/nowhere") is search.part_for("/healthz\n") is service.router
    assert search.part_for("/scorecards", root_path="/kpi") is service.router


# --- whole answers, with routes of every kind -------------------------------------------------------------------------


TOYS = [
    "GET /a/{one}",
    "POST /a/b",
    "GET /a/b/{two}",
    "GET /a/b/{two}/end/",
    "GET /{anything}/c",
    "PUT /a/b/{rest:path}",
    "GET /s/",
    "PUT /s/{three}",
    "GET /",
    "GET /half-{sign}",
    "POST /half-b",
]


def toy() -> FastAPI:
    """Routes of every kind, each in a router of its own, so that one too few is missed."""
    app = FastAPI(openapi_url="/docs/openapi.json", docs_url=None, redoc_url=None)
    for each in TOYS:
        method, _, path = each.partition(" ")
        router = APIRouter()
        router.add_api_route(path, _saying(each), methods=[method])
        app.include_router(router)
    app.router.routes.append(Route("/plain", lambda request: PlainTextResponse(request.url.path), methods=["GET"]))
    app.router.routes.append(Mount("/m", PlainTextResponse("mounted")))
    return app


def _saying(text: str) -> Any:
    def say() -> str:
        return text

    return say


@pytest.fixture(scope="module")
def both() -> tuple[TestClient, TestClient]:
    """The same routes behind the plain search and behind ours."""
    plain, ours = toy(), toy()
    ours.router.middleware_stack = RouteSearch(ours.router)
    return TestClient(plain, follow_redirects=False), TestClient(ours, follow_redirects=False)


TOY_PATHS = [*(each.partition(" ")[2] for each in TOYS), "/plain", "/m/{x}", "/docs/openapi.json"]
TOY_WORDS = ["b", "c", "end", "half-b", "half-x"]


@example(path="/a/b\n", method="POST")  # a pattern also ends before a line feed
@example(path="/s", method="GET")  # a slash is missing
@example(path="/half-b", method="GET")  # what is fixed may end within a segment
@settings(max_examples=400)
@given(path=addresses(TOY_PATHS, WORDS + TOY_WORDS), method=st.sampled_from(METHODS))
def test_answers_are_those_of_the_plain_search(both: tuple[TestClient, TestClient], path: str, method: str) -> None:
    address = "http://testserver/" + path.removeprefix("/").replace("\n", "%0A")
    answers = [browser.request(method, address) for browser in both]
    assert len({(answer.status_code, answer.content, str(answer.headers)) for answer in answers}) == 1


def test_the_table_follows_the_routes(both: tuple[TestClient, TestClient]) -> None:
    app = both[1].app
    assert isinstance(app, FastAPI)
    assert both[1].get("/a/late/late").status_code == 404
    app.router.routes.append(Route("/a/late/late", lambda _: PlainTextResponse("late")))
    try:
        assert both[1].get("/a/late/late").text == "late"
    finally:
        del app.router.routes[-1]
    assert both[1].get("/a/late/late").status_code == 404
