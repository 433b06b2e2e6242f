"""The way of files into the store: find, plan, load; one transaction per file."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from workbench import cancel
from workbench.errors import BadInput, Cancelled, ProfileError
from workbench.ingest.archives import is_archive, opened
from workbench.ingest.contents import sha256
from workbench.ingest.files import Found, Ignored, discover, stem
from workbench.ingest.load import load
from workbench.ingest.plan import Plan
from workbench.ingest.planner import make_plan, rule_for
from workbench.ingest.profile import FileRule, Profile
from workbench.ingest.profile_files import load_profile
from workbench.ingest.report import Explanation, ImportedFile, ImportReport, LeftFile
from workbench.semconv import Table
from workbench.store import sources
from workbench.store.db import Store

ProgressFn = Callable[[float, float | None, str], None]
"""Called with bytes done, bytes in all, and the file at hand."""


def import_paths(
    store: Store,
    paths: Sequence[Path],
    *,
    scope: str | None = None,
    role: sources.Role = "case",
    profile: str | Path | Profile | None = None,
    progress: ProgressFn | None = None,
) -> ImportReport:
    """Read files and folders into the store; a file that is there already adds nothing.

    A file that cannot be read is left out whole and listed, the others are read; when no file can be, that is an error.

    Args:
        store: Where to.
        paths: Files, folders and archives (.zip, .tar); .gz and .zst are read as they are.
        scope: Name of the data set; the folder's name when left out.
        role: `reference` for telemetry of a time without faults.
        profile: Name of a builtin profile, path of a YAML file, or a profile; found out per file when left out.
        progress: Told after each file.

    Raises:
        BadInput: a path does not exist, no file is telemetry, or the only files cannot be read.
        Cancelled: somebody stopped it; the files that it had read are taken out again.
        ProfileError: the profile is not valid, or fits no file.
    """
    with tempfile.TemporaryDirectory(prefix="causeway-") as into:
        return _import(
            store, paths, Path(into), scope or _own_scope(store, paths, role), role, _profile(profile), progress
        )


def _import(
    store: Store,
    paths: Sequence[Path],
    into: Path,
    scope: str,
    role: sources.Role,
    chosen: Profile | None,
    progress: ProgressFn | None,
) -> ImportReport:
    found, ignored = opened(*discover(paths), into)
    imported: list[ImportedFile] = []
    left = [_left(one) for one in ignored]
    done, total = 0.0, float(sum(file.bytes for file in found))
    failure: BadInput | None = None
    with _taken_back(store, imported):
        for file in found:
            cancel.check()
            if progress:
                progress(done, total, file.relative)
            rule = rule_for(file, chosen)
            if rule is None:
                left.append(_unmatched(file, chosen))
                continue
            try:
                imported.append(_import_file(store, file, rule, scope, role, chosen.name if chosen else ""))
            except BadInput as error:
                cancel.check()
                failure = failure or _shown(error, file)
                left.append(LeftFile(uri=file.uri, reason=error.what, hint=error.hint, refused=True))
            done += file.bytes
    if progress:
        progress(done, total, "")
    if not imported:
        raise failure or _nothing(paths, left, chosen)
    return _sum_up(scope, imported, left)


@contextmanager
def _taken_back(store: Store, imported: list[ImportedFile]) -> Iterator[None]:
    """Take out the files that an import had added when it is cancelled: half a data set would be taken for a whole."""
    try:
        yield
    except Cancelled:
        with cancel.shielded():
            for file in imported:
                if not file.already_there:
                    sources.forget(store, file.source_id)
        raise


def explain(paths: Sequence[Path], profile: str | Path | Profile | None = None) -> list[Explanation]:
    """Say how each file would be read; nothing is imported. `plans` also tells which would not, and why.

    Raises:
        BadInput: a path does not exist, or no file is telemetry.
        ProfileError: the profile is not valid.
    """
    return [explanation(plan) for plan in plans(paths, profile)[0]]


def plans(paths: Sequence[Path], profile: str | Path | Profile | None = None) -> tuple[list[Plan], list[LeftFile]]:
    """Plan each file of an import without reading more than its beginning; see `explain`."""
    with tempfile.TemporaryDirectory(prefix="causeway-") as into:
        return _plans(paths, Path(into), _profile(profile))


def _plans(paths: Sequence[Path], into: Path, chosen: Profile | None) -> tuple[list[Plan], list[LeftFile]]:
    found, ignored = opened(*discover(paths), into)
    planned: list[Plan] = []
    left = [_left(one) for one in ignored]
    failure: BadInput | None = None
    for file in found:
        rule = rule_for(file, chosen)
        if rule is None:
            left.append(_unmatched(file, chosen))
            continue
        try:
            planned.append(make_plan(file, rule))
        except BadInput as error:
            failure = failure or _shown(error, file)
            left.append(LeftFile(uri=file.uri, reason=error.what, hint=error.hint, refused=True))
    if not planned:
        raise failure or _nothing(paths, left, chosen)
    return planned, left


def profile_of(planned: Sequence[Plan], name: str) -> Profile:
    """Return a profile that reads these files as they were planned, one rule per kind of file name."""
    rules: dict[str, FileRule] = {}
    for plan in planned:
        file_name = plan.file.relative.rsplit("/", 1)[-1]
        rules.setdefault(file_name, plan.rule.model_copy(update={"match": (file_name, f"*/{file_name}")}))
    return Profile(name=name, description="Made from the files of an import.", files=tuple(rules.values()))


def default_scope(paths: Sequence[Path]) -> str:
    """Return the name of the folder that was given, or of the nearest folder that holds all the paths."""
    if len(paths) == 1 and is_archive(paths[0]):
        return stem(paths[0]) or "import"
    parents = [str(path.resolve() if path.is_dir() else path.resolve().parent) for path in paths]
    return Path(os.path.commonpath(parents)).name or "import" if parents else "import"


def _own_scope(store: Store, paths: Sequence[Path], role: sources.Role) -> str:
    scope = default_scope(paths)
    other = any(source.role != role for source in sources.latest(store, limit=1000, scope=scope))
    return f"{scope}-as-{role}" if other else scope


def _import_file(store: Store, file: Found, rule: FileRule, scope: str, role: sources.Role, name: str) -> ImportedFile:
    # Planned before it is hashed: a file that is refused need not be read to its end.
    plan = make_plan(file, rule)
    digest = _identity(plan)
    if there := sources.by_hash(store, digest, scope):
        if there.role != role:
            what = f"is in data set {scope!r} as {there.role} already and cannot be its {role} as well"
            raise BadInput(what, where=file.uri, hint=f"Import it under another name: --scope {scope}-as-{role}")
        return ImportedFile(
            source_id=there.source_id, uri=file.uri, scope=scope, profile=there.profile, already_there=True
        )
    with store.transaction():
        source = sources.register(store, kind="file", uri=file.uri, sha256=digest, scope=scope, role=role, profile=name)
        loaded = load(store, plan, source)
        sources.finish(store, source.source_id, loaded.rows, loaded.rejected)
    read_as = explanation(plan)
    return ImportedFile(
        source_id=source.source_id,
        uri=file.uri,
        scope=scope,
        profile=name,
        rows=loaded.rows,
        rejected=loaded.rejected,
        duplicates=loaded.duplicates,
        empty_cells=loaded.empty_cells,
        read_as=read_as.line(),
        notices=read_as.notices(),
    )


def _identity(plan: Plan) -> str:
    """Return the hash of a file's content, and of what the name of a file of metrics alone says.

    The same zeros are series of two services in `a_errors.csv` and `b_errors.csv`; the same log twice is a copy.
    """
    named = {target: one.constant for target, one in plan.rule.columns.items() if one.constant is not None}
    digest = sha256(plan.file.path)
    if not named or plan.rule.table is not Table.METRICS:
        return digest
    return hashlib.sha256(f"{digest} {json.dumps(named, sort_keys=True)}".encode()).hexdigest()


def _shown(error: BadInput, file: Found) -> BadInput:
    """Return the error with the place where people find the file, not where it was unpacked."""
    return BadInput(error.what, where=file.shown, hint=error.hint) if file.shown else error


def _profile(profile: str | Path | Profile | None) -> Profile | None:
    return profile if isinstance(profile, Profile) or profile is None else load_profile(profile)


def _left(ignored: Ignored) -> LeftFile:
    return LeftFile(uri=str(ignored.path), reason=ignored.reason)


def _unmatched(file: Found, profile: Profile | None) -> LeftFile:
    return LeftFile(uri=file.uri, reason=f"no rule of profile {profile.name if profile else ''!r} fits its name")


def _nothing(paths: Sequence[Path], left: Sequence[LeftFile], profile: Profile | None) -> BadInput:
    where = ", ".join(str(path) for path in paths) or "no path"
    if profile and any("no rule" in file.reason for file in left):
        globs = ", ".join(glob for rule in profile.files for glob in rule.match)
        return ProfileError(f"profile {profile.name!r} fits no file", where=where, hint=f"It reads: {globs}")
    seen = (
        f"{len(left)} other file(s) were left alone: " + ", ".join(Path(file.uri).name for file in left[:5])
        if left
        else ""
    )
    hint = "Telemetry files end in .csv .tsv .json .jsonl .parquet .log .txt .lp (.gz, .zst), or lie in a .zip or .tar"
    return BadInput("there is no telemetry in it" + (f"; {seen}" if seen else ""), where=where, hint=hint)


def _sum_up(scope: str, imported: list[ImportedFile], left: list[LeftFile]) -> ImportReport:
    rows: dict[str, int] = {}
    for file in imported:
        for table, count in file.rows.items():
            rows[table] = rows.get(table, 0) + count
    return ImportReport(
        scope=scope,
        sources=imported,
        rows=rows,
        rejected=sum(file.rejected for file in imported),
        skipped=sum(file.already_there for file in imported),
        left=left,
        explain=[f"{Path(file.uri).name}: {file.read_as}" for file in imported if file.read_as],
    )


def explanation(plan: Plan) -> Explanation:
    """Return a plan in words."""
    return Explanation(
        uri=plan.file.uri,
        relative=plan.file.relative,
        bytes=plan.file.bytes,
        format=plan.shape.format,
        layout=plan.rule.layout or plan.shape.layout,
        tables=list(dict.fromkeys(part.table.value for part in plan.parts)),
        mapping=dict(plan.mapping),
        times={clock.column: clock.said for clock in plan.clocks},
        reasons=list(plan.notes),
    )
