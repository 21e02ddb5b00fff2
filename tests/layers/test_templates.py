from __future__ import annotations

from terapin.project.render import environment


def test_every_template_compiles() -> None:
    assert environment().check() == []
