"""Reads specifications of objectives from files and folders: OpenSLO and sloth, in any mixture.

Every fault of every file is told at once; an objective with a fault is left out and the others are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from workbench.detect.slo.alert_windows import read_alert_windows
from workbench.detect.slo.documents import documents
from workbench.detect.slo.model import Slo
from workbench.detect.slo.openslo import read_openslo
from workbench.detect.slo.places import Fault, Faults, Place
from workbench.detect.slo.sloth import DEFAULT_PERIOD_S, GROUP, VERSION, read_sloth
from workbench.detect.slo.sloth_plugins import OWN_GROUP, read_sli_plugins
from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.signals.burn_rates import BurnWindow

ENDINGS = (".yaml", ".yml")
_KNOWN = "openslo/v1, openslo/v1alpha, sloth.slok.dev/v1, or version: prometheus/v1"
SHIPPED_PLUGINS = Path(__file__).parents[2] / "resources" / "slo_plugins"


class Reading(Frozen):
    """What was read."""

    slos: list[Slo]
    """Ordered by service and name."""
    faults: list[Fault] = []
    notes: list[str] = []
    """What is no fault, but not as somebody may think."""
    files: list[str] = []

    def refuse(self) -> Reading:
        """Return this, or raise BadInput with one sentence for each fault."""
        if self.faults:
            raise BadInput("\n".join(one.text() for one in self.faults))
        return self


def files_of(paths: Sequence[Path]) -> list[Path]:
    """Return the YAML files that are named or lie in named folders, in order.

    Raises:
        BadInput: a path does not exist.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(one for one in path.rglob("*") if one.suffix in ENDINGS and one.is_file())
        elif path.exists():
            found.append(path)
        else:
            raise BadInput("there is no such file or folder", where=str(path))
    return list(dict.fromkeys(found))


def read_specs(paths: Sequence[Path], *, period_s: int = DEFAULT_PERIOD_S) -> Reading:
    """Read all objectives of files and folders.

    Args:
        paths: Files and folders; references between documents hold across all of them.
        period_s: Length of the rolling window of sloth's objectives, which do not name one.

    Raises:
        BadInput: a path does not exist or cannot be read. Faults of the content are in the result.
    """
    files = files_of(paths)
    shown = _names(files)
    by_file = [Faults(shown[path]) for path in files]
    kinds: dict[str, list[Place]] = defaultdict(list)
    for path, faults in zip(files, by_file, strict=True):
        for place in documents(path, shown[path], faults):
            kinds[_kind(place)].append(place)
    shipped = [
        place for path in sorted(SHIPPED_PLUGINS.glob("*.yaml")) for place in documents(path, path.name, Faults(""))
    ]
    plugins = read_sli_plugins(shipped) | read_sli_plugins(kinds["plugin"])
    slos = read_openslo(kinds["openslo"]) + read_sloth(kinds["sloth"], plugins, period_s)
    slos = _watched(_unique(_faultless(slos, by_file), by_file), kinds["windows"])
    return Reading(
        slos=sorted(slos, key=lambda one: (one.service, one.name)),
        faults=list(dict.fromkeys(fault for faults in by_file for fault in sorted(faults.found, key=_order))),
        notes=list(dict.fromkeys(note for faults in by_file for note in faults.notes)),
        files=[shown[path] for path in files],
    )


def _order(fault: Fault) -> tuple[int, int]:
    return fault.document, fault.line


def _names(files: Sequence[Path]) -> dict[Path, str]:
    """Return short names that tell the files apart."""
    names = [path.name for path in files]
    return {path: path.name if names.count(path.name) == 1 else str(path) for path in files}


def _kind(place: Place) -> str:
    if place.get("version").value == VERSION:
        return "sloth"
    version, kind = place.get("apiVersion"), place.get("kind").value
    if version.value == GROUP and kind in ("PrometheusServiceLevel", "AlertWindows"):
        return "sloth" if kind == "PrometheusServiceLevel" else "windows"
    if version.value in ("openslo/v1", "openslo/v1alpha"):
        return "openslo"
    if version.value == OWN_GROUP and kind == "SliPlugin":
        return "plugin"
    if version.value == GROUP:
        place.get("kind").fault("unknown; write PrometheusServiceLevel or AlertWindows")
    else:
        version.fault(f"this is no objective that is known here; write apiVersion {_KNOWN}")
    return "unknown"


def _faultless(slos: list[Slo], by_file: Sequence[Faults]) -> list[Slo]:
    """Return the objectives of which no fault was told; one of the document as a whole concerns all in it."""
    faulty = {(f"{one.file}, document {one.document}", one.name) for faults in by_file for one in faults.found}
    return [
        one for one in slos if not any((one.origin, name) in faulty for name in ("", one.name, f"SLO {one.form_name}"))
    ]


def _unique(slos: list[Slo], by_file: Sequence[Faults]) -> list[Slo]:
    first: dict[str, Slo] = {}
    for slo in slos:
        other = first.setdefault(slo.key, slo)
        if other is slo:
            continue
        file, _, document = slo.origin.rpartition(", document ")
        fault = Fault(
            file=file, document=int(document), line=0, name=slo.name, field="name", value=slo.name,
            message=f"service {slo.service!r} has an objective of this name in {other.origin} already; rename one",
        )  # fmt: skip
        next(one for one in by_file if one.file == file).found.append(fault)
    return list(first.values())


def _watched(slos: list[Slo], places: Sequence[Place]) -> list[Slo]:
    """Return the objectives with the alert windows that were read for their periods."""
    windows: dict[int, list[BurnWindow]] = {}
    for place in places:
        found = read_alert_windows(place)
        if found is None:
            continue
        period, pairs = found
        if period in windows:
            place.get("spec").get("sloPeriod").fault("there are windows for this period already; keep one")
        windows[period] = [BurnWindow(**pair) for pair in pairs]
    return [
        one.model_copy(update={"burn_windows": windows[one.period_s]}) if one.period_s in windows else one
        for one in slos
    ]
