from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from terapin.tera.compiler import compile_template
from terapin.tera.errors import FaultError, TemplateError
from terapin.tera.library import Callee, CalleeKind, Library
from terapin.tera.locating import located
from terapin.tera.program import Program
from terapin.tera.runtime import GLOBALS, Blocks, Compiled, State


class Environment:
    """Templates that may refer to each other, and the filters, functions and tests they use.

    A template is compiled when it is first rendered. `max_depth` bounds how deeply macros and
    includes call each other, `max_steps` the iterations of all loops of one rendering. `get_env`
    sees what `env` holds and nothing of the machine.
    """

    def __init__(
        self,
        templates: Mapping[str, str],
        *,
        autoescape_suffixes: tuple[str, ...] = (".html", ".htm", ".xml"),
        env: Mapping[str, str] | None = None,
        max_depth: int = 100,
        max_steps: int = 10_000_000,
    ) -> None:
        self._library = Library(templates, env or {})
        self._suffixes = tuple(autoescape_suffixes)
        self._max_depth = max_depth
        self._max_steps = max_steps
        self._compiled: dict[tuple[str, bool], Compiled] = {}

    def register_filter(self, name: str, fn: Callable[..., object]) -> None:
        self._register("filter", name, fn)

    def register_function(self, name: str, fn: Callable[..., object]) -> None:
        self._register("function", name, fn)

    def register_test(self, name: str, fn: Callable[..., bool]) -> None:
        self._register("test", name, fn)

    def _register(self, kind: CalleeKind, name: str, fn: Callee) -> None:
        self._library.callees[kind][name] = fn
        self._compiled.clear()

    def render(self, name: str, context: Mapping[str, object]) -> str:
        escape = self._escapes(name)
        compiled = self._load(name, escape=escape)
        load = partial(self._load, escape=escape)
        state = State(dict(context), load, self._max_depth, self._max_steps, compiled.blocks)
        try:
            return compiled.run(state, dict(context))
        except TemplateError:
            raise
        except FaultError as fault:
            raise located(fault, name) from None
        except Exception as error:
            raise located(error, name) from error

    def render_str(
        self, text: str, context: Mapping[str, object], *, name: str = "<string>"
    ) -> str:
        """Render a text that is not one of the templates, but may refer to them."""
        extended = copy.copy(self)
        extended._library = self._library.with_template(name, text)
        extended._compiled = {k: v for k, v in self._compiled.items() if k[0] != name}
        return extended.render(name, context)

    def check(self) -> list[TemplateError]:
        """Compile every template, and tell what is wrong with those that do not."""
        errors = {}
        for name in self._library.templates:
            try:
                self._load(name, escape=self._escapes(name))
            except TemplateError as error:
                # A template that others need would be reported once for each of them.
                errors[str(error)] = error
        return list(errors.values())

    def _escapes(self, name: str) -> bool:
        return name.endswith(self._suffixes)

    def _load(self, name: str, *, escape: bool) -> Compiled:
        compiled = self._compiled.get((name, escape))
        if compiled is None:
            compiled = self._compiled[name, escape] = self._compile(name, escape=escape)
        return compiled

    def _compile(self, name: str, *, escape: bool) -> Compiled:
        template = self._library.template(name)
        self._library.check_parents(template)
        program = compile_template(template, self._library, escape=escape)
        names = _execute(program)
        root, blocks = names["body"], dict[str, Blocks]()
        if template.parent:
            parent = self._load(template.parent.name, escape=escape)
            root, blocks = parent.root, dict(parent.blocks)
        for block, function in program.blocks.items():
            blocks[block] = (names[function], *blocks.get(block, ()))
        macros = {macro: names[function] for macro, function in program.macros.items()}
        return Compiled(root, blocks, macros)


def _execute(program: Program) -> dict[str, Any]:
    names = {**GLOBALS, **program.callees, "__program__": program}
    code = compile(program.code, f"<tera {program.source.name}>", "exec")
    exec(code, names)  # noqa: S102  the code is ours: see the module `compiler`
    return names
