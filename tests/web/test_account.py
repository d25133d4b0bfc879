"""Can people get, use and keep their accounts, and nobody else's?"""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.models import Account, ApiToken, AuditEntry, OneTimeLink, Person, SignInFailure, WebSession
from app.rules.vocabulary import Language, Role
from app.security import hash_password, password_fault, token_hash
from app.services import accounts, people
from tests.cast import Cast, actor_of
from tests.factories import NOW, PASSWORD, make_account, make_person, make_web_session
from tests.tools import Browser, Clock, SignIn

WRONG = "E-mail address or password is not right."
ENGLISH = {"Accept-Language": "en"}
KEPT = hash_password(PASSWORD)


@pytest.fixture
def eli(cast: Cast, session: Session) -> Account:
    """Eli's account, with the password of these tests."""
    account = session.scalars(select(Account).where(Account.person_id == cast.eli.id)).one()
    account.password_hash = KEPT
    session.flush()
    return account


# --- signing in -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("eli")
def test_the_right_password_opens_a_new_session(client: Browser, session: Session) -> None:
    client.cookies.set("kinerja", "planted by somebody else")
    answer = client.submit("/sign-in", {"email": " Eli@Example.com ", "password": PASSWORD, "next": "/account"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    cookie = answer.headers["set-cookie"]
    token = cookie.partition("=")[2].partition(";")[0]
    assert cookie == f"kinerja={token}; HttpOnly; Path=/; SameSite=lax"
    assert session.scalars(select(WebSession.token_hash)).all() == [token_hash(token)]
    client.cookies.clear()
    client.cookies.set("kinerja", token)
    assert "Eli Effendi" in client.get("/account").text
    assert session.scalars(select(AuditEntry.action)).all() == ["account.signed_in"]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("eli@example.com", "salah sekali ini"),
        ("nobody@example.com", PASSWORD),
        ("eva@example.com", PASSWORD),  # has no password yet
        ("gone@example.com", PASSWORD),
        ("hana@example.com", PASSWORD),  # stopped below
    ],
)
def test_every_refusal_looks_the_same(
    eli: Account, cast: Cast, session: Session, client: Browser, email: str, password: str
) -> None:
    for person in (cast.gone, cast.hana):
        account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
        account.password_hash = eli.password_hash
        account.is_disabled = person is cast.hana
    session.flush()
    client.headers.update(ENGLISH)
    answer = client.submit("/sign-in", {"email": email, "password": password, "next": "/plans"})
    assert (answer.status_code, WRONG in answer.text) == (400, True)
    assert f'value="{email}"' in answer.text
    assert 'name="next" value="/plans"' in answer.text
    assert password not in answer.text
    assert session.scalar(select(func.count()).select_from(WebSession)) == 0


def test_guessing_is_slowed_down_where_it_comes_from_and_nowhere_else(
    eli: Account, session: Session, client: Browser, clock: Clock
) -> None:
    statuses = [
        client.submit("/sign-in", {"email": eli.email, "password": f"tebakan ke-{n}"}).status_code for n in range(6)
    ]
    assert statuses == [400, 400, 400, 400, 429, 429]
    held = client.submit("/sign-in", {"email": eli.email, "password": PASSWORD})
    assert (held.status_code, held.headers["retry-after"]) == (429, "2")
    clock.advance(seconds=2)
    assert client.submit("/sign-in", {"email": eli.email, "password": "tebakan lagi"}).headers["retry-after"] == "4"
    # from elsewhere the owner comes in
    session.execute(update(SignInFailure).values(origin="203.0.113.9"))
    assert client.submit("/sign-in", {"email": eli.email, "password": PASSWORD}).status_code == 303


def test_failures_are_forgotten_after_a_quarter_of_an_hour_and_after_success(
    eli: Account, session: Session, client: Browser, clock: Clock
) -> None:
    for number in range(5):
        client.submit("/sign-in", {"email": eli.email, "password": f"tebakan ke-{number}"})
    clock.advance(minutes=15)
    assert client.submit("/sign-in", {"email": eli.email, "password": PASSWORD}).status_code == 303
    assert session.scalar(select(func.count()).select_from(SignInFailure)) == 0


def test_one_place_cannot_try_one_password_on_everybody(eli: Account, session: Session, client: Browser) -> None:
    session.add_all(SignInFailure(email=f"{n}@example.com", origin="testclient", at=NOW) for n in range(100))
    session.flush()
    assert client.submit("/sign-in", {"email": eli.email, "password": PASSWORD}).status_code == 429


def test_empty_fields_are_named(client: Browser) -> None:
    answer = client.submit("/sign-in", {"email": "", "password": ""})
    assert (answer.status_code, answer.text.count("field is-faulty")) == (400, 2)


def test_who_is_signed_in_needs_no_sign_in_page(cast: Cast, as_: SignIn) -> None:
    answer = as_(cast.eli).get("/sign-in?next=/plans")
    assert (answer.status_code, answer.headers["location"]) == (303, "/plans")


def test_signing_out_ends_the_session_and_says_so(cast: Cast, as_: SignIn, session: Session) -> None:
    browser = as_(cast.eli)
    answer = browser.submit("/sign-out")
    assert answer.headers["location"] == "/sign-in"
    assert answer.headers["clear-site-data"] == '"cache"'
    assert session.scalar(select(func.count()).select_from(WebSession)) == 0
    assert "Anda sudah keluar." in browser.get("/sign-in").text
    assert "Anda sudah keluar." not in browser.get("/sign-in").text


# --- the first HR account -------------------------------------------------------------------------------------------

FIRST = {"name": "Hana Hartati", "number": "K-001", "email": "hana@contoh.co.id", "password": PASSWORD}


def test_the_first_hr_account_is_made_once(client: Browser, session: Session) -> None:
    older = accounts.first_hr_link(session)
    link = accounts.first_hr_link(session)
    assert older is not None
    assert link is not None
    assert client.get(older).status_code == 404
    assert client.get(link).status_code == 200
    answer = client.submit(link, FIRST)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = client.get("/account")
    assert "Hana Hartati" in page.text
    assert 'href="/audit"' in page.text
    client.cookies.clear()
    assert client.get(link).status_code == 404
    assert client.submit(link, FIRST).status_code == 404
    assert accounts.first_hr_link(session) is None
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["account.first_hr_made", "account.signed_in"]


def test_the_link_stays_open_while_values_are_refused(client: Browser, session: Session) -> None:
    make_person(session, "K-001", "Eli Effendi")
    link = accounts.first_hr_link(session)
    answer = client.submit(str(link), {**FIRST, "email": "hana@", "password": "hana hartati"})
    assert (answer.status_code, answer.text.count("field is-faulty")) == (400, 1)
    answer = client.submit(str(link), {**FIRST, "email": "eli@example.com", "password": "hana hartati"})
    assert (answer.status_code, answer.text.count("field is-faulty")) == (400, 3)
    assert 'value="Hana Hartati"' in answer.text
    assert session.scalars(select(Person.number)).all() == ["K-001"]
    assert client.get(str(link)).status_code == 200


def test_no_link_is_made_or_good_once_somebody_of_hr_can_sign_in(client: Browser, session: Session) -> None:
    link = accounts.first_hr_link(session)
    make_account(session, make_person(session, "7", "Hana Hartati", roles=(Role.HR,)), password=PASSWORD)
    assert accounts.first_hr_link(session) is None
    assert client.get(str(link)).status_code == 404


# --- invitations ----------------------------------------------------------------------------------------------------


def test_an_invitation_leads_to_a_password(cast: Cast, client: Browser, session: Session) -> None:
    link = accounts.invite(session, actor_of(cast.hana), cast.otto.id)
    assert "Otto Oktavian" in client.get(link).text
    refused = client.submit(link, {"password": "rahasia12345"})
    assert (refused.status_code, "rahasia12345" in refused.text) == (400, False)
    assert client.submit(link, {"password": PASSWORD}).headers["location"] == "/"
    assert "Otto Oktavian" in client.get("/account").text
    client.cookies.clear()
    assert client.get(link).status_code == 404
    assert client.submit(link, {"password": PASSWORD}).status_code == 404
    assert client.submit("/sign-in", {"email": "otto@example.com", "password": PASSWORD}).status_code == 303


def test_an_invitation_is_good_for_a_week_and_the_last_one_counts(
    cast: Cast, client: Browser, session: Session, clock: Clock
) -> None:
    first = accounts.invite(session, actor_of(cast.hana), cast.otto.id)
    second = accounts.invite(session, actor_of(cast.hana), cast.otto.id)
    assert [client.get(link).status_code for link in (first, second)] == [404, 200]
    clock.advance(days=7)
    assert client.get(second).status_code == 404
    assert session.scalar(select(func.count()).select_from(OneTimeLink)) == 1


def test_an_invitation_after_a_lost_password_signs_other_browsers_out(
    cast: Cast, as_: SignIn, client: Browser, session: Session
) -> None:
    browser = as_(cast.otto)
    link = accounts.invite(session, actor_of(cast.hana), cast.otto.id)
    assert browser.get("/account").status_code == 200
    client.submit(link, {"password": PASSWORD})
    assert browser.get("/account").status_code == 303


def test_who_is_signed_in_may_open_an_invitation_in_the_same_browser(cast: Cast, as_: SignIn, session: Session) -> None:
    browser = as_(cast.hana)
    link = accounts.invite(session, actor_of(cast.hana), cast.otto.id)
    assert f'name="csrf" value="{browser.csrf}"' in browser.get(link).text.partition(f'action="{link}"')[2]
    assert browser.submit(link, {"password": PASSWORD}).status_code == 303


def test_a_link_for_one_purpose_serves_no_other(cast: Cast, client: Browser, session: Session) -> None:
    invitation = accounts.invite(session, actor_of(cast.hana), cast.otto.id)
    setup = str(accounts.first_hr_link(session))
    swapped = [invitation.replace("/invitation/", "/setup/"), setup.replace("/setup/", "/invitation/")]
    assert [client.get(link).status_code for link in [*swapped, "/setup/x", "/invitation/x"]] == [404] * 4


# --- the own account ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("eli")
def test_a_new_password_ends_other_sessions(cast: Cast, as_: SignIn, session: Session) -> None:
    browser, other = as_(cast.eli), as_(cast.eli)
    answer = browser.submit("/account/password", {"present": PASSWORD, "wanted": "gunung biru 2031"})
    assert answer.headers["location"] == "/account"
    assert "Kata sandi Anda sudah diubah." in browser.get("/account").text
    assert other.get("/account").status_code == 303
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions == ["account.password_changed"]


@pytest.mark.parametrize(
    ("present", "wanted", "message"),
    [
        ("salah sekali ini", "gunung biru 2031", "is not your present password"),
        (PASSWORD, "pendek", "must have at least 12 characters"),
        (PASSWORD, "x" * 129, "must have at most 128 characters"),
        (PASSWORD, "Eli.Effendi.2026", "must not be made from your name"),
        ("", "gunung biru 2031", "required"),
    ],
)
def test_a_password_is_changed_by_its_owner_to_a_good_one(
    eli: Account, cast: Cast, as_: SignIn, present: str, wanted: str, message: str
) -> None:
    before = eli.password_hash
    browser = as_(cast.eli)
    browser.headers.update(ENGLISH)
    answer = browser.submit("/account/password", {"present": present, "wanted": wanted})
    assert (answer.status_code, message in answer.text) == (400, True)
    assert eli.password_hash == before


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaa",
        "121212121212",
        "abcabcabcabc",
        "123456789012",
        "qwertyuiop12",
        "Password1234",
        "P@ssw0rd2026!",
        "katasandi1234",
        "rahasia12345",
        "Indonesia2026",
        "abcdefghijkl",
        "lkjihgfedcba",
        "passwordadmin1",
        "1qaz2wsx3edc",
    ],
)
def test_well_known_passwords_are_refused(password: str) -> None:
    assert password_fault(password) == "password_common"


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "kuda baterai benar", "x8#Lq9!vR2pT", "semangka meja 3 roket", "ちょっと待ってください猫さん"],
)
def test_good_passwords_are_taken(password: str) -> None:
    assert password_fault(password, "Eli Effendi", "eli@example.com", "4") is None


def test_sessions_are_listed_and_ended_by_their_owner_alone(cast: Cast, as_: SignIn, session: Session) -> None:
    browser, phone, stranger = as_(cast.eli), as_(cast.eli), as_(cast.eva)
    ids = session.scalars(select(WebSession.id).order_by(WebSession.id)).all()
    page = browser.get("/account").text
    assert page.count('<th scope="row">Firefox, Linux') == 2
    assert f"/account/sessions/{ids[1]}/end" in page
    assert f"/account/sessions/{ids[0]}/end" not in page
    assert stranger.submit(f"/account/sessions/{ids[1]}/end").status_code == 404
    assert browser.submit("/account/sessions/999999/end").status_code == 404
    assert browser.submit("/account/sessions/x/end").status_code == 404
    assert phone.get("/account").status_code == 200
    assert browser.submit(f"/account/sessions/{ids[1]}/end").status_code == 303
    assert [each.get("/account").status_code for each in (browser, phone, stranger)] == [200, 303, 200]


def test_a_token_is_shown_once_and_revoked_by_its_owner_alone(
    cast: Cast, as_: SignIn, client: Browser, session: Session
) -> None:
    browser, stranger = as_(cast.eli), as_(cast.eva)
    shown = browser.submit("/account/tokens", {"token_name": "CRM"}).text
    secret = shown.partition('<code class="code secret">')[2].partition("<")[0]
    token = session.scalars(select(ApiToken)).one()
    assert (token.name, token.token_hash) == ("CRM", token_hash(secret))
    assert secret not in browser.get("/account").text
    bearer = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/nothing", headers=bearer).status_code == 404
    assert stranger.submit(f"/account/tokens/{token.id}/end").status_code == 404
    assert browser.submit(f"/account/tokens/{token.id}/end").status_code == 303
    assert client.get("/api/v1/nothing", headers=bearer).status_code == 401
    assert browser.submit(f"/account/tokens/{token.id}/end").status_code == 404
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["account.token_created", "account.token_revoked"]


def test_a_token_needs_a_name_and_there_are_not_too_many(cast: Cast, as_: SignIn, session: Session) -> None:
    browser = as_(cast.eli)
    assert browser.submit("/account/tokens", {"token_name": " "}).status_code == 400
    account = session.scalars(select(Account).where(Account.person_id == cast.eli.id)).one()
    session.add_all(
        ApiToken(account_id=account.id, name="x", token_hash=str(n), created_at=NOW)
        for n in range(accounts.MOST_TOKENS)
    )
    session.flush()
    answer = browser.submit("/account/tokens", {"token_name": "CRM"})
    assert (answer.status_code, 'value="CRM"' in answer.text) == (400, True)


# --- language -------------------------------------------------------------------------------------------------------


def test_the_language_is_kept_with_the_account(cast: Cast, as_: SignIn, session: Session) -> None:
    browser = as_(cast.eli)
    assert '<html lang="id">' in browser.get("/account").text
    assert browser.submit("/language", {"language": "en", "next": "/account"}).headers["location"] == "/account"
    assert '<html lang="en">' in as_(cast.eli).get("/account").text
    assert session.scalars(select(Account.language).where(Account.person_id == cast.eli.id)).one() is Language.ENGLISH


def test_the_language_is_kept_in_the_browser_of_a_stranger(client: Browser) -> None:
    assert "<h1>Masuk</h1>" in client.get("/sign-in").text
    assert "<h1>Sign in</h1>" in client.get("/sign-in", headers=ENGLISH).text
    answer = client.submit("/language", {"language": "en", "next": "https://evil.example"})
    assert answer.headers["location"] == "/"
    assert "<h1>Sign in</h1>" in client.get("/sign-in").text
    assert client.submit("/language", {"language": "xx"}).status_code == 303
    assert "<h1>Sign in</h1>" in client.get("/sign-in").text


def test_a_stopped_account_is_signed_out_and_comes_back_when_it_is_opened(
    eli: Account, cast: Cast, session: Session, client: Browser
) -> None:
    token, _row = make_web_session(session, eli)
    client.cookies.set("kinerja", token)
    assert client.get("/account").status_code == 200
    accounts.set_disabled(session, actor_of(cast.hana), cast.eli.id, is_disabled=True)
    session.flush()
    assert client.get("/account").status_code == 303
    accounts.set_disabled(session, actor_of(cast.hana), cast.eli.id, is_disabled=False)
    session.flush()
    client.cookies.clear()
    assert client.submit("/sign-in", {"email": eli.email, "password": PASSWORD}).status_code == 303


def test_links_last_as_long_as_they_say() -> None:
    assert timedelta(days=7) == accounts.LINK_LASTS


def test_people_sign_in_with_the_address_that_they_have_now(
    eli: Account, cast: Cast, session: Session, client: Browser
) -> None:
    values = people.PersonValues(
        number="4", name="Eli Effendi", email="Eli.Baru@example.com", joined_on=cast.eli.joined_on
    )
    people.change_person(session, actor_of(cast.hana), person_id=cast.eli.id, version=cast.eli.version, values=values)
    session.flush()
    statuses = [
        client.submit("/sign-in", {"email": email, "password": PASSWORD}).status_code
        for email in ("eli@example.com", "eli.baru@example.com")
    ]
    assert (statuses, eli.email) == ([400, 303], "eli.baru@example.com")
