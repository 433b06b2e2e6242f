"""Finds e-mail addresses and IP addresses, and leaves versions, times of day and code locations alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address

from workbench.guard.spans import PiiType, Span

# Both halves of an address are matched outwards from the `@`, because Python's `re` finds a literal start fast.
_DOMAIN = re.compile(r"@(?:[^\W_](?:[\w-]{0,62})\.){1,8}(?:[^\W\d_]{2,24}|xn--[a-z0-9-]{2,59})(?![\w@])")
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}$")
_NOT_AT_START = ".'/=?|`{}&#*!%"
# systemd writes its units as name@instance.type.
_UNITS = (".service", ".socket", ".timer", ".mount", ".target", ".slice", ".scope", ".device", ".path")

_IPV4 = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?!\d|\.\d)")
_VERSION_BEFORE = re.compile(
    r"(?:\bv|version|\bver\.?|release|\brev|build|chrome|chromium|crios|edge?|edga?|opr|safari|firefox|trident|vivaldi"
    r"|driver|firmware|package)[\s:=/\"'(]{0,3}$",
    re.IGNORECASE,
)
_FILE_AFTER = re.compile(r"\.(?:jar|war|whl|tar|tgz|zip|rpm|deb|so|dll|exe|gem|apk)\b")
_LEFT_OF_IPV4 = re.compile(r"(?:[A-Za-z0-9_]|\d\.|\.)$")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,8}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4})(?![\w:])")


def find_emails(text: str) -> Iterator[Span]:
    """Yield e-mail addresses whose domain has a top level, such as `a.b+c@mail.example.org`."""
    if "@" not in text:
        return
    for match in _DOMAIN.finditer(text):
        at = match.start()
        local = _LOCAL.search(text, max(0, at - 64), at)
        if local is None or match.group().endswith(_UNITS):
            continue
        name = local.group()
        # Marks of the surrounding text may stand in a local part by the standard; nobody has them there.
        cut = max(name.rfind(mark) for mark in "/=?|`{}&#*!%'")
        start = local.start() + cut + 1
        while start < at and text[start] in _NOT_AT_START:
            start += 1
        if start < at and text[at - 1] != ".":
            yield Span(PiiType.EMAIL, start, match.end())


def find_ips(text: str) -> Iterator[Span]:
    """Yield IPv4 and IPv6 addresses; four numbers that are called a version are not one."""
    for match in _IPV4.finditer(text):
        start, end = match.span()
        if _LEFT_OF_IPV4.search(text, max(0, start - 2), start) or text[end : end + 1].isalpha():
            continue
        if any(int(part) > 255 or (len(part) > 1 and part[0] == "0") for part in match.group().split(".")):
            continue
        if not (_VERSION_BEFORE.search(text, max(0, start - 16), start) or _FILE_AFTER.match(text, end)):
            yield Span(PiiType.IP, start, end)
    if "::" in text or text.count(":") >= 7:
        yield from _find_ipv6(text)


def _find_ipv6(text: str) -> Iterator[Span]:
    for match in _IPV6.finditer(text):
        value = match.group()
        if value.endswith(":") and not value.endswith("::"):
            value = value[:-1]
        groups = [group for group in value.split(":") if group]
        if "::" in value:
            # `a::b` is a name in C++ or Rust; an address has a figure in it.
            plausible = any(c.isdigit() for c in value)
        else:
            # Eight pairs of hex digits are a hardware address or a fingerprint.
            plausible = len(groups) == 8 and any(len(group) > 2 for group in groups)
        if plausible:
            try:
                IPv6Address(value)
            except AddressValueError:
                continue
            yield Span(PiiType.IP, match.start(), match.start() + len(value))
