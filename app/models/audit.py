"""What is stored about who did what: an append-only chain of hashes, with personal words kept beside it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class AuditEntry(Base):
    """One act; `id` runs without gaps, `hash` covers the row and the hash before it."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject_at", "subject_id", "at"),
        Index("ix_audit_entry_object", "object_kind", "object_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who did it; none for the system itself and for commands on the server."""
    action: Mapped[str] = mapped_column(String(60), index=True)
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None]
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Whose data it concerns."""
    details: Mapped[str] = mapped_column(Text)
    """Canonical JSON without personal words: those stand in audit_text under their digest."""
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class AuditText(Base):
    """Words of a person that an audit entry refers to by digest; can be erased without breaking the chain."""

    __tablename__ = "audit_text"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    salt: Mapped[str] = mapped_column(String(32))
    """Goes with the words when they are erased, so that nobody can guess short words from the digest left behind."""
    words: Mapped[str] = mapped_column(Text)
