#!/usr/bin/python3
"""Test set-up only: runs runc without resource limits, for machines where the kernel refuses even root to set them.

Podman writes limits into what it hands to runc; where CAP_SYS_RESOURCE is missing every container fails on them. Users
with an ordinary podman or docker need none of this.
"""

import json
import os
import sys


def without_limits(path: str, *, inner: bool) -> None:
    """Remove the limits from a bundle's config.json, or from the process file of `runc exec`."""
    with open(path, encoding="utf-8") as file:
        found = json.load(file)
    (found["process"] if inner else found).pop("rlimits", None)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(found, file)


def value_of(arguments: list[str], *names: str) -> str | None:
    """Return what stands behind an option, as `--name value` or `--name=value`."""
    for place, text in enumerate(arguments):
        for name in names:
            if text == name and place + 1 < len(arguments):
                return arguments[place + 1]
            if text.startswith(name + "="):
                return text.partition("=")[2]
    return None


given = sys.argv[1:]
if {"create", "run"} & set(given):
    without_limits(os.path.join(value_of(given, "--bundle", "-b") or ".", "config.json"), inner=True)
elif "exec" in given and (process := value_of(given, "--process", "-p")):
    without_limits(process, inner=False)
os.execv("/usr/sbin/runc", ["runc", *given])
