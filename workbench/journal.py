"""The workspace's own log: one JSON object a line, masked, each with the id of the call it belongs to."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from uuid import uuid4

from workbench.guard.pii import mask_text

NAME = "workbench"
_MAX_BYTES, _BACKUPS = 5_000_000, 3
_call_id: ContextVar[str] = ContextVar("call_id", default="")


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object: time, level, logger, call, message, and the fields given as `extra`."""

    _standard = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON with personal data and secrets masked."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "call": _call_id.get(),
            "message": mask_text(record.getMessage()).text,
        }
        line |= {name: value for name, value in vars(record).items() if name not in self._standard}
        if record.exc_info:
            line["error"] = mask_text(self.formatException(record.exc_info)).text
        return json.dumps(line, ensure_ascii=False, default=str)


class Quiet(RotatingFileHandler):
    """Loses what it cannot write: a full disk or a lost right must not break or litter the call that is logged."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Do nothing; logging itself would print a traceback."""


def start(folder: Path) -> logging.Handler:
    """Begin to write `causeway.ndjson` in a folder; old files are rotated away. Returns what `stop` takes."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "causeway.ndjson"
    handler = Quiet(path, maxBytes=_MAX_BYTES, backupCount=_BACKUPS, encoding="utf-8", delay=True)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger(NAME)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    # The log belongs to the workspace; a notebook's or a server's own logging stays as it is.
    logger.propagate = False
    return handler


def stop(handler: logging.Handler) -> None:
    """End a log that `start` began."""
    logging.getLogger(NAME).removeHandler(handler)
    handler.close()


@contextmanager
def call(name: str, call_id: str = "") -> Iterator[str]:
    """Give everything logged inside one id, a new one when none is given; an inner call keeps that of the outer one."""
    known = _call_id.get()
    token = _call_id.set(known or call_id or uuid4().hex[:12])
    begun = datetime.now(UTC)
    logger = logging.getLogger(f"{NAME}.calls")
    try:
        yield _call_id.get()
    except Exception as error:
        logger.warning(
            "%s failed: %s", name, error, extra={"tool": name, "seconds": _since(begun), "outcome": "failed"}
        )
        raise
    else:
        logger.info("%s done", name, extra={"tool": name, "seconds": _since(begun), "outcome": "done"})
    finally:
        _call_id.reset(token)


def _since(begun: datetime) -> float:
    return round((datetime.now(UTC) - begun).total_seconds(), 4)
