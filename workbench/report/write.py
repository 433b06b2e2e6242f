"""Writes a report's files: Markdown for people, JSON for programs, HTML to show around."""

from __future__ import annotations

import os
from pathlib import Path

from workbench.errors import BadInput
from workbench.report.content import ReportContent
from workbench.report.html import to_html
from workbench.report.markdown import to_markdown

MARKDOWN, JSON, HTML = "report.md", "report.json", "report.html"


def write(content: ReportContent, folder: Path) -> list[Path]:
    """Write report.md, report.json and report.html into a folder, made when missing; each file whole or not at all.

    Raises:
        BadInput: the folder cannot be written to.
    """
    texts = {
        MARKDOWN: to_markdown(content),
        JSON: content.model_dump_json(indent=1),
        HTML: to_html(content),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            part = folder / f".{name}.part"
            part.write_text(text, encoding="utf-8")
            os.replace(part, folder / name)
    except OSError as error:
        raise BadInput(f"the report cannot be written: {error}", where=str(folder)) from error
    return [folder / name for name in texts]


def read(folder: Path) -> ReportContent | None:
    """Return the content of a report written by `write`, or None when its JSON is gone or of another version."""
    try:
        return ReportContent.model_validate_json((folder / JSON).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
