"""How do our documents look, since when, and how did they look when a scorecard was published?"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.access import Actor, require
from app.documents import logo_file
from app.errors import Conflict, Invalid
from app.models import BrandingVersion, BrandLogo, PublishedScorecard
from app.rules.branding import HOUSE, Branding, Logo, Section, SignatureBlock, Signer, faults_of, tidied
from app.rules.vocabulary import Action
from app.services import audit

LARGEST_LOGO: Final = logo_file.LARGEST


def number_in_force(session: Session) -> int | None:
    """The number of the look in force, which a scorecard keeps when it is published; none for that of the house."""
    return session.scalar(select(func.max(BrandingVersion.number)))


def in_force(session: Session) -> Branding:
    """The look in force."""
    return _numbered(session, number_in_force(session))


def branding_of(session: Session, published: PublishedScorecard) -> Branding:
    """The look that was in force when the scorecard was published: it never has another."""
    return _numbered(session, published.branding_version)


def get_branding(session: Session, actor: Actor) -> Branding:
    """The look in force, for those who may change it."""
    require(session, actor, Action.BRANDING_WRITE)
    return in_force(session)


def logo_from(content: bytes) -> Logo:
    """The logo that a file holds; Invalid at `logo` where it holds none that can be printed."""
    return logo_file.read_logo(content)


def list_versions(session: Session, actor: Actor) -> Sequence[BrandingVersion]:
    """Every look that ever was, the latest first."""
    require(session, actor, Action.BRANDING_WRITE)
    return session.scalars(select(BrandingVersion).order_by(BrandingVersion.number.desc())).all()


def checked(wanted: Branding) -> Branding:
    """The look as it would be kept; Invalid with all that speaks against it."""
    made = tidied(wanted)
    if faults := faults_of(made):
        raise Invalid(faults)
    return made


def change_branding(session: Session, actor: Actor, wanted: Branding, *, version: int) -> Branding:
    """Put a look in force for all that is published from now on; `version` is the one that it was made from, or 0.

    What is published already keeps its own. The same look again makes no new version.
    """
    require(session, actor, Action.BRANDING_WRITE)
    present = in_force(session)
    if (present.version or 0) != version:
        raise Conflict("stale")
    made = replace(checked(wanted), version=present.version)
    if made == present:
        return present
    row = BrandingVersion(
        number=version + 1,
        in_force_from=clock.now(),
        content=_written(made),
        logo=None if made.logo is None else _kept(session, made.logo),
    )
    session.add(row)
    session.flush()
    details: dict[str, Any] = {"number": row.number, "digest": hashlib.sha256(row.content.encode()).hexdigest()}
    if row.logo is not None:
        details["logo"] = row.logo.digest
    audit.record(session, "branding.changed", actor_id=actor.person_id, about=("branding", row.id), details=details)
    return replace(made, version=row.number)


def _numbered(session: Session, number: int | None) -> Branding:
    if number is None:
        return HOUSE
    wanted = select(BrandingVersion).where(BrandingVersion.number == number)
    return _read(session.scalars(wanted.options(joinedload(BrandingVersion.logo))).one())


def _kept(session: Session, logo: Logo) -> BrandLogo:
    """The row of a logo: one for all looks that bear the same."""
    digest = hashlib.sha256(logo.data.encode()).hexdigest()
    known = session.scalar(select(BrandLogo).where(BrandLogo.digest == digest))
    return known or BrandLogo(
        digest=digest, media_type=logo.media_type, width=logo.width, height=logo.height, picture=logo.data
    )


def _written(branding: Branding) -> str:
    return audit.canonical(
        {
            "accent": branding.accent,
            "name": branding.name,
            "address": branding.address,
            "footer": branding.footer,
            "signatures": [
                {"signer": block.signer.value, "label_en": block.label_en, "label_id": block.label_id}
                for block in branding.signatures
            ],
            "left_out": sorted(branding.left_out),
        }
    )


def _read(row: BrandingVersion) -> Branding:
    content: dict[str, Any] = json.loads(row.content)
    logo = row.logo
    return Branding(
        version=row.number,
        accent=content["accent"],
        name=content["name"],
        address=content["address"],
        footer=content["footer"],
        logo=None if logo is None else Logo(logo.media_type, logo.width, logo.height, logo.picture),
        signatures=tuple(
            SignatureBlock(Signer(each["signer"]), each["label_en"], each["label_id"]) for each in content["signatures"]
        ),
        left_out=frozenset(Section(each) for each in content["left_out"]),
    )
