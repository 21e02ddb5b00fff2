"""Hostile names of files, a hostile manifest, links in the target, and whatever would be fetched."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from terapin.cli import main
from tests.ontologies import KEY, PREFIXES

from .watch import watching

ONTOLOGY = f"{PREFIXES}ex:Book a orm:Entity ; orm:fields ( {KEY} ) .\n"


def generate(root: Path, *arguments: str) -> Result:
    """Nothing but the project at `root` may change."""
    with watching(root) as watch:
        result = CliRunner().invoke(main, ["generate", *arguments, "--out", str(root)])
    assert not watch.violations
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "fault of terapin" not in result.output
    return result


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project that was generated once."""
    (tmp_path / "shop.ttl").write_text(ONTOLOGY)
    root = tmp_path / "shop"
    assert generate(root, str(tmp_path / "shop.ttl"), "--name", "shop").exit_code == 0
    return root


FILE_NAMES = [
    'a"b.ttl',
    "a'b.ttl",
    "a\\b.ttl",
    "a\nb = 1.ttl",
    '"]\nwith = ["evil.ttl',
    "a\u2028b.ttl",
    "a\u202eb.ttl",
    "\U0001f4a9.ttl",
    "{{ view }}.ttl",
    "%2e%2e%2f.ttl",
    "..ttl",
    "-x.ttl",
    "~.ttl",
    "$(id).ttl",
    "lock.json",
    "__init__.py",
    "x.md",
    os.fsdecode(b"\xff\xfe.ttl"),
]


@pytest.mark.parametrize("name", FILE_NAMES, ids=ascii)
def test_name_of_an_ontology(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(ONTOLOGY)
    root = tmp_path / "out"
    result = generate(root, str(tmp_path / name), "--name", "shop")
    if result.exit_code:
        assert "error" in result.stderr
        assert not root.exists()
    else:
        assert (root / "ontology" / name).read_text() == ONTOLOGY
        assert "nothing has changed" in generate(root).output


def test_two_ontologies_that_some_file_systems_take_for_one(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(ONTOLOGY)
    (tmp_path / "A.ttl").write_text(PREFIXES)
    result = generate(tmp_path / "out", *(str(tmp_path / f"{each}.ttl") for each in "aA"))
    assert result.exit_code == 1
    assert not (tmp_path / "out").exists()


def test_entities_that_differ_by_case_only(tmp_path: Path) -> None:
    (tmp_path / "shop.ttl").write_text(
        ONTOLOGY + ONTOLOGY.replace("Book", "BOOK").partition("\n\n")[2]
    )
    root = tmp_path / "out"
    assert generate(root, str(tmp_path / "shop.ttl"), "--name", "shop").exit_code == 0
    paths = [str(path) for path in root.rglob("*")]
    assert len({path.casefold() for path in paths}) == len(paths)


MANIFESTS = [
    'name = "../evil"\nontology = ["ontology/shop.ttl"]',
    'name = "/etc"\nontology = ["ontology/shop.ttl"]',
    'name = "class"\nontology = ["ontology/shop.ttl"]',
    'name = "json"\nontology = ["ontology/shop.ttl"]',
    'name = "a\\u0000b"\nontology = ["ontology/shop.ttl"]',
    'name = "a\\nb"\nontology = ["ontology/shop.ttl"]',
    'name = "{{ view }}"\nontology = ["ontology/shop.ttl"]',
    'name = "shop"\nontology = ["../shop.ttl"]',
    'name = "shop"\nontology = ["ontology/../../shop.ttl"]',
    'name = "shop"\nontology = ["/etc/passwd"]',
    'name = "shop"\nontology = ["%2e%2e/shop.ttl"]',
    'name = "shop"\nontology = ["a\\u0000.ttl"]',
    'name = "shop"\nontology = [""]',
    'name = "shop"\nontology = ["."]',
    'name = "shop"\nontology = ["ontology"]',
    'name = "shop"\nontology = ["ontology/shop.ttl", "ontology/shop.ttl"]',
    'name = "shop"\nontology = ["ontology/shop.ttl", "ontology/./shop.ttl"]',
    'name = "shop"\nontology = ["README.md"]',
    'name = "shop"\nontology = [".terapin/lock.json"]',
    'name = "shop"\nontology = ["/dev/zero"]',
    'name = "shop"\nontology = []',
    'name = "shop"\nontology = "ontology/shop.ttl"',
    'name = "shop"\nontology = [1]',
    'name = ["shop"]\nontology = ["ontology/shop.ttl"]',
    'name = "shop"\nontology = ["ontology/shop.ttl"]\nwith = ["../evil"]',
    'name = "shop"\nontology = ["ontology/shop.ttl"]\nevil = 1',
    'name = "shop"\nname = "shop"',
    "\0",
    "[" * 10_000,
]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda text: ascii(text)[:60])
def test_manifest(manifest: str, shop: Path) -> None:
    """Whatever it says, nothing outside changes, and what was generated stays."""
    before = (shop / "shop" / "models" / "book.py").read_bytes()
    (shop / "terapin.toml").write_text(manifest + "\n")
    result = generate(shop)
    assert "Traceback" not in result.output
    if result.exit_code:
        assert "error" in result.stderr
        assert (shop / "shop" / "models" / "book.py").read_bytes() == before


@pytest.mark.parametrize(
    "place",
    [".terapin", ".terapin/base", "ontology", "shop", "shop/models", "migrations", "tests"],
)
def test_a_directory_that_is_a_link(place: str, shop: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (shop / place).rename(outside)
    (shop / place).symlink_to(outside)
    assert_refused(shop, tmp_path, outside)


@pytest.mark.parametrize(
    "place",
    [
        *(".terapin/lock.json", ".terapin/names.json", "terapin.toml", "README.md"),
        *("shop/models/book.py", "shop/services/book.py", "ontology/shop.ttl"),
    ],
)
def test_a_file_that_is_a_link(place: str, shop: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (shop / place).rename(outside)
    (shop / place).symlink_to(outside)
    assert_refused(shop, tmp_path, outside)


DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("file", "content"), [("terapin.toml", f"name = {DEEP}"), (".terapin/names.json", DEEP)]
)
def test_a_file_that_nests_too_deeply(file: str, content: str, shop: Path) -> None:
    (shop / "ontology" / "shop.ttl").write_text(ONTOLOGY + "# changed\n")
    (shop / file).write_text(content)
    result = generate(shop)
    assert result.exit_code == 1
    assert file in result.stderr


def test_a_directory_where_names_are_kept(shop: Path) -> None:
    names = shop / ".terapin" / "names.json"
    names.unlink()
    names.mkdir()
    (shop / "ontology" / "shop.ttl").write_text(ONTOLOGY + "# changed\n")
    result = generate(shop)
    assert result.exit_code == 1
    assert "names.json cannot be read" in result.stderr


def assert_refused(shop: Path, directory: Path, outside: Path) -> None:
    """An ontology that changes everything meets what lies outside, and leaves it as it is."""
    before = contents(outside)
    (directory / "shop.ttl").write_text(
        ONTOLOGY.replace("ex:Book", "ex:Film") + 'ex:S a api:Service ; api:name "x" .\n'
    )
    generate(shop, str(directory / "shop.ttl"))
    assert contents(outside) == before


def contents(path: Path) -> dict[Path, bytes]:
    files = path.rglob("*") if path.is_dir() else [path]
    return {each: each.read_bytes() for each in files if each.is_file()}


@pytest.mark.parametrize("kind", ["file", "dangling", "loop"])
def test_a_target_that_is_no_directory(kind: str, tmp_path: Path) -> None:
    (tmp_path / "shop.ttl").write_text(ONTOLOGY)
    root = tmp_path / "out"
    if kind == "file":
        root.write_text("mine")
    else:
        root.symlink_to(root if kind == "loop" else tmp_path / "nowhere")
    result = CliRunner().invoke(
        main, ["generate", str(tmp_path / "shop.ttl"), "--out", str(root), "--name", "shop"]
    )
    assert isinstance(result.exception, SystemExit | None)
    if kind == "file":
        assert result.exit_code == 1
        assert root.read_text() == "mine"


@pytest.fixture
def listener() -> Iterator[tuple[str, list[object]]]:
    """An address, and the connections that were made to it: what pyoxigraph does, no audit event tells."""
    connections: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connections.append(server.accept())
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x.ttl", connections
        server.shutdown(socket.SHUT_RDWR)


def test_cve_2026_59867_nothing_is_fetched(
    listener: tuple[str, list[object]], tmp_path: Path
) -> None:
    address, connections = listener
    imports = f"<{address}> a owl:Ontology ; owl:imports <{address}> ; rdfs:seeAlso <{address}> .\n"
    prefixes = (
        f"@base <{address}> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    )
    (tmp_path / "shop.ttl").write_text(prefixes + ONTOLOGY + imports)
    generate(tmp_path / "out", str(tmp_path / "shop.ttl"), "--name", "shop")
    assert not connections


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ SER\\u0056ICE <{0}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ BIND(<{0}> AS ?x) SERVICE ?x {{ ?s ?p ?o }} }}",
        "SELECT * FROM <{0}> {{ ?s ?p ?o }}",
        "LOAD <{0}>",
    ],
)
def test_cve_2026_59867_no_query_fetches(
    query: str, listener: tuple[str, list[object]], tmp_path: Path
) -> None:
    address, connections = listener
    (tmp_path / "shop.ttl").write_text(ONTOLOGY)
    render(tmp_path, f"{{{{ sparql(query='{query.format(address)}') | length }}}}")
    assert not connections


@pytest.mark.parametrize(
    "included",
    ["../secret.txt", "/etc/passwd", "%2e%2e/secret.txt", "./../secret.txt", "..", "~/.bashrc"],
)
def test_cve_2025_55201_a_template_includes_its_neighbours_only(
    included: str, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    directory = tmp_path / "templates"
    directory.mkdir()
    (tmp_path / "shop.ttl").write_text(ONTOLOGY)
    result = render(tmp_path, f'{{% include "{included}" %}}', directory)
    assert result.exit_code == 1
    assert "secret" not in result.stdout


@pytest.mark.parametrize("name", ["{{ x }}", "a\nb", "\u202e", "-x", "%s", "..tera", "x'\""])
def test_name_of_a_template(name: str, tmp_path: Path) -> None:
    (tmp_path / "shop.ttl").write_text(ONTOLOGY)
    assert render(tmp_path, "{{ service.name }}", name=name).stdout == "shop"
    result = render(tmp_path, "{{ missing }}", name=name)
    assert result.exit_code == 1
    assert "missing" in result.stderr


def render(
    directory: Path, template: str, where: Path | None = None, name: str = "template.txt"
) -> Result:
    path = (where or directory) / name
    path.write_text(template)
    command = ["render", "--ontology", str(directory / "shop.ttl"), "--", str(path)]
    with watching(directory / "nowhere") as watch:
        result = CliRunner().invoke(main, command)
    assert not watch.violations
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result
