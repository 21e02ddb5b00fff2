"""Expressions of a template, by recursive descent.

The grammar is Tera's, loosest first: `or`, `and`, `not`, one comparison or `in`, arithmetic
between filtered operands, filters, arithmetic. So `a + b | f` filters the sum, and `a | f + b`
adds to what was filtered.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from terapin.tera import nodes
from terapin.tera.errors import Source, Span, TemplateError
from terapin.tera.lexer import Kind, Token, tokenize

# Python compiles 200 nested parentheses.
_MAX_NESTING: Final = 24
_INT_MIN: Final = -(2**63)
_INT_MAX: Final = 2**63 - 1
_INT_LENGTH: Final = len(str(_INT_MIN))

_KEYWORDS: Final = frozenset({"and", "or", "not", "in", "is"})
_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
_PRECEDENCE: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2}
_CONSTANTS: Final = {"true": True, "True": True, "false": False, "False": False}

_Item = TypeVar("_Item")


class ExpressionParser:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.tokens = tokenize(source)
        self.at = 0
        self.depth = 0

    # Tokens

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def _next(self) -> Token:
        token = self.token
        self.at += 1
        return token

    def _is(self, *texts: str) -> bool:
        token = self.token
        return token.kind in (Kind.OPERATOR, Kind.NAME, Kind.CLOSE) and token.text in texts

    def _accept(self, *texts: str) -> Token | None:
        return self._next() if self._is(*texts) else None

    def _expect(self, text: str) -> Token:
        if not self._is(text):
            raise self._unexpected(f"`{text}`")
        return self._next()

    def _expect_kind(self, kind: Kind, wanted: str) -> Token:
        if self.token.kind is not kind:
            raise self._unexpected(wanted)
        return self._next()

    def _name(self, wanted: str) -> Token:
        return self._expect_kind(Kind.NAME, wanted)

    def _string(self, wanted: str) -> Token:
        token = self._expect_kind(Kind.STRING, wanted)
        return token._replace(text=token.text[1:-1])

    def _separated(self, closing: str, item: Callable[[], _Item]) -> tuple[_Item, ...]:
        """Items between commas, up to the closing bracket; the last may have a comma too."""
        items: list[_Item] = []
        while not self._accept(closing):
            items.append(item())
            if not self._accept(",") and not self._is(closing):
                raise self._unexpected(f"`,` or `{closing}`")
        return tuple(items)

    def _unexpected(self, wanted: str, help: str = "") -> TemplateError:
        return self._error(self.token.span, f"expected {wanted}, found `{self.token.text}`", help)

    def _error(self, span: Span, message: str, help: str = "") -> TemplateError:
        return self.source.error(span, message, help)

    def _since(self, start: Span) -> Span:
        return Span(start.start, self.tokens[self.at - 1].span.end)

    # Expressions

    @contextmanager
    def _nested(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > _MAX_NESTING:
            raise self._error(
                self.token.span, f"this expression is nested more than {_MAX_NESTING} deep"
            )
        yield
        self.depth -= 1

    def _expression(self) -> nodes.Expr:
        with self._nested():
            return self._or()

    def _or(self) -> nodes.Expr:
        start = self.token.span
        left = self._and()
        while self._accept("or"):
            right = self._and()
            left = nodes.Logic(self._since(start), "or", left, right)
        return left

    def _and(self) -> nodes.Expr:
        start = self.token.span
        left = self._not()
        while self._accept("and"):
            right = self._not()
            left = nodes.Logic(self._since(start), "and", left, right)
        return left

    def _not(self) -> nodes.Expr:
        start = self.token.span
        if not self._accept("not"):
            return self._comparison()
        with self._nested():
            operand = self._not()
        return nodes.Not(self._since(start), operand)

    def _comparison(self) -> nodes.Expr:
        start = self.token.span
        left = self._operand()
        if operator := self._accept(*_COMPARISONS):
            right = self._operand()
            node: nodes.Expr = nodes.Compare(self._since(start), operator.text, left, right)
        elif self._is("in", "not"):
            negated = bool(self._accept("not"))
            self._expect("in")
            container = self._operand()
            node = nodes.Contains(self._since(start), left, container, negated)
        else:
            return left
        if self._is(*_COMPARISONS, "in"):
            raise self._error(
                self.token.span, "comparisons cannot be chained", "join two comparisons with `and`"
            )
        return node

    def _operand(self) -> nodes.Expr:
        return self._arithmetic(self._filtered)

    def _arithmetic(self, operand: Callable[[], nodes.Expr], floor: int = 1) -> nodes.Expr:
        start = self.token.span
        left = operand()
        while self._is(*_PRECEDENCE) and _PRECEDENCE[self.token.text] >= floor:
            operator = self._next().text
            right = self._arithmetic(operand, _PRECEDENCE[operator] + 1)
            left = nodes.Arithmetic(self._since(start), operator, left, right)
        return left

    def _filtered(self) -> nodes.Expr:
        value = self._arithmetic(self._primary)
        if self._is("~"):
            value = self._concat(value)
        while self._accept("|"):
            name = self._name("the name of a filter")
            arguments = self._optional_arguments()
            value = nodes.Filter(self._since(name.span), name.text, arguments, value)
        return value

    def _concat(self, first: nodes.Expr) -> nodes.Expr:
        if isinstance(first, nodes.Arithmetic):
            raise self._error(
                self.token.span,
                "`~` cannot follow arithmetic",
                "put the result in a variable first",
            )
        items: list[nodes.Expr] = [first]
        while self._accept("~"):
            items.append(self._primary())
        return nodes.Concat(Span(first.span.start, items[-1].span.end), tuple(items))

    def _primary(self) -> nodes.Expr:
        value = self._atom()
        if not self._accept("is"):
            return value
        negated = bool(self._accept("not"))
        name = self._name("the name of a test")
        arguments = self._separated(")", self._expression) if self._accept("(") else ()
        return nodes.Test(self._since(name.span), name.text, arguments, negated, value)

    def _atom(self) -> nodes.Expr:
        token = self.token
        if token.kind is Kind.NAME and token.text not in _KEYWORDS:
            return self._named(self._next())
        if token.kind is Kind.STRING:
            return nodes.Literal(token.span, self._string("a string").text)
        if token.kind in (Kind.INT, Kind.FLOAT) or self._is("-"):
            return self._number()
        if self._accept("["):
            elements = self._separated("]", self._expression)
            return nodes.Array(self._since(token.span), elements)
        if self._accept("("):
            value = self._expression()
            self._expect(")")
            return value
        raise self._unexpected("an expression")

    def _number(self) -> nodes.Literal:
        token = self._next()
        if token.text == "-":
            digits = self.token
            if digits.kind not in (Kind.INT, Kind.FLOAT) or digits.span.start != token.span.end:
                raise self._error(
                    token.span,
                    "`-` needs a number right behind it here",
                    "write `0 - value` to negate a variable",
                )
            self.at += 1
            span = Span(token.span.start, digits.span.end)
            token = Token(digits.kind, "-" + digits.text, span)
        return nodes.Literal(token.span, self._parsed(token))

    def _parsed(self, token: Token) -> int | float:
        if token.kind is Kind.INT:
            # By length first: Python refuses to read integers of thousands of digits.
            if len(token.text) > _INT_LENGTH or not _INT_MIN <= int(token.text) <= _INT_MAX:
                raise self._error(token.span, "this integer does not fit into 64 bits")
            return int(token.text)
        number = float(token.text)
        if not math.isfinite(number):
            raise self._error(token.span, "this number is too large")
        return number

    def _named(self, name: Token) -> nodes.Expr:
        if name.text in _CONSTANTS:
            return nodes.Literal(name.span, _CONSTANTS[name.text])
        if self._accept("("):
            arguments = self._arguments()
            return nodes.FunctionCall(self._since(name.span), name.text, arguments)
        if self._accept("::"):
            macro = self._name("the name of a macro")
            self._expect("(")
            arguments = self._arguments()
            return nodes.MacroCall(self._since(name.span), name.text, macro.text, arguments)
        parts = tuple(self._parts())
        return nodes.Path(self._since(name.span), name.text, parts)

    def _parts(self) -> Iterator[nodes.Part]:
        while True:
            token = self.token
            if token.kind is Kind.MEMBER:
                self.at += 1
                yield nodes.Part(Span(token.span.start + 1, token.span.end), token.text[1:])
            elif self._accept("["):
                key = self._expression()
                self._expect("]")
                yield nodes.Part(key.span, _key(key))
            else:
                return

    def _optional_arguments(self) -> tuple[nodes.Argument, ...]:
        return self._arguments() if self._accept("(") else ()

    def _arguments(self) -> tuple[nodes.Argument, ...]:
        arguments = self._separated(")", self._argument)
        self._check_unique([(argument.name, argument.span) for argument in arguments])
        return arguments

    def _argument(self) -> nodes.Argument:
        named = self.token.kind is Kind.NAME and self.tokens[self.at + 1].text == "="
        if not named:
            raise self._unexpected("a named argument", "arguments are written `name=value`")
        name = self._next()
        self._next()
        return nodes.Argument(name.span, name.text, self._expression())

    def _check_unique(self, arguments: list[tuple[str, Span]]) -> None:
        seen: set[str] = set()
        for name, span in arguments:
            if name in seen:
                raise self._error(span, f"argument `{name}` is given twice")
            seen.add(name)


def _key(expr: nodes.Expr) -> str | int | nodes.Expr:
    if not isinstance(expr, nodes.Literal) or isinstance(expr.value, bool | float):
        return expr
    return expr.value
