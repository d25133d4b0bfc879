"""Is the database at the revision that this code needs, and how does it get there?"""

from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from app.database import without_foreign_keys

_HERE: Final = Path(__file__).parent


def _config() -> Config:
    """Alembic's configuration: beside the package in a checkout, inside it in a wheel."""
    shipped = _HERE / "_shipped"
    config = Config()
    config.set_main_option("script_location", str((shipped if shipped.is_dir() else _HERE.parent) / "migrations"))
    return config


@cache
def needed() -> str:
    """The newest revision."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def present(engine: Engine) -> str:
    """The revision of the database, empty if it has none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def is_empty(engine: Engine) -> bool:
    """Whether the database has no table at all."""
    return not inspect(engine).get_table_names()


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision, all steps in one transaction."""
    config = _config()
    with engine.execution_options(writes=True).connect() as connection, without_foreign_keys(connection):
        config.attributes["connection"] = connection
        with connection.begin():
            command.upgrade(config, "head")
