"""Planned files to bytes: templates, formatting, and the proof that the result parses."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath

from ..layers.markdown import plain
from ..layers.python import docstring, literal
from ..layers.toml import quoted
from ..tera import Environment
from .errors import ProjectError
from .formatting import format_python
from .plan import PlannedFile, digest


def render(planned: Mapping[PurePosixPath, PlannedFile]) -> dict[PurePosixPath, bytes]:
    """Every file as it will be written; one that has its content already is nobody's to format."""
    rendered = format_python(
        {path: _rendered(plan) for path, plan in planned.items() if plan.content is None}
    )
    for path, content in rendered.items():
        _parse_back(path, content)
    return {
        path: rendered[path] if plan.content is None else plan.content
        for path, plan in planned.items()
    }


@cache
def template_digests() -> dict[str, str]:
    """By template: the digest of all of its layer's templates, since any of them may be included."""
    layers: dict[str, list[str]] = {}
    for name in sorted(_templates()):
        layers.setdefault(name.partition("/")[0], []).append(name)
    return {
        name: digest("\0".join(f"{each}\0{_templates()[each]}" for each in names).encode())
        for names in layers.values()
        for name in names
    }


@cache
def _templates() -> dict[str, str]:
    """By name: `models/entity.py.tera`, which lies in `layers/models/templates/`."""
    return {
        f"{layer.name}/{template.name}": template.read_text("utf-8")
        for layer in files("terapin.layers").iterdir()
        if layer.is_dir() and layer.joinpath("templates").is_dir()
        for template in layer.joinpath("templates").iterdir()
        if template.name.endswith(".tera")
    }


@cache
def environment() -> Environment:
    """Every layer's templates, with the filters by which values enter Python, TOML and Markdown."""
    environment = Environment(_templates(), autoescape_suffixes=())
    environment.register_filter("py", literal)
    environment.register_filter("docstring", docstring)
    environment.register_filter("quoted", quoted)
    environment.register_filter("markdown", plain)
    return environment


def _rendered(plan: PlannedFile) -> bytes:
    assert plan.template is not None
    return environment().render(plan.template, {"view": plan.made_view}).encode()


def _parse_back(path: PurePosixPath, content: bytes) -> None:
    try:
        match path.suffix:
            case ".py":
                compile(content, str(path), "exec", dont_inherit=True)
            case ".toml":
                tomllib.loads(content.decode())
            case ".json":
                json.loads(content)
    except (ValueError, SyntaxError) as error:
        raise ProjectError(
            f"terapin wrote {path} wrongly: {error}", "this is a fault of terapin: please report it"
        ) from error
