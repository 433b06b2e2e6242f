"""Every error that Causeway raises on purpose.

CausewayError
├── RetryLater                 transient: the same call may succeed later
│   ├── OwnerGone              the process that held the workspace went away
│   ├── Unreachable            another system does not answer, or not now
│   └── ModelUnavailable       no language model answered in time, or it answered rubbish
└── GiveUp                     final: the same call fails again until something is changed
    ├── BadInput               what the user gave cannot be read or used
    │   ├── BadExpression      a computation over columns is not well written, or does not fit the columns
    │   ├── ProfileError       a profile names something that the file does not have
    │   └── Outdated           what was changed is not the newest any more
    ├── NotFound               nothing has this id or name
    │   └── NotWatched         a run keeps no rows of this node
    ├── NoRuntime              no container runtime answers on this machine
    ├── FlowError              a flow cannot be built or run
    │   ├── BuildError         one node of a flow could not be built
    │   └── RunFailed          a run ended by an error
    ├── SystemUnfit            another system cannot be used as it is: no such table, no right to it
    ├── StoreError             the database cannot be used
    │   └── NewerSchema        the workspace was written by a newer Causeway
    ├── Cancelled              somebody stopped the call; what it had begun was taken back
    ├── IllegalMove            a state machine was asked for a move that its table does not have
    └── Refused                the guard does not allow it
"""

from __future__ import annotations

import re


class CausewayError(Exception):
    """Root of all errors that are part of the product."""

    @property
    def code(self) -> str:
        """The name that programs can rely on: that of the class in kebab case."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(self).__name__).lower()

    def _render_traceback_(self) -> list[str]:
        # IPython asks for this: in a notebook one clear sentence helps more than the way to it.
        return [f"{type(self).__name__}: {self}"]


class RetryLater(CausewayError):
    """Transient: whoever retries looks at nothing else."""


class GiveUp(CausewayError):
    """Final: a retry changes nothing."""


class OwnerGone(RetryLater):
    """The process that held the workspace went away; `sent` tells whether it may have got the call."""

    def __init__(self, message: str = "the process that held the workspace went away", *, sent: bool = False) -> None:
        self.sent = sent
        super().__init__(message)


class Unreachable(RetryLater):
    """Another system that a flow reads from or writes to does not answer, or not now."""

    def __init__(self, where: str, reason: str) -> None:
        self.where, self.reason = where, reason
        super().__init__(f"{where}: {reason}")


class ModelUnavailable(RetryLater):
    """No language model answered, or what it said cannot be used."""

    def __init__(self, provider: str, reason: str) -> None:
        self.provider, self.reason = provider, reason
        super().__init__(f"{provider}: {reason}")


class BadInput(GiveUp):
    """Input that cannot be used: says what, where, which value and how to mend it."""

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what, self.where, self.hint = what, where, hint
        super().__init__(": ".join(part for part in (where, what) if part) + (f". {hint}" if hint else ""))


class BadExpression(BadInput):
    """A computation over columns is not well written, or does not fit the columns; says where in its text."""

    def __init__(self, text: str, what: str, place: tuple[int, int], *, hint: str = "") -> None:
        self.text, (self.start, self.end) = text, place
        super().__init__(what, where=f"character {self.start + 1}", hint=hint)


class ProfileError(BadInput):
    """A profile does not fit the file it was applied to."""


class Outdated(BadInput):
    """Somebody else saved a newer version of what this change was made to."""


class NotFound(GiveUp):
    """Nothing has this id or name."""

    def __init__(self, kind: str, key: str, *, hint: str = "") -> None:
        self.kind, self.key, self.hint = kind, key, hint
        super().__init__(f"no {kind} {key!r}" + (f". {hint}" if hint else ""))


class NotWatched(NotFound):
    """A run keeps rows of those nodes only that it was told to watch when it began."""

    def __init__(self, node: str) -> None:
        hint = f"Run the flow with --tap {node}; a graph that runs cannot be changed"
        super().__init__("tap at node", node, hint=hint)


class NoRuntime(GiveUp):
    """No container runtime answers on this machine."""

    def __init__(self, tried: list[str]) -> None:
        self.tried = tried
        super().__init__(
            f"no container runtime answers here ({'; '.join(tried)}). Install podman or docker, or take the folder to "
            "a machine that has one"
        )


class FlowError(GiveUp):
    """A flow cannot be built or run."""


class BuildError(FlowError):
    """One node of a flow could not be built."""

    def __init__(self, node: str, reason: str) -> None:
        self.node, self.reason = node, reason
        super().__init__(f"node {node!r}: {reason}")


class RunFailed(FlowError):
    """A run ended by an error."""

    def __init__(self, run: str, reason: str, node: str | None = None) -> None:
        self.run, self.reason, self.node = run, reason, node
        super().__init__(f"run {run!r}" + (f", node {node!r}" if node else "") + f": {reason}")


class SystemUnfit(GiveUp):
    """A system that a flow reads from or writes to cannot be used as it is: no such table, no right, wrong password."""

    def __init__(self, where: str, reason: str, *, hint: str = "") -> None:
        self.where, self.reason, self.hint = where, reason, hint
        super().__init__(f"{where}: {reason}" + (f". {hint}" if hint else ""))


class StoreError(GiveUp):
    """The workspace's database cannot be used."""


class NewerSchema(StoreError):
    """The workspace was written by a newer Causeway than this one."""

    def __init__(self, path: str, found: int, known: int) -> None:
        self.path, self.found, self.known = path, found, known
        super().__init__(
            f"{path}: schema version {found} is newer than {known}, the newest this Causeway knows. "
            "Update Causeway, or open another workspace"
        )


class Cancelled(GiveUp):
    """Somebody stopped the call; what it had begun was taken back."""

    def __init__(self, call: str = "") -> None:
        super().__init__(f"{call or 'the call'} was cancelled")


class IllegalMove(GiveUp):
    """A state machine was asked for a move that its table does not have."""

    def __init__(self, kind: str, key: str, current: str, wanted: str, allowed: list[str]) -> None:
        self.kind, self.key, self.current, self.wanted, self.allowed = kind, key, current, wanted, allowed
        may = f"It may become {', '.join(allowed)}" if allowed else "That state is final"
        super().__init__(f"{kind} {key!r} is {current}; it cannot become {wanted}. {may}")


class Refused(GiveUp):
    """The guard does not allow this call."""
