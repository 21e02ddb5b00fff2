"""Template source → syntax tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from terapin.tera import nodes
from terapin.tera.errors import Source, Span, TemplateError, suggestion
from terapin.tera.expression_parser import ExpressionParser
from terapin.tera.lexer import WHITESPACE, Kind, Token

# Python compiles 20 nested loops.
_MAX_TAGS: Final = 18
_TAGS: Final = (
    *("if", "for", "set", "set_global", "filter", "block", "include"),
    *("break", "continue", "raw", "macro", "import", "extends"),
)
_SECTIONS: Final = ("if", "for", "filter", "block", "raw", "macro")
# What closes or divides a section, and what has to be open for it.
_INNER_TAGS: Final = {
    "elif": "`if`",
    "else": "`if` or `for`",
    **{f"end{tag}": f"`{tag}`" for tag in _SECTIONS},
}
_KNOWN: Final = (*_TAGS, *_INNER_TAGS)
# On the stack of open tags, where a `break` has to be told from one in the loop itself.
_FOR_ELSE: Final = "for else"


def parse(name: str, text: str) -> nodes.Template:
    return _Parser(Source(name, text)).template()


def _tag_of(entry: str) -> str:
    return entry.removesuffix(" else")


class _Parser(ExpressionParser):
    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.open_tags: list[str] = []
        self.parent: nodes.Reference | None = None
        self.imports: list[nodes.Reference] = []
        self.macros: dict[str, nodes.Macro] = {}
        self.block_names: set[str] = set()
        self.statements: dict[str, Callable[[Span], nodes.Node]] = {
            "if": self._if,
            "for": self._for,
            "set": lambda _: self._set(is_global=False),
            "set_global": lambda _: self._set(is_global=True),
            "filter": self._filter_section,
            "block": self._block,
            "include": self._include,
            "break": lambda span: self._jump(span, "break", nodes.Break()),
            "continue": lambda span: self._jump(span, "continue", nodes.Continue()),
        }

    def template(self) -> nodes.Template:
        body = self._body()
        return nodes.Template(
            self.source, body, self.parent, tuple(self.imports), dict(self.macros)
        )

    def _body(self, *ends: str) -> nodes.Body:
        """Everything up to the tag named by `ends`, whose name is left as the next token."""
        body: list[nodes.Node] = []
        while self.token.kind is not Kind.END:
            token = self._next()
            if token.kind is Kind.TEXT:
                body.append(nodes.Text(token.text))
            elif token.text == "{{":
                body.append(self._output())
            elif self._is(*ends):
                return tuple(body)
            elif self._is("extends", "import"):
                self._reference(body)
            elif self._is("macro"):
                self._macro()
            else:
                body.append(self._statement())
        return tuple(body)

    def _output(self) -> nodes.Node:
        start = self.token.span
        node: nodes.Node
        if self._accept_super():
            node = nodes.Super(self._since(start))
            if "block" not in self.open_tags:
                raise self._error(self._since(start), "`super()` outside a `block`")
        else:
            node = nodes.Output(self._expression())
        self._expect("}}")
        return node

    def _accept_super(self) -> bool:
        texts = [token.text for token in self.tokens[self.at : self.at + 4]]
        if texts != ["super", "(", ")", "}}"]:
            return False
        self.at += 3
        return True

    def _statement(self) -> nodes.Node:
        tag = self._name("a tag")
        if statement := self.statements.get(tag.text):
            return statement(tag.span)
        raise self._misplaced(tag)

    def _misplaced(self, tag: Token) -> TemplateError:
        openers = _INNER_TAGS.get(tag.text)
        if openers is None:
            return self._error(tag.span, f"unknown tag `{tag.text}`", suggestion(tag.text, _KNOWN))
        if not self.open_tags:
            return self._error(tag.span, f"`{tag.text}` stands without its {openers}")
        innermost = _tag_of(self.open_tags[-1])
        return self._error(
            tag.span,
            f"`{tag.text}` cannot stand here, `{innermost}` is still open",
            f"close it with `{{% end{innermost} %}}` first",
        )

    def _section(self, tag: str, span: Span, *ends: str) -> nodes.Body:
        if len(self.open_tags) == _MAX_TAGS:
            raise self._error(span, f"tags are nested more than {_MAX_TAGS} deep")
        self.open_tags.append(tag)
        body = self._body(*ends)
        self.open_tags.pop()
        if self.token.kind is Kind.END:
            tag = _tag_of(tag)
            raise self._error(span, f"`{tag}` is never closed", f"add `{{% end{tag} %}}`")
        return body

    def _end(self, tag: str, *, named: bool = False) -> None:
        self._expect(f"end{tag}")
        if named and self.token.kind is Kind.NAME:
            self._next()
        self._expect("%}")

    # Tags

    def _reference(self, body: list[nodes.Node]) -> None:
        tag = self._next()
        blank = all(isinstance(n, nodes.Text) and not n.value.strip(WHITESPACE) for n in body)
        if self.open_tags or self.macros or not blank:
            raise self._error(tag.span, f"`{tag.text}` must stand before everything else")
        name = self._string("the name of a template in quotes")
        if tag.text == "import":
            self._expect("as")
            namespace = self._name("a name for the imported macros").text
            self.imports.append(nodes.Reference(name.span, name.text, namespace))
        elif self.parent:
            raise self._error(tag.span, "a template extends one other template only")
        else:
            self.parent = nodes.Reference(name.span, name.text)
        self._expect("%}")
        body.clear()
        self._drop_leading_space()

    def _drop_leading_space(self) -> None:
        token = self.token
        is_next = token.span.start == self.tokens[self.at - 1].span.end
        if token.kind is Kind.TEXT and is_next:
            self.tokens[self.at] = token._replace(text=token.text.lstrip(WHITESPACE))

    def _macro(self) -> None:
        tag = self._next()
        if self.open_tags:
            raise self._error(
                tag.span, f"`macro` cannot stand inside `{_tag_of(self.open_tags[-1])}`"
            )
        name = self._name("a name for the macro")
        self._expect("(")
        parameters = self._parameters()
        self._expect("%}")
        body = self._section("macro", tag.span, "endmacro")
        self._end("macro", named=True)
        if name.text in self.macros:
            raise self._error(name.span, f"macro `{name.text}` is defined twice")
        self.macros[name.text] = nodes.Macro(name.span, name.text, parameters, body)

    def _parameters(self) -> tuple[nodes.Parameter, ...]:
        parameters = self._separated(")", self._parameter)
        self._check_unique([(parameter.name, parameter.span) for parameter in parameters])
        return parameters

    def _parameter(self) -> nodes.Parameter:
        name = self._name("an argument name")
        default = self._default() if self._accept("=") else None
        return nodes.Parameter(name.span, name.text, default)

    def _default(self) -> nodes.Literal:
        value = self._primary()
        if not isinstance(value, nodes.Literal):
            raise self._error(
                value.span,
                "the default of a macro argument must be a string, a number or a boolean",
            )
        return value

    def _if(self, span: Span) -> nodes.Node:
        branches: list[tuple[nodes.Expr, nodes.Body]] = []
        otherwise: nodes.Body = ()
        tag = "if"
        while tag in ("if", "elif"):
            condition = self._expression()
            self._expect("%}")
            branches.append((condition, self._section("if", span, "elif", "else", "endif")))
            tag = self._name("`endif`").text
        if tag == "else":
            self._expect("%}")
            otherwise = self._section("if", span, "endif")
            self._next()
        self._expect("%}")
        return nodes.If(tuple(branches), otherwise)

    def _for(self, span: Span) -> nodes.Node:
        value = self._name("a variable name").text
        key = None
        if self._accept(","):
            key, value = value, self._name("a variable name").text
        self._expect("in")
        container = self._operand()
        self._expect("%}")
        body = self._section("for", span, "else", "endfor")
        otherwise: nodes.Body = ()
        if self._accept("else"):
            self._expect("%}")
            otherwise = self._section(_FOR_ELSE, span, "endfor")
        self._end("for")
        return nodes.For(span, key, value, container, body, otherwise)

    def _jump(self, span: Span, tag: str, node: nodes.Node) -> nodes.Node:
        # Neither may leave a filter section, a block or a macro halfway through.
        transparent = ("if", _FOR_ELSE)
        enclosing = next((t for t in reversed(self.open_tags) if t not in transparent), None)
        if enclosing != "for":
            raise self._error(span, f"`{tag}` outside a `for` loop")
        self._expect("%}")
        return node

    def _set(self, *, is_global: bool) -> nodes.Node:
        name = self._name("a variable name").text
        self._expect("=")
        value = self._expression()
        self._expect("%}")
        return nodes.Set(name, value, is_global)

    def _filter_section(self, span: Span) -> nodes.Node:
        name = self._name("the name of a filter")
        arguments = self._optional_arguments()
        call = self._since(name.span)
        self._expect("%}")
        body = self._section("filter", span, "endfilter")
        self._end("filter")
        return nodes.FilterSection(call, name.text, arguments, body)

    def _block(self, span: Span) -> nodes.Node:
        name = self._name("a name for the block")
        if "macro" in self.open_tags:
            raise self._error(span, "`block` cannot stand inside `macro`")
        # Elsewhere blocks are alternatives to each other: only one of them is rendered.
        if all(tag == "block" for tag in self.open_tags):
            if name.text in self.block_names:
                raise self._error(name.span, f"block `{name.text}` is defined twice")
            self.block_names.add(name.text)
        self._expect("%}")
        body = self._section("block", span, "endblock")
        self._end("block", named=True)
        return nodes.Block(name.span, name.text, body)

    def _include(self, _: Span) -> nodes.Node:
        start = self.token.span
        if self._accept("["):
            names = self._separated("]", self._template_name)
            if not names:
                raise self._error(self._since(start), "this list of templates is empty")
        else:
            names = (self._template_name(),)
        where = self._since(start)
        ignore = bool(self._accept("ignore"))
        if ignore:
            self._expect("missing")
        self._expect("%}")
        return nodes.Include(where, names, ignore)

    def _template_name(self) -> str:
        return self._string("the name of a template in quotes").text
