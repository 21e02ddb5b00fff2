"""`terapin.toml`: what a project was made from, so that `terapin generate` alone makes it again."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..layers.toml import quoted
from .errors import ProjectError

MANIFEST = "terapin.toml"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`ontology` are paths within the project; `layers` are those that were asked for beyond what the ontology says."""

    name: str
    ontology: tuple[str, ...]
    layers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for path in self.ontology:
            if not _is_within(path):
                raise ProjectError(
                    f"{path!a} cannot be the path of an ontology within a project",
                    "give the file another name, or copy it into the project",
                )

    def dump(self) -> bytes:
        lines = [
            "# What `terapin generate` makes this project from.",
            f"name = {quoted(self.name)}",
            f"ontology = {_array(self.ontology)}",
            f"with = {_array(self.layers)}",
        ]
        return ("\n".join(lines) + "\n").encode()

    @classmethod
    def load(cls, root: Path) -> Manifest | None:
        path = root / MANIFEST
        try:
            data = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, OSError, RecursionError) as error:
            raise ProjectError(f"{path}: {error}") from error
        unknown = sorted(data.keys() - {"name", "ontology", "with"})
        if unknown:
            raise ProjectError(
                f"{path}: unknown key {unknown[0]!r}", "known are name, ontology and with"
            )
        return cls(
            name=_text(path, data, "name"),
            ontology=_texts(path, data, "ontology"),
            layers=_texts(path, data, "with") if "with" in data else (),
        )


def _is_within(path: str) -> bool:
    """And can be written down: no control characters, no bytes that are no text."""
    pure = PurePosixPath(path)
    inside = pure.parts and not pure.is_absolute() and ".." not in pure.parts
    return bool(inside) and path.isprintable()


def _array(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"


def _text(path: Path, data: dict[str, object], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise ProjectError(f"{path}: {key!r} is to be a string")
    return value


def _texts(path: Path, data: dict[str, object], key: str) -> tuple[str, ...]:
    value = data.get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ProjectError(f"{path}: {key!r} is to be a list of strings")
    return tuple(value)
