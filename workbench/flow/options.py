"""How a flow wants to be run: restarts, going on where it was, limits. In the document; a run may say otherwise."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from workbench.facts.evidence import Frozen


class RunOptions(Frozen):
    """Settings of a run."""

    restart: Literal["never", "on-failure"] = "never"
    """Whether a run that fails is started again, after 1, 2, 4, ... seconds, at most 60."""
    restart_limit: int = Field(5, ge=1, le=1000)
    """How many times in a row it is started again; ten minutes without a failure begin a new row."""
    resume: bool = False
    """Go on where the last run of this flow ended, in order or not, as long as the flow is the same."""
    memory_mb: int | None = Field(None, ge=200)
    """Memory that its process may take, in MB; a run that takes more fails. The engine alone takes about 150."""
    cores: int | None = Field(None, ge=1)
    """Processor cores that it may use; all when left out."""
    low_priority: bool = False
    """Leave the processor to other programs where they want it."""

    max_errors: int | None = Field(None, ge=0)
    """Rows that may fail or be rejected; one more, and the run ends in order and has failed."""

    keep_failed_rows: bool = True
    """Keep the content of rows that fail in a node; costs about 1 us for each row and node in which one can fail."""

    tap: list[str] = []
    """Nodes whose rows can be looked at while they run; none unless it is wanted, because it costs about 1 us a row."""
    tap_share: float = Field(0.01, gt=0, le=1)
    """Which part of their rows is sampled; 1 shows all, and costs about 4 us a row."""

    @property
    def keeps_state(self) -> bool:
        """Whether what is read is kept, so that the run can go on after a crash."""
        return self.resume or self.restart == "on-failure"
