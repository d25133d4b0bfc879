"""Is every library new enough for what is known against older ones? A floor is raised, never lowered."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from app.database import make_engine, wal_is_safe

FLOORS = {
    "fastapi": ("0.165", "CVE-2021-32677 fixed long before; max_body_size came with this one"),
    "starlette": ("1.3.1", "CVE-2026-54283, CVE-2026-48710, CVE-2026-48817, CVE-2026-48818, CVE-2025-62727"),
    "python-multipart": ("0.0.32", "CVE-2026-53539, CVE-2026-42561, CVE-2026-40347, CVE-2026-24486, CVE-2024-53981"),
    "jinja2": ("3.1.6", "CVE-2025-27516, CVE-2024-56201, CVE-2024-56326, CVE-2024-22195"),
    "weasyprint": ("70.0", "CVE-2026-55073, CVE-2026-49452, CVE-2025-68616, CVE-2024-28184, GHSA-r543"),
    "sqlalchemy": ("2.0", "CVE-2019-7164"),
    "openpyxl": ("3.1.5", "CVE-2017-5992"),
    "authlib": ("1.7.1", "CVE-2026-41479, CVE-2026-27962, CVE-2026-28802"),
    "gunicorn": ("22", "CVE-2024-1135, CVE-2024-6827"),
    "pyjwt": ("2.15.1", "the floor that the quality plan names"),
    "defusedxml": ("0.7.1", "what openpyxl's documents ask for"),
}
"""By distribution: the oldest version that may be installed, and the advisories that ask for it."""
NEEDED = {"fastapi", "starlette", "python-multipart", "jinja2", "weasyprint", "sqlalchemy"}
ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_what_is_installed_is_new_enough(name: str) -> None:
    floor, advisories = FLOORS[name]
    try:
        installed = version(name)
    except PackageNotFoundError:
        assert name not in NEEDED, f"{name} is not installed"
        return
    assert Version(installed) >= Version(floor), f"{name} {installed}: {advisories}"


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.stem)
def test_what_gets_installed_is_new_enough(path: Path) -> None:
    pinned = [line.partition(" ")[0] for line in path.read_text("utf-8").splitlines() if "==" in line]
    assert len(pinned) >= 20
    for each in map(Requirement, pinned):
        floor, advisories = FLOORS.get(each.name.lower(), ("0", ""))
        assert all(Version(pin.version) >= Version(floor) for pin in each.specifier), f"{each}: {advisories}"


def test_the_database_library_cannot_lose_what_was_written(tmp_path: Path) -> None:
    """3.7.0 to 3.51.2 may corrupt a database in WAL mode with several connections."""
    library: Any = make_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}").dialect.dbapi
    assert wal_is_safe(library.sqlite_version_info), "pysqlite3 with its own SQLite is not installed"
