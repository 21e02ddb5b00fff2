from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Final, Literal, TypeAlias

from terapin.tera import nodes
from terapin.tera.builtins import FILTERS, FUNCTIONS, TESTS, get_env
from terapin.tera.errors import Source, Span, TemplateError
from terapin.tera.parser import parse
from terapin.tera.signatures import Signature

CalleeKind: TypeAlias = Literal["filter", "function", "test"]
Callee: TypeAlias = Callable[..., object]
# Namespace → the name of the template that defines its macros, and the template.
Namespaces: TypeAlias = dict[str, tuple[str, nodes.Template]]

_NOWHERE: Final = Span(0, 0)


class Library:
    """What templates may refer to: each other, filters, functions and tests."""

    def __init__(self, templates: Mapping[str, str], env: Mapping[str, str]) -> None:
        self.templates = dict(templates)
        self.parsed: dict[str, nodes.Template] = {}
        self.callees: dict[CalleeKind, dict[str, Callee]] = {
            "filter": dict(FILTERS),
            "function": {**FUNCTIONS, "get_env": partial(get_env, dict(env))},
            "test": dict(TESTS),
        }

    def with_template(self, name: str, text: str) -> Library:
        extended = copy.copy(self)
        extended.templates = {**self.templates, name: text}
        extended.parsed = {k: v for k, v in self.parsed.items() if k != name}
        return extended

    def callee(self, kind: CalleeKind, name: str) -> tuple[Callee, Signature] | None:
        function = self.callees[kind].get(name)
        if function is None:
            return None
        return function, Signature.of(function, skip=0 if kind == "function" else 1)

    def template(
        self, name: str, source: Source | None = None, span: Span = _NOWHERE
    ) -> nodes.Template:
        """The template of that name, which stands at a place of another one."""
        if name not in self.templates:
            raise self.not_found(name, source, span)
        if name not in self.parsed:
            self.parsed[name] = parse(name, self.templates[name])
        return self.parsed[name]

    def not_found(self, name: str, source: Source | None, span: Span) -> TemplateError:
        """What has only its ending in common with the name is not suggested."""
        ending = name[name.find(".") :] if "." in name else ""
        stems = [each.removesuffix(ending) for each in self.templates if each.endswith(ending)]
        alike = get_close_matches(name.removesuffix(ending), stems, n=1)
        message, help = f"template `{name}` not found", ""
        if alike:
            help = f"did you mean `{alike[0]}{ending}`?"
        if source is None:
            return TemplateError(message, name, 0, 0, "", help=help)
        return source.error(span, message, help)

    def parent(self, template: nodes.Template) -> nodes.Template | None:
        if template.parent is None:
            return None
        return self.template(template.parent.name, template.source, template.parent.span)

    def check_parents(self, template: nodes.Template) -> None:
        seen = {template.source.name}
        child = template
        while parent := self.parent(child):
            if parent.source.name in seen and child.parent:
                message = f"template `{parent.source.name}` extends itself"
                raise child.source.error(child.parent.span, message)
            seen.add(parent.source.name)
            child = parent

    def namespaces(
        self, template: nodes.Template, seen: frozenset[str] = frozenset()
    ) -> Namespaces:
        """The macros that a template sees.

        Its own imports come first, then those of the templates it imports, then its parents'.
        """
        name = template.source.name
        if name in seen:
            return {}
        seen |= {name}
        found: Namespaces = {"self": (name, template)} if template.macros else {}
        for reference in template.imports:
            imported = self.template(reference.name, template.source, reference.span)
            found[reference.namespace] = (reference.name, imported)
            found = {**self.namespaces(imported, seen), **found}
        parent = self.parent(template)
        return {**self.namespaces(parent, seen), **found} if parent else found
