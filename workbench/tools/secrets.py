"""Secrets: set, list, remove. No verb gives a value back; it is used where a flow or an action needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.guard.secrets import SecretEntry
from workbench.guard.tool import tool
from workbench.tools.arguments import SecretValue
from workbench.tools.texts import Listing, columns

if TYPE_CHECKING:
    from workbench.core import Workbench


class Secrets(Listing[SecretEntry]):
    """Secrets by name, without their values."""

    def text(self) -> str:
        """Return one line for each."""
        if not self.root:
            return "There are no secrets. `causeway secret-set NAME` sets one."
        rows = [(one.name, one.reference, f"{one.changed_at:%Y-%m-%d %H:%M}", one.key) for one in self.root]
        return columns(("SECRET", "IN A FLOW", "CHANGED (UTC)", "KEY IN"), rows)


@tool(risk="write", positional=("name",))
def secret_set(wb: Workbench, name: str, value: SecretValue) -> SecretEntry:
    """Keep a password or token encrypted in the workspace; on a terminal it is asked for, else read from stdin.

    Flows refer to it as ${secret:NAME}. The value never stands in a flow, on a command line, in a log or in an error.

    Args:
        name: Its name, {service}_{resource}_{parameter}, such as postgres_shop_password.
        value: The value.
    """
    return wb.secrets.set(name, value)


@tool(risk="read")
def secrets(wb: Workbench) -> Secrets:
    """List the secrets of the workspace, without their values."""
    return Secrets(wb.secrets.entries())


@tool(risk="write", positional=("name",))
def secret_remove(wb: Workbench, name: str) -> str:
    """Forget a secret.

    Args:
        name: Its name; `causeway secrets` lists them.
    """
    wb.secrets.remove(name)
    return f"The secret {name!r} is gone."
