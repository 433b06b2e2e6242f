"""Profiles as YAML files: those that come with Causeway, and a user's own."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from workbench.errors import ProfileError
from workbench.ingest.profile import Profile

FOLDER = Path(__file__).parent / "profiles"


def load_profile(profile: str | Path) -> Profile:
    """Return a builtin profile by name, or the one in a YAML file.

    Raises:
        ProfileError: there is no such profile, or it is not valid; says what, where and how to mend it.
    """
    path = Path(profile)
    if path.suffix not in (".yaml", ".yml"):
        path = FOLDER / f"{profile}.yaml"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        hint = f"Builtin profiles: {', '.join(profile_names())}; a file of your own ends in .yaml"
        raise ProfileError(f"no profile {str(profile)!r}", hint=hint) from error
    try:
        return Profile.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise ProfileError(
            f"not YAML: {error}", where=str(path), hint="See `causeway import --save-profile`"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "profile"
        message = first["msg"].removeprefix("Value error, ")
        hint = (
            f"{error.error_count()} fault(s) in all; `causeway import --explain --save-profile FILE` writes a valid one"
        )
        raise ProfileError(f"{where}: {message}", where=str(path), hint=hint) from error


def profile_names() -> list[str]:
    """Return the names of the builtin profiles."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def profiles() -> list[Profile]:
    """Return the builtin profiles, by name."""
    return [load_profile(name) for name in profile_names()]


def save_profile(profile: Profile, path: Path) -> None:
    """Write a profile as YAML, only with what differs from the defaults."""
    content = profile.model_dump(mode="json", exclude_defaults=True)
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8")
