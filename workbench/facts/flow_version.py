"""A saved version of a flow: what was saved, by whom, and from which version it was made."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum

from workbench.facts.evidence import Frozen


class Role(StrEnum):
    """What a person may do with a flow."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class FlowVersion(Frozen):
    """One version; it never changes."""

    flow: str
    """Name of the flow's file, without .flow.json."""
    version: int
    """1, 2, 3, ... within the flow."""
    version_id: str
    """Made of all other fields, so that a changed one is noticed."""
    parent: int
    """The version that it was made from; 0 for a new flow."""
    document_id: str
    """SHA-256 of what the flow says; equal for equal flows."""
    message: str
    author: str
    saved_unix_nano: int

    @classmethod
    def made(
        cls, *, flow: str, version: int, parent: int, document_id: str, message: str, author: str, saved_unix_nano: int
    ) -> FlowVersion:
        """Return the version with the id that follows from the other fields."""
        facts = [flow, version, parent, document_id, message, author, saved_unix_nano]
        text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
        return cls(
            flow=flow,
            version=version,
            version_id="FV" + hashlib.sha256(text.encode()).hexdigest()[:16],
            parent=parent,
            document_id=document_id,
            message=message,
            author=author,
            saved_unix_nano=saved_unix_nano,
        )

    def is_whole(self) -> bool:
        """Tell whether no field was changed since it was saved."""
        fields = self.model_dump(exclude={"version_id"})
        return FlowVersion.made(**fields) == self


class FlowPerson(Frozen):
    """What one person may do with one flow."""

    person: str
    role: Role
