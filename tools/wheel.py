"""What goes into an installed wheel besides the package? Its requirements with the extra, templates and migrations."""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

BESIDE_THE_PACKAGE = ["templates", "migrations", "alembic.ini"]
BUILD_ONLY = "hatchling=="


class RuntimeRequirements(MetadataHookInterface):
    """Fills the wheel's dependencies and its extra from requirements/*.in, so that they are named in one place."""

    def update(self, metadata: dict[str, object]) -> None:
        """Read the requirements, without comments and without what only builds the project."""
        metadata["dependencies"] = self._named("runtime.in")
        metadata["optional-dependencies"] = {"seal": self._named("seal.in")}

    def _named(self, file: str) -> list[str]:
        lines = (Path(self.root) / "requirements" / file).read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line and not line.startswith(("#", BUILD_ONLY))]


class ShippedFiles(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own parameter says nothing here
    """Puts what lies beside the package into the wheel; an editable installation finds it in place."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Name the files to include; called by hatchling before it builds."""
        if version == "standard":
            build_data["force_include"] = {name: f"app/_shipped/{name}" for name in BESIDE_THE_PACKAGE}
