"""Is what cannot seal refused in one line when the service starts, and does it keep nobody from a PDF later?"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from typer.testing import CliRunner

from app import sealing
from app.cli import app as cli
from app.demo.own_seal import make_seal
from app.sealing import SealUnusable, seal_of, usable_seal
from app.serving import CannotStart, see_to_seal
from app.settings import Settings
from tests.sealings import PASSPHRASE, rsa_key, write_pkcs12
from tests.tools import Clock


def settings_for(folder: Path, path: Path | str = "", passphrase: str = PASSPHRASE) -> Settings:
    return Settings(data_dir=folder, seal_pkcs12=str(path), seal_passphrase=passphrase, _env_file=None)


def test_without_a_certificate_there_is_no_seal(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "data")
    assert usable_seal(settings) is None
    see_to_seal(settings)
    assert not (tmp_path / "data").exists()


def test_the_certificate_of_the_settings_comes_before_that_of_the_data_folder(tmp_path: Path) -> None:
    write_pkcs12(tmp_path / "seal.p12", passphrase="")
    named = write_pkcs12(tmp_path / "named.p12", key=rsa_key(1))
    found = [usable_seal(settings_for(tmp_path, passphrase="")), usable_seal(settings_for(tmp_path, named))]
    assert all(found)
    assert len({each.fingerprint for each in found if each}) == 2


def test_a_certificate_is_read_within_a_running_loop_too(tmp_path: Path) -> None:
    write_pkcs12(tmp_path / "seal.p12", passphrase="")

    async def read() -> bool:
        return usable_seal(settings_for(tmp_path, passphrase="")) is not None

    assert asyncio.run(read())


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.exists, "cannot be read: No such file or directory"),
    "a folder": (lambda path: path.mkdir(), "cannot be read: Is a directory"),
    "no PKCS#12": (lambda path: path.write_bytes(b"x"), "is no PKCS#12 file, or this is not its passphrase"),
    "another passphrase": (
        lambda path: write_pkcs12(path, passphrase="other"),
        "is no PKCS#12 file, or this is not its passphrase",
    ),
    "another kind of key": (
        lambda path: write_pkcs12(path, key=ec.generate_private_key(ec.SECP256R1())),
        "holds no RSA key with its certificate",
    ),
    "over": (
        lambda path: write_pkcs12(path, ends=datetime(2026, 2, 1, tzinfo=UTC)),
        "holds from 2020-01-01 to 2026-02-01",
    ),
    "not begun": (
        lambda path: write_pkcs12(path, begins=datetime(2026, 3, 1, tzinfo=UTC)),
        "holds from 2026-03-01 to 2040-01-01",
    ),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_seal_is_named_in_one_line_at_the_start(tmp_path: Path, case: str) -> None:
    make, reason = UNUSABLE[case]
    path = tmp_path / "it.p12"
    make(path)
    with pytest.raises(CannotStart) as refused:
        see_to_seal(settings_for(tmp_path, path))
    line = str(refused.value)
    assert line.startswith("KINERJA_SEAL_PKCS12: ")
    assert line.endswith(reason)
    assert str(path) in line
    assert "\n" not in line


def test_without_the_extra_the_start_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_pkcs12(tmp_path / "it.p12")
    monkeypatch.setitem(__import__("sys").modules, "pyhanko.sign.signers", None)
    with pytest.raises(SealUnusable, match=r"^seals need pyHanko: pip install 'kinerja\[seal\]'$"):
        usable_seal(settings_for(tmp_path, path))


@pytest.mark.parametrize(
    "command",
    [
        ("serve",),
        ("worker", "--once"),
        ("demo",),
        ("pdf", "--employee", "4", "--cycle", "2026", "--out", "x.pdf"),
        ("pdf-all", "--cycle", "2026", "--out", "x"),
    ],
)
def test_every_command_that_makes_pdfs_refuses(tmp_path: Path, command: tuple[str, ...]) -> None:
    path = tmp_path / "none.p12"
    environment = {"KINERJA_DATA_DIR": str(tmp_path / "data"), "KINERJA_SEAL_PKCS12": str(path)}
    done = CliRunner().invoke(cli, command, env=environment)
    line = f"kinerja: KINERJA_SEAL_PKCS12: {path} cannot be read: No such file or directory\n"
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", line)
    assert not (tmp_path / "data").exists()


def test_a_certificate_that_runs_out_meanwhile_keeps_nobody_from_a_pdf(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    sealing._tell.cache_clear()
    settings = settings_for(tmp_path, write_pkcs12(tmp_path / "it.p12", ends=datetime(2026, 3, 1, tzinfo=UTC)))
    assert seal_of(settings) is not None
    clock.advance(days=40)
    with caplog.at_level(logging.ERROR):
        assert [seal_of(settings), seal_of(settings)] == [None, None]
    (told,) = caplog.messages
    assert told.startswith("PDFs leave without a seal: the certificate in ")
    assert told.endswith(" holds from 2020-01-01 to 2026-03-01")


def test_the_passphrase_is_shown_nowhere(tmp_path: Path) -> None:
    seal = usable_seal(settings_for(tmp_path, write_pkcs12(tmp_path / "it.p12")))
    assert "key" not in repr(seal)
    assert PASSPHRASE not in repr(seal)


def test_the_demo_makes_a_certificate_of_its_own_once(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", organisation_name="PT " + "Contoh " * 20, _env_file=None)
    make_seal(settings)
    path = tmp_path / "data" / "seal.p12"
    made = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert usable_seal(settings) is not None
    make_seal(settings)
    assert path.read_bytes() == made
    make_seal(settings_for(tmp_path / "other", path))
    assert not (tmp_path / "other").exists()
