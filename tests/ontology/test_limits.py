"""What is too large is refused soon and in little memory, by one message."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from terapin.ontology import compile_files, limits
from terapin.ontology.tokens import brackets, tokens
from tests.ontologies import KEY, codes, compiled

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        (f"ex:a ex:b {'[' * 100_000}", "more than 100 brackets stand within each other", 111),
        (f"ex:a ex:b {'(' * 100_000}", "more than 100 brackets stand within each other", 111),
        (
            f"ex:a ex:b {'[ ex:c ' * 100_000}1{' ]' * 100_000} .",
            "more than 100 brackets stand within each other",
            711,
        ),
        (f'ex:a ex:b "{"x" * 2 * MIB}" .', "a string has more than 1,000,000 characters", 11),
        (f'ex:a ex:b "{"x" * 20 * MIB}" .', "a string has more than 1,000,000 characters", 11),
        (
            f"ex:a ex:b {','.join(map(str, range(1_000_001)))} .",
            "a.ttl has more than 1,000,000 triples",
            None,
        ),
        (
            f"ex:Book a orm:Entity ; orm:fields ( {KEY} {'[ ] ' * 10_000} ) .",
            "a list has more than 10,000 items",
            40_101,
        ),
    ],
    ids=["brackets", "parentheses", "deep", "long", "longer", "triples", "list"],
)
def test_what_is_too_large(text: str, message: str, place: int | None) -> None:
    compilation = compiled(text)
    (diagnostic,) = compilation.diagnostics
    assert (diagnostic.code, diagnostic.message) == ("too-large", message)
    span = compilation.locator.span(diagnostic.where)
    assert (span and span.column) == place
    assert message in compilation.as_text()


def test_a_large_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "large.ttl"
    with path.open("wb") as file:
        file.truncate(limits.BYTES * 100)
    compilation = compile_files([path])
    assert codes(compilation) == ["too-large"]


@pytest.mark.parametrize(
    "text",
    [
        "a." * MIB,
        "a1" * MIB,
        "<" * MIB,
        '"' * MIB,
        "ex:a" + "." * MIB,
        "x y " * MIB,
        "ex:a ex:b " + "[ ) " * 90,
        "#[[[[\n" * MIB,
        f'ex:a ex:b "{chr(92) * MIB}',
        "ex:a ex:b .\nex:c ex:d ex:e ex:f .\n" * 10_000,
        'ex:a ex:b "\\q" .\n' * 10_000,
        "".join(f"p{number}:a p{number}:b 1 .\n" for number in range(10_000)),
        "".join(f"ex:a orm:p{number} {number} .\n" for number in range(10_000)),
        f"ex:Book a orm:Entity ; orm:tableName {','.join(map(repr, range(100_000)))} .",
    ],
    ids=range(14),
)
def test_bombs(text: str) -> None:
    """By the processor's time, of which others may take a part."""
    before = time.process_time()
    with memory() as used:
        compilation = compiled(text)
        shown = compilation.as_text()
    assert shown
    assert len(shown) < 500_000
    assert time.process_time() - before < 4
    assert used() < 2 * MIB


@contextmanager
def memory() -> Iterator[Callable[[], int]]:
    """The most KiB that the block needed at a time, whatever the process had needed before."""
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    yield lambda: _status("VmHWM") - before


def _status(name: str) -> int:
    return next(
        int(line.split()[1])
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith(f"{name}:")
    )


def test_of_one_kind_of_mistake_no_more_are_told_than_somebody_reads() -> None:
    fields = " ".join(f'[ orm:fieldName "f{n}" ; orm:fieldType "T{n}" ]' for n in range(1000))
    compilation = compiled(f"ex:Book a orm:Entity ; orm:fields ( {KEY} {fields} ) .")
    assert codes(compilation) == ["unknown-type"] * limits.MISTAKES


def test_what_is_nested_as_deeply_as_allowed_is_read() -> None:
    depth = limits.NESTING
    nested = f"ex:a ex:b {'[ ex:c ' * depth}1{' ]' * depth} ."
    assert compiled(f"ex:Book a orm:Entity ; orm:fields ( {KEY} ) . {nested}").model


def test_brackets_in_strings_and_comments_do_not_count() -> None:
    text = f'# {"[" * 200}\nex:Book orm:description "{"(" * 200}" ; a orm:Entity ; orm:fields ( {KEY} ) .'
    assert compiled(text).model


@pytest.mark.parametrize(
    "text",
    [
        f"# {']' * 100_000}\nex:a ex:b {'[ ex:c ' * 101}1{' ]' * 101} .",
        "ex:a ex:b " + "[ ex:c # ]\n" * 101 + f"1{' ]' * 101} .",
        f"ex:a ex:b {'( <urn:)> ' * 101}{')' * 101} .",
        "ex:a ex:b " + "( ')' '''\n)''' " * 101 + f"{')' * 101} .",
        "ex:a ex:b " + "( ex:c\\) " * 101 + f"{')' * 101} .",
        f"] ex:a ex:b {'[ ex:c ' * 101}1{' ]' * 101} .",
    ],
    ids=["comment", "comments", "iris", "strings", "names", "stray"],
)
def test_a_bracket_that_closes_nothing_hides_none(text: str) -> None:
    assert codes(compiled(text)) == ["too-large"]


def test_brackets_are_those_among_the_tokens() -> None:
    text = "ex:a ']' <urn:(> \"(\" ex:b\\(c [ # [\n ( ''' [ ''' ) \"open [\n ] \"\"\" ( "
    among = [each for each in tokens(text) if each.text in ("[", "]", "(", ")")]
    assert list(brackets(text)) == among
    assert len(among) == 4
