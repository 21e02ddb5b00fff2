"""`.terapin/model.json`: the model as it was last generated, from which migrations will be made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from ..model import ServiceModel


def dump_model(model: ServiceModel) -> bytes:
    """Only what is not a default, an entity a few lines, so that a change of the ontology reads as one."""
    return (json.dumps(_plain(model), indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: _plain(content)
            for each in fields(value)
            if each.name != "place" and (content := getattr(value, each.name)) != each.default
        }
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Decimal) else value
