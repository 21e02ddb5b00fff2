"""Parameters of tasks, and fields of messages."""

from __future__ import annotations

from ..model import TaskParameter
from .python import Imports, call, literal
from .types import SPELLINGS, model_default, value_literal


def parameter(parameter: TaskParameter, imports: Imports) -> str:
    """An attribute of a Pydantic model, in a module of a package beside core."""
    spelling = SPELLINGS[parameter.type]
    module = "domain_types" if spelling.domain else "wire"
    imports.name("..core", module)
    annotation, default = f"{module}.{spelling.wire}", None
    if parameter.default is not None:
        default = model_default(value_literal(parameter.type, parameter.default, imports), imports)
    elif not parameter.required:
        annotation, default = f"{annotation} | None", "None"
    about = [f"alias={literal(parameter.name)}"] if parameter.name != parameter.attribute else []
    if parameter.description:
        about.append(f"description={literal(parameter.description)}")
    if parameter.max_length is not None:
        about.append(f"max_length={parameter.max_length}")
    if about:
        imports.name("pydantic", "Field")
        imports.name("typing", "Annotated")
        annotation = f"Annotated[{annotation}, {call('Field', about)}]"
    return f"{parameter.attribute}: {annotation}" + (f" = {default}" if default else "")
