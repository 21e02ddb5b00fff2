"""GraphiQL, in development: its files come from an installed package, none from elsewhere."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter
from fastapi.staticfiles import StaticFiles

# Of which nothing is imported: it is made for Django.
PACKAGE = "graphene_django_graphiql_static"

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>GraphiQL</title>
  <style>html, body, #graphiql { height: 100%; margin: 0 }</style>
  <link href="PATH/static/graphiql.min.css" rel="stylesheet">
  <script src="PATH/static/react.production.min.js"></script>
  <script src="PATH/static/react-dom.production.min.js"></script>
  <script src="PATH/static/graphiql.min.js"></script>
</head>
<body>
  <div id="graphiql"></div>
  <script>
    const fetcher = GraphiQL.createFetcher({ url: "PATH" });
    ReactDOM.render(React.createElement(GraphiQL, { fetcher }), document.getElementById("graphiql"));
  </script>
</body>
</html>
"""


def add_graphiql(router: APIRouter, path: str) -> str | None:
    """Its page; None where the package is not installed."""
    files = _files()
    if files is None:
        return None
    router.mount(f"{path}/static", StaticFiles(directory=files))
    return _PAGE.replace("PATH", path)


def _files() -> Path | None:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "static" / PACKAGE
