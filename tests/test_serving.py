"""Does the service start as promised: an empty database set up, any other left alone, one line where it cannot?"""

import gc
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text
from typer.testing import CliRunner, Result

from app import schema, signing
from app.cli import app as cli
from app.database import make_engine, make_sessions, transaction
from app.main import create_app, list_routes, settled
from app.models import KpiDefinition
from app.rules.vocabulary import Action
from app.serving import CannotStart, prepared_engine, read_settings, see_to_signing
from app.settings import Settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KINERJA_")}
    return {**kept, "KINERJA_DATA_DIR": str(folder)}


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, env={"KINERJA_DATA_DIR": str(folder)})


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[tuple[str, list[str]]]:
    """The running service's address, and the lines that it said until it answers."""
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), *arguments]
    with subprocess.Popen(command, env=environment(folder), stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line.strip())
            if "/setup/" in line:
                break
        try:
            yield f"http://127.0.0.1:{port}", said
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def status_of(address: str) -> int:
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - our own service
        return int(answer.status)


@pytest.mark.slow
def test_an_empty_folder_becomes_a_service_with_a_link_for_the_first_hr_account(tmp_path: Path) -> None:
    with serving(tmp_path) as (address, said):
        assert said[:2] == ["The database is empty: setting it up.", f"Kinerja is at {address}"]
        link = re.search(r"once, within 7 days: (\S+)$", said[2])
        assert link is not None
        assert [status_of(f"{address}{path}") for path in ("/healthz", "/readyz", "/sign-in")] == [200, 200, 200]
        assert status_of(link[1]) == 200
        again = run(tmp_path, "serve", "--port", address.rpartition(":")[2])
    assert (again.exit_code, again.stdout) == (1, "")
    assert re.fullmatch(r"kinerja: Port \d+ of 127\.0\.0\.1 cannot be used \(.+\); choose another .*\n", again.stderr)
    assert oct((tmp_path / "secret").stat().st_mode & 0o777) == "0o600"
    assert oct((tmp_path / "signing-key.pem").stat().st_mode & 0o777) == "0o600"
    with transaction(make_sessions(make_engine(f"sqlite:///{tmp_path / 'kinerja.sqlite3'}"))) as session:
        assert len(session.scalars(select(KpiDefinition.code)).all()) == 41


@pytest.mark.slow
def test_several_processes_answer_at_one_address(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as (address, said):
        assert said[1] == f"Kinerja is at {address}"
        assert [status_of(f"{address}/readyz") for _ in range(6)] == [200] * 6


def test_a_database_of_another_revision_is_left_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, _env_file=None)
    said: list[str] = []
    engine = prepared_engine(settings, said.append)
    prepared_engine(settings, said.append).dispose()
    assert said == ["The database is empty: setting it up."]
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(CannotStart, match=rf"at revision 0000, this version needs {schema.needed()}.*kinerja migrate"):
        prepared_engine(settings, said.append)
    assert schema.present(engine) == "0000"
    engine.dispose()


def test_a_database_that_cannot_be_used_is_said_in_one_line(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}", _env_file=None)
    with pytest.raises(CannotStart, match=r"^The database cannot be used: [^\n]+$"):
        prepared_engine(settings, print)


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KINERJA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KINERJA_PORT", "many")
    monkeypatch.setenv("KINERJA_TIME_ZONE", "Mars/Olympus")
    with pytest.raises(CannotStart, match=r"KINERJA_PORT: .*; KINERJA_TIME_ZONE: .*Mars/Olympus"):
        read_settings()


def test_a_new_signing_key_is_told_once_and_a_wrong_one_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, _env_file=None)
    said: list[str] = []
    see_to_signing(settings, said.append)
    see_to_signing(settings, said.append)
    key = signing.fingerprint(signing.public_key(settings))
    path = tmp_path / "signing-key.pem"
    assert said == [
        f"A key that signs releases was made: {path}. Keep a copy of it, and tell people its fingerprint:",
        f"  {key}",
    ]
    wrong = Settings(data_dir=tmp_path, signing_key="x", _env_file=None)
    with pytest.raises(CannotStart, match=r"^KINERJA_SIGNING_KEY: the signing key is no private key as PEM"):
        see_to_signing(wrong, said.append)


def test_migrate_brings_a_database_to_the_newest_revision(tmp_path: Path) -> None:
    done = run(tmp_path, "migrate")
    assert (done.exit_code, done.stdout) == (0, f"The database is at revision {schema.needed()}.\n")


def test_routes_are_listed_with_their_actions(tmp_path: Path) -> None:
    done = run(tmp_path, "routes", "--json")
    listed = json.loads(done.stdout)
    assert listed == list_routes(create_app(Settings(data_dir=tmp_path, _env_file=None)))
    assert {"methods": ["GET"], "path": "/account", "action": "account:own"} in listed
    assert {route["action"] for route in listed} <= {action.value for action in Action}
    assert len(run(tmp_path, "routes").stdout.splitlines()) == len(listed)


def test_what_a_process_serves_with_is_never_searched_for_garbage(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, _env_file=None))
    before = gc.get_threshold()
    try:
        assert settled(app) is app
        assert gc.get_freeze_count() > 100_000 > len(gc.get_objects())
        assert gc.get_threshold()[0] > before[0]
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
        app.state.engine.dispose()
