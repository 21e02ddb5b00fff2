"""Syntax tree → Python source.

Every expression that can fail begins a line of its own, and a table maps lines to places in the
template. So positions cost nothing until there is an error: the traceback has the line.

Text from a template gets into the source as a string literal only, and names from it not at all:
variables become `v1`, `v2`, …
"""

from __future__ import annotations

from collections.abc import Iterator

from terapin.tera import nodes
from terapin.tera.errors import Span
from terapin.tera.expressions import ExpressionCompiler, is_context_dump
from terapin.tera.library import Library
from terapin.tera.printing import escape_html, show
from terapin.tera.program import Program, Scope


def compile_template(template: nodes.Template, library: Library, *, escape: bool) -> Program:
    return _Compiler(template, library, escape=escape).program()


class _Compiler(ExpressionCompiler):
    def __init__(self, template: nodes.Template, library: Library, *, escape: bool) -> None:
        super().__init__(template, library)
        self.escape = escape
        # The blocks that are called but not yet written.
        self.pending: list[tuple[str, nodes.Block]] = []
        self.blocks: dict[Span, str] = {}
        self.macros: dict[str, str] = {}
        self.out = "out"

    def program(self) -> Program:
        self._function("body(state, scope, out)", self.template.body)
        for macro in self.template.macros.values():
            self._macro(macro)
        self._blocks()
        overriding = {b.name: self.blocks[b.span] for b in _overriding(self.template.body)}
        code = "".join(self.code.parts)
        return Program(
            self.template.source, code, self.code.places, self.callees, overriding, self.macros
        )

    # Functions

    def _function(self, signature: str, body: nodes.Body) -> None:
        self.code.statement(f"def {signature}:")
        self.code.indent += 1
        self._body(body)
        self.code.indent -= 1

    def _blocks(self) -> None:
        while self.pending:
            name, block = self.pending.pop(0)
            self.scopes = []
            self._function(f"{name}(state, scope, out, above)", block.body)

    def _macro(self, macro: nodes.Macro) -> None:
        scope = Scope(is_loop=False)
        scope.bound = {p.name: self._new("v") for p in macro.parameters}
        assigned = {*_assigned(macro.body), *_assigned_globally(macro.body)}
        scope.assigned = {name: self._new("v") for name in sorted(assigned)}
        self.scopes = [scope]
        self.macros[macro.name] = name = self._new("macro")
        self.code.statement(f"def {', '.join([f'{name}(state', *scope.bound.values()])}):")
        self.code.indent += 1
        self.code.statement("state.enter()")
        self.code.statement("scope, out = state.context, []")
        self._reset(scope)
        self._body(macro.body)
        self.code.statement("state.leave()")
        self.code.statement("return ''.join(out)")
        self.code.indent -= 1
        self.scopes = []

    def _reset(self, scope: Scope) -> None:
        for variable in scope.assigned.values():
            self.code.statement(f"{variable} = MISSING")

    # Statements

    def _body(self, body: nodes.Body) -> None:
        if not body:
            self.code.statement("pass")
        printed: list[nodes.Node] = []
        for node in body:
            if isinstance(node, nodes.Text | nodes.Output | nodes.Include):
                printed.append(node)
                continue
            self._print(printed)
            self._statement(node)
        self._print(printed)

    def _print(self, printed: list[nodes.Node]) -> None:
        """Consecutive texts and outputs extend the list of results in one step."""
        if not printed:
            return
        self.code.statement(f"{self.out} += (")
        for node in printed:
            match node:
                case nodes.Text(value):
                    self.code.write(repr(value))
                case nodes.Output(expr):
                    self._output(expr)
                case nodes.Include():
                    self._include(node)
            self.code.write(", ")
        self.code.write(")")
        printed.clear()

    def _statement(self, node: nodes.Node) -> None:
        match node:
            case nodes.If():
                self._if(node)
            case nodes.For():
                self._for(node)
            case nodes.Set():
                self._set(node)
            case nodes.FilterSection():
                self._filter_section(node)
            case nodes.Block():
                self._block(node)
            case nodes.Super(span):
                self._call_super(span)
            case nodes.Break():
                self.code.statement("break")
            case nodes.Continue():
                self.code.statement("continue")

    def _output(self, expr: nodes.Expr) -> None:
        is_safe = isinstance(expr, nodes.Filter) and expr.name == "safe"
        is_markup = isinstance(expr, nodes.MacroCall) or is_context_dump(expr)
        if isinstance(expr, nodes.Literal):
            text = show(expr.value)
            self.code.write(repr(escape_html(text) if self.escape else text))
        elif is_markup:
            self._value(expr)
        elif self.escape and not is_safe:
            self._call("show_escaped", self._place(expr.span, "`{{ }}`"), expr)
        else:
            self.code.write("(t if type(t := ")
            self._value(expr)
            self.code.write(") is str else ")
            self.code.mark(self._place(expr.span, "`{{ }}`"))
            self.code.write("show(t))")

    def _include(self, node: nodes.Include) -> None:
        name = next((name for name in node.names if name in self.library.templates), None)
        if name is None and not node.ignore_missing:
            raise self.library.not_found(node.names[0], self.template.source, node.span)
        if name is None:
            self.code.write("''")
            return
        self.code.mark(self._place(node.span, "`include`"))
        self.code.write(f"state.include({name!r}, ")
        self._visible(with_loop=True)
        self.code.write(")")

    def _if(self, node: nodes.If) -> None:
        for number, (condition, body) in enumerate(node.branches):
            self.code.statement("elif (" if number else "if (")
            self._condition(condition)
            self.code.write("):")
            self._indented(body)
        if node.otherwise:
            self.code.statement("else:")
            self._indented(node.otherwise)

    def _indented(self, body: nodes.Body) -> None:
        self.code.indent += 1
        self._body(body)
        self.code.indent -= 1

    def _for(self, node: nodes.For) -> None:
        index, sequence, last = self._new("i"), self._new("s"), self._new("n")
        scope = Scope(is_loop=True)
        scope.bound[node.value] = target = self._new("v")
        if node.key is not None:
            scope.bound[node.key] = key = self._new("v")
            target = f"({key}, {target})"
        scope.assigned = {name: self._new("v") for name in sorted(_assigned(node.body))}
        scope.loop_members = {
            "index": f"({index} + 1)",
            "index0": index,
            "first": f"({index} == 0)",
            "last": f"({index} == {last})",
        }
        self.code.statement(f"{sequence} = (")
        entries = "entries" if node.key is not None else "elements"
        self._call(f"state.{entries}", self._place(node.container.span, "`for`"), node.container)
        self.code.write(")")
        self.code.statement(f"{last} = len({sequence}) - 1")
        self.code.statement(f"for {index}, {target} in enumerate({sequence}):")
        self.scopes.append(scope)
        self.code.indent += 1
        self._reset(scope)
        self._body(node.body)
        self.code.indent -= 1
        self.scopes.pop()
        if node.otherwise:
            self.code.statement(f"if not {sequence}:")
            self._indented(node.otherwise)

    def _set(self, node: nodes.Set) -> None:
        self.code.statement(f"{self._target(node)} = (")
        self._value(node.value)
        self.code.write(")")

    def _target(self, node: nodes.Set) -> str:
        scopes = [s for s in self.scopes if not s.is_loop] if node.is_global else self.scopes
        return scopes[-1].assigned[node.name] if scopes else f"scope[{node.name!r}]"

    def _filter_section(self, node: nodes.FilterSection) -> None:
        outer, self.out = self.out, self._new("out")
        inner = self.out
        self.code.statement(f"{inner} = []")
        self._body(node.body)
        self.out = outer
        if node.name == "safe":
            self.code.statement(f"{outer} += {inner}")
            return
        place = self._place(node.span, f"filter `{node.name}`")
        callee, signature = self._callee("filter", node.span, node.name)
        self.code.statement(f"{outer}.append(show(")
        self.code.mark(place)
        self.code.write(f"{callee}(''.join({inner})")
        self._arguments(f"filter `{node.name}`", node.span, signature, node.arguments)
        self.code.write(")))")

    def _block(self, node: nodes.Block) -> None:
        function = self._new("block")
        self.blocks[node.span] = function
        self.pending.append((function, node))
        self.code.statement(f"state.block({node.name!r}, {function}, ")
        self._visible()
        self.code.write(f", {self.out})")

    def _call_super(self, span: Span) -> None:
        self.code.statement("(")
        self.code.mark(self._place(span, "`super()`"))
        self.code.write("state.super_block(above, ")
        self._visible()
        self.code.write(f", {self.out}))")


def _overriding(body: nodes.Body) -> Iterator[nodes.Block]:
    """The blocks that stand for those of a parent: not the ones inside an `if`, say."""
    for node in body:
        if isinstance(node, nodes.Block):
            yield node
            yield from _overriding(node.body)


def _assigned(body: nodes.Body) -> Iterator[str]:
    """The names `set` in a loop or a macro, without those of the loops inside."""
    for node in body:
        match node:
            case nodes.Set(name, _, False):
                yield name
            case nodes.If(branches, otherwise):
                for _, branch in branches:
                    yield from _assigned(branch)
                yield from _assigned(otherwise)
            case nodes.FilterSection():
                yield from _assigned(node.body)
            case nodes.For():
                yield from _assigned(node.otherwise)


def _assigned_globally(body: nodes.Body) -> Iterator[str]:
    for node in body:
        match node:
            case nodes.Set(name, _, True):
                yield name
            case nodes.If(branches, otherwise):
                for _, branch in branches:
                    yield from _assigned_globally(branch)
                yield from _assigned_globally(otherwise)
            case nodes.FilterSection():
                yield from _assigned_globally(node.body)
            case nodes.For():
                yield from _assigned_globally(node.body)
                yield from _assigned_globally(node.otherwise)
