"""What a file is made of, without the texts and numbers in it."""

from __future__ import annotations

import ast
import configparser
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token


def structure(path: PurePosixPath, content: bytes) -> Any:
    """Equal for two files that differ in constants only; a file of no known format is all constant."""
    text = content.decode()
    match path.suffix or path.name:
        case ".py":
            return _python(text)
        case ".toml":
            return _kinds(tomllib.loads(text))
        case ".yaml":
            return _kinds(yaml.safe_load(text))
        case ".json":
            return _kinds(json.loads(text))
        case ".ini":
            parser = configparser.ConfigParser(interpolation=None)
            parser.read_string(text)
            return {name: list(parser[name]) for name in parser}
        case ".md":
            return list(
                _markdown(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text))
            )
        case "Dockerfile":
            return re.findall(r"^[A-Z]+(?= )", text, re.MULTILINE)
        case _:
            return text


def _python(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.value = type(node.value).__name__
    return ast.dump(tree)


def _kinds(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _kinds(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_kinds(each) for each in value]
    return type(value).__name__


def _markdown(tokens: list[Token]) -> Iterator[tuple[str, str]]:
    for token in tokens:
        if token.type not in ("text", "text_special"):
            yield token.type, token.tag
        yield from _markdown(token.children or [])
