"""What must be on this machine before Kinerja can run, and how does it get there?

    python3 tools/setup.py run      what the service needs
    python3 tools/setup.py dev      that, and what tests and checks need

Works alone with Python's standard library: makes .venv, installs the hash-pinned packages of requirements/
and the project itself, and adds missing system packages where that is allowed (root on Debian); otherwise it
says in one line what to do and ends with code 2. When nothing changed since the last time it ends at once.
"""

from __future__ import annotations  # an old Python must get as far as being told that it is too old

import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": "requirements/runtime.txt", "dev": "requirements/dev.txt"}
TEST_PROGRAMS = {"pdffonts": "poppler-utils", "qpdf": "qpdf"}
OLDEST_PYTHON = (3, 11)


def main(arguments: list[str]) -> None:
    """Bring this machine to the state that the mode asks for."""
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        refuse("usage: python3 tools/setup.py run|dev")
    mode = arguments[0]
    if sys.version_info < OLDEST_PYTHON:
        version = sys.version.split()[0]
        refuse(f"Kinerja needs Python 3.11 or newer, this is {version}: make PYTHON=python3.11 run")
    folder = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)  # two commands started together do not install into one another
    add_system_packages(mode)
    if not is_installed(mode):
        make_environment()
        install(mode)


def refuse(line: str) -> NoReturn:
    """End with one clear line."""
    print(line, file=sys.stderr)
    raise SystemExit(2)


def tell(line: str) -> None:
    """Say on standard error what takes long; standard output belongs to the command that follows."""
    print(f"setup: {line}", file=sys.stderr, flush=True)


# --- system packages ---


def add_system_packages(mode: str) -> None:
    """Install the Debian packages that are missing, if this is root on Debian; else say which ones are."""
    needed = missing_packages(mode)
    if not needed:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *needed]
    if not shutil.which("apt-get"):
        refuse(f"Missing on this system: {', '.join(needed)} (names as in Debian). Install them, then try again.")
    if os.geteuid() != 0:
        refuse(f"Missing: {', '.join(needed)}. Run  sudo {' '.join(command)}  and try again.")
    tell(f"installing system packages: {' '.join(needed)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update"], command):
        done = subprocess.run(step, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            refuse(f"{' '.join(step)} failed: {last_line(done.stderr)}")


def missing_packages(mode: str) -> list[str]:
    """Debian packages whose file, library or program is not here."""
    missing = []
    if not PYTHON.exists() and importlib.util.find_spec("ensurepip") is None:
        missing.append(name_of_venv_package())
    if sys.platform == "linux" and not has_library("libpangoft2-1.0.so.0"):
        missing += ["libpangoft2-1.0-0", "libharfbuzz-subset0"]  # PDFs need the first; the second makes them smaller
    if mode == "dev":
        if not Path(os.environ.get("CHROMIUM", "/usr/bin/chromium")).exists():
            missing.append("chromium")
        if sys.platform == "linux" and not has_library("libatomic.so.1"):
            missing.append("libatomic1")  # for the program with which Playwright steers Chromium
        missing += [package for program, package in TEST_PROGRAMS.items() if not shutil.which(program)]
    return missing


def name_of_venv_package() -> str:
    """Debian keeps the module apart; for another Python than its own the name holds the version."""
    is_debians = Path(sys.executable).resolve().parent == Path("/usr/bin")
    return "python3-venv" if is_debians else "python{}.{}-venv".format(*sys.version_info)


def has_library(name: str) -> bool:
    """Whether the dynamic linker finds the library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


# --- the virtual environment ---


def is_installed(mode: str) -> bool:
    """Whether the environment holds at least this mode's packages, as locked now."""
    modes = LOCKS if mode == "run" else ["dev"]
    return PYTHON.exists() and any(read(each) == stamp(each) for each in modes)


def stamp(mode: str) -> dict[str, str]:
    """What an installation depends on; when one of these changes it is made anew."""
    import tomllib  # noqa: PLC0415 - came with Python 3.11; an older one must get as far as being refused

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    described = json.dumps([project["build-system"], project["project"]]).encode()
    packages = hashlib.sha256(described + (ROOT / LOCKS[mode]).read_bytes()).hexdigest()
    return {"python": platform.python_version(), "folder": str(VENV), "packages": packages}


def read(name: str) -> dict[str, str]:
    """What the last step of this name left when it had ended well."""
    try:
        left: dict[str, str] = json.loads((VENV / f"setup-{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return left


def write(name: str, left: dict[str, str]) -> None:
    """Note that a step has ended well."""
    (VENV / f"setup-{name}.json").write_text(json.dumps(left), encoding="utf-8")


def make_environment() -> None:
    """Make the virtual environment, anew if Python or the folder is another one: its scripts hold both."""
    made_for = {"python": platform.python_version(), "folder": str(VENV)}
    if PYTHON.exists() and read("environment") == made_for:
        return
    tell("making .venv")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    write("environment", made_for)


def install(mode: str) -> None:
    """Install the locked packages and the project, which brings the command kinerja."""
    began = time.monotonic()
    lock = ROOT / LOCKS[mode]
    tell(f"installing the packages of {LOCKS[mode]} (once; a minute or two)")
    if not install_with_uv(lock):
        # wheels only: building from source would fetch tools that no hash pins
        run([*pip_install(), "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock)])
    run([*pip_install(), "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    write(mode, stamp(mode))
    tell(f"done in {time.monotonic() - began:.0f} s")


def install_with_uv(lock: Path) -> bool:
    """The same by uv, many times faster, where it is here and can (it reads no pip.conf)."""
    uv = shutil.which("uv")
    if not uv:
        return False
    command = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--python",
        str(PYTHON),
        "--require-hashes",
        "--no-deps",
        "--no-build",
        "-r",
        str(lock),
    ]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def pip_install() -> list[str]:
    """The words every call of pip begins with."""
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]


def run(command: list[str]) -> None:
    """Run a step; when it fails, show why and end."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        refuse(f"setup failed at: {' '.join(command)}")


def last_line(text: str) -> str:
    """The line in which a program says what went wrong."""
    return (text.strip().splitlines() or ["no reason given"])[-1]


if __name__ == "__main__":
    main(sys.argv[1:])
