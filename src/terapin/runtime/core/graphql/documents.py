"""Documents are parsed and validated once, and kept; only trusted ones may be answered."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule

from .errors import RefusedError, refused

# What is kept: so many documents of at most this many characters.
KEPT = 500
LONGEST_KEPT = 20_000
# Of one field among the selections of one place.
MAX_REPETITIONS = 20


@dataclass(frozen=True, eq=False)
class Document:
    """A valid one."""

    text: str
    node: DocumentNode

    @cached_property
    def operations(self) -> Mapping[str | None, OperationDefinitionNode]:
        return {
            each.name.value if each.name else None: each
            for each in self.node.definitions
            if isinstance(each, OperationDefinitionNode)
        }

    @cached_property
    def fragments(self) -> Mapping[str, FragmentDefinitionNode]:
        return {
            each.name.value: each
            for each in self.node.definitions
            if isinstance(each, FragmentDefinitionNode)
        }

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The one of a name, or the only one. Raises RefusedError."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None:
            raise refused("BAD_REQUEST", "operationName is to say which operation is meant")
        if name not in self.operations:
            raise refused("BAD_REQUEST", f"there is no operation {name[:100]!r}")
        return self.operations[name]


class Documents:
    """Those of a schema."""

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        max_tokens: int,
        introspection: bool,
        suggestions: bool,
        known: Mapping[str, str],
        only_known: bool,
    ) -> None:
        """`known` are texts by their SHA-256 in hexadecimal digits."""
        self._schema = schema
        self._max_tokens = max_tokens
        self._suggestions = suggestions
        self._known = known
        self.only_known = only_known
        self._rules = [*specified_rules, MaybeNullValidationRule]
        if not introspection:
            self._rules.append(NoSchemaIntrospectionCustomRule)
        self._kept: OrderedDict[str, Document] = OrderedDict()

    def text(self, text: str | None, digest: str | None) -> str:
        """That of a document which a client names, or brings along. Raises RefusedError."""
        if digest is not None and digest in self._known:
            return self._known[digest]
        if self.only_known and (text is None or _digest(text) not in self._known):
            raise refused("UNKNOWN_DOCUMENT", "only documents that the service knows are answered")
        if text is None:
            code = "PERSISTED_QUERY_NOT_FOUND" if self._known else "PERSISTED_QUERY_NOT_SUPPORTED"
            raise refused(
                code, "PersistedQueryNotFound" if self._known else "PersistedQueryNotSupported"
            )
        if digest is not None and digest != _digest(text):
            raise refused("BAD_REQUEST", "the SHA-256 is not that of the document")
        return text

    def document(self, text: str) -> Document:
        """Raises RefusedError."""
        if (document := self._kept.get(text)) is not None:
            self._kept.move_to_end(text)
            return document
        document = Document(text, self._parsed(text))
        self._check(document)
        if len(text) <= LONGEST_KEPT:
            self._kept[text] = document
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return document

    def _parsed(self, text: str) -> DocumentNode:
        try:
            return parse(
                Source(text, "GraphQL request"),
                max_tokens=self._max_tokens,
                allow_empty_selection_sets=False,
            )
        except GraphQLError as error:
            raise RefusedError("GRAPHQL_PARSE_FAILED", error) from None
        except RecursionError:
            raise refused("GRAPHQL_PARSE_FAILED", "the document is nested too deeply") from None

    def _check(self, document: Document) -> None:
        _check_repetitions(document.node)
        errors = validate(
            self._schema,
            document.node,
            self._rules,
            max_errors=20,
            hide_suggestions=not self._suggestions,
        )
        if errors:
            raise RefusedError("GRAPHQL_VALIDATION_FAILED", *errors)


def _check_repetitions(document: DocumentNode) -> None:
    """Validation compares each selection of a name with every other one."""
    sets: list[SelectionSetNode] = [
        each.selection_set
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    while sets:
        selected = sets.pop().selections
        names = Counter(each.name.value for each in selected if isinstance(each, FieldNode))
        if max(names.values(), default=0) > MAX_REPETITIONS:
            raise refused(
                "LIMIT_EXCEEDED", f"a field stands at most {MAX_REPETITIONS} times in a place"
            )
        for each in selected:
            nested = (
                each.selection_set if isinstance(each, FieldNode | InlineFragmentNode) else None
            )
            if nested is not None:
                sets.append(nested)


def known_documents(folder: Path | None) -> dict[str, str]:
    """By SHA-256, those of a folder and of what is in it.

    A file `*.graphql` is one, with its last line end and without; a file `*.json` has several, in an object by
    their SHA-256, as clients' tools write it.
    """
    if folder is None or not folder.is_dir():
        return {}
    return {_digest(text): text for path in sorted(folder.rglob("*")) for text in _texts(path)}


def _texts(path: Path) -> Iterator[str]:
    if path.suffix == ".graphql":
        text = path.read_text("utf-8")
        yield from (text, text.rstrip("\n"))
    elif path.suffix == ".json":
        yield from json.loads(path.read_text("utf-8")).values()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
