"""What is known of sloth's plugins: those that change rules, and SLI plugins that were written down as queries.

sloth's plugins are Go programs, which are not run here. The ones that ship with it and change rules are done by their
meaning; a query for an SLI plugin is given by a document of kind SliPlugin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workbench.detect.slo.model import Expression
from workbench.detect.slo.places import Place
from workbench.detect.slo.rule_settings import Extras

OWN_GROUP = "causeway/v1"
_SILENT = ("sloth.dev/core/", "sloth.dev/contrib/validate_victoria_metrics/")
_INFO_LABELS = "sloth.dev/contrib/info_labels/v1"
_INTERVALS = "sloth.dev/contrib/rule_intervals/v1"
_CORRECTED = "sloth.dev/contrib/denominator_corrected_rules/v1"
_GROUPS = {"sliError": "sli", "metadata": "metadata", "alert": "alert"}


def read_extras(chains: Sequence[Place], extras: Extras) -> Extras:
    """Return what the plugins of a service and of one objective change."""
    for chain in chains:
        for plugin in chain.get("chain").items():
            extras = _plugin(plugin, extras)
    return extras


def _plugin(plugin: Place, extras: Extras) -> Extras:
    name = plugin.get("id").text(needed="name the plugin")
    config = plugin.get("config")
    if name == _INFO_LABELS:
        return extras.model_copy(update={"info_labels": extras.info_labels | config.get("labels").texts()})
    if name == _INTERVALS:
        given = config.get("interval")
        usual = given.get("default").text(needed="the plugin wants a default interval")
        found = {group: given.get(key).text() or usual for key, group in _GROUPS.items()}
        return extras.model_copy(update={"intervals": found})
    if name == _CORRECTED:
        return extras.model_copy(update={"denominator_corrected": True})
    if name and not name.startswith(_SILENT):
        plugin.get("id").note(f"the plugin {name!r} is not known here; the rules are made without it")
    return extras


def read_sli_plugins(documents: Sequence[Place]) -> dict[str, str]:
    """Return the query of each SliPlugin document by its name; it may hold {{.window}} and {{.options.NAME}}."""
    found = {}
    for document in documents:
        document.only("apiVersion", "kind", "metadata", "spec")
        name = document.get("metadata").get("name").text(needed="write the id of the plugin")
        query = document.get("spec").get("errorRatioQuery").text(needed="write the query of the share of bad events")
        if name in found:
            document.get("metadata").get("name").fault("there is another SliPlugin of this name; keep one")
        elif name and query:
            found[name] = query
    return found


def read_plugin_query(place: Place, plugins: Mapping[str, str]) -> Expression | None:
    """Return the query that an SLI plugin stands for, with its options filled in."""
    place.only("id", "options")
    name = place.get("id").text(needed="name the plugin")
    options = place.get("options").texts()
    if not name:
        return None
    if name not in plugins:
        place.get("id").fault(
            "this SLI plugin is a program, which is not run here; write its query as a SliPlugin document "
            "(docs/slo.md shows one), or use events"
        )
        return None
    wanted = set(re.findall(r"\{\{\s*\.options\.(\w+)\s*\}\}", plugins[name]))
    missing = sorted(wanted - set(options))
    for one in missing[:1]:
        place.get("options").fault(f"the option {one!r} is missing; the plugin's query wants it", shown=False)
    text = re.sub(r"\{\{\s*\.options\.(\w+)\s*\}\}", lambda match: options.get(match[1], ""), plugins[name])
    return None if missing else Expression(text=text, source_type="Prometheus", spec={"query": text})
