"""How are values kept in tables so that both databases hold the same digits and moments?"""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, DateTime, Enum, Integer, MetaData, String, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
EXACT_DIGITS = 80
_HUNDRED = Decimal(100)


class ExactNumber(TypeDecorator[Decimal]):
    """A decimal number of any scale, kept as its plain text: neither database may round or reformat it (ADR 0004)."""

    impl = String(EXACT_DIGITS)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """The plain notation, without exponent."""
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """The number that was written, digit for digit."""
        return None if value is None else Decimal(value)


class Hundredths(TypeDecorator[Decimal]):
    """A number with two decimals, kept as whole hundredths so that the database can check and compare it (ADR 0004)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        """The hundredths; a value with more decimals is a mistake of the caller, never rounded here."""
        if value is None:
            return None
        hundredths = Decimal(value) * _HUNDRED
        if hundredths != hundredths.to_integral_value():
            raise ValueError(f"{value} has more than two decimals")
        return int(hundredths)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """The number with exactly two decimals."""
        return None if value is None else Decimal(value).scaleb(-2)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite would otherwise hand it back without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC; one without a zone is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment with its zone, UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Common ground of all tables: named constraints, exact types, a whole-number key."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012 - SQLAlchemy's own form

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def words(enumeration: type[StrEnum], name: str = "") -> Enum:
    """A column type that keeps the words of an enumeration and lets the database refuse others.

    `name` tells the checks apart where a table has two columns of one enumeration.
    """
    return Enum(
        enumeration,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name or _snake(enumeration.__name__),
        validate_strings=True,
    )


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")
