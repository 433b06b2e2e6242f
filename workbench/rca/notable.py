"""Lists what stands out in a case besides its causes: errors, failed commands, alerts, changes, names that are missing.

No verdict rests on it. It answers the questions that a person has before looking further: what do the logs say that
is bad, which alert rang when, what was changed, which name is asked for and not there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.facts.telemetry import Telemetry
from workbench.semconv import NANOS_PER_SECOND, SEVERITY_ERROR

MOST_ERRORS, MOST_COMMANDS, MOST_ALERTS, MOST_CHANGES, MOST_WARNINGS, MOST_NAMES = 8, 6, 6, 6, 5, 5
MOST_IMAGES = 12
"""With more containers than this their images are a list that nobody reads."""
_LONGEST = 220
_BAD = r"\b(?:ERROR|FATAL|PANIC|CRITICAL)\b|(?:[Ee]rror|[Ee]xception)\s*[:=]|\b(?:[Uu]nable|[Ff]ailed) to\b|\bdown\b"
_NOT_BAD = re.compile(
    r"\b(?:no|0|without) errors?\b|error=(?:nil|null|\"\")|<nil>"
    r"|\b(?:shut|shutting|scal\w+|slow\w*|cool\w*|count) ?down\b",
    re.IGNORECASE,
)
_MOST_BODIES = 2000
_LIMITS = {"networkpolicy": "network policy", "resourcequota": "quota", "quota": "quota", "limitrange": "limit range",
           "hpa": "HPA (autoscaler)", "scaledobject": "ScaledObject (KEDA)"}  # fmt: skip
_ROUTINE = ("Scheduled", "Pulling", "Pulled", "Created", "Started", "SuccessfulCreate", "Completed", "SawCompletedJob")
_MISSING = re.compile(
    r"(?P<kind>[\w.]*?)\s?\"(?P<name>[\w.:/-]{3,})\" (?:was )?not found|not found:? \"(?P<late>[\w.:/-]{3,})\""
)
_NOT_A_COMMAND = re.compile(
    r"exec: \\?\"?(?P<word>[\w.-]+)\\?\"?: executable file not found|(?P<shell>[\w.-]+): (?:command )?not found$", re.M
)
_COMMANDS = frozenset(
    re.findall(
        r"\S+",
        """awk bash bundle busybox cat celery chmod chown cp curl date dotnet echo entrypoint env find flask git go grep
        gunicorn gzip java jq kubectl ls make mkdir mongod mongosh mv mysql mysqld nc nginx node npm npx nslookup
        openssl perl
        php pip postgres psql puma python python3 rails redis-cli redis-server rm ruby sed sh sleep ssh supervisord
        tail tar tee terraform touch unzip uvicorn vi wget yarn""",
    )
)
"""What a misspelt command was probably meant to be."""


def is_told_in_texts(telemetry: Telemetry) -> bool:
    """Tell whether a case is made of texts that somebody saved, rather than of series and traces."""
    return len(telemetry.states) > 0 or (not len(telemetry.spans) and not len(telemetry.metrics))


def notable(telemetry: Telemetry) -> list[str]:
    """Return sentences on what stands out, the most telling kinds first; equal ones once, in a fixed order."""
    parts = (
        _misspelt(telemetry),
        _alerts(telemetry),
        _errors(telemetry),
        _commands(telemetry),
        _changes(telemetry),
        _warnings(telemetry),
        _restrictions(telemetry),
        _images(telemetry),
    )
    return list(dict.fromkeys(sentence for part in parts for sentence in part))


def _errors(telemetry: Telemetry) -> Iterator[str]:
    both = _lines(telemetry)
    if both.empty:
        return
    column = pa.array(both["text"].astype(str).tolist(), type=pa.large_string())
    told = pc.match_substring_regex(column, _BAD).to_numpy(zero_copy_only=False)
    bad = both[(both["level"] >= SEVERITY_ERROR) | told]
    bad = bad[[not _NOT_BAD.search(str(one)) for one in bad["text"]]]
    if bad.empty:
        return
    keys = bad["text"].astype(str).str.slice(0, 400).str.replace(r"0x[0-9a-f]+|\d+", "#", regex=True)
    groups = [own for _, own in bad.groupby([bad["who"], keys], sort=False)]
    groups.sort(key=lambda own: (int(own["level"].max() < SEVERITY_ERROR), -len(own)))
    for own in groups[:MOST_ERRORS]:
        first, begun = own.iloc[0], int(own["time"].min())
        times = f"{len(own):,} times" if len(own) > 1 else "once"
        when = f", first at {_utc(begun)}" if begun else ""
        yield f'{first["who"] or "A log"} says {times}{when}: "{_short(first["text"])}"'
    if len(groups) > MOST_ERRORS:
        yield f"{len(groups) - MOST_ERRORS} more kinds of error lines are in the logs."


def _lines(telemetry: Telemetry) -> pd.DataFrame:
    """Return log lines with and without a time: who, text, level, time."""
    logs, states = telemetry.logs, telemetry.states
    names = {"service_name": "who", "body": "text", "severity_number": "level", "time_unix_nano": "time"}
    dated = logs[list(names)].rename(columns=names)
    lines = states[states["object_kind"] == "log"]
    levels = [int(_attributes(one).get("severity_number") or 0) for one in lines["attributes"]]
    undated = pd.DataFrame({"who": lines["service_name"], "text": lines["value"], "level": levels, "time": 0})
    return pd.concat([one for one in (dated, undated) if len(one)] or [dated], ignore_index=True)


def _commands(telemetry: Telemetry) -> Iterator[str]:
    states = telemetry.states
    told = states[states["object_kind"] == "command"].drop_duplicates(["value", "object_name"])
    for row in told.head(MOST_COMMANDS).to_dict("records"):
        more = _attributes(row["attributes"])
        about = " ".join(part for part in (more.get("kind", ""), more.get("object", "")) if part)
        where = f" in namespace {row['namespace']}" if row["namespace"] else ""
        verb = "failed" if row["attribute"] == "error" else "gave"
        asked = f" (asked for {about}{where})" if about else where
        yield f"`{_short(row['object_name'], 120)}`{asked} {verb}: {_short(row['value'])}"


def _alerts(telemetry: Telemetry) -> Iterator[str]:
    for row in [one for one in _in_order(telemetry.events) if _type(one) == "Alert"][:MOST_ALERTS]:
        begun = _utc(row["time_unix_nano"])
        yield f"Alert {row['event_name']}{_about(row, 'for')} began at {begun}: {_short(row['summary'])}"
    states = telemetry.states
    alerts = states[(states["object_kind"] == "alert") & (states["observed_unix_nano"] == 0)]
    texts = alerts[alerts["attribute"].isin(["description", "annotations.description", "message"])]
    for one in texts.head(MOST_ALERTS).to_dict("records"):
        yield f"Alert {one['object_name']} (its time is not written): {_short(one['value'])}"


def _changes(telemetry: Telemetry) -> Iterator[str]:
    found = [
        row
        for row in _in_order(telemetry.events)
        if _type(row) not in ("Alert", "Warning") and not _is_routine(str(row["event_name"]))
    ]
    for row in found[-MOST_CHANGES:]:
        yield f"At {_utc(row['time_unix_nano'])} {row['event_name']}{_about(row, 'of')}: {_short(row['summary'])}"


def _in_order(events: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(key): one for key, one in row.items()}
        for row in events.sort_values("time_unix_nano", kind="stable").to_dict("records")
    ]


def _about(row: dict[str, Any], word: str) -> str:
    name = row["service_instance_id"] or row["service_name"]
    return f" {word} {name}" if name else ""


def _is_routine(name: str) -> bool:
    return name in _ROUTINE


def _warnings(telemetry: Telemetry) -> Iterator[str]:
    states = telemetry.states
    found: dict[tuple[str, str, str], int] = {}
    for row in states[states["object_kind"] == "event"].to_dict("records"):
        more = _attributes(row["attributes"])
        if more.get("type") == "Warning":
            key = (str(row["object_name"]), str(row["attribute"]).removeprefix("event."), _short(row["value"]))
            found[key] = max(found.get(key, 0), int(more.get("count") or 1))
    ordered = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    for (name, reason, text), count in ordered[:MOST_WARNINGS]:
        yield f"{name}: {reason}{f' ({count} times)' if count > 1 else ''}: {text}"


def _misspelt(telemetry: Telemetry) -> Iterator[str]:
    """Yield names that are asked for and not there, with one that is there and differs little."""
    states = telemetry.states
    things = states[~states["object_kind"].isin(["command", "log", "event", "alert", "document"])]
    there = set(things["object_name"].astype(str))
    absent, words = _asked_for(telemetry)
    absent = {name: kind for name, kind in absent.items() if name not in there}
    near = there | set(things["namespace"].astype(str)) | {name.split("/")[-1] for name in there}
    known = sorted(near - set(absent) - {""})
    for name, kind in list(absent.items())[:MOST_NAMES]:
        if close := get_close_matches(name, known, n=1, cutoff=0.86):
            what = f"{kind.rstrip('s')} " if kind else ""
            yield (
                f'The {what}"{name}" does not exist, but "{close[0]}" does: '
                f'the name may be misspelt, "{name}" should perhaps be "{close[0]}".'
            )
    for word in words[:MOST_NAMES]:
        close = get_close_matches(word, sorted(_COMMANDS), n=1, cutoff=0.7) if word not in _COMMANDS else []
        if close:
            yield f'The command "{word}" was not found; it may be misspelt, and "{close[0]}" meant.'


def _asked_for(telemetry: Telemetry) -> tuple[dict[str, str], list[str]]:
    """Return names that were not found with their kinds, and commands that were not."""
    bodies = telemetry.logs["body"].astype(str)
    texts = [
        *telemetry.states["value"].astype(str),
        *telemetry.events["summary"].astype(str),
        *bodies[bodies.str.contains("not found", regex=False)].head(_MOST_BODIES),
    ]
    absent: dict[str, str] = {}
    words: dict[str, None] = {}
    for text in texts:
        if "not found" not in text:
            continue
        for found in _MISSING.finditer(text):
            absent.setdefault(found["name"] or found["late"], found["kind"] or "")
        for found in _NOT_A_COMMAND.finditer(text):
            words.setdefault(found["word"] or found["shell"])
    return absent, list(words)


def _restrictions(telemetry: Telemetry) -> Iterator[str]:
    states = telemetry.states
    limits = states[states["object_kind"].isin(list(_LIMITS))].drop_duplicates(["object_kind", "object_name"])
    for row in limits.head(MOST_NAMES).to_dict("records"):
        where = f" in namespace {row['namespace']}" if row["namespace"] else ""
        yield f"There is a {_LIMITS[row['object_kind']]} {row['object_name']}{where}."


def _images(telemetry: Telemetry) -> Iterator[str]:
    states = telemetry.states
    told = states[(states["object_kind"] == "container") & (states["attribute"] == "spec.containers.image")]
    told = told.drop_duplicates(["object_name", "value"])
    for row in told.head(MOST_NAMES).to_dict("records") if len(told) <= MOST_IMAGES else []:
        pod, _, container = str(row["object_name"]).rpartition("/")
        yield f"Container {container} of pod {pod} has the image {row['value']}."


def _type(row: dict[str, Any]) -> str:
    return _attributes(row["attributes"]).get("type", "")


def _attributes(text: object) -> dict[str, str]:
    try:
        found = json.loads(str(text)) if text else {}
    except json.JSONDecodeError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _short(text: object, most: int = _LONGEST) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _utc(time: int) -> str:
    return datetime.fromtimestamp(time / NANOS_PER_SECOND, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
