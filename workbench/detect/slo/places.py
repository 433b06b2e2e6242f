"""A value in a specification that knows where it stands, so that every fault can name it.

Faults are collected, not raised: a file is refused with all of them at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.facts.evidence import Frozen

LONGEST_SHOWN = 60


class Fault(Frozen):
    """One thing that is wrong in a specification, and how to mend it."""

    file: str
    document: int
    """Counted from 1; 0 when the file as a whole is meant."""
    line: int
    name: str = ""
    """Of the objective or object."""
    field: str = ""
    value: str = ""
    message: str
    """What is wrong and how to mend it: one sentence without its full stop."""

    def text(self) -> str:
        """Return the fault in one sentence."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        place = [f"document {self.document}" + (f" ({self.name})" if self.name else "")] * bool(self.document)
        what = [f"{self.field} = {self.value}" if self.value else self.field] * bool(self.field)
        return f"{', '.join([where, *place, *what])}: {self.message}."


@dataclass(slots=True)
class Faults:
    """Collects what is wrong in one file, and what is only worth a remark."""

    file: str
    found: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a document, with its path; reading a value of the wrong kind makes a fault."""

    faults: Faults
    document: int
    lines: dict[str, int]
    value: Any
    path: str = ""
    name: str = ""

    def fault(self, message: str, *, shown: bool = True) -> None:
        """Note a fault of this value: what is wrong and how to mend it, without a full stop."""
        shown_value = _shown(self.value) if isinstance(self.value, str) and shown else ""
        self.faults.found.append(
            Fault(
                file=self.faults.file, document=self.document, line=self._line(), name=self.name, field=self.path,
                value=shown_value, message=message,
            )
        )  # fmt: skip

    def note(self, message: str) -> None:
        """Remark something that is no fault."""
        self.faults.notes.append(f"{self.faults.file}:{self._line()}, {self.path}: {message}.")

    def named(self, name: str) -> Place:
        """Return the same place, with the object's name for its faults."""
        return Place(self.faults, self.document, self.lines, self.value, self.path, name)

    def there(self) -> bool:
        """Tell whether the value is there and not empty."""
        return self.value is not None

    def get(self, key: str) -> Place:
        """Return a field of a mapping; of anything else, an absent one."""
        path = f"{self.path}.{key}" if self.path else key
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Place(self.faults, self.document, self.lines, value, path, self.name)

    def items(self) -> list[Place]:
        """Return the elements of a list; something else than a list is a fault."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            self.fault("a list is wanted here; begin each element with '- '")
            return []
        return [
            Place(self.faults, self.document, self.lines, one, f"{self.path}[{number}]", self.name)
            for number, one in enumerate(self.value)
        ]

    def only(self, *known: str, strict: bool = False) -> None:
        """Remark fields that nobody reads (faults when strict); something else than a mapping is a fault."""
        if self.value is None:
            return
        if not isinstance(self.value, dict):
            self.fault(f"a mapping is wanted here, with {', '.join(known)}")
            return
        for key in self.value:
            if key not in known and strict:
                self.get(key).fault(f"no such field; known are {', '.join(known)}")
            elif key not in known:
                self.get(key).note(f"no such field, it is left out; known are {', '.join(known)}")

    def text(self, *, needed: str = "", default: str = "") -> str:
        """Return a text; `needed` says how to mend that it is missing."""
        if self.value is None:
            if needed:
                self.fault(f"it is missing; {needed}")
            return default
        if not isinstance(self.value, str):
            self.fault("a text is wanted here")
            return default
        return self.value

    def number(self, *, needed: str = "") -> float | None:
        """Return a finite number."""
        text = self.text(needed=needed)
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if number != number or abs(number) == float("inf"):
            self.fault("a number is wanted here, such as 99.9")
            return None
        return number

    def flag(self, *, default: bool) -> bool:
        """Return true or false."""
        if self.value is None:
            return default
        low = self.value.lower() if isinstance(self.value, str) else ""
        if low not in ("true", "false"):
            self.fault("true or false is wanted here")
            return default
        return low == "true"

    def texts(self) -> dict[str, str]:
        """Return a mapping of texts; a list of texts becomes one text with commas."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            self.fault("a mapping of names to texts is wanted here")
            return {}
        found = {}
        for key, value in self.value.items():
            if isinstance(value, list) and all(isinstance(one, str) for one in value):
                found[key] = ",".join(value)
            else:
                found[key] = self.get(key).text()
        return found

    def choice(self, options: Sequence[str], *, needed: str = "", default: str = "") -> str:
        """Return one of some texts."""
        text = self.text(needed=needed, default=default)
        if text and text not in options and self.value is not None:
            self.fault(f"unknown; write one of {', '.join(options)}")
            return default
        return text

    def _line(self) -> int:
        path = self.path
        while path and path not in self.lines:
            path = path.rpartition("[")[0] if path.endswith("]") else path.rpartition(".")[0]
        return self.lines.get(path, 1)


def _shown(text: str) -> str:
    flat = " ".join(text.split())
    short = flat if len(flat) <= LONGEST_SHOWN else f"{flat[:LONGEST_SHOWN]}…"
    return short if short and short == text and " " not in text else repr(short)
