"""Where a line of a generated file comes from: by the names that the model gave, nothing is kept while rendering."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath

from ..model import Place, ServiceModel
from .apply import base
from .disk import unix
from .errors import ProjectError
from .generate import by_path, plan
from .lock import Entry, Lock
from .plan import Ownership, Project

_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Named:
    """Something of the ontology, and how a file spells it; `of` is the entity that it belongs to, itself for one."""

    text: str
    role: str
    identity: str
    of: str
    place: Place


@dataclass(frozen=True, slots=True)
class Provenance:
    """`planned` says whether it would be written today. `template` is None if not, and of what is copied (`core/`);
    `yours` says that nobody generated the line."""

    path: PurePosixPath
    entry: Entry
    planned: bool
    template: str | None
    subject: Named | None
    yours: bool
    names: tuple[Named, ...]


def provenance(project: Project, root: Path, path: PurePosixPath, line: int) -> Provenance:
    """Of one line, counted from 1.

    Raises ProjectError for a file that terapin did not write, and a line that is not there.
    """
    entry = Lock.load(root).entries.get(path)
    if entry is None:
        raise ProjectError(
            f"{path} was not written by terapin", "it is yours, or nothing generates it any more"
        )
    content = (root / path).read_bytes()
    lines = unix(content).decode("utf-8", "replace").removesuffix("\n").split("\n")
    if not 1 <= line <= len(lines):
        raise ProjectError(f"{path} has {len(lines)} lines")
    planned = by_path(plan(project)).get(path)
    known = list(_named(project.model))
    about = next((each for each in known if each.identity == entry.subject), None)
    return Provenance(
        path=path,
        entry=entry,
        planned=planned is not None,
        template=planned.template if planned else None,
        subject=about,
        yours=entry.ownership is not Ownership.APPENDED and _is_yours(root, entry, lines, line),
        names=tuple(_names(lines[line - 1], entry.subject, known)),
    )


def _is_yours(root: Path, entry: Entry, lines: list[str], line: int) -> bool:
    written = base(root, entry.written)
    if written is None:
        return False
    matcher = SequenceMatcher(None, written.decode().split("\n"), lines, autojunk=False)
    return not any(
        block.b < line <= block.b + block.size for block in matcher.get_matching_blocks()
    )


def _names(text: str, subject: str | None, known: list[Named]) -> Iterator[Named]:
    """Each word of a line once: what it names of the file's subject, else of the service as a whole."""
    for word in dict.fromkeys(_WORD.findall(text)):
        meant = [each for each in known if each.text == word]
        own = [each for each in meant if each.of == subject]
        whole = [each for each in meant if each.identity == each.of]
        yield from own[:1] or whole[:1]


def _named(model: ServiceModel) -> Iterator[Named]:
    for entity in model.entities.values():
        spellings = {
            "class": entity.class_name,
            "table": entity.table,
            "resource": entity.variable,
            "module": entity.module,
        }
        for role, text in spellings.items():
            yield Named(text, role, entity.iri, entity.iri, entity.place)
        for field in entity.fields:
            for role, text in {
                "field": field.attribute,
                "column": field.column,
                "JSON key": field.name,
            }.items():
                yield Named(text, role, field.iri, entity.iri, field.place)
        for end in entity.relationships:
            for text in (end.attribute, end.name):
                yield Named(text, "relationship", end.iri, entity.iri, end.place)
    for task in model.tasks:
        for role, text in {"task": task.module, "registered as": task.name}.items():
            yield Named(text, role, task.iri, task.iri, task.place)
        yield Named(task.parameters_class, "parameters", task.iri, task.iri, task.place)
        for parameter in task.parameters:
            for text in (parameter.attribute, parameter.name):
                identity = f"{task.iri} {parameter.name}"
                yield Named(text, "parameter", identity, task.iri, parameter.place)
    for message in model.messages:
        for role, text in {"message": message.module, "type": message.type}.items():
            yield Named(text, role, message.iri, message.iri, message.place)
        yield Named(message.payload_class, "payload", message.iri, message.iri, message.place)
    for channel in model.channels:
        for role, text in {"channel": channel.module, "path": channel.path}.items():
            yield Named(text, role, channel.iri, channel.iri, channel.place)
    for endpoint in model.endpoints:
        for text in (endpoint.operation, endpoint.operation_id):
            yield Named(text, "endpoint", endpoint.iri, endpoint.iri, endpoint.place)
