from __future__ import annotations

import json
import shlex
from pathlib import Path

import click

from ..project.manifest import MANIFEST, Manifest
from .failures import fail, failing

_ONTOLOGY = """\
@prefix api: <http://api.example.org/api#> .
@prefix auth: <http://api.example.org/auth#> .
@prefix orm: <http://api.example.org/orm#> .
@prefix rel: <http://api.example.org/relationship#> .
@prefix ex:  <http://example.org/{package}#> .

# What the service is called. `terapin explain api:Service` tells more, of this and of every other term.
ex:Service a api:Service ;
  api:name {title} ;
  api:version "0.1.0" ;
  api:description "Authors and their books" ;
  # Whose tokens it takes. In development `{package} tokens issue --subject ada` makes some.
  auth:issuer "https://id.example.org/" ;
  auth:audience "{package}" ;
  # Who may do what with each entity, unless that says otherwise: ( "owner" "role:editor" ), or () for nobody.
  auth:read "public" ;
  auth:create "authenticated" ;
  auth:update "authenticated" ;
  auth:delete "role:editor" .

# An entity is a table, a set of schemas, a service and a path of the API. A field is required unless it
# is nullable or has a default; an id of type UUID is made by the service.
ex:Author a orm:Entity ;
  orm:tableName "authors" ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "name" ; orm:fieldType "String" ; orm:maxLength 120 ; orm:index true ]
    [ orm:fieldName "email" ; orm:fieldType "Email" ; orm:unique true ; orm:nullable true ]
    [ orm:fieldName "books" ; orm:fieldType rel:OneToMany ]
  ) .

ex:Book a orm:Entity ;
  orm:tableName "books" ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ; orm:fieldType "String" ]
    [ orm:fieldName "price" ; orm:fieldType "Decimal" ; orm:precision 8 ; orm:scale 2 ; orm:minimum 0 ]
    [ orm:fieldName "published_on" ; orm:fieldType "Date" ; orm:nullable true ]
  ) .

# An author has many books: the column `author_id` is made on the books, and deleting an author deletes them.
ex:AuthorBooks a rel:OneToMany ;
  rel:from ex:Author ;
  rel:to ex:Book ;
  rel:foreignKey "author_id" ;
  rel:cascade "delete" .
"""


@click.command()
@click.argument("name")
@failing
def new(name: str) -> None:
    """Start a project in a directory NAME, with a commented ontology."""
    from .names import package_of

    if not name.strip():
        raise click.UsageError("NAME is empty")
    root = Path(name)
    package = package_of(root.resolve().name)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        fail(f"{root} exists and is not an empty directory", "choose another name, or empty it")
    ontology = root / "ontology" / f"{package}.ttl"
    ontology.parent.mkdir(parents=True, exist_ok=True)
    title = package.replace("_", " ").capitalize()
    ontology.write_text(_ONTOLOGY.format(package=package, title=json.dumps(title)), "utf-8")
    manifest = Manifest(name=package, ontology=(f"ontology/{package}.ttl",))
    (root / MANIFEST).write_bytes(manifest.dump())
    click.echo(f"{ontology} describes the service: change it as you like, then")
    click.echo(f"  cd {shlex.quote(str(root))}")
    click.echo("  terapin generate")
