"""Builds what is shipped but not committed: browser assets from npm packages, and compiled translations."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsBuildHook(BuildHookInterface[Any]):
    """Called by pip for a wheel and for an editable install alike."""

    def dependencies(self) -> list[str]:
        requirements: list[str] = self._assets().build_requirements()
        return requirements

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        self._assets().build()
        from tools import translations

        translations.compile_changed()

    def _assets(self) -> Any:
        # The build runs in an environment of its own where the repository is not importable.
        if self.root not in sys.path:
            sys.path.insert(0, str(Path(self.root)))
        from tools import assets

        return assets
