"""Modules that come and go while a page is made."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest
from panel.io import handlers, reload

import workbench.faces.panel.page  # noqa: F401 - it makes Panel patient


class Fickle(types.ModuleType):
    """A module that takes another one away when it is looked at, as a thread may at any time."""

    def __init__(self, name: str, other: str) -> None:
        super().__init__(name)
        self.__dict__["other"] = other

    def __getattribute__(self, name: str) -> Any:
        if name == "__spec__":
            sys.modules.pop(object.__getattribute__(self, "other"), None)
        return super().__getattribute__(name)


def make_a_page(recorded: Any) -> None:
    try:
        with recorded():
            sys.modules["fickle_a"], sys.modules["fickle_b"] = Fickle("a", "fickle_b"), Fickle("b", "fickle_a")
    finally:
        for name in ("fickle_a", "fickle_b"):
            sys.modules.pop(name, None)


def test_a_page_does_not_fail_over_a_module_that_is_gone_again() -> None:
    make_a_page(handlers.record_modules)

    # A Panel that has mended it needs our way no more.
    with pytest.raises(KeyError):
        make_a_page(reload.record_modules)
