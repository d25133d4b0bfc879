"""What goes into an installed wheel besides the package? Its requirements, templates and migrations."""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

BESIDE_THE_PACKAGE = ["templates", "migrations", "alembic.ini"]
BUILD_ONLY = "hatchling=="


class RuntimeRequirements(MetadataHookInterface):
    """Fills the wheel's dependencies from requirements/runtime.in, so that they are named in one place."""

    def update(self, metadata: dict[str, object]) -> None:
        """Read the requirements, without comments and without what only builds the project."""
        lines = (Path(self.root) / "requirements" / "runtime.in").read_text(encoding="utf-8").splitlines()
        metadata["dependencies"] = [line for line in lines if line and not line.startswith(("#", BUILD_ONLY))]


class ShippedFiles(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own parameter says nothing here
    """Puts what lies beside the package into the wheel; an editable installation finds it in place."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Name the files to include; called by hatchling before it builds."""
        if version == "standard":
            build_data["force_include"] = {name: f"app/_shipped/{name}" for name in BESIDE_THE_PACKAGE}
