"""Encodings of text files: which ones can be read line by line, and what does not fit them."""

from __future__ import annotations

import codecs
import re
from typing import Annotated

from pydantic import AfterValidator

ESCAPED = "surrogateescape"
"""How files are decoded whose values are checked with `bytes_that_do_not_fit`: such bytes stay apart from text."""
_ESCAPE = re.compile("[\udc80-\udcff]")


def _one_byte_ends_a_line(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise ValueError(f"there is no encoding {name!r}; write utf-8, latin-1 or cp1252") from error
    if "a\n".encode(name) != b"a\n":
        raise ValueError(f"encoding {name!r} ends lines with more than one byte; convert the file to utf-8 first")
    return name


Encoding = Annotated[str, AfterValidator(_one_byte_ends_a_line)]


def of_file(name: str) -> str:
    """Return the encoding to open a file with: a mark at the beginning of UTF-8 is no part of its text."""
    return "utf-8-sig" if codecs.lookup(name).name == "utf-8" else name


def bytes_that_do_not_fit(text: str) -> str:
    """Return the first byte of a text that its encoding does not know, as 0xe9; '' when there is none."""
    # Most texts are ASCII, and to know that costs next to nothing.
    found = None if text.isascii() else _ESCAPE.search(text)
    return f"0x{ord(found[0]) - 0xDC00:02x}" if found else ""


def shown(text: str) -> str:
    """Return a text with U+FFFD for every byte that did not fit."""
    return _ESCAPE.sub("\ufffd", text)
