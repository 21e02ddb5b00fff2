from __future__ import annotations

from collections.abc import Callable
from typing import Final

from terapin.tera import nodes
from terapin.tera.errors import Span, TemplateError, suggestion
from terapin.tera.library import CalleeKind, Library
from terapin.tera.printing import show
from terapin.tera.program import Code, Place, Scope
from terapin.tera.signatures import Signature

# Python parses 200 nested parentheses; each level here opens two at most.
_MAX_DEPTH: Final = 80

_ARITHMETIC: Final = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo"}


class ExpressionCompiler:
    """Writes expressions of a template as Python expressions.

    As a value an undefined variable is an error; as a condition it is false. "Softly" a path gives
    MISSING if there is nothing.
    """

    def __init__(self, template: nodes.Template, library: Library) -> None:
        self.template = template
        self.library = library
        self.namespaces = library.namespaces(template)
        self.code = Code()
        self.scopes: list[Scope] = []
        self.callees: dict[str, Callable[..., object]] = {}
        self.known_callees: dict[tuple[CalleeKind, str], tuple[str, Signature]] = {}
        # The paths whose values are already in Python variables.
        self.evaluated: dict[Span, str] = {}
        self.numbers = 0
        self.depth = 0

    def _new(self, prefix: str) -> str:
        self.numbers += 1
        return f"{prefix}{self.numbers}"

    def _error(self, span: Span, message: str, help: str = "") -> TemplateError:
        return self.template.source.error(span, message, help)

    # Variables

    def _local_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n for s in self.scopes for n in (*s.bound, *s.assigned)))

    def _loop_members(self) -> dict[str, str]:
        return next((s.loop_members for s in reversed(self.scopes) if s.is_loop), {})

    def _place(self, span: Span, label: str) -> Place:
        return Place(span, label, self._local_names())

    def _variable(self, name: str, span: Span | None) -> None:
        """The value of a variable; without a span MISSING if there is none."""
        closing = ""
        for scope in reversed(self.scopes):
            if variable := scope.assigned.get(name):
                self.code.write(f"({variable} if {variable} is not MISSING else ")
                closing += ")"
            if variable := scope.bound.get(name):
                self.code.write(variable + closing)
                return
        if span is None:
            self.code.write(f"scope.get({name!r}, MISSING)")
        else:
            self.code.mark(self._place(span, f"variable `{name}`"))
            self.code.write(f"scope[{name!r}]")
        self.code.write(closing)

    def _loop_member(self, path: nodes.Path) -> str | None:
        if path.root != "loop" or len(path.parts) != 1 or "loop" in self._local_names():
            return None
        key = path.parts[0].key
        return self._loop_members().get(key) if isinstance(key, str) else None

    def _path(self, path: nodes.Path) -> None:
        if known := self.evaluated.get(path.span) or self._loop_member(path):
            self.code.write(known)
            return
        self._members("member", path)
        self._variable(path.root, self._root_span(path))
        for part in path.parts:
            self.code.write(", ")
            self._key(path, part)
            self.code.write(")")

    def _members(self, function: str, path: nodes.Path) -> None:
        if self.depth + len(path.parts) > _MAX_DEPTH:
            raise self._too_long(path.span)
        for part in reversed(path.parts):
            self.code.mark(self._place(part.span, self._path_label(path, part)))
            self.code.write(f"{function}(")

    def _root_span(self, path: nodes.Path) -> Span:
        return Span(path.span.start, path.span.start + len(path.root))

    def _path_label(self, path: nodes.Path, last: nodes.Part) -> str:
        text = self.template.source.text
        end = last.span.end + text.startswith("]", last.span.end)
        return f"variable `{text[path.span.start : end]}`"

    def _soft(self, path: nodes.Path) -> None:
        """The value of a path, or MISSING."""
        if member := self._loop_member(path):
            self.code.write(member)
            return
        self._members("peek", path)
        self._variable(path.root, None)
        for part in path.parts:
            self.code.write(", ")
            self._key(path, part, soft=True)
            self.code.write(")")

    def _key(self, path: nodes.Path, part: nodes.Part, *, soft: bool = False) -> None:
        if isinstance(part.key, str | int):
            self.code.write(repr(part.key))
            return
        self.code.mark(self._place(part.span, self._path_label(path, part)))
        self.code.write("soft_index(" if soft else "index(")
        if soft and isinstance(part.key, nodes.Path):
            self._soft(part.key)
        else:
            self._value(part.key)
        self.code.write(")")

    def _visible(self, *, base: str = "scope", with_loop: bool = False) -> None:
        """The variables here as one dict, for code in another Python function."""
        if not self.scopes:
            self.code.write(base)
            return
        self.code.write(f"visible({base}, {{")
        for name in self._local_names():
            self.code.write(f"{name!r}: ")
            self._variable(name, None)
            self.code.write(", ")
        if with_loop and (members := self._loop_members()):
            shown = ", ".join(f"{name!r}: {code}" for name, code in members.items())
            self.code.write(f"'loop': {{{shown}}}")
        self.code.write("})")

    # Values

    def _call(self, function: str, place: Place, *arguments: nodes.Expr) -> None:
        self.code.mark(place)
        self.code.write(f"{function}(")
        self._values(arguments)
        self.code.write(")")

    def _values(self, exprs: tuple[nodes.Expr, ...]) -> None:
        for expr in exprs:
            self._value(expr)
            self.code.write(", ")

    def _value(self, expr: nodes.Expr) -> None:
        self._enter(expr.span)
        match expr:
            case nodes.Arithmetic():
                self.code.write("settle(")
                self._number(expr)
                self.code.write(")")
            case nodes.Logic() | nodes.Not() | nodes.Compare() | nodes.Contains() | nodes.Test():
                self.code.write("bool(")
                self._condition(expr)
                self.code.write(")")
            case nodes.Literal(_, value):
                self.code.write(repr(value))
            case nodes.Array(_, elements):
                self.code.write("[")
                self._values(elements)
                self.code.write("]")
            case nodes.Path() if is_context_dump(expr):
                in_macro = bool(self.scopes) and not self.scopes[0].is_loop
                self.code.mark(self._place(expr.span, f"`{expr.root}`"))
                self.code.write("to_json(")
                self._visible(base="{}" if in_macro else "scope")
                self.code.write(", pretty=True)")
            case nodes.Path():
                self._path(expr)
            case nodes.Concat(span, parts):
                texts = (_literal_text(part) for part in parts)
                self._call("concat", self._place(span, "`~`"), *texts)
            case nodes.Filter():
                self._filter(expr)
            case nodes.FunctionCall():
                self._function_call(expr)
            case nodes.MacroCall():
                self._macro_call(expr)
        self.depth -= 1

    def _enter(self, span: Span) -> None:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise self._too_long(span)

    def _too_long(self, span: Span) -> TemplateError:
        return self._error(span, "this expression is too long", "put a part of it in a variable")

    def _number(self, expr: nodes.Expr) -> None:
        """An operand of arithmetic, where NaN is not yet text."""
        if not isinstance(expr, nodes.Arithmetic):
            self._value(expr)
            return
        self._enter(expr.span)
        operator = expr.operator
        self.code.mark(self._place(expr.span, f"`{operator}`"))
        self.code.write(f"{_ARITHMETIC[operator]}(")
        self._number(expr.left)
        self.code.write(", ")
        self._number(expr.right)
        self.code.write(")")
        self.depth -= 1

    def _filter(self, expr: nodes.Filter) -> None:
        if expr.name == "safe":
            self._value(expr.value)
        elif expr.name == "default":
            self._default(expr)
        else:
            label = f"filter `{expr.name}`"
            callee, signature = self._callee("filter", expr.span, expr.name)
            self.code.mark(self._place(expr.span, label))
            self.code.write(f"{callee}(")
            self._value(expr.value)
            self._arguments(label, expr.span, signature, expr.arguments)
            self.code.write(")")

    def _default(self, expr: nodes.Filter) -> None:
        """Stands in for an undefined or null variable; behind anything else it does nothing."""
        signature = Signature.of_names(["value"], required=["value"])
        signature.check(self.template.source, "filter `default`", expr.span, expr.arguments)
        if not isinstance(expr.value, nodes.Path):
            self._value(expr.value)
            return
        variable = self._new("d")
        self.code.write(f"({variable} if ({variable} := ")
        self._soft(expr.value)
        self.code.write(f") is not MISSING and {variable} is not None else ")
        self._value(expr.arguments[0].value)
        self.code.write(")")

    def _function_call(self, expr: nodes.FunctionCall) -> None:
        label = f"function `{expr.name}`"
        callee, signature = self._callee("function", expr.span, expr.name)
        self.code.mark(self._place(expr.span, label))
        self.code.write(f"{callee}(")
        self._arguments(label, expr.span, signature, expr.arguments, first="")
        self.code.write(")")

    def _callee(self, kind: CalleeKind, span: Span, name: str) -> tuple[str, Signature]:
        if known := self.known_callees.get((kind, name)):
            return known
        found = self.library.callee(kind, name)
        if found is None:
            where = Span(span.start, span.start + len(name))
            help = suggestion(name, self.library.callees[kind])
            raise self._error(where, f"unknown {kind} `{name}`", help)
        variable = self._new("f")
        self.callees[variable], signature = found
        self.known_callees[kind, name] = variable, signature
        return variable, signature

    def _arguments(
        self,
        label: str,
        span: Span,
        signature: Signature,
        arguments: tuple[nodes.Argument, ...],
        first: str = ", ",
    ) -> None:
        signature.check(self.template.source, label, span, arguments)
        for argument in arguments:
            keyword = signature.keywords.get(argument.name)
            self.code.write(f"{first}{keyword}=" if keyword else f"{first}**{{{argument.name!r}: ")
            self._value(argument.value)
            self.code.write("" if keyword else "}")
            first = ", "

    def _macro_call(self, expr: nodes.MacroCall) -> None:
        owner, macro = self._find_macro(expr)
        given = {argument.name: argument for argument in expr.arguments}
        label = f"macro `{expr.name}`"
        signature = Signature.of_names(
            [p.name for p in macro.parameters],
            required=[p.name for p in macro.parameters if p.default is None],
        )
        signature.check(self.template.source, label, expr.span, expr.arguments)
        self.code.mark(self._place(expr.span, label))
        self.code.write(f"state.macro({owner!r}, {expr.name!r})(state, ")
        for parameter in macro.parameters:
            argument = given.get(parameter.name)
            value = argument.value if argument else parameter.default
            if value is not None:
                self._value(value)
            self.code.write(", ")
        self.code.write(")")

    def _find_macro(self, expr: nodes.MacroCall) -> tuple[str, nodes.Macro]:
        if expr.namespace not in self.namespaces:
            where = Span(expr.span.start, expr.span.start + len(expr.namespace))
            help = suggestion(expr.namespace, self.namespaces) or "import them at the top"
            raise self._error(where, f"no macros are imported as `{expr.namespace}`", help)
        owner, template = self.namespaces[expr.namespace]
        if expr.name not in template.macros:
            help = suggestion(expr.name, template.macros)
            raise self._error(expr.span, f"`{owner}` has no macro `{expr.name}`", help)
        return owner, template.macros[expr.name]

    # Conditions

    def _condition(self, expr: nodes.Expr) -> None:
        """Code whose truth is the truth of the expression; an undefined variable is false."""
        self._enter(expr.span)
        match expr:
            case nodes.Path() if not is_context_dump(expr):
                self._soft(expr)
            case nodes.Arithmetic():
                self.code.write("nonzero(")
                self._number(expr)
                self.code.write(")")
            case nodes.Filter():
                self._filtered_condition(expr)
            case nodes.Not(_, inner):
                self.code.write("(not ")
                self._condition(inner)
                self.code.write(")")
            case nodes.Logic(_, operator, left, right):
                self.code.write("(")
                self._condition(left)
                self.code.write(f" {operator} ")
                self._condition(right)
                self.code.write(")")
            case nodes.Compare():
                self._compare(expr)
            case nodes.Contains(span, item, container, negated):
                self.code.write("(not " if negated else "(")
                self._call("contains", self._place(span, "`in`"), container, item)
                self.code.write(")")
            case nodes.Test():
                self._test(expr)
            case _:
                self._value(expr)
        self.depth -= 1

    def _filtered_condition(self, expr: nodes.Filter) -> None:
        innermost: nodes.Expr = expr
        while isinstance(innermost, nodes.Filter) and innermost.name != "default":
            innermost = innermost.value
        if not isinstance(innermost, nodes.Path):
            self._value(expr)
            return
        variable = self._new("c")
        self.code.write(f"(({variable} := ")
        self._soft(innermost)
        self.code.write(") is not MISSING and ")
        self.evaluated[innermost.span] = variable
        self._value(expr)
        self.code.write(")")

    def _compare(self, expr: nodes.Compare) -> None:
        operator = expr.operator
        self.code.mark(self._place(expr.span, f"`{operator}`"))
        if operator in ("==", "!="):
            self.code.write("equal(" if operator == "==" else "unequal(")
            self._value(expr.left)
            self.code.write(", ")
            self._value(expr.right)
        else:
            self.code.write("compare(")
            self._number(expr.left)
            self.code.write(f", {operator!r}, ")
            self._number(expr.right)
        self.code.write(")")

    def _test(self, expr: nodes.Test) -> None:
        label = f"test `{expr.name}`"
        if expr.name in ("defined", "undefined"):
            Signature.of_names([]).check_count(
                self.template.source, label, expr.span, expr.arguments
            )
            self._definedness(expr)
            return
        callee, signature = self._callee("test", expr.span, expr.name)
        signature.check_count(self.template.source, label, expr.span, expr.arguments)
        self.code.write("(not " if expr.negated else "(")
        self._call(callee, self._place(expr.span, label), expr.value, *expr.arguments)
        self.code.write(")")

    def _definedness(self, expr: nodes.Test) -> None:
        wants_undefined = (expr.name == "undefined") is not expr.negated
        self.code.write(f"(MISSING is {'' if wants_undefined else 'not '}")
        if isinstance(expr.value, nodes.Path):
            self._soft(expr.value)
        else:
            self._value(expr.value)
        self.code.write(")")


def is_context_dump(expr: nodes.Expr) -> bool:
    return isinstance(expr, nodes.Path) and expr.root == "__tera_context" and not expr.parts


def _literal_text(expr: nodes.Expr) -> nodes.Expr:
    """`~` prints the literal `1.0` as 1, but a variable as 1.0."""
    if isinstance(expr, nodes.Literal) and isinstance(expr.value, float):
        return nodes.Literal(expr.span, show(expr.value))
    return expr
