"""The verbs around correlation rules: list, add, remove, check, and try on history before switching on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from workbench.detect.correlate.rules import FILE_NAME, Rule, load_rules, parse_rule, parse_rules, save_rules
from workbench.detect.correlate.trial import TrialGroup, try_rules
from workbench.errors import BadInput, NotFound
from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.tools.files import check_paths
from workbench.tools.texts import Listing, columns, count, utc

if TYPE_CHECKING:
    from workbench.core import Workbench

_SHOWN = 40


class Rules(Listing[Rule]):
    """Rules in the order in which they are asked."""

    def text(self) -> str:
        """Return one sentence for each."""
        if not self.root:
            return f"No rules: the built-in grouping holds. `causeway rule add` writes to {FILE_NAME} of the workspace."
        return "\n".join(one.text() for one in self.root)


class RulesChecked(Frozen):
    """What is wrong with rules."""

    where: str
    rules: int
    """Rules without a fault."""
    faults: list[str]
    """One sentence each."""

    @property
    def exit_code(self) -> int:
        """1 when there is a fault, for scripts."""
        return int(bool(self.faults))

    def text(self) -> str:
        """Return the faults, or that there is none."""
        good = f"{self.where}: {count(self.rules, 'rule')} in order"
        return "\n".join([*self.faults, good]) if self.faults else good


class RuleTrial(Frozen):
    """What rules would have done with the stored signals; nothing was changed."""

    rules: list[Rule]
    looked_at: int
    """Stored signals that were looked at."""
    groups: list[TrialGroup]
    saved: bool = False
    """True when the rule was added, too."""

    def text(self) -> str:
        """Return one line for each group."""
        if not self.rules:
            return "There is no rule to try. `causeway rule add` makes one; --dry-run only shows what it would do."
        lines = [one.text() for one in self.rules]
        lines += ["", f"Tried on {count(self.looked_at, 'stored signal')}."]
        if not self.groups:
            lines.append("No stored signal fits: nothing would have been grouped.")
        else:
            rows = [
                (one.rule, one.outcome, _key(one), one.signals, one.rows, len(one.services),
                 utc(one.start_unix_nano), utc(one.end_unix_nano), ", ".join(one.now_in))
                for one in self.groups[:_SHOWN]
            ]  # fmt: skip
            head = ("RULE", "WOULD BE", "FOR", "SIGNALS", "ROWS", "SERVICES", "FROM", "TO", "NOW IN")
            lines += ["", columns(head, rows, right=(3, 4, 5))]
            lines += [f"... and {len(self.groups) - _SHOWN} more; --json gives all"] * (len(self.groups) > _SHOWN)
        lines += ["", "Switched on." if self.saved else "Nothing was changed."]
        return "\n".join(lines)


@tool(risk="read", command="rule list")
def rule_list(wb: Workbench) -> Rules:
    """List the correlation rules of the workspace, in the order in which they are asked."""
    return Rules(load_rules(wb.path))


@tool(risk="write", command="rule add", positional=("name",))
def rule_add(
    wb: Workbench,
    name: str,
    when: str | None = None,
    action: Literal["open", "attach", "suppress"] | None = None,
    group_by: list[str] | None = None,
    within: str | None = None,
    signals: int | None = None,
    services: int | None = None,
    since: str | None = None,
    until: str | None = None,
    title: str | None = None,
    replace: bool = False,
    dry_run: bool = False,
) -> RuleTrial:
    """Add a correlation rule, and show what it would have done with the stored signals.

    A rule may be added before any signal fits it. Signals that are in incidents already stay there.

    Args:
        name: Name of the rule.
        when: Condition on service, kind, detector, severity, summary, scope, score, value, expected, template,
            col("label.NAME"), such as: service in ["db", "cache"] and contains(lower(summary), "timeout")
        action: open an incident of its own (default), attach to one that runs, or suppress for a time.
        group_by: Signals with equal values of this field belong together; may be given several times.
        within: Signals not further apart belong together, such as 300, 5m or 1h.
        signals: Open only when so many different signals came within that time.
        services: Open only when they are of so many services.
        since: Begin of the time in which suppress holds, ISO-8601 with a zone.
        until: End of it.
        title: Title of its incidents.
        replace: Change the rule of that name; what is not given stays as it is.
        dry_run: Only show; do not switch it on.
    """
    rules = load_rules(wb.path)
    before = next((one for one in rules if one.name == name), None)
    if before and not replace:
        raise BadInput(f"there is a rule {name!r} already", hint="--replace changes it")
    given: dict[str, Any] = {
        "when": when, "action": action, "group_by": group_by or None, "within": within, "signals": signals,
        "services": services, "since": since, "until": until, "title": title,
    }  # fmt: skip
    kept = before.model_dump(exclude_defaults=True) if before else {}
    wanted = kept | {"name": name} | {key: value for key, value in given.items() if value is not None}
    rule, faults = parse_rule(wanted, "rule")
    if rule is None:
        raise BadInput("; ".join(faults))
    if not dry_run:
        save_rules(_folder(wb), [rule if one is before else one for one in rules] + [rule] * (before is None))
    return _trial(wb, [rule], None).model_copy(update={"saved": not dry_run})


@tool(risk="write", command="rule remove", positional=("name",))
def rule_remove(wb: Workbench, name: str) -> Rules:
    """Remove a correlation rule and list those that are left; incidents stay as they are.

    Args:
        name: Name of the rule.
    """
    rules = load_rules(wb.path)
    left = [one for one in rules if one.name != name]
    if len(left) == len(rules):
        raise NotFound("rule", name, hint="`causeway rule list` lists them")
    save_rules(_folder(wb), left)
    return Rules(left)


@tool(risk="read", command="rule check", positional=("file",))
def rule_check(wb: Workbench, file: Path | None = None) -> RulesChecked:
    """Check correlation rules; one sentence for each fault.

    Args:
        file: A file of rules; correlation.yaml of the workspace when left out.
    """
    where, text = _text(wb, file)
    rules, faults = parse_rules(text, where)
    return RulesChecked(where=where, rules=len(rules), faults=faults)


@tool(risk="read", command="rule try", positional=("file",))
def rule_try(wb: Workbench, file: Path | None = None, name: str | None = None, scope: str | None = None) -> RuleTrial:
    """Show what correlation rules would have done with the stored signals, without switching them on.

    Args:
        file: A file of rules; correlation.yaml of the workspace when left out.
        name: Only the rule of this name.
        scope: Only signals of this data set.
    """
    where, text = _text(wb, file)
    rules, faults = parse_rules(text, where)
    if faults:
        raise BadInput("; ".join(faults))
    chosen = [one for one in rules if name in (None, one.name)]
    if name is not None and not chosen:
        raise NotFound("rule", name, hint=f"{where} has: {', '.join(one.name for one in rules) or 'none'}")
    return _trial(wb, chosen, scope)


def _trial(wb: Workbench, rules: list[Rule], scope: str | None) -> RuleTrial:
    from workbench.store import anomalies

    looked_at = len(anomalies.latest(wb.store, scope, limit=1_000_000))
    return RuleTrial(rules=rules, looked_at=looked_at, groups=try_rules(wb.store, rules, scope))


def _text(wb: Workbench, file: Path | None) -> tuple[str, str]:
    if file is not None:
        check_paths([file])
        return file.name, file.read_text(encoding="utf-8", errors="replace")
    path = wb.path / FILE_NAME if wb.path else None
    return FILE_NAME, path.read_text(encoding="utf-8") if path and path.exists() else ""


def _folder(wb: Workbench) -> Path:
    if wb.path is None:
        raise BadInput("a workspace in memory has no folder to keep rules in", hint="Name one with --workspace")
    return wb.path


def _key(group: TrialGroup) -> str:
    return ", ".join(f"{name}={value}" for name, value in group.key.items()) or group.scope
