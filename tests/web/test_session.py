"""Is every page closed to strangers, every form to foreign sites, and every session to those whose time is over?"""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import SAFE_METHODS, DbSession
from app.models import Account, ApiToken, RoleGrant, WebSession
from app.routing import Needs, PolicyRoute, is_public, make_router
from app.rules.vocabulary import Action, Role
from app.security import token_hash
from app.web.forms import read_form
from app.web.render import own_path
from tests.cast import Cast
from tests.tools import Browser, Clock, SignIn

SITE = "http://testserver"


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Every method and path that a policy guards, with numbers for what stands in braces."""
    found = []
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, PolicyRoute):
            path = "/".join("1" if part.startswith("{") else part for part in str(route.path).split("/"))
            found += [(method, path) for method in sorted(route.methods or ())]
    return found


# --- closed by default ----------------------------------------------------------------------------------------------


def test_a_stranger_meets_the_sign_in_page_or_a_401_everywhere_else(app: FastAPI, client: Browser) -> None:
    closed = [(method, path) for method, path in routes(app) if not is_public(path)]
    assert len(closed) >= 6
    for method, path in [*closed, ("GET", "/no-such-page"), ("GET", "/api/v1/nothing"), ("DELETE", "/people/1")]:
        answer = client.request(method, path, headers={"Origin": SITE})
        if path.startswith("/api/"):
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), path
            assert answer.headers["content-type"] == "application/problem+json"
        else:
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/sign-in"), path
        assert answer.text == "" or path.startswith("/api/")


def test_the_page_that_was_wanted_comes_after_the_sign_in(client: Browser) -> None:
    answer = client.get("/people?unit=2&name=a%26b")
    assert answer.headers["location"] == "/sign-in?next=/people%3Funit%3D2%26name%3Da%2526b"
    page = client.get(answer.headers["location"])
    assert 'name="next" value="/people?unit=2&amp;name=a%26b"' in page.text


def test_htmx_is_sent_to_the_sign_in_page_as_a_whole(client: Browser) -> None:
    answer = client.get("/people", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in?next=/people")


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "evil.example",
        "javascript:alert(1)",
        "/a\nSet-Cookie: x=1",
        "/a\r\nX: 1",
        "/\t/evil.example",
        "",
        " /people",
        "http:evil.example",
    ],
)
def test_nobody_is_led_elsewhere(wanted: str) -> None:
    assert own_path(wanted) == "/"


def test_own_pages_are_reached() -> None:
    assert own_path("/people?unit=2&name=a%26b#list") == "/people?unit=2&name=a%26b#list"


# --- sessions -------------------------------------------------------------------------------------------------------


def test_the_cookie_holds_a_token_that_is_kept_as_its_hash(cast: Cast, as_: SignIn, session: Session) -> None:
    browser = as_(cast.eli)
    token = browser.cookies["kinerja"]
    assert len(token) >= 43
    assert session.scalars(select(WebSession.token_hash)).all() == [token_hash(token)]


@pytest.mark.parametrize(("name", "minutes"), [("eli", 60), ("hana", 30)])
def test_a_session_ends_when_nobody_uses_it(cast: Cast, as_: SignIn, clock: Clock, name: str, minutes: int) -> None:
    browser = as_(getattr(cast, name))
    for _ in range(3):
        clock.advance(minutes=minutes - 1)
        assert browser.get("/account").status_code == 200
    clock.advance(minutes=minutes)
    assert browser.get("/account").status_code == 303


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(cast: Cast, as_: SignIn, clock: Clock) -> None:
    browser = as_(cast.eli)
    for _ in range(23):
        clock.advance(minutes=31)
        assert browser.get("/account").status_code == 200
    clock.advance(minutes=31)
    assert browser.get("/account").status_code == 303


def test_use_is_noted_once_a_minute(cast: Cast, as_: SignIn, clock: Clock, session: Session) -> None:
    browser = as_(cast.eli)
    seen = []
    for seconds in (59, 1, 30):
        clock.advance(seconds=seconds)
        browser.get("/account")
        seen.append(session.scalar(select(WebSession.seen_at).execution_options(populate_existing=True)))
    start = datetime(2026, 2, 3, 2, 0, tzinfo=UTC)
    assert [(moment - start).seconds for moment in seen if moment] == [0, 60, 60]


def test_a_stopped_account_and_one_who_left_are_out_at_once(
    cast: Cast, as_: SignIn, session: Session, clock: Clock
) -> None:
    eli, eva = as_(cast.eli), as_(cast.eva)
    account = session.scalars(select(Account).where(Account.person_id == cast.eli.id)).one()
    account.is_disabled = True
    cast.eva.left_on = date(2026, 2, 3)
    session.flush()
    assert (eli.get("/account").status_code, eva.get("/account").status_code) == (303, 200)
    clock.advance(hours=15)  # midnight in Jakarta, where it is still the same day in UTC
    assert as_(cast.gone).get("/account").status_code == 303
    assert eva.get("/account").status_code == 303


def test_a_role_acts_from_the_next_request_on(cast: Cast, as_: SignIn, session: Session) -> None:
    browser = as_(cast.eli)
    assert 'href="/audit"' not in browser.get("/account").text
    session.add(RoleGrant(person_id=cast.eli.id, role=Role.AUDITOR))
    session.flush()
    assert 'href="/audit"' in browser.get("/account").text


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("eli", ["/", "/scorecards", "/plans", "/entries", "/library"]),
        ("mona", ["/", "/scorecards", "/plans", "/entries", "/people", "/library"]),
        ("hana", ["/", "/scorecards", "/plans", "/entries", "/people", "/cycles", "/library", "/audit"]),
        ("audi", ["/", "/scorecards", "/plans", "/entries", "/people", "/cycles", "/library", "/audit"]),
    ],
)
def test_everybody_finds_their_places(cast: Cast, as_: SignIn, name: str, places: list[str]) -> None:
    page = as_(getattr(cast, name)).get("/account").text
    every = ["/", "/scorecards", "/plans", "/entries", "/people", "/cycles", "/library", "/audit"]
    assert [path for path in every if f'<a href="{path}"' in page] == places


# --- forms from elsewhere -------------------------------------------------------------------------------------------

FOREIGN: list[dict[str, Any]] = [
    {"headers": {"Origin": "https://evil.example"}},
    {"headers": {"Origin": "null"}},
    {"headers": {"Origin": "http://testserver.evil.example"}},
    {"headers": {"Sec-Fetch-Site": "cross-site"}},
    {"headers": {"Sec-Fetch-Site": "same-site"}},
]


def unsafe_pages(app: FastAPI) -> list[tuple[str, str]]:
    return [(method, path) for method, path in routes(app) if method not in SAFE_METHODS and "/api/" not in path]


def test_no_foreign_site_can_send_any_form(app: FastAPI, cast: Cast, as_: SignIn, session: Session) -> None:
    browser = as_(cast.hana)
    before = session.scalar(select(func.count()).select_from(WebSession))
    assert len(unsafe_pages(app)) >= 8
    for method, path in unsafe_pages(app):
        for foreign in FOREIGN:
            answer = browser.request(method, path, data={"csrf": browser.csrf}, **foreign)
            assert answer.status_code == 403, (path, foreign)
    assert session.scalar(select(func.count()).select_from(WebSession)) == before


def test_no_form_is_taken_without_the_sessions_own_token(app: FastAPI, cast: Cast, as_: SignIn) -> None:
    browser, other = as_(cast.hana), as_(cast.eli)
    closed = [(method, path) for method, path in unsafe_pages(app) if not is_public(path)]
    assert len(closed) >= 5
    for method, path in closed:
        for sent in ({}, {"csrf": ""}, {"csrf": "x"}, {"csrf": other.csrf}):
            answer = browser.request(method, path, data=sent, headers={"Origin": SITE})
            assert answer.status_code == 403, (path, sent)
    answer = browser.post("/sign-out", content=b'{"csrf": "x"}', headers={"Content-Type": "text/plain"})
    assert answer.status_code == 403


def test_the_token_may_come_in_a_header_as_htmx_sends_it(cast: Cast, as_: SignIn) -> None:
    browser = as_(cast.eli)
    assert f"&#34;X-CSRF-Token&#34;: &#34;{browser.csrf}" in browser.get("/account").text.replace('"', "&#34;")
    answer = browser.post("/sign-out", headers={"X-CSRF-Token": browser.csrf, "Origin": SITE})
    assert answer.status_code == 303


def test_the_api_knows_no_cookie_and_pages_no_bearer_token(
    cast: Cast, as_: SignIn, client: Browser, session: Session
) -> None:
    account = session.scalars(select(Account).where(Account.person_id == cast.eli.id)).one()
    session.add(
        ApiToken(account_id=account.id, name="CRM", token_hash=token_hash("secret"), created_at=account.created_at)
    )
    session.flush()
    assert as_(cast.eli).get("/api/v1/nothing").status_code == 401
    bearer = {"Authorization": "Bearer secret"}
    assert client.get("/api/v1/nothing", headers=bearer).status_code == 404
    assert client.get("/api/v1/nothing", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/api/v1/nothing", headers={"Authorization": "Basic secret"}).status_code == 401
    assert client.get("/account", headers=bearer).status_code == 303
    used = session.scalar(select(ApiToken.used_at).execution_options(populate_existing=True))
    assert used == datetime(2026, 2, 3, 2, 0, tzinfo=UTC)


# --- the guard behind every route -----------------------------------------------------------------------------------


def test_an_answer_whose_permission_nobody_asked_for_is_never_sent(
    app: FastAPI, cast: Cast, as_: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    forgetful = make_router()

    @forgetful.get("/forgetful", dependencies=[Depends(Needs(Action.PERSON_READ))])
    def forget(session: DbSession) -> dict[str, str]:
        assert session is not None
        return {"secret": "number"}

    outer = make_router()
    outer.include_router(forgetful)
    count = len(app.router.routes)
    app.include_router(outer)
    try:
        browser = as_(cast.hana)
        browser.may_fail = True
        answer = browser.get("/forgetful")
    finally:
        del app.router.routes[count:]
    assert (answer.status_code, "number" in answer.text) == (500, False)
    assert "permission person:read was never asked" in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "actions", "reason"),
    [
        ("GET", "/x", [], "exactly one action, found 0"),
        ("GET", "/x", [Action.PERSON_READ, Action.PLAN_READ], "exactly one action, found 2"),
        ("POST", "/x", [Action.PERSON_READ], "a read action on an unsafe method"),
        ("GET", "/x", [Action.PUBLIC], "not on the list of public paths"),
    ],
)
def test_a_route_without_a_sound_policy_cannot_be_made(
    method: str, path: str, actions: list[Action], reason: str
) -> None:
    router = make_router()
    needs = [Depends(Needs(action)) for action in actions] + [Depends(read_form)]
    with pytest.raises(RuntimeError, match=reason):
        router.add_api_route(path, lambda: None, methods=[method], dependencies=needs)
