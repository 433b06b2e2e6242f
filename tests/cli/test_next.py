"""What a result tells to type next works in the workspace that was named."""

from __future__ import annotations

import pytest

from workbench.faces.cli.show import name_workspace

SAID = "Causes\n  1. causeway of events\n\nNext    causeway incident INC-1\n        causeway evidence E1"


def test_a_named_workspace_is_in_the_commands_to_type_next() -> None:
    assert name_workspace(SAID, "/data/my shop") == SAID.replace(
        "causeway incident", "causeway -w '/data/my shop' incident"
    ).replace("causeway evidence", "causeway -w '/data/my shop' evidence")


@pytest.mark.parametrize("workspace", [None, ""])
def test_the_usual_workspace_is_not_named(workspace: str | None) -> None:
    assert name_workspace(SAID, workspace) == SAID
