"""The public page that proves a paper: by the code that is printed on it, or by the PDF file itself."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Final
from urllib.parse import quote

from fastapi import Depends, Request, Response

from app import clock, signing
from app.i18n import mark
from app.models import PublishedScorecard
from app.routing import DbSession, Needs, make_router, settings_of
from app.rules.check_value import value_of
from app.rules.vocabulary import Action
from app.services import verification
from app.services.verification import Proof
from app.web.forms import Form, Query, SentForm
from app.web.render import error_page, page, redirect

router = make_router()
_PUBLIC: Final = [Depends(Needs(Action.PUBLIC))]
LOOK_UPS: Final = 30
WITHIN: Final = timedelta(minutes=10)
_PLACES_REMEMBERED: Final = 10_000
_LONGEST_CODE: Final = 80
_EXAMPLE: Final = """\
kinerja-1
KSK/2026-01/1042
1
Ratna Wulandari
K1|40|118.5|98.75|39.5
K2|35|1|100|35
K3|25|12|120|30
104.5
"""
"""Figures of nobody, by which the page explains the check value."""
_TOO_MANY: Final = mark("Too many look-ups from here. Please try again in some minutes.")


class LookUps:
    """How often each place looked something up of late: nobody shall try codes until one fits."""

    def __init__(self) -> None:
        self._times: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def wait(self, place: str) -> int:
        """Count one more; how many seconds the place has to wait before it may, 0 where it may now."""
        now = clock.now()
        with self._lock:
            times = self._times.setdefault(place, deque())
            self._times.move_to_end(place)
            while times and now - times[0] >= WITHIN:
                times.popleft()
            if len(times) >= LOOK_UPS:
                return int((times[0] + WITHIN - now).total_seconds()) + 1
            times.append(now)
            while len(self._times) > _PLACES_REMEMBERED:
                self._times.popitem(last=False)
        return 0

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._times.clear()


look_ups: Final = LookUps()


@router.get("/verify", dependencies=_PUBLIC)
def form_page(request: Request, query: Query) -> Response:
    """Where to type a code or choose a file."""
    code = query.text("code", required=False, limit=_LONGEST_CODE)
    if code and query.is_valid:
        return redirect(request, f"/verify/{quote(code.upper().replace(' ', ''), safe='')}")
    form = Form.showing(request.state.locale)
    if query.checked("locked"):  # so finds the script that leaves the file on its device
        form.refuse("file", "pdf_locked")
    return _page(request, form)


@router.get("/verify/key", dependencies=_PUBLIC)
def key_file(request: Request) -> Response:
    """The public half of the key that signs ZIPs of scorecards."""
    headers = {"Content-Disposition": 'attachment; filename="kinerja-public-key.pem"'}
    return Response(signing.public_key(settings_of(request)), media_type="application/x-pem-file", headers=headers)


@router.get("/verify/{code}", dependencies=_PUBLIC)
def code_page(request: Request, session: DbSession, code: str) -> Response:
    """What a code proves, or the SHA-256 of a file: nothing that its paper does not say, but whether it still holds."""
    if wait := look_ups.wait(_place(request)):
        return _too_many(request, wait)
    if verification.is_digest(code):
        found = verification.find_digest(session, code)
        return _file_page(request, session, Form.showing(request.state.locale), found)
    form = Form.showing(request.state.locale, code=code[:_LONGEST_CODE])
    found = verification.find_code(session, code)
    if found is None:
        form.refuse("code", "code_unknown")
        return _page(request, form, status=HTTPStatus.NOT_FOUND)
    return _page(request, form, verification.proof_of(session, found))


@router.post("/verify", dependencies=_PUBLIC)
def check_file(request: Request, session: DbSession, form: SentForm) -> Response:
    """Whether a file is one that was issued here, byte for byte; it is read, compared and forgotten."""
    if wait := look_ups.wait(_place(request)):
        return _too_many(request, wait)
    upload = form.file("file")
    if upload is None:
        return _page(request, form, status=HTTPStatus.BAD_REQUEST)
    content = upload.file.read()
    if verification.is_locked_copy(content):
        form.refuse("file", "pdf_locked")
        return _page(request, form)
    return _file_page(request, session, form, verification.find_pdf(session, content))


def _file_page(request: Request, session: DbSession, form: Form, found: PublishedScorecard | None) -> Response:
    if found is None:
        form.refuse("file", "pdf_unknown")
        return _page(request, form)
    return _page(request, form, verification.proof_of(session, found), by_file=True)


def _page(
    request: Request, form: Form, proof: Proof | None = None, *, by_file: bool = False, status: int = 200
) -> Response:
    return page(
        request,
        "verification/verify.html",
        status,
        by_file=by_file,
        example=_EXAMPLE,
        example_value=value_of(_EXAMPLE),
        fingerprint=signing.fingerprint(signing.public_key(settings_of(request))),
        form=form,
        proof=proof,
    )


def _place(request: Request) -> str:
    return request.client.host if request.client else ""


def _too_many(request: Request, wait: int) -> Response:
    text = request.state.locale.text(_TOO_MANY)
    response = error_page(request, HTTPStatus.TOO_MANY_REQUESTS, text)
    response.headers["Retry-After"] = str(wait)
    return response
