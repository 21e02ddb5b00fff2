from __future__ import annotations

from collections.abc import Callable
from typing import Final

from terapin.tera.builtins import arrays, dates, numbers, text
from terapin.tera.builtins.functions import FUNCTIONS, get_env
from terapin.tera.builtins.tests import TESTS

__all__ = ["FILTERS", "FUNCTIONS", "TESTS", "get_env"]

# Not Tera's own, but found in many templates for it.
_ALIASES: Final[dict[str, Callable[..., object]]] = {
    "lowercase": text.lower,
    "uppercase": text.upper,
    "trim_matches": text.trim_matches,
    "sort_by": arrays.sort,
    **dict.fromkeys(("snake", "snake_case", "snakeCase"), text.snake),
    **dict.fromkeys(("pascal", "pascal_case", "pascalCase"), text.pascal),
    **dict.fromkeys(("camel", "camel_case", "camelCase"), text.camel),
    **dict.fromkeys(("kebab", "kebab_case", "kebabCase"), text.kebab),
}
FILTERS: Final[dict[str, Callable[..., object]]] = {
    **text.FILTERS,
    **arrays.FILTERS,
    **numbers.FILTERS,
    "date": dates.date,
    **_ALIASES,
}
