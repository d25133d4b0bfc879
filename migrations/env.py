"""Brings a database from one revision to another; takes its address from the caller or from the settings."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, TypeDecorator

from app.database import make_engine, without_foreign_keys
from app.models import Base  # for autogenerate and check alone: revisions never import it
from app.settings import load_settings

config = context.config


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types into a revision as the plain types that they are kept in."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def _run(connection: Connection) -> None:
    # Not in batches: on SQLite they make a table anew and lose its checks. Revision 0003 shows how to change those.
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    engine = make_engine(load_settings().database_url)
    with engine.connect().execution_options(writes=True) as own, without_foreign_keys(own):
        _run(own)
        own.commit()
    engine.dispose()
