"""The command as a user meets it: what it prints, how it ends, how long it takes to say hello."""

from __future__ import annotations

import re
import resource
import signal
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from terapin.project.fingerprint import is_current, remember
from terapin.project.lock import BASE, JOURNAL, LOCK, Lock
from terapin.project.plan import digest

BLOG = Path(__file__).parents[1] / "examples" / "blog" / "blog.ttl"
NOTE = """
ex:Note a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
"""


def terapin(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "terapin", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "sys.argv = ['terapin', '--help']\n"
        "from terapin.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"pyoxigraph", "rich", "ruff"}


def test_importing_all_of_terapin_imports_nothing_of_the_service() -> None:
    script = (
        "import importlib, pkgutil, sys, terapin\n"
        "def visit(package):\n"
        "    for each in pkgutil.iter_modules(package.__path__, package.__name__ + '.'):\n"
        "        if each.name not in ('terapin.runtime', 'terapin.__main__'):\n"
        "            module = importlib.import_module(each.name)\n"
        "            if each.ispkg:\n"
        "                visit(module)\n"
        "visit(terapin)\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not set(done.stdout.split()) & {
        "fastapi",
        "sqlalchemy",
        "pydantic",
        "celery",
        "starlette",
    }


def test_help_is_quick() -> None:
    """At most 0.15 s more than Python itself, by the processor's time: others may be using the machine."""

    def best(*arguments: str) -> float:
        times = []
        for _ in range(7):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return min(times)

    assert best("-m", "terapin", "--help") - best("-c", "pass") < 0.15


def test_new_then_generate(tmp_path: Path) -> None:
    done = terapin("new", "shop", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    checked = terapin("check", "ontology/shop.ttl", cwd=tmp_path / "shop")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    done = terapin("generate", cwd=tmp_path / "shop")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "shop" / "shop" / "policies" / "book.py").exists()
    again = terapin("generate", cwd=tmp_path / "shop" / "shop" / "models")
    assert "nothing has changed" in again.stdout
    written = {path.parts[0] for path in Lock.load(tmp_path / "shop").entries}
    assert not written & {"ontology", "terapin.toml"}, "they are read, not written"


def test_new_here_takes_the_name_of_the_directory(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    done = terapin("new", ".", cwd=tmp_path / "shop")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "shop" / "ontology" / "shop.ttl").exists()


def test_new_does_not_touch_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "mine.txt").write_text("mine")
    done = terapin("new", "shop", cwd=tmp_path)
    assert done.returncode == 1
    assert "not an empty directory" in done.stderr


@pytest.mark.parametrize(
    ("name", "told"),
    [("file", "file exists and is not an empty directory"), ("file/shop", "not a directory")],
)
def test_new_where_it_cannot_be(tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "file").touch()
    done = terapin("new", name, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_who_reads_the_first_line_only_is_told_of_no_error(tmp_path: Path) -> None:
    terapin("new", "shop", cwd=tmp_path)
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m terapin diff | head -1"],
        cwd=tmp_path / "shop",
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr


@pytest.mark.parametrize("name", ["fastapi", "json", "class"])
def test_a_name_that_would_hide_a_package_is_refused(tmp_path: Path, name: str) -> None:
    done = terapin("new", name, cwd=tmp_path)
    assert done.returncode == 1
    assert name in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["generate"],
        ["generate", str(BLOG)],
        ["frobnicate"],
        ["render"],
        ["generate", "--frobnicate"],
    ],
)
def test_wrong_usage_ends_with_2(tmp_path: Path, arguments: list[str]) -> None:
    done = terapin(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """A project, in which the ontology lies."""
    out = tmp_path / "blog"
    done = terapin("generate", str(BLOG), "--out", str(out), "--name", "blog")
    assert done.returncode == 0, done.stderr
    return out


def longer_tags(blog: Path) -> None:
    ontology = blog / "ontology" / "blog.ttl"
    ontology.write_text(ontology.read_text().replace("orm:maxLength 50", "orm:maxLength 60"))


def test_what_somebody_wrote_is_merged_with_what_is_generated(blog: Path) -> None:
    model, service = blog / "blog/models/tag.py", blog / "blog/services/tag.py"
    model.write_text(model.read_text() + "\n# mine\n")
    service.write_text("# mine\n")
    longer_tags(blog)
    done = terapin("generate", cwd=blog)
    assert "1 of them merged with what you wrote" in done.stdout
    assert "String(60)" in model.read_text()
    assert model.read_text().endswith("\n# mine\n")
    assert service.read_text() == "# mine\n"


def test_a_conflict_is_shown_and_nothing_is_written(blog: Path) -> None:
    model, schema = blog / "blog/models/tag.py", blog / "blog/schemas/tag.py"
    model.write_text(model.read_text().replace("String(50)", "String(55)"))
    longer_tags(blog)
    done = terapin("generate", cwd=blog)
    assert done.returncode == 1
    assert "nothing was written" in done.stderr
    assert "-    name: Mapped[str] = mapped_column(String(55), unique=True)" in done.stdout
    assert "+    name: Mapped[str] = mapped_column(String(60), unique=True)" in done.stdout
    assert "String(55)" in model.read_text()
    assert "max_length=50" in schema.read_text()

    done = terapin("generate", "--conflicts", "markers", cwd=blog)
    assert done.returncode == 0
    assert "holds both sides" in done.stderr
    assert "holds both sides" in terapin("generate", "--check", cwd=blog).stdout
    assert "<<<<<<< yours" in model.read_text()
    assert "max_length=60" in schema.read_text()


def test_check_and_dry_run_and_diff_write_nothing(blog: Path) -> None:
    assert terapin("generate", "--check", cwd=blog).returncode == 0
    longer_tags(blog)
    before = {path: path.read_bytes() for path in blog.rglob("*") if path.is_file()}
    checked = terapin("generate", "--check", cwd=blog)
    assert checked.returncode == 1
    dry = terapin("generate", "--dry-run", cwd=blog)
    assert dry.returncode == 0
    assert dry.stdout == checked.stdout
    assert "replace  blog/models/tag.py" in dry.stdout
    shown = terapin("diff", cwd=blog)
    assert shown.returncode == 0
    assert "+++ b/blog/models/tag.py" in shown.stdout
    assert {path: path.read_bytes() for path in blog.rglob("*") if path.is_file()} == before
    applied = subprocess.run(
        ["git", "apply", "--include=blog/*", "-"],
        cwd=blog,
        input=shown.stdout,
        text=True,
        check=True,
    )
    assert applied.returncode == 0
    assert "String(60)" in (blog / "blog/models/tag.py").read_text()


def test_check_counts_what_terapin_keeps(blog: Path) -> None:
    ontology = blog / "ontology/blog.ttl"
    ontology.write_text(ontology.read_text() + "\n# a remark\n")
    assert terapin("generate", "--check", cwd=blog).returncode == 0
    (blog / LOCK).write_text((blog / LOCK).read_text().replace('"terapin": "', '"terapin": "0.0.'))
    checked = terapin("generate", "--check", cwd=blog)
    assert checked.returncode == 1
    assert "only what terapin keeps" in checked.stdout
    assert terapin("generate", cwd=blog).returncode == 0
    assert terapin("generate", "--check", cwd=blog).returncode == 0


def test_diff_and_check_do_not_judge_a_run_that_was_interrupted(blog: Path) -> None:
    (blog / JOURNAL).write_text("whatever it was to do")
    for arguments in (["diff"], ["generate", "--check"], ["generate", "--dry-run"]):
        done = terapin(*arguments, cwd=blog)
        assert done.returncode == 1
        assert "was interrupted" in done.stderr


def test_what_is_saved_while_a_run_reads_is_not_taken_for_read(blog: Path) -> None:
    ontology = blog / "ontology/blog.ttl"
    remember(blog, {"blog.ttl": ontology.read_bytes()}, lenient=False)
    assert is_current(blog, [ontology], lenient=False)
    assert not is_current(blog, [ontology], lenient=True)
    remember(blog, {"blog.ttl": b"what it was before"}, lenient=False)
    assert not is_current(blog, [ontology], lenient=False)


def test_an_import_of_what_is_deleted_is_told_with_its_place(blog: Path) -> None:
    (blog / "blog/models/tag.py").unlink()
    handler = blog / "blog" / "mine.py"
    handler.write_text("import os\n\nfrom .models.tag import Tag\n\nprint(os, Tag)\n")
    done = terapin("generate", cwd=blog)
    assert done.returncode == 0
    assert "warning[missing-module]: there is no module blog.models.tag" in done.stderr
    assert "--> blog/mine.py:3:25" in done.stderr
    assert "--> blog/models/__init__.py:" in done.stderr
    restored = terapin("generate", "--restore", cwd=blog)
    assert "missing-module" not in restored.stderr
    assert (blog / "blog/models/tag.py").exists()


def test_a_renamed_entity_takes_its_files_along(blog: Path) -> None:
    ontology = blog / "ontology/blog.ttl"
    service, model = blog / "blog/services/tag.py", blog / "blog/models/tag.py"
    service.write_text(service.read_text() + "\n    mine = 1\n")
    model.write_text(model.read_text() + "\n# mine\n")
    (blog / "blog/mine.py").write_text(
        "from .services.tag import TagService\n\nprint(TagService)\n"
    )
    ontology.write_text(
        ontology.read_text()
        .replace("ex:Tag a orm:Entity ;", "ex:Label a orm:Entity ; orm:formerly ex:Tag ;")
        .replace("rel:to ex:Tag", "rel:to ex:Label")
    )
    done = terapin("generate", cwd=blog)
    assert done.returncode == 0, done.stderr
    assert "7 moved" in done.stdout
    assert not service.exists()
    assert not model.exists()
    moved = (blog / "blog/services/label.py").read_text()
    assert "class LabelService(CrudService[Label, LabelCreate, LabelUpdate])" in moved
    assert moved.endswith("    mine = 1\n")
    assert (blog / "blog/models/label.py").read_text().endswith("# mine\n")
    assert "--> blog/mine.py:1:27" in done.stderr
    assert "import blog.services.label instead" in done.stderr
    assert "nothing has changed" in terapin("generate", cwd=blog).stdout


def test_why_names_layer_template_and_the_places_in_the_ontology(blog: Path) -> None:
    model = blog / "blog/models/tag.py"
    number = 1 + next(
        i for i, line in enumerate(model.read_text().split("\n")) if "String(50)" in line
    )
    done = terapin("why", f"blog/models/tag.py:{number}", cwd=blog)
    assert done.returncode == 0, done.stderr
    lines = (blog / "ontology/blog.ttl").read_text().split("\n")
    tag = 1 + next(i for i, line in enumerate(lines) if line.startswith("ex:Tag a"))
    field = 1 + next(i for i, line in enumerate(lines) if "orm:maxLength 50" in line)
    column = lines[field - 1].index('"name"') + 1
    assert done.stdout.splitlines() == [
        f"blog/models/tag.py:{number} is generated by the layer models (models/model.py.tera)",
        f"about ex:Tag, ontology/blog.ttl:{tag}:1",
        "",
        f'  name  field: ex:Tag "name", ontology/blog.ttl:{field}:{column}',
    ]
    model.write_text(model.read_text().replace("String(50)", "String(55)"))
    edited = terapin("why", str(model) + f":{number}")
    assert "somebody wrote it" in edited.stdout


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("blog/core/crud.py:1", "is copied byte for byte by the layer core"),
        ("blog/services/tag.py:1", "was written once by the layer services"),
        ("migrations/versions/0001_initial.py:1", "is history"),
        ("ontology/blog.ttl:1", "is what the project is made from"),
        ("blog/core/crud.py:99999", "lines"),
        ("pyvenv.cfg:1", "there is no file"),
        ("blog/models/tag.py", "name a file and a line"),
        ("blog/models/tag.py:²", "name a file and a line"),
        (f"blog/models/tag.py:{'9' * 5000}", "name a file and a line"),
        (":1", "name a file and a line"),
        ("terapin.toml:1", "is what the project is made from"),
    ],
)
def test_why_of_other_files(blog: Path, line: str, answer: str) -> None:
    done = terapin("why", line, cwd=blog)
    assert answer in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_why_ends_with_the_last_line(blog: Path) -> None:
    count = len((blog / "blog/models/tag.py").read_text().splitlines())
    assert terapin("why", f"blog/models/tag.py:{count}", cwd=blog).returncode == 0
    beyond = terapin("why", f"blog/models/tag.py:{count + 1}", cwd=blog)
    assert beyond.stderr == f"error: blog/models/tag.py has {count} lines\n"


def test_why_of_a_link_out_of_the_project(blog: Path) -> None:
    (blog.parent / "outside.py").write_text("a = 1\n")
    (blog / "link.py").symlink_to("../outside.py")
    done = terapin("why", "link.py:1", cwd=blog)
    assert done.stderr.startswith("error: link.py leads out of the project at .\n")


@pytest.mark.parametrize("layer", ["models", "services"])
def test_why_of_what_the_ontology_has_no_more(blog: Path, layer: str) -> None:
    ontology = blog / "ontology" / "blog.ttl"
    ontology.write_text(ontology.read_text() + NOTE)
    assert terapin("generate", cwd=blog).returncode == 0
    ontology.write_text(ontology.read_text().removesuffix(NOTE))
    done = terapin("why", f"blog/{layer}/note.py:1", cwd=blog)
    told = f"was written by the layer {layer}, and nothing generates it there any more"
    assert done.stdout.startswith(f"blog/{layer}/note.py:1 {told}\n")


def test_watch_generates_on_every_save_and_survives_bad_ones(blog: Path) -> None:
    ontology, schema = blog / "ontology/blog.ttl", blog / "blog/schemas/tag.py"
    good = ontology.read_text()
    watching = subprocess.Popen(
        [sys.executable, "-u", "-m", "terapin", "generate", "--watch"],
        cwd=blog,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A shell that runs the tests in the background lets them ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert watching.stdout

    def until_it_waits() -> str:
        assert watching.stdout
        said: list[str] = []
        while not (line := watching.stdout.readline()).startswith("["):
            assert line, said
            said.append(line)
        return "".join(said)

    try:
        until_it_waits()
        ontology.write_text(good.replace("orm:maxLength 50", "orm:maxLength 60"))
        assert "files written" in until_it_waits()
        assert "max_length=60" in schema.read_text()
        ontology.write_text(good.replace("orm:maxLength 50", "orm:maxLength ("))
        assert "error[syntax-error]" in until_it_waits()
        ontology.unlink()
        assert "error[unreadable-file]" in until_it_waits()
        (blog / "terapin.toml").write_text("name = ")
        assert "error: " in until_it_waits()
        (blog / "terapin.toml").write_text('name = "blog"\nontology = ["ontology/blog.ttl"]\n')
        until_it_waits()
        ontology.write_text(good.replace("orm:maxLength 50", "orm:maxLength 70"))
        assert "files written" in until_it_waits()
        assert "max_length=70" in schema.read_text()
        watching.send_signal(signal.SIGINT)
        assert watching.wait(10) == 0
    finally:
        watching.kill()
        watching.stdout.close()


def test_runs_at_once_end_in_what_one_of_them_wanted(blog: Path, tmp_path: Path) -> None:
    wanted = []
    for length in (60, 70, 80):
        ontology = tmp_path / str(length) / "blog.ttl"
        ontology.parent.mkdir()
        ontology.write_text(BLOG.read_text().replace("orm:maxLength 50", f"orm:maxLength {length}"))
        wanted.append(ontology)
    runs = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "terapin", "generate", str(ontology)),
                *("--out", str(blog), "--allow-destructive"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for ontology in wanted * 2
    ]
    ended = [(*run.communicate(timeout=60), run.returncode) for run in runs]
    assert any(code == 0 for *_, code in ended)
    for _, said, code in ended:
        assert code == 0 or "another run of terapin" in said, said
    model, schema = blog / "blog/models/tag.py", blog / "blog/schemas/tag.py"
    lengths = [
        length
        for length in (60, 70, 80)
        if f"String({length})" in model.read_text() and f"max_length={length}" in schema.read_text()
    ]
    assert len(lengths) == 1
    assert "nothing has changed" in terapin("generate", cwd=blog).stdout


def test_one_entity_changed_touches_only_what_depends_on_it(blog: Path) -> None:
    longer_tags(blog)
    done = terapin("generate", "--dry-run", cwd=blog)
    assert done.stdout.splitlines() == [
        "replace  blog/models/tag.py",
        "replace  blog/schemas/tag.py",
        "create   migrations/versions/0002_change_tags_name.py",
    ]


def test_what_an_older_terapin_wrote_is_merged_with_what_somebody_wrote_in_it(blog: Path) -> None:
    path = PurePosixPath("blog/core/etags.py")
    today = (blog / path).read_bytes()
    older = today.replace(b"def ", b"# as it was once\ndef ", 1)
    (blog / path).write_bytes(older + b"\n\nmine = 1\n")
    lock = Lock.load(blog)
    entry = replace(lock.entries[path], source="older", written=digest(older))
    (blog / LOCK).write_bytes(Lock({**lock.entries, path: entry}, terapin="0.1.0").dump())
    blob = blog / BASE / entry.written[:2] / entry.written[2:]
    blob.parent.mkdir(exist_ok=True)
    blob.write_bytes(zlib.compress(older))
    done = terapin("upgrade", cwd=blog)
    assert done.returncode == 0, done.stderr
    assert "1 of them merged with what you wrote" in done.stdout
    assert (blog / path).read_bytes() == today + b"\n\nmine = 1\n"


def test_upgrade_tells_what_changed_since_the_version_that_wrote_the_project(blog: Path) -> None:
    assert "already" in terapin("upgrade", cwd=blog).stdout
    lock = blog / ".terapin/lock.json"
    now = lock.read_text()
    lock.write_text(re.sub(r'"terapin": "[^"]*"', '"terapin": "0.1.0"', now))
    told = terapin("upgrade", "--dry-run", cwd=blog).stdout
    assert "was written by terapin 0.1.0" in told
    assert "0.2.0" in told
    assert terapin("upgrade", cwd=blog).returncode == 0
    assert lock.read_text() == now
    lock.write_text(re.sub(r'"terapin": "[^"]*"', '"terapin": "99.0.0"', now))
    refused = terapin("upgrade", cwd=blog)
    assert refused.returncode == 1
    assert "upgrade terapin" in refused.stderr


def test_a_broken_ontology_writes_nothing(tmp_path: Path) -> None:
    ontology = tmp_path / "broken.ttl"
    ontology.write_text(BLOG.read_text().replace("rel:to ex:Profile", "rel:to ex:Profil"))
    done = terapin("generate", str(ontology), "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "rel-unknown-target" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_two_files_make_one_service(tmp_path: Path) -> None:
    text = BLOG.read_text()
    head, people, rest = text.partition("# People")
    people, articles, rest = (people + rest).partition("# Articles")
    (tmp_path / "people.ttl").write_text(head + people)
    (tmp_path / "articles.ttl").write_text(
        "\n".join(line for line in head.splitlines() if line.startswith("@prefix"))
        + articles
        + rest
    )
    files = [str(tmp_path / "people.ttl"), str(tmp_path / "articles.ttl")]
    done = terapin("generate", *files, "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out" / "ontology").iterdir()} == {
        "people.ttl",
        "articles.ttl",
    }


def test_the_manifest_follows_what_is_generated_and_keeps_its_words(tmp_path: Path) -> None:
    out = tmp_path / "out"
    extra = tmp_path / "extra.ttl"
    extra.write_text(
        "@prefix orm: <http://api.example.org/orm#> . @prefix ex: <http://example.org/blog#> .\n"
        'ex:Ad a orm:Entity ; orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .\n'
    )
    assert terapin("generate", str(BLOG), "--out", str(out)).returncode == 0
    assert terapin("generate", str(BLOG), str(extra), "--out", str(out)).returncode == 0
    manifest = out / "terapin.toml"
    assert "ontology/extra.ttl" in manifest.read_text()
    manifest.write_text("# mine\n" + manifest.read_text())
    assert terapin("generate", cwd=out).returncode == 0
    assert manifest.read_text().startswith("# mine\n")
    assert (out / "blog" / "models" / "ad.py").exists()


def test_render_reads_the_ontology_and_sparql(tmp_path: Path) -> None:
    template = tmp_path / "names.txt"
    template.write_text(
        "{{ service.name }}:{% for model in models %} {{ model.typeName }}{% endfor %}\n"
        '{% for row in sparql(query="SELECT ?e WHERE { ?e a orm:Entity } ORDER BY ?e") %}'
        "{{ row.e }}\n{% endfor %}{{ more }}\n"
    )
    context = tmp_path / "context.json"
    context.write_text('{"more": "and more"}')
    done = terapin(
        "render", str(template), "--ontology", str(BLOG), "--context", str(context), cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "Blog: Activity Comment Post Profile Tag User"
    assert lines[1] == "http://example.org/blog#Activity"
    assert lines[-1] == "and more"


def test_a_template_error_names_its_place(tmp_path: Path) -> None:
    template = tmp_path / "wrong.txt"
    template.write_text("first\n{{ service.nam }}\n")
    done = terapin("render", str(template), "--ontology", str(BLOG))
    assert done.returncode == 1
    assert "wrong.txt:2:12" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_layer_that_is_asked_for_is_written_from_then_on(tmp_path: Path) -> None:
    assert terapin("new", "shop", cwd=tmp_path).returncode == 0
    ontology, out = tmp_path / "shop/ontology/shop.ttl", tmp_path / "out"
    done = terapin("generate", str(ontology), "--out", str(out), "--with", "graphql")
    assert done.returncode == 0, done.stderr
    assert 'with = ["graphql"]' in (out / "terapin.toml").read_text()
    queries = out / "shop/graphql/queries.py"
    queries.unlink()
    assert terapin("generate", "--restore", cwd=out).returncode == 0
    assert queries.exists()
    assert "nothing has changed" in terapin("generate", "--with", "graphql", cwd=out).stdout


def test_a_project_is_asked_for_a_layer_in_its_manifest(tmp_path: Path) -> None:
    assert terapin("new", "shop", cwd=tmp_path).returncode == 0
    project = tmp_path / "shop"
    assert terapin("generate", cwd=project).returncode == 0
    assert not (project / "shop/graphql").exists()
    done = terapin("generate", "--with", "graphql", cwd=project)
    assert done.returncode == 1
    assert 'write it into terapin.toml: with = ["graphql"]' in done.stderr
    manifest = project / "terapin.toml"
    manifest.write_text(manifest.read_text().replace("with = []", 'with = ["graphql"]'))
    assert terapin("generate", cwd=project).returncode == 0
    assert (project / "shop/graphql/types/book.py").exists()


def test_a_layer_that_is_not_there_cannot_be_asked_for(tmp_path: Path) -> None:
    assert terapin("new", "shop", cwd=tmp_path).returncode == 0
    done = terapin("generate", "--with", "soap", cwd=tmp_path / "shop")
    assert done.returncode == 1
    assert "there is no layer 'soap' to ask for" in done.stderr
    assert "graphql" in done.stderr
