"""Pages about the own account: signing in and out, first account, invitation, language, password, sessions, tokens."""

from http import HTTPStatus

from fastapi import Depends, Request, Response

from app.i18n import Locale, mark
from app.models import Account
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router, settings_of
from app.rules.noticing import MailWish
from app.rules.vocabulary import Action, Language
from app.services import accounts, notices, sign_in
from app.web import session as cookies
from app.web.forms import Form, Query, SentForm, read_form
from app.web.render import own_path, page, redirect

router = make_router()
_PUBLIC = [Depends(Needs(Action.PUBLIC))]
_OWN = [Depends(Needs(Action.ACCOUNT_OWN))]
_TOKEN = Depends(read_form)
"""For forms that hold nothing but their token."""

# --- signing in and out ---------------------------------------------------------------------------------------------


@router.get("/sign-in", dependencies=_PUBLIC)
def show_sign_in(request: Request, query: Query) -> Response:
    """The form, which then leads to the page that was wanted."""
    wanted = own_path(query.value("next") or "/")
    if request.state.signed_in is not None:
        return redirect(request, wanted)
    return page(request, "account/sign_in.html", form=Form.showing(request.state.locale, next=wanted), wait=0)


@router.post("/sign-in", dependencies=_PUBLIC)
def do_sign_in(request: Request, form: SentForm) -> Response:
    """A new session, or the form again with one message for every reason: it does not tell who has an account."""
    settings = settings_of(request)
    email, password = form.text("email", limit=254).lower(), form.password("password")
    if not form.is_valid:
        return page(request, "account/sign_in.html", HTTPStatus.BAD_REQUEST, form=form, wait=0)
    origin = request.client.host[:64] if request.client else ""
    attempt = sign_in.Attempt(email, password, origin, request.headers.get("user-agent", ""))
    outcome = sign_in.sign_in(request.app.state.sessions, attempt, settings)
    if outcome.token is not None:
        return _signed_in(request, outcome.token, own_path(form.value("next") or "/"))
    if outcome.wait:
        response = page(request, "account/sign_in.html", HTTPStatus.TOO_MANY_REQUESTS, form=form, wait=outcome.wait)
        response.headers["Retry-After"] = str(outcome.wait)
        return response
    form.refuse("password", "sign_in_refused")
    return page(request, "account/sign_in.html", HTTPStatus.BAD_REQUEST, form=form, wait=0)


@router.post("/sign-out", dependencies=[*_OWN, _TOKEN])
def do_sign_out(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """The end of the session."""
    sign_in.sign_out(session, actor, request.state.session_token)
    response = redirect(request, "/sign-in", mark("You are signed out."), kind="info")
    cookies.forget_session(response, settings_of(request))
    return response


@router.post("/language", dependencies=_PUBLIC)
def choose_language(request: Request, session: DbSession, form: SentForm) -> Response:
    """The same page in another language; kept with the account, or in the browser of who is not signed in."""
    settings = settings_of(request)
    language = form.choice("language", Language)
    response = redirect(request, form.value("next") or "/")
    if language is not None:
        response.set_cookie(
            cookies.LANGUAGE_COOKIE,
            language.value,
            max_age=365 * 24 * 3600,
            httponly=True,
            samesite="lax",
            secure=bool(settings.secure_cookies),
        )
        if request.state.actor is not None:
            accounts.choose_language(session, request.state.actor, language)
    return response


# --- first account and invitation -----------------------------------------------------------------------------------


@router.get("/setup/{token}", dependencies=_PUBLIC)
def show_setup(request: Request, session: DbSession, token: str) -> Response:
    """The form for the first HR account."""
    accounts.check_first_hr_link(session, token)
    return page(request, "account/setup.html", form=Form(request.state.locale))


@router.post("/setup/{token}", dependencies=_PUBLIC)
def do_setup(request: Request, session: DbSession, token: str, form: SentForm) -> Response:
    """The first HR person, signed in."""
    accounts.check_first_hr_link(session, token)
    first = accounts.FirstHr(
        name=form.text("name"),
        number=form.text("number", limit=40),
        email=form.email("email"),
        password=form.password("password"),
    )
    account = form.attempt(session, lambda: accounts.make_first_hr(session, token, first))
    if account is None:
        return page(request, "account/setup.html", HTTPStatus.BAD_REQUEST, form=form)
    return _begin(request, session, account)


@router.get("/invitation/{token}", dependencies=_PUBLIC)
def show_invitation(request: Request, session: DbSession, token: str) -> Response:
    """The form in which an invited person chooses a password."""
    account = accounts.invited(session, token)
    return _invitation_page(request, account, Form(request.state.locale))


@router.post("/invitation/{token}", dependencies=_PUBLIC)
def do_invitation(request: Request, session: DbSession, token: str, form: SentForm) -> Response:
    """The password, and the person signed in."""
    account = accounts.invited(session, token)
    password = form.password("password")
    form.attempt(session, lambda: accounts.accept_invitation(session, token, password))
    if not form.is_valid:
        return _invitation_page(request, account, form, HTTPStatus.BAD_REQUEST)
    return _begin(request, session, account)


def _invitation_page(request: Request, account: Account, form: Form, status: int = 200) -> Response:
    return page(request, "account/invitation.html", status, form=form, name=account.person.name, email=account.email)


def _begin(request: Request, session: DbSession, account: Account) -> Response:
    token = sign_in.begin_session(session, account, request.headers.get("user-agent", ""))
    return _signed_in(request, token, "/", mark("Welcome! Your account is ready."))


def _signed_in(request: Request, token: str, path: str, flash: str | None = None) -> Response:
    response = redirect(request, path, flash)
    cookies.keep_session(response, token, settings_of(request))
    return response


# --- the own account ------------------------------------------------------------------------------------------------


@router.get("/account", dependencies=_OWN)
def show_account(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """Everything about the own account on one page."""
    return _account_page(request, session, actor, Form(request.state.locale))


@router.post("/account/password", dependencies=_OWN)
def change_password(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """Another password; other browsers are signed out."""
    present, wanted = form.password("present"), form.password("wanted")
    keep = request.state.signed_in.session_id
    form.attempt(session, lambda: accounts.change_password(session, actor, present, wanted, keep))
    if not form.is_valid:
        return _account_page(request, session, actor, form, HTTPStatus.BAD_REQUEST)
    return redirect(request, "/account", mark("Your password is changed. Other browsers have been signed out."))


@router.post("/account/notices", dependencies=_OWN)
def choose_wish(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """How one's notices come by mail."""
    wish = form.choice("wish", MailWish)
    if wish is None:
        return _account_page(request, session, actor, form, HTTPStatus.BAD_REQUEST)
    notices.choose_wish(session, actor, wish)
    return redirect(request, "/account#notices", mark("Your choice is kept."))


@router.post("/account/sessions/{session_id}/end", dependencies=[*_OWN, _TOKEN])
def end_session(request: Request, session: DbSession, actor: CurrentActor, session_id: RowId) -> Response:
    """One browser signed out."""
    accounts.end_session(session, actor, session_id)
    return redirect(request, "/account#sessions", mark("That browser is signed out."))


@router.post("/account/tokens", dependencies=_OWN)
def create_token(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """A new API token, shown this once: the answer itself holds it, since no later page could."""
    name = form.text("token_name", limit=100)
    token = form.attempt(session, lambda: accounts.create_token(session, actor, name))
    if token is None:
        return _account_page(request, session, actor, form, HTTPStatus.BAD_REQUEST)
    return _account_page(request, session, actor, Form(request.state.locale), new_token=token)


@router.post("/account/tokens/{token_id}/end", dependencies=[*_OWN, _TOKEN])
def revoke_token(request: Request, session: DbSession, actor: CurrentActor, token_id: RowId) -> Response:
    """One API token stopped."""
    accounts.revoke_token(session, actor, token_id)
    return redirect(request, "/account#tokens", mark("The token is revoked."))


def _account_page(
    request: Request,
    session: DbSession,
    actor: CurrentActor,
    form: Form,
    status: int = 200,
    *,
    new_token: accounts.NewToken | None = None,
) -> Response:
    locale: Locale = request.state.locale
    signed_in = request.state.signed_in
    return page(
        request,
        "account/account.html",
        status,
        form=form,
        new_token=new_token,
        wish=notices.wish_of(session, actor.person_id),
        tokens=accounts.tokens_of(session, actor),
        sessions=[
            {
                "id": each.id,
                "browser": accounts.browser_name(each.browser) or locale.text(mark("Unknown browser")),
                "seen_at": each.seen_at,
                "created_at": each.created_at,
                "is_this": each.id == signed_in.session_id,
            }
            for each in accounts.sessions_of(session, actor)
        ],
    )
