"""Copies definitions out of our modules, with all that they need, into one text that imports none of them."""

from __future__ import annotations

import ast
import builtins
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from workbench.errors import FlowError

OURS = ("workbench", "node_catalog")
FOR_READERS = "example"
"""Name of what a class holds for its docs only; it is left out."""


@dataclass(slots=True)
class _Module:
    """The source of one module, taken apart."""

    name: str
    lines: list[bytes]
    definitions: dict[str, ast.stmt] = field(default_factory=dict)
    imports: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """Local name -> (module, name in it); None when the module itself is meant."""


class Inliner:
    """Collects definitions in an order in which Python can read them."""

    def __init__(self, roots: tuple[str, ...] = OURS, *, instead: dict[tuple[str, str], tuple[str, str]]) -> None:
        """Prepare.

        Args:
            roots: Top packages whose code is copied; everything else is imported.
            instead: (module, name) -> the (module, name) to copy in its place.
        """
        self._roots, self._instead = roots, instead
        self._modules: dict[str, _Module] = {}
        self._final: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set(vars(builtins))
        self._parts: list[str] = []
        self._imports: dict[str, tuple[str, str | None]] = {}

    def need(self, module: str, name: str) -> str:
        """Copy a definition and what it needs; return the name it has in the text.

        Raises:
            FlowError: the definition cannot be found or copied.
        """
        module, name = self._instead.get((module, name), (module, name))
        source = self._module(module)
        if name in source.imports and name not in source.definitions:
            return self._imported(source, name)
        if (module, name) in self._final:
            return self._final[module, name]
        if name not in source.definitions:
            raise FlowError(f"{module}.{name} cannot be copied into a script: it is not defined at the top of its file")
        final = self._free(name)
        self._final[module, name] = final
        self._parts.append(self._copy(source, source.definitions[name]))
        return final

    def text(self) -> str:
        """Return the imports and then all definitions."""
        return "\n\n".join(["\n".join(self._import_lines()), *self._parts])

    def packages(self) -> set[str]:
        """Return the names of the top packages that the text imports."""
        return {module.split(".")[0] for module, _ in self._imports.values()}

    def reserve(self, *names: str) -> None:
        """Keep names free for the caller."""
        self._taken.update(names)

    def _imported(self, source: _Module, name: str) -> str:
        module, original = source.imports[name]
        if module.split(".")[0] in self._roots:
            return self.need(module, str(original))
        # `import a.b` binds `a`, but it is `a.b` that has to be imported.
        local = module if original is None and module.split(".")[0] == name else name
        if original is not None and local in self._final.values():
            # A definition of ours has the name already.
            known = [one for one, origin in self._imports.items() if origin == (module, original)]
            local = known[0] if known else self._free(name)
            self._imports[local] = (module, original)
            return local
        if self._imports.setdefault(local, (module, original)) != (module, original):
            raise FlowError(f"{source.name} imports another {name!r} than a node that the flow also uses")
        self._taken.add(name)
        return name

    def _copy(self, source: _Module, statement: ast.stmt) -> str:
        left_out = _leave_out(statement)
        edits: list[tuple[int, int, int, str]] = []
        for used in _global_names(statement, frozenset()):
            if self._module_of(source, used.id):
                continue
            known = used.id in source.definitions or used.id in source.imports
            final = self.need(source.name, used.id) if known else used.id
            if final != used.id:
                edits.append((used.lineno, used.col_offset, used.end_col_offset or 0, final))
        for attribute in ast.walk(statement):
            # `module.name` of one of our modules becomes the name itself.
            if isinstance(attribute, ast.Attribute) and isinstance(attribute.value, ast.Name):
                module = self._module_of(source, attribute.value.id)
                if module and attribute.lineno == attribute.end_lineno:
                    final = self.need(module, attribute.attr)
                    edits.append((attribute.lineno, attribute.col_offset, attribute.end_col_offset or 0, final))
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            final = self._final[source.name, statement.name]
            begin = source.lines[statement.lineno - 1].index(statement.name.encode(), statement.col_offset)
            edits.append((statement.lineno, begin, begin + len(statement.name.encode()), final))
        return _cut(source, statement, edits, left_out)

    def _free(self, name: str) -> str:
        final, count = name, 1
        while final in self._taken:
            count += 1
            final = f"{name}_{count}"
        self._taken.add(final)
        return final

    def _import_lines(self) -> list[str]:
        whole = [
            f"import {module}" + (f" as {local}" if local != module else "")
            for local, (module, original) in self._imports.items()
            if original is None
        ]
        named: dict[str, list[str]] = {}
        for local, (module, original) in self._imports.items():
            if original is not None:
                named.setdefault(module, []).append(original if local == original else f"{original} as {local}")
        return [
            *sorted(whole),
            *(f"from {module} import {', '.join(sorted(named[module]))}" for module in sorted(named)),
        ]

    def _module(self, name: str) -> _Module:
        if name not in self._modules:
            spec = importlib.util.find_spec(name)
            if spec is None or not spec.origin or not spec.origin.endswith(".py"):
                raise FlowError(f"the source of {name} is not there, so it cannot be copied into a script")
            self._modules[name] = _take_apart(name, Path(spec.origin).read_text(encoding="utf-8"))
        return self._modules[name]

    def _module_of(self, source: _Module, local: str) -> str:
        """Return the module of ours that a name stands for; empty when it stands for something else."""
        module, original = source.imports.get(local, ("", None))
        if module.split(".")[0] not in self._roots or local in source.definitions:
            return ""
        if original is None:
            raise FlowError(
                f"{source.name} has `import {module}`; write `from ... import ...` so that it can be copied"
            )
        name = f"{module}.{original}"
        parent = importlib.util.find_spec(module)
        is_package = parent is not None and parent.submodule_search_locations is not None
        return name if is_package and importlib.util.find_spec(name) is not None else ""


def _take_apart(name: str, text: str) -> _Module:
    module = _Module(name, text.encode().splitlines(keepends=True))
    for statement in ast.parse(text).body:
        match statement:
            case ast.FunctionDef() | ast.ClassDef():
                module.definitions[statement.name] = statement
            case ast.Assign(targets=targets):
                for target in targets:
                    for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                        if isinstance(part, ast.Name):
                            module.definitions[part.id] = statement
            case ast.AnnAssign(target=ast.Name(id=target_name)):
                module.definitions[target_name] = statement
            case ast.Import(names=names):
                for alias in names:
                    module.imports[alias.asname or alias.name.split(".")[0]] = (alias.name, None)
            case ast.ImportFrom(module=origin, names=names) if origin and origin != "__future__":
                for alias in names:
                    module.imports[alias.asname or alias.name] = (origin, alias.name)
    return module


def _global_names(node: ast.AST, bound: frozenset[str]) -> Iterator[ast.Name]:
    """Yield the names that are read and not bound by a function around them."""
    if isinstance(node, ast.Name):
        # A name that is assigned at the top is wanted too: it may have got another one.
        if node.id not in bound:
            yield node
        return
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        outside = [*getattr(node, "decorator_list", []), *node.args.defaults, *filter(None, node.args.kw_defaults)]
        for part in outside:
            yield from _global_names(part, bound)
        yield from _annotations(node, bound)
        inner = bound | _bound_in(node)
        for statement in node.body if isinstance(node.body, list) else [node.body]:
            yield from _global_names(statement, inner)
        return
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        bound |= {name.id for part in node.generators for name in _stored(part.target)}
    if isinstance(node, ast.ClassDef):
        bound_here = bound | {name.id for statement in node.body for name in _fields(statement)}
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            yield from _global_names(part, bound)
        for statement in node.body:
            # Fields are seen in the class body, but not in its methods.
            inner = bound if isinstance(statement, ast.FunctionDef) else bound_here
            yield from _global_names(statement, inner)
        return
    for child in ast.iter_child_nodes(node):
        yield from _global_names(child, bound)


def _annotations(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, bound: frozenset[str]
) -> Iterator[ast.Name]:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    for annotation in [*(a.annotation for a in arguments if a), getattr(node, "returns", None)]:
        if annotation is not None:
            yield from _global_names(annotation, bound)


def _bound_in(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    names = {argument.arg for argument in arguments if argument}
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.FunctionDef(name=name) if inner is not node:
                names.add(name)
            case ast.ExceptHandler(name=str() as name):
                names.add(name)
            case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {alias.asname or alias.name.split(".")[0] for alias in aliases}
                if isinstance(inner, ast.ImportFrom) and (inner.module or "").split(".")[0] in OURS:
                    raise FlowError(f"an import of {inner.module} inside of a function cannot be copied into a script")
    return names


def _stored(node: ast.AST) -> Iterator[ast.Name]:
    return (part for part in ast.walk(node) if isinstance(part, ast.Name))


def _fields(statement: ast.stmt) -> Iterator[ast.Name]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return (target for target in targets if isinstance(target, ast.Name))


def _leave_out(statement: ast.stmt) -> set[int]:
    """Take what is for readers only out of a class; return the numbers of its lines."""
    if not isinstance(statement, ast.ClassDef):
        return set()
    found = [part for part in statement.body if FOR_READERS in {name.id for name in _fields(part)}]
    statement.body = [part for part in statement.body if part not in found]
    return {line for part in found for line in range(part.lineno, (part.end_lineno or part.lineno) + 1)}


def _cut(source: _Module, statement: ast.stmt, edits: list[tuple[int, int, int, str]], left_out: set[int]) -> str:
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
    lines = list(source.lines[first - 1 : statement.end_lineno])
    for line, begin, end, new in sorted(set(edits), reverse=True):
        old = lines[line - first]
        lines[line - first] = old[:begin] + new.encode() + old[end:]
    kept = [line for number, line in enumerate(lines, first) if number not in left_out]
    return b"".join(kept).decode().rstrip()
