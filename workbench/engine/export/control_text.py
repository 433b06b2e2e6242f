"""Writes the control server as one file that imports nothing of ours."""

from __future__ import annotations

from workbench.flow.inline import Inliner

HOME = "workbench.engine.export.control"


def control_text() -> str:
    """Return the text of `control.py` as it goes into an image."""
    inliner = Inliner(("workbench",), instead={})
    main = inliner.need(HOME, "main")
    return "\n".join(
        [
            '"""Runs the flow beside it; others may trigger, stop and watch it. Made by Causeway; needs only Python.',
            "",
            "Anybody may ask /livez, /readyz and /startupz. For /status, /metrics, POST /trigger and POST /stop",
            "the token is needed, as `Authorization: Bearer TOKEN`.",
            '"""',
            "",
            "from __future__ import annotations",
            "",
            inliner.text(),
            "",
            "",
            'if __name__ == "__main__":',
            f"    sys.exit({main}())",
            "",
        ]
    )
