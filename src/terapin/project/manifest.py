"""`terapin.toml`: what a project was made from, so that `terapin generate` alone makes it again."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .errors import ProjectError

MANIFEST = "terapin.toml"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`ontology` are paths relative to the project; `layers` are those that were asked for beyond what the ontology says."""

    name: str
    ontology: tuple[str, ...]
    layers: tuple[str, ...] = ()

    def dump(self) -> bytes:
        lines = [
            "# What `terapin generate` makes this project from.",
            f"name = {json.dumps(self.name)}",
            f"ontology = {json.dumps(list(self.ontology))}",
            f"with = {json.dumps(list(self.layers))}",
        ]
        return ("\n".join(lines) + "\n").encode()

    @classmethod
    def load(cls, root: Path) -> Manifest | None:
        path = root / MANIFEST
        try:
            data = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, OSError) as error:
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
