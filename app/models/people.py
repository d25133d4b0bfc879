"""What is stored about people: who they are, where they sit, which position they hold, to whom they report."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, words
from app.rules.vocabulary import Language, Role


class Unit(Base):
    """A department or team in the tree of the organisation."""

    __tablename__ = "unit"
    __table_args__ = (CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),)

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    parent: Mapped["Unit | None"] = relationship(remote_side="Unit.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Position(Base):
    """A job that a person can hold."""

    __tablename__ = "position"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Person(Base):
    """Somebody on the staff, with the dates of joining and leaving."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="leaves_after_joining"),)

    number: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]

    placements: Mapped[list["Placement"]] = relationship(
        back_populates="person", order_by="Placement.starts_on", cascade="all, delete-orphan"
    )
    reporting_lines: Mapped[list["ReportingLine"]] = relationship(
        back_populates="person",
        order_by="ReportingLine.starts_on",
        foreign_keys="ReportingLine.person_id",
        cascade="all, delete-orphan",
    )
    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="person", order_by="RoleGrant.role", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Placement(Base):
    """The unit and position that a person holds from a day on; the end is open while it lasts, both days included."""

    __tablename__ = "placement"
    __table_args__ = (
        UniqueConstraint("person_id", "starts_on"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="placements")
    unit: Mapped[Unit] = relationship()
    position: Mapped[Position] = relationship()


class ReportingLine(Base):
    """To whom a person reports from a day on; the end is open while it lasts, both days included."""

    __tablename__ = "reporting_line"
    __table_args__ = (
        UniqueConstraint("person_id", "starts_on"),
        CheckConstraint("person_id <> manager_id", name="not_own_manager"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index("ix_reporting_line_manager_dates", "manager_id", "starts_on", "ends_on"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    manager_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="reporting_lines", foreign_keys=person_id)
    manager: Mapped[Person] = relationship(foreign_keys=manager_id)


def lasts_on(dated: type[Placement] | type[ReportingLine], day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Whether a row has begun by a day and not ended before it."""
    return (dated.starts_on <= day) & or_(dated.ends_on.is_(None), dated.ends_on >= day)


def lasts_on_last_day(dated: type[Placement] | type[ReportingLine], day: date) -> ColumnElement[bool]:
    """The same, but for a `Person` of the select who had left by then: on their own last day."""
    has_begun, ended_with_them = dated.starts_on <= day, dated.ends_on >= Person.left_on
    return has_begun & or_(dated.ends_on.is_(None), dated.ends_on >= day, ended_with_them)


def not_left_before(day: date) -> ColumnElement[bool]:
    """Whether a person is still employed on a day, or will only be from later on; the last day counts."""
    return or_(Person.left_on.is_(None), Person.left_on >= day)


class RoleGrant(Base):
    """A role that was given to a person on top of being an employee."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(words(Role))

    person: Mapped[Person] = relationship(back_populates="grants")


class Account(Base):
    """The means to sign in of one person."""

    __tablename__ = "account"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[Language | None] = mapped_column(words(Language))
    is_disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class WebSession(Base):
    """One signed-in browser; the cookie's token is kept only as its hash, so that it can be ended but not stolen."""

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    browser: Mapped[str] = mapped_column(String(200), default="")

    account: Mapped[Account] = relationship()


class ApiToken(Base):
    """A personal token for other systems; shown once, kept as its hash."""

    __tablename__ = "api_token"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class OneTimeLink(Base):
    """A link that works once: to make the first HR account (no account yet) or to choose a password."""

    __tablename__ = "one_time_link"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account | None] = relationship()


class SignInFailure(Base):
    """One failed sign-in, counted per address typed and per origin to slow down guessing."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_email_at", "email", "at"),)

    email: Mapped[str] = mapped_column(String(254))
    origin: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class IdempotencyKey(Base):
    """The answer that was given to a request with this key, to be given again instead of doing it twice."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("account_id", "key"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    location: Mapped[str | None] = mapped_column(String(500))
    etag: Mapped[str | None] = mapped_column(String(80))
    body: Mapped[str]
    created_at: Mapped[datetime]
