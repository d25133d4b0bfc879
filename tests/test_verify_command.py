"""Does `kinerja verify` check a ZIP of scorecards without a database, and say in one line what is wrong?"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from typer.testing import CliRunner, Result

from app import signing
from app.cli import app
from app.documents.manifest import SignedZip
from app.settings import Settings

MADE_AT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def release(tmp_path: Path) -> Path:
    made = SignedZip(Settings(data_dir=tmp_path / "data"), MADE_AT, {"organisation": "PT Contoh", "period": "2026-01"})
    path = tmp_path / "release.zip"
    path.write_bytes(made.add("a.csv", b"a") + made.add("b.pdf", b"%PDF-1.7", 2) + made.end())
    return path


def run(folder: Path, *arguments: object) -> Result:
    command = [str(each) for each in arguments]
    return CliRunner().invoke(app, command, env={"KINERJA_DATA_DIR": str(folder), "KINERJA_DATABASE_URL": "nothing"})


def said(result: Result) -> tuple[int, Sequence[str], Sequence[str]]:
    return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()


def test_a_release_is_checked_where_it_was_made_and_elsewhere(tmp_path: Path, release: Path) -> None:
    home, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    given = run(home, "signing-key")
    key = tmp_path / "public.pem"
    key.write_text(given.stdout)
    assert given.stderr.strip() == signing.fingerprint(given.stdout)
    good = [
        "2 files, all as they were released, none missing",
        "PT Contoh, 2026-01, made 2026-02-03T04:05:06+00:00",
        f"signed by {given.stderr.strip()}",
    ]
    assert said(run(home, "verify", release)) == (0, good, [])
    assert said(run(elsewhere, "verify", release, "--key", key)) == (0, good, [])
    assert not elsewhere.exists()


def test_what_is_wrong_with_a_release_is_named(tmp_path: Path, release: Path) -> None:
    with ZipFile(release, "a") as archive:
        archive.writestr("c.pdf", b"%PDF-1.7")
    found = run(tmp_path / "data", "verify", release)
    assert said(found) == (1, [], [f"{release}: c.pdf: was put in"])
    facts = json.loads(run(tmp_path / "data", "verify", release, "--json").stdout)
    assert (facts["files"], facts["faults"], facts["period"]) == (2, ["c.pdf: was put in"], "2026-01")


def test_without_a_key_it_asks_for_one_and_makes_none(tmp_path: Path, release: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    asked = "kinerja: there is no signing key here: give the organisation's public key with --key"
    assert said(run(elsewhere, "verify", release)) == (1, [], [asked])
    assert not elsewhere.exists()
    key = tmp_path / "key.pem"
    key.write_text("x")
    assert said(run(elsewhere, "verify", release, "--key", key)) == (1, [], ["kinerja: this is no public key as PEM"])
    assert run(elsewhere, "verify", release, "--key", tmp_path / "none.pem").exit_code == 1
