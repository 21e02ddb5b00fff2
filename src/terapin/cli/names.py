from __future__ import annotations

from ..model.naming import package_name
from ..project.errors import ProjectError


def package_of(name: str) -> str:
    """The import name and command of a service called so; raises ProjectError where there is none."""
    package = package_name(name)
    if package is None:
        raise ProjectError(
            f"a service cannot be called {name!r}: a package that it uses or Python itself has that name",
            "choose another",
        )
    return package
