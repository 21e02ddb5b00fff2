from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from terapin.tera.builtins.checks import (
    array,
    boolean,
    number,
    size,
    string,
    unescaped,
)
from terapin.tera.builtins.checks import (
    attribute as find_attribute,
)
from terapin.tera.errors import FaultError
from terapin.tera.operators import same
from terapin.tera.printing import show, to_json
from terapin.tera.values import MISSING, is_array, is_map, is_number, items, kind, peek


def length(value: object) -> int:
    if isinstance(value, str) or is_array(value):
        return len(value)
    if is_map(value):
        return len(items(value))
    raise FaultError(f"needs an array, a map or a string, got {kind(value)}")


def reverse(value: object) -> object:
    if isinstance(value, str):
        return value[::-1]
    if is_array(value):
        return list(reversed(value))
    raise FaultError(f"needs an array or a string, got {kind(value)}")


def first(value: object) -> object:
    return nth(value, 0)


def last(value: object) -> object:
    elements = array(value)
    return elements[-1] if elements else ""


def nth(value: object, n: object) -> object:
    elements = array(value)
    index = size(n, "n") if elements else 0
    return elements[index] if index < len(elements) else ""


def join(value: object, sep: object = "") -> str:
    return unescaped(string(sep, "sep")).join(map(show, array(value)))


def sort(value: object, attribute: object = "") -> list[object]:
    elements = array(value)
    path = string(attribute, "attribute")
    keys = [_sort_key(element, path) for element in elements]
    for key in keys:
        if type(key) is not type(keys[0]):
            raise FaultError("cannot sort values of different kinds")
    order = sorted(range(len(keys)), key=lambda index: keys[index])
    return [elements[index] for index in order]


def _sort_key(element: object, path: str) -> bool | float | str | tuple[int]:
    """Numbers sort as floats and arrays by their lengths."""
    key = find_attribute(element, path)
    if key is MISSING:
        raise FaultError(f"found no attribute `{path}` in an element")
    if isinstance(key, bool):
        return key
    if is_number(key):
        return float(key)
    if isinstance(key, str):
        return str.__str__(key)
    if is_array(key):
        return (len(key),)
    raise FaultError(f"cannot sort by {kind(key)}")


def unique(value: object, case_sensitive: object = False, attribute: object = "") -> list[object]:
    exact, path = boolean(case_sensitive, "case_sensitive"), string(attribute, "attribute")
    found: dict[object, object] = {}
    kinds: set[str] = set()
    for element in array(value):
        key = find_attribute(element, path)
        if key is MISSING and found:
            continue
        kinds.add(kind(key))
        found.setdefault(_unique_key(key, path, exact=exact), element)
    if len(kinds) > 1:
        raise FaultError("cannot compare values of different kinds")
    return list(found.values())


def _unique_key(key: object, path: str, *, exact: bool) -> object:
    if key is MISSING:
        raise FaultError(f"found no attribute `{path}` in the first element")
    if isinstance(key, str):
        return key if exact else key.lower()
    if isinstance(key, int):
        if not -(2**63) <= key < 2**63:
            raise FaultError(f"cannot compare {key}: it has more than 64 bits with its sign")
        return key
    raise FaultError(f"cannot compare {'fractions' if is_number(key) else kind(key)}")


def group_by(value: object, attribute: object) -> dict[str, list[object]]:
    path = string(attribute, "attribute")
    groups: dict[str, list[object]] = {}
    for element in array(value):
        key = find_attribute(element, path)
        if key is not MISSING and key is not None:
            name = str.__str__(key) if isinstance(key, str) else to_json(key)
            groups.setdefault(name, []).append(element)
    return groups


def filter_(value: object, attribute: object, value_: object = None) -> list[object]:
    path = string(attribute, "attribute")
    kept = []
    for element in array(value):
        found = find_attribute(element, path)
        if found is not MISSING and found is not None and (value_ is None or same(found, value_)):
            kept.append(element)
    return kept


def map_(value: object, attribute: object) -> list[object]:
    path = string(attribute, "attribute")
    found = (find_attribute(element, path) for element in array(value))
    return [element for element in found if element is not MISSING and element is not None]


def slice_(value: object, start: object = 0, end: object = None) -> Sequence[object]:
    elements = array(value)
    begin = _index(number(start, "start"), len(elements))
    stop = len(elements) if end is None else _index(number(end, "end"), len(elements))
    return elements[begin:stop]


def _index(position: float, count: int) -> int:
    """A negative position counts from the end, a fraction is cut off."""
    return max(0, int(position if position >= 0 else count + position))


def concat(value: object, with_: object) -> list[object]:
    return [*array(value), *(with_ if is_array(with_) else (with_,))]


def get(value: object, key: object, default: object = MISSING) -> object:
    if not is_map(value):
        raise FaultError(f"needs a map, got {kind(value)}")
    name = string(key, "key")
    found = peek(value, name)
    if found is MISSING:
        found = default
    if found is MISSING:
        raise FaultError(f"found no key `{name}` and has no default")
    return found


def json_encode(value: object, pretty: object = False) -> str:
    return to_json(value, pretty=pretty is True)


FILTERS: Final[dict[str, Callable[..., object]]] = {
    f.__name__.removesuffix("_"): f
    for f in (
        *(length, reverse, first, last, nth, join, sort, unique, group_by, filter_, map_),
        *(slice_, concat, get, json_encode),
    )
}
