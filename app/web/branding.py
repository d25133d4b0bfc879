"""The page on which HR sets the look of the documents, with an example that follows what is typed."""

import base64
import hashlib
import re
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse

from app.errors import Conflict, Invalid
from app.i18n import Locale, mark
from app.routing import Actor, CurrentActor, DbSession, Needs, make_router, reading, settings_of
from app.rules.branding import (
    LONGEST_LABEL,
    LONGEST_LINE,
    LONGEST_NAME,
    Branding,
    Logo,
    Section,
    SignatureBlock,
    Signer,
)
from app.rules.vocabulary import Action
from app.services import branding, branding_preview, uploads
from app.web.forms import Form, SentForm
from app.web.render import page, redirect

router = make_router()
_WRITE: Final = [Depends(Needs(Action.BRANDING_WRITE))]
_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_ON_SCREEN: Final = """
html { background: #fff; }
body { width: 184mm; margin: 6mm auto; }
body[data-footer]::after { display: block; margin-top: 4mm; color: #516468; content: attr(data-footer); }
@media (max-width: 760px) { body { zoom: 0.68; } }
@media (max-width: 500px) { body { zoom: 0.46; } }
"""
"""What paper does by itself: a width, margins, and the line at its foot."""
_SECTIONS: Final = {
    Section.WORKING: mark("Definition and working of each score"),
    Section.TREND: mark("Scores over the cycle"),
    Section.DATA: mark("Data behind each score and its credibility"),
    Section.BEHAVIOURS: mark("Behaviours, level by level"),
    Section.SELF_ASSESSMENT: mark("Self-assessment"),
    Section.COMMENTS: mark("Comments of the appraiser"),
}
_SIGNERS: Final = {
    Signer.EMPLOYEE: mark("Employee"),
    Signer.APPRAISER: mark("Appraiser"),
    Signer.SUPERIOR: mark("Superior of the appraiser"),
    Signer.HR: mark("Human Resources"),
}


@router.get("/branding", dependencies=_WRITE)
def branding_page(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """The form with the look in force."""
    present = branding.get_branding(session, actor)
    return _form_page(request, session, actor, _shown(request.state.locale, present), present)


@router.post("/branding", dependencies=_WRITE)
def change(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """The look put in force, or the form again; against a newer version both are there to be compared."""
    present = branding.get_branding(session, actor)
    sent_logo = _sent(form)
    wanted = _wanted(request, form, present, sent_logo)
    version, status = form.whole("version", minimum=0) or 0, HTTPStatus.BAD_REQUEST
    try:
        if form.attempt(session, lambda: branding.change_branding(session, actor, wanted, version=version)):
            if kept := form.value("logo_kept"):
                uploads.forget(settings_of(request).data_dir, kept)
            return redirect(request, "/branding", mark("Saved. All that is published from now on looks like this."))
    except Conflict as conflict:
        if conflict.code != "stale":
            raise
        status = HTTPStatus.CONFLICT
        form.put("version", str(present.version or 0))
    if sent_logo and not form.fault("logo"):
        form.put("logo_kept", uploads.keep(settings_of(request).data_dir, sent_logo))
    return _form_page(request, session, actor, form, present, status)


@router.post("/branding/preview", dependencies=_WRITE)
def preview(request: Request, actor: CurrentActor, form: SentForm) -> Response:
    """The print page of an example with the look as typed, to be framed by the form's page."""
    wanted = _tried(request, actor, form)
    if not form.is_valid:
        return _framed(_faults(request, form))
    html = branding_preview.example_page(wanted, request.state.locale, settings_of(request))
    html = html.replace("</style>", f"{_ON_SCREEN}</style>", 1)
    return _framed(HTMLResponse(html), _hash_of_style(html))


@router.post("/branding/preview.pdf", dependencies=_WRITE)
def preview_pdf(request: Request, actor: CurrentActor, form: SentForm) -> Response:
    """The same as a PDF."""
    wanted = _tried(request, actor, form)
    if not form.is_valid:
        return _faults(request, form)
    content = branding_preview.example_pdf(wanted, request.state.locale, settings_of(request))
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": "inline"})


# --- What was typed ---------------------------------------------------------------------------------------------------


def _tried(request: Request, actor: Actor, form: Form) -> Branding:
    """The look as typed; drawing it takes its time, so the database is left before."""
    with reading(request) as session:
        present = branding.get_branding(session, actor)
    wanted = _wanted(request, form, present, _sent(form))
    try:
        wanted = branding.checked(wanted)
    except Invalid as refused:
        form.take(refused)
    _place_faults(form)
    return wanted


def _wanted(request: Request, form: Form, present: Branding, sent_logo: bytes) -> Branding:
    return Branding(
        version=present.version,
        accent=form.text("accent", limit=7),
        name=form.text("name", limit=LONGEST_NAME, required=False),
        address=form.text("address", limit=LONGEST_LINE, required=False),
        footer=form.text("footer", limit=LONGEST_LINE, required=False),
        logo=_logo(request, form, present, sent_logo),
        signatures=tuple(
            SignatureBlock(
                signer,
                form.text(f"label_en_{signer}", limit=LONGEST_LABEL, required=False),
                form.text(f"label_id_{signer}", limit=LONGEST_LABEL, required=False),
            )
            for signer in Signer
            if signer in form.some_of("signers", list(Signer))
        ),
        left_out=frozenset(Section) - {Section(each) for each in form.some_of("sections", list(Section))},
    )


def _sent(form: Form) -> bytes:
    file = form.file("logo", required=False)
    return file.file.read(branding.LARGEST_LOGO + 1) if file else b""


def _logo(request: Request, form: Form, present: Branding, sent: bytes) -> Logo | None:
    """The logo that was sent now, or with a form that was refused, or else the one there is, unless it shall go."""
    kept = form.value("logo_kept")
    if not sent and kept:
        sent = uploads.fetch(settings_of(request).data_dir, kept)
    if sent:
        try:
            return branding.logo_from(sent)
        except Invalid as refused:
            form.take(refused)
            return None
    return None if form.checked("without_logo") else present.logo


# --- What is shown ----------------------------------------------------------------------------------------------------


def _shown(locale: Locale, present: Branding) -> Form:
    labels = {f"label_{code}_{block.signer}": text for block in present.signatures for code, text in _texts(block)}
    return Form.showing(
        locale,
        version=str(present.version or 0),
        accent=present.accent,
        name=present.name,
        address=present.address,
        footer=present.footer,
        signers=[block.signer for block in present.signatures],
        sections=[section for section in Section if section not in present.left_out],
        **labels,
    )


def _texts(block: SignatureBlock) -> tuple[tuple[str, str], ...]:
    return ("en", block.label_en), ("id", block.label_id)


def _form_page(
    request: Request, session: DbSession, actor: Actor, form: Form, present: Branding, status: int = HTTPStatus.OK
) -> Response:
    _place_faults(form)
    values: dict[str, Any] = {
        "form": form,
        "labels": _labels(),
        "present": present,
        "sections": _SECTIONS,
        "signers": _SIGNERS,
        "is_stale": status == HTTPStatus.CONFLICT,
        "versions": branding.list_versions(session, actor),
        "longest": {"name": LONGEST_NAME, "line": LONGEST_LINE, "label": LONGEST_LABEL},
        "largest_logo": branding.LARGEST_LOGO // 1_000_000,
    }
    return page(request, "branding/form.html", status, **values)


def _faults(request: Request, form: Form) -> HTMLResponse:
    return page(request, "branding/faults.html", HTTPStatus.BAD_REQUEST, form=form, labels=_labels())


def _labels() -> dict[str, str]:
    """What the fields are called where their faults are listed."""
    return {
        "accent": mark("Accent colour"),
        "name": mark("Full name"),
        "address": mark("Address line"),
        "footer": mark("Line at the foot"),
        "logo": mark("Logo"),
        "signers": mark("Who signs by hand"),
        "sections": mark("Sections"),
    }


def _place_faults(form: Form) -> None:
    """Let the faults of a signature stand at its fields, which are named by who signs."""
    signing = [signer for signer in Signer if form.is_checked("signers", signer)]
    names = {"signatures": "signers"}
    for place, signer in enumerate(signing):
        names |= {f"signatures[{place}].label_{code}": f"label_{code}_{signer}" for code in ("en", "id")}
    form.faults = [replace(fault, at=names.get(fault.at, fault.at)) for fault in form.faults]


def _hash_of_style(html: str) -> str:
    style = _STYLE.search(html)
    digest = hashlib.sha256(style[1].encode() if style else b"").digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _framed(response: HTMLResponse, style: str = "'self'") -> HTMLResponse:
    """An answer that our own page may frame, and that can do nothing but be looked at."""
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {style}; img-src data:; font-src data: 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
