"""How do other programs read and set the look of the documents?"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response
from pydantic import ConfigDict, Field

from app.api.exchange import ApiRoute, RequiredVersion, with_tag
from app.api.operations import REPLACES, Responses, refusals, tagged
from app.api.wire import Sent, Shown, line
from app.errors import Invalid, NotFound
from app.routing import Actor, CurrentActor, DbSession, Needs
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
from app.rules.faults import Fault
from app.rules.vocabulary import Action
from app.services import branding

router = APIRouter(route_class=ApiRoute, tags=["organisation"])
_WRITE: Final = [Depends(Needs(Action.BRANDING_WRITE))]
_LONGEST: Final = branding.LARGEST_LOGO * 4 // 3 + 4
_PICTURE: Final[Responses] = {
    200: {
        "description": "The picture, as it is printed.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/png", "image/jpeg")},
    }
}


class Signature(Sent):
    """A line to sign on; without labels it is called as the house does."""

    signer: Signer
    label_en: Annotated[str, line(LONGEST_LABEL, 0)] = ""
    label_id: Annotated[str, line(LONGEST_LABEL, 0)] = ""


class LookSent(Sent):
    """How documents look, but for the logo."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"accent": "#1c4f82", "signatures": [{"signer": "employee"}]}]}
    )

    accent: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$", max_length=7)] = Field(
        description="Its contrast with white must be 4.5 to 1 or more."
    )
    name: Annotated[str, line(LONGEST_NAME, 0)] = ""
    address: Annotated[str, line(LONGEST_LINE, 0)] = ""
    footer: Annotated[str, line(LONGEST_LINE, 0)] = ""
    signatures: Annotated[Sequence[Signature], Field(max_length=len(Signer))]
    left_out: Annotated[Sequence[Section], Field(max_length=len(Section))] = ()


class LogoShown(Shown):
    """The logo as it is kept."""

    media_type: str
    width: int
    height: int
    digest: str = Field(description="SHA-256 of the picture.")


class Look(Shown):
    """The look in force; its ETag is the number that scorecards keep, 0 for that of the house."""

    accent: str
    name: str
    address: str
    footer: str
    signatures: Sequence[Signature]
    left_out: Sequence[Section]
    logo: LogoShown | None


class LogoSent(Sent):
    """A picture to be printed at the head."""

    content: Annotated[str, Field(min_length=4, max_length=_LONGEST, pattern=r"^[A-Za-z0-9+/]+={0,2}$")] = Field(
        description="Base64 of a PNG or JPEG. What is kept is written anew: plain dots on white."
    )


@router.get(
    "/branding",
    operation_id="get_branding",
    summary="Get the look of the documents",
    dependencies=_WRITE,
    responses={**refusals(403), **tagged()},
)
def get_branding(response: Response, session: DbSession, actor: CurrentActor) -> Look:
    """The look that is frozen with all that is published now. Only HR."""
    return _shown(response, branding.get_branding(session, actor))


@router.put(
    "/branding",
    operation_id="replace_branding",
    summary="Change the look of the documents",
    dependencies=_WRITE,
    responses={**refusals(*REPLACES), **tagged()},
)
def replace_branding(
    response: Response, session: DbSession, actor: CurrentActor, version: RequiredVersion, sent: LookSent
) -> Look:
    """All but the logo anew; what is published already keeps its own look. Only HR."""
    present = branding.get_branding(session, actor)
    wanted = Branding(
        accent=sent.accent,
        name=sent.name,
        address=sent.address,
        footer=sent.footer,
        logo=present.logo,
        signatures=tuple(SignatureBlock(each.signer, each.label_en, each.label_id) for each in sent.signatures),
        left_out=frozenset(sent.left_out),
    )
    return _shown(response, branding.change_branding(session, actor, wanted, version=version))


@router.get(
    "/branding/logo",
    operation_id="get_logo",
    summary="Download the logo",
    dependencies=_WRITE,
    response_class=Response,
    responses={**refusals(403, 404), **_PICTURE},
)
def get_logo(session: DbSession, actor: CurrentActor) -> Response:
    """The picture in force. Only HR."""
    logo = branding.get_branding(session, actor).logo
    if logo is None:
        raise NotFound
    return Response(base64.b64decode(logo.data), media_type=logo.media_type)


@router.put(
    "/branding/logo",
    operation_id="replace_logo",
    summary="Change the logo",
    dependencies=_WRITE,
    responses={**refusals(*REPLACES), **tagged()},
)
def replace_logo(
    response: Response, session: DbSession, actor: CurrentActor, version: RequiredVersion, sent: LogoSent
) -> Look:
    """Another picture at the head of all that is published from now on. Only HR."""
    present = branding.get_branding(session, actor)
    try:
        content = base64.b64decode(sent.content, validate=True)
    except (binascii.Error, ValueError) as unreadable:
        raise Invalid([Fault("content", "unreadable")]) from unreadable
    return _with_logo(response, session, actor, present, branding.logo_from(content), version)


@router.delete(
    "/branding/logo",
    operation_id="remove_logo",
    summary="Do without a logo",
    dependencies=_WRITE,
    responses={**refusals(400, 403, 409, 412, 428), **tagged()},
)
def remove_logo(response: Response, session: DbSession, actor: CurrentActor, version: RequiredVersion) -> Look:
    """No picture at the head of all that is published from now on. Only HR."""
    present = branding.get_branding(session, actor)
    return _with_logo(response, session, actor, present, None, version)


def _with_logo(
    response: Response, session: DbSession, actor: Actor, present: Branding, logo: Logo | None, version: int
) -> Look:
    changed = branding.change_branding(session, actor, replace(present, logo=logo), version=version)
    return _shown(response, changed)


def _shown(response: Response, look: Branding) -> Look:
    with_tag(response, look.version or 0)
    logo = look.logo
    return Look(
        accent=look.accent,
        name=look.name,
        address=look.address,
        footer=look.footer,
        signatures=[
            Signature(signer=each.signer, label_en=each.label_en, label_id=each.label_id) for each in look.signatures
        ],
        left_out=sorted(look.left_out),
        logo=None
        if logo is None
        else LogoShown(
            media_type=logo.media_type,
            width=logo.width,
            height=logo.height,
            digest=hashlib.sha256(base64.b64decode(logo.data)).hexdigest(),
        ),
    )
