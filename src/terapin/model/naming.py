"""How a name of an ontology becomes a Python, SQL or URL name: everything that is generated is named here.

Made names consist of ASCII letters, digits and underscores, begin with a letter, and are neither
keywords nor reserved (`reserved`). What two of them do when they meet is the business of `names`.
"""

from __future__ import annotations

import hashlib
import re
import sys
from functools import lru_cache
from urllib.parse import unquote

from . import reserved
from .plurals import plural
from .sources import SETTINGS
from .words import words

SQL_NAME_BYTES = 63

_SAFE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_SNAKE = re.compile(r"[a-z][a-z0-9_]*\Z")
_PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*\Z")


def local_name(iri: str) -> str:
    """What follows the last `#`, `/` or `:` that something follows."""
    return unquote(re.split(r"[#/:]", iri.rstrip("#/:"))[-1])


def qualifier(iri: str) -> str:
    """The last word of the namespace, which tells `shop:Order` from `law:Order`."""
    namespace = iri.rstrip("#/:")[: -len(re.split(r"[#/:]", iri.rstrip("#/:"))[-1])]
    return "_".join(word.lower() for word in words(local_name(namespace))) if namespace else ""


@lru_cache(maxsize=65536)
def snake(name: str) -> str:
    return _join(words(name), "field")


def _join(parts: tuple[str, ...], otherwise: str) -> str:
    return "_".join(part.lower() for part in _letter_first(parts, otherwise))


def _letter_first(parts: tuple[str, ...], otherwise: str) -> tuple[str, ...]:
    """A word that begins with a digit goes to the end (`3DModel` is `Model3D`); alone, it gets a word before it."""
    digits = [part for part in parts if part[0].isdigit()]
    letters = [part for part in parts if not part[0].isdigit()]
    if not parts[0][0].isdigit():
        return parts
    if not letters:
        return (otherwise, *parts)
    first = parts.index(letters[0])
    return (*parts[first:], *digits[:first])


def entity_stem(name: str) -> str:
    """The name of an entity's IRI without a closing `Model`."""
    stem = re.sub(r"[_\-.]?[Mm]odel\Z", "", name)
    return stem if stem[:1].isalpha() else name


def class_name(stem: str) -> str:
    made = stem if _PASCAL.match(stem) else _pascal(stem)
    return made + "Entity" if made in reserved.CLASSES else made


def _pascal(name: str) -> str:
    return "".join(part[0].upper() + part[1:] for part in _letter_first(words(name), "Entity"))


def module_name(stem: str) -> str:
    return fit(_avoid(_join(words(stem), "entity"), reserved.MODULES))


def table_name(stem: str) -> str:
    """The table of an entity that states none: the plural."""
    *front, last = words(stem)
    made = _join((*front, plural(last.lower())), "entity")
    made = f"{made}_" if made.startswith(reserved.CATALOG) else made
    return fit(_avoid(made, reserved.TABLES))


def stated_table_name(name: str) -> str:
    return name if _SAFE.match(name) else fit(snake(name))


def variable_name(table: str) -> str:
    return _avoid(snake(table), reserved.VARIABLES)


@lru_cache(maxsize=65536)
def attribute_name(name: str) -> str:
    """The attribute of a field: `createdAt` is `created_at`, `class` is `class_`."""
    return _avoid(name if _SNAKE.match(name) else snake(name), reserved.ATTRIBUTES)


def parameter_name(name: str) -> str:
    return _avoid(attribute_name(name), reserved.PARAMETERS)


def column_name(name: str) -> str:
    """The ontology's own name where SQL can have it."""
    made = name if _SAFE.match(name) else fit(snake(name))
    return made + "_" if made.casefold() in reserved.COLUMNS else made


def operation_name(operation_id: str) -> str:
    """The Python name and module of a declared endpoint."""
    made = operation_id if _SNAKE.match(operation_id) else _join(words(operation_id), "operation")
    return _avoid(made, reserved.VARIABLES | reserved.MODULES)


def task_stem(name: str) -> str:
    """The name of a task's IRI without a closing `Task`."""
    stem = re.sub(r"[_\-.]?[Tt]ask\Z", "", name)
    return stem if stem[:1].isalpha() else name


def task_name(name: str) -> str:
    """The Python name and module of a task."""
    made = name if _SNAKE.match(name) else _join(words(name), "task")
    return fit(_avoid(made, reserved.VARIABLES | reserved.MODULES | reserved.TASKS))


def message_name(name: str) -> str:
    """The Python name and module of a message."""
    made = _join(words(name), "message")
    return fit(_avoid(made, reserved.VARIABLES | reserved.MODULES | reserved.CHANNELS))


def channel_name(name: str) -> str:
    """The Python name and module of a channel."""
    made = _join(words(name), "channel")
    return fit(_avoid(made, reserved.VARIABLES | reserved.MODULES | reserved.CHANNELS))


def setting_name(iri: str) -> str:
    """What the settings of a data source or a cache are called."""
    made = fit(_join(words(local_name(iri)), "source"))
    return fit(f"data_{made}") if made.startswith(reserved.PROTECTED) else made


def variables(name: str) -> frozenset[str]:
    """What the settings of that name take of the environment, all in lower case and without a prefix."""
    return frozenset({name, *(f"{name}_{setting}" for setting in SETTINGS)})


def graphql_name(attribute: str) -> str:
    """`created_at` is `createdAt`, `class_` is `class`."""
    first, *others = filter(None, attribute.split("_"))
    return first + "".join(word[0].upper() + word[1:] for word in others)


# Of the types that an entity has in GraphQL beside the one that is called like its class.
GRAPHQL_SUFFIXES = ("Where", "Order", "CreateInput", "UpdateInput", "Connection", "Edge", "Change")


def enum_name(class_name: str, attribute: str) -> str:
    """The class of an enumeration: `PostStatus`."""
    words = attribute.strip("_").split("_")
    return class_name + "".join(word[:1].upper() + word[1:] for word in words)


def root_fields(name: str) -> frozenset[str]:
    """What a name at the root of GraphQL takes there, with that of a connection."""
    made = graphql_name(name).casefold()
    return frozenset({made, f"{made}connection"})


def _avoid(name: str, taken: frozenset[str]) -> str:
    return name + "_" if name in taken else name


def plural_name(snake_name: str) -> str:
    """`blog_post` → `blog_posts`."""
    *front, last = snake_name.split("_")
    return "_".join((*front, plural(last)))


def fit(name: str) -> str:
    """A made name that PostgreSQL does not cut: what is over 63 bytes ends in a digest of the whole."""
    if len(name) <= SQL_NAME_BYTES:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: SQL_NAME_BYTES - 9]}_{digest}"


def package_name(service_name: str) -> str | None:
    """The import name of a service, or None if none can be made that does not hide another package."""
    made = _join(words(service_name), "service")
    hides = (
        made in sys.stdlib_module_names or made in reserved.PACKAGES or made in reserved.KEYWORDS
    )
    return None if hides or len(made) > SQL_NAME_BYTES else made
