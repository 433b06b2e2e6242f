"""The verbs of the memory of log templates: learn, list, unite, split, name, find by an old identifier, undo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import BadInput, NotFound
from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.signals.memory import DEFAULT_SYSTEM
from workbench.tools.arguments import Limit
from workbench.tools.files import check_paths, expand, read_lines
from workbench.tools.log_templates import SUFFIXES, LineTemplate
from workbench.tools.texts import columns, count, one_line

if TYPE_CHECKING:
    from workbench.core import Workbench
    from workbench.signals.memory import Known, TemplateMemory


class KnownTemplate(Frozen):
    """One template of the memory."""

    template_id: str
    template: str
    lines: int
    """Lines seen so far."""
    name: str = ""


class KnownTemplates(Frozen):
    """Templates of one system, the most frequent first."""

    system: str
    total: int
    templates: list[KnownTemplate]
    forgotten: int = 0
    """Lines of kinds that were too many and too rare to be remembered."""
    learned: int = 0
    """Lines that this call has learned from."""
    files: list[LineTemplate] = []
    """The template of each line, if it was asked for."""

    def text(self) -> str:
        """Return one line for each template."""
        head = f"{count(self.total, 'template')} of system {self.system!r}"
        lines = [head + (f", learned from {count(self.learned, 'line')} now" if self.learned else "")]
        if self.templates:
            rows = [
                (one.template_id, one.lines, one.name or "-", one_line(one.template, 100) or "(blank)")
                for one in self.templates
            ]
            lines += ["", columns(("TEMPLATE", "LINES", "NAME", "TEXT"), rows, right=(1,))]
        if self.total > len(self.templates):
            lines.append(f"... and {self.total - len(self.templates):,} more; --limit {self.total} shows all")
        if self.forgotten:
            rare = count(self.forgotten, "line")
            lines.append(f"{rare} of rare kinds are in no template of their own: there are too many kinds.")
        return "\n".join(lines)


class TemplateChanged(Frozen):
    """A change of the memory by hand."""

    system: str
    done: str

    def text(self) -> str:
        """Return what was done and how to undo it."""
        return f"{self.done}\nUndo  causeway templates undo --system {self.system}"


@tool(risk="write", command="templates learn", positional=("path",))
def learn_templates(
    wb: Workbench, path: list[Path], system: str = DEFAULT_SYSTEM, lines: bool = False, limit: Limit = 30
) -> KnownTemplates:
    """Learn the templates of log files into the memory of a system; their identifiers stay over restarts.

    Args:
        path: Log files, or folders of .log and .txt files.
        system: Name of the system that writes them.
        lines: Also give the template of each line (with --json).
        limit: Show at most so many templates.
    """
    from workbench.store import templates

    check_paths(path)
    memory = templates.load_memory(wb.store, system)
    found: list[LineTemplate] = []
    learned = 0
    for name, file in expand(path, SUFFIXES):
        mined = memory.mine_file(read_lines(file))
        learned += len(mined)
        if lines:
            found += [
                LineTemplate(file=name, line=number, template_id=template_id, template=template)
                for number, (template_id, template) in enumerate(mined, start=1)
            ]
    templates.save_memory(wb.store, system, memory)
    return _listed(memory, system, limit).model_copy(update={"learned": learned, "files": found})


@tool(risk="read", command="templates list")
def list_templates(wb: Workbench, system: str = DEFAULT_SYSTEM, limit: Limit = 30) -> KnownTemplates:
    """List the remembered templates of a system, the most frequent first.

    Args:
        system: Name of the system.
        limit: At most so many.
    """
    return _listed(_memory(wb, system), system, limit)


@tool(risk="read", command="templates show", positional=("template_id",))
def show_template(wb: Workbench, template_id: str, system: str = DEFAULT_SYSTEM) -> KnownTemplate:
    """Show a template by its present identifier, or by one that it had before.

    Args:
        template_id: Such as T0123456789ab.
        system: Name of the system.
    """
    return _find(wb, system, template_id)


@tool(risk="write", command="templates merge", positional=("template_id", "other"))
def merge_templates(wb: Workbench, template_id: str, other: list[str], system: str = DEFAULT_SYSTEM) -> TemplateChanged:
    """Unite templates that are one event; it is remembered.

    Args:
        template_id: The template that stays.
        other: Those that become part of it.
        system: Name of the system.
    """
    from workbench.store import templates

    stays = _find(wb, system, template_id).template_id
    parts = [_find(wb, system, one).template_id for one in other]
    if stays in parts or len(set(parts)) < len(parts):
        raise BadInput(f"{', '.join(other)} and {template_id} are one template already")
    for part in parts:
        templates.add_edit(wb.store, system, "merge", stays, part)
    return TemplateChanged(system=system, done=f"{', '.join(parts)} is part of {stays} now")


@tool(risk="write", command="templates split", positional=("template_id",))
def split_template(wb: Workbench, template_id: str, at: str, system: str = DEFAULT_SYSTEM) -> TemplateChanged:
    """Split a template that is several events; it is remembered.

    Args:
        template_id: Such as T0123456789ab.
        at: Number of a <*> in it, from 1: each value there becomes a template; or a word: lines with this value do.
        system: Name of the system.
    """
    from workbench.signals.edits import check_split
    from workbench.store import templates

    one = _find(wb, system, template_id)
    check_split(one.template, at)
    templates.add_edit(wb.store, system, "split", one.template_id, f"{at}\n{one.template}")
    what = f"by each value of <*> number {at}" if at.isdigit() else f"into lines with {at!r} and the others"
    return TemplateChanged(system=system, done=f"{one.template_id} ({one_line(one.template, 80)}) is split {what} now")


@tool(risk="write", command="templates rename", positional=("template_id", "name"))
def rename_template(wb: Workbench, template_id: str, name: str, system: str = DEFAULT_SYSTEM) -> TemplateChanged:
    """Give a template a name; its identifier stays.

    Args:
        template_id: Such as T0123456789ab.
        name: A few words.
        system: Name of the system.
    """
    from workbench.store import templates

    if not name.strip():
        raise BadInput("the name is empty", hint="Say in a few words what happens")
    one = _find(wb, system, template_id)
    templates.add_edit(wb.store, system, "rename", one.template_id, " ".join(name.split()))
    return TemplateChanged(system=system, done=f"{one.template_id} is called {name!r} now")


@tool(risk="write", command="templates undo")
def undo_template(wb: Workbench, system: str = DEFAULT_SYSTEM) -> TemplateChanged:
    """Take back the last merge, split or rename of a system's templates.

    Args:
        system: Name of the system.
    """
    from workbench.store import templates

    last = templates.take_back_edit(wb.store, system)
    if last is None:
        raise NotFound("change of templates in system", system, hint="Nothing was merged, split or renamed")
    action, template_id, argument = last
    return TemplateChanged(system=system, done=f"taken back: {action} {template_id} {one_line(argument, 80)}")


def _memory(wb: Workbench, system: str) -> TemplateMemory:
    from workbench.store import templates

    known = templates.systems(wb.store)
    if system not in known:
        hint = f"Known are: {', '.join(known)}" if known else "`causeway templates learn FILES` begins one"
        raise NotFound("memory of templates of system", system, hint=hint)
    return templates.load_memory(wb.store, system)


def _listed(memory: TemplateMemory, system: str, limit: int) -> KnownTemplates:
    known = memory.known()
    return KnownTemplates(
        system=system, total=len(known), templates=[_row(one) for one in known[:limit]], forgotten=memory.forgotten
    )


def _find(wb: Workbench, system: str, template_id: str) -> KnownTemplate:
    from workbench.store import templates

    memory = _memory(wb, system)
    wanted = memory.resolve(template_id)
    for one in memory.known():
        if one.template_id == wanted:
            return _row(one)
    # Parts of a split template are made when lines are read; a forgotten kind is still known by its text.
    stored = templates.recall(wb.store, system).get(wanted)
    if stored is None:
        raise NotFound("log template", template_id, hint="`causeway templates list` lists them")
    return KnownTemplate(template_id=wanted, template=stored, lines=0)


def _row(one: Known) -> KnownTemplate:
    return KnownTemplate(template_id=one.template_id, template=one.template, lines=one.lines, name=one.name)
