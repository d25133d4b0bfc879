"""What is stored about how documents look: every version of the branding, and the logos."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base


class BrandLogo(Base):
    """A logo as it was written anew; kept for as long as there are scorecards that bear it."""

    __tablename__ = "brand_logo"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    media_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    picture: Mapped[str] = mapped_column(Text)
    """In base64: text, so that every backup holds it as it holds the rest."""


class BrandingVersion(Base):
    """A look of the documents from a moment on; the database refuses to change or delete it."""

    __tablename__ = "branding_version"

    number: Mapped[int] = mapped_column(unique=True)
    in_force_from: Mapped[datetime]
    content: Mapped[str] = mapped_column(Text)
    """All but the logo, as canonical JSON."""
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("brand_logo.id"))

    logo: Mapped[BrandLogo | None] = relationship()
