"""Our Tera against the real one (pytera) and, where it is installed, Jinja2.

All sides render the same module, a SQLAlchemy model of 30 fields, from the same data, in turns.
Compiling is measured apart: the template is new to its engine each time.

    python -m benchmarks.tera [--json FILE]
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from terapin.tera import Environment

TEMPLATE = """\
\"\"\"{{ entity.description }}\"\"\"

from __future__ import annotations

{% for module, names in imports -%}
from {{ module }} import {{ names | join(sep=", ") }}
{% endfor %}

class {{ entity.name }}(Base):
    __tablename__ = "{{ entity.table }}"
{% for field in entity.fields %}
    {%- if field.comment %}
    # {{ field.comment }}
    {%- endif %}
    {{ field.name }}: Mapped[{{ field.annotation }}{% if field.nullable %} | None{% endif %}]
    {%- if field.column or not field.nullable %} = mapped_column(
        {%- if field.column %}{{ field.column }}, {% endif -%}
        index={% if field.indexed %}True{% else %}False{% endif %})
    {%- endif %}
{%- endfor %}

    def __repr__(self) -> str:
        return f"{{ entity.name }}({% for field in entity.fields -%}
            {{ field.name }}={self.{{ field.name | upper }}!r}
            {%- if not loop.last %}, {% endif %}
        {%- endfor %})"
"""
JINJA = TEMPLATE.replace("join(sep=", "join(").replace("in imports", "in imports.items()")
ROUNDS = 40
RENDERS = 50


def context() -> dict[str, Any]:
    fields = [
        {
            "name": f"field_{number}",
            "annotation": ("str", "int", "UUID", "datetime")[number % 4],
            "column": "" if number % 3 else "String(255)",
            "nullable": number % 2 == 0,
            "indexed": number % 5 == 0,
            "comment": "What a reader should know" if number % 4 == 0 else "",
        }
        for number in range(30)
    ]
    entity = {"name": "User", "table": "users", "description": "A user", "fields": fields}
    imports = {
        "datetime": ["datetime"],
        "sqlalchemy": ["String"],
        "sqlalchemy.orm": ["Mapped", "mapped_column"],
        "uuid": ["UUID"],
    }
    return {"entity": entity, "imports": imports}


def engines(folder: Path) -> dict[str, Callable[[], Callable[[], str]]]:
    """Each compiles the template and gives the function that renders it."""
    data = context()
    path = folder / "model.py.tera"
    path.write_text(TEMPLATE)

    def ours() -> Callable[[], str]:
        environment = Environment({path.name: TEMPLATE})
        environment.check()
        return lambda: environment.render(path.name, data)

    def pytera() -> Callable[[], str]:
        engine = importlib.import_module("pytera").PyTera(f"{folder}/*")
        return lambda: engine.render_template(path.name, **data)

    def jinja2() -> Callable[[], str]:
        engine = importlib.import_module("jinja2").Environment(keep_trailing_newline=True)
        template = engine.from_string(JINJA)
        return lambda: template.render(data)

    sides = {"terapin": ours, "pytera": pytera, "jinja2": jinja2}
    return {
        name: side
        for name, side in sides.items()
        if name == "terapin" or importlib.util.find_spec(name)
    }


def seconds(function: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        function()
    return (time.perf_counter() - start) / times


def measure() -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        sides = engines(Path(folder))
        renderers = {name: side() for name, side in sides.items()}
        outputs = {name: render() for name, render in renderers.items()}
        if len(set(outputs.values())) > 1:
            raise SystemExit("the engines disagree")
        samples: dict[str, dict[str, list[float]]] = {
            name: {"compile": [], "render": []} for name in sides
        }
        gc.disable()
        for _ in range(ROUNDS):
            for name, render in renderers.items():
                samples[name]["render"].append(seconds(render, RENDERS))
                samples[name]["compile"].append(seconds(sides[name], 2))
        gc.enable()
    return {
        name: {kind: statistics.median(values) for kind, values in kinds.items()}
        for name, kinds in samples.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures = measure()
    ours = figures["terapin"]
    for name, figure in figures.items():
        render, compiling = figure["render"], figure["compile"]
        print(
            f"{name:8} render {render * 1e6:7.1f} µs ({render / ours['render']:.2f} of ours)"
            f"   compile {compiling * 1e3:6.2f} ms ({compiling / ours['compile']:.2f} of ours)"
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
