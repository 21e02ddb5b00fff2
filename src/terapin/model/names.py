"""Names once given stay: the table of them, by IRI, and how new ones are added to it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from json.encoder import encode_basestring_ascii

_LEGAL = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}\Z")


class NamesError(ValueError):
    """A table of names that is not one."""


@dataclass(frozen=True, slots=True)
class Names:
    """Every name given so far: identity (an IRI; for a field, its entity's IRI, a space, its name) → role → name."""

    entries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def get(self, identity: str, role: str) -> str | None:
        return self.entries.get(identity, {}).get(role)

    @classmethod
    def load(cls, text: str) -> Names:
        try:
            entries = json.loads(_without_markers(text) if _MARKER in text else text)
        except (ValueError, RecursionError) as error:
            raise NamesError(f"not JSON: {error}") from error
        if not isinstance(entries, dict):
            raise NamesError("not an object")
        for identity, roles in entries.items():
            if not isinstance(roles, dict) or not all(map(_is_legal, roles.values())):
                raise NamesError(f"not a table of legal names: {identity}")
        return cls(entries)

    def dump(self) -> str:
        """One line an identity, sorted, so that two branches that add names merge."""
        lines = [
            f"  {encode_basestring_ascii(identity)}: {_json(roles)}"
            for identity, roles in sorted(self.entries.items())
        ]
        return "{\n" + ",\n".join(lines) + "\n}\n" if lines else "{}\n"


_MARKER = "<<<<<<< "


def _without_markers(text: str) -> str:
    """Both sides of a conflict that version control left: a name is given once, and a later one to the same is the same."""
    lines = [line.rstrip(",") for line in text.splitlines() if line.startswith("  ")]
    return "{" + ",".join(lines) + "}"


def _json(roles: Mapping[str, str]) -> str:
    """A legal name has nothing that would have to be escaped."""
    pairs = [f'{encode_basestring_ascii(role)}: "{name}"' for role, name in sorted(roles.items())]
    return "{" + ", ".join(pairs) + "}"


def _is_legal(name: object) -> bool:
    return isinstance(name, str) and _LEGAL.match(name) is not None


@dataclass(frozen=True, slots=True)
class Claim:
    """What wants a name: the one stated for it, or else the ones it could have, the best first."""

    identity: str
    stated: str | None = None
    derived: Sequence[str] = ()


Takes = Callable[[str], Iterable[str]]


def _itself(name: str) -> tuple[str]:
    return (name.casefold(),)


@dataclass(slots=True)
class Register:
    """Gives names. `given` is what the run has given, `pinned` what earlier ones have."""

    pinned: Names
    given: dict[str, dict[str, str]] = field(default_factory=dict)

    def give(
        self,
        role: str,
        claims: Iterable[Claim],
        taken: set[str],
        numbered: Callable[[str, int], str] = "{}_{}".format,
        takes: Takes = _itself,
    ) -> None:
        """Names all of one role. Stated ones come first, then pinned ones, then the others by identity.

        `taken` holds what is not to be had, and is added to; `takes` tells what of it a name would take. Stated
        names are given even if they collide: a rule reports that.
        """
        claims = sorted(claims, key=lambda claim: claim.identity)
        for claim in claims:
            if claim.stated is not None:
                self._give(role, claim.identity, claim.stated, taken, takes)
        for claim in claims:
            pinned = self.pinned.get(claim.identity, role)
            if claim.stated is None and pinned is not None and taken.isdisjoint(takes(pinned)):
                self._give(role, claim.identity, pinned, taken, takes)
        for claim in claims:
            if self.get(claim.identity, role) is None:
                name = _free(claim.derived, taken, numbered, takes)
                self._give(role, claim.identity, name, taken, takes)

    def give_one(self, role: str, identity: str, derived: Sequence[str], taken: set[str]) -> str:
        """Names one thing that states no name: as pinned if that is free, else as derived."""
        pinned = self.pinned.get(identity, role)
        choices = (pinned, *derived) if pinned else derived
        name = _free(choices, taken, "{}_{}".format, _itself)
        self._give(role, identity, name, taken, _itself)
        return name

    def get(self, identity: str, role: str) -> str | None:
        return self.given.get(identity, {}).get(role)

    def name(self, identity: str, role: str) -> str:
        return self.given[identity][role]

    def _give(self, role: str, identity: str, name: str, taken: set[str], takes: Takes) -> None:
        taken.update(takes(name))
        self.given.setdefault(identity, {})[role] = name

    def names(self) -> Names:
        """Those of the run, and those of what is gone, so that it finds its names again when it comes back."""
        return Names({**self.pinned.entries, **self.given})


def _free(
    derived: Sequence[str], taken: set[str], numbered: Callable[[str, int], str], takes: Takes
) -> str:
    others = (numbered(derived[0], number) for number in count(2))
    return next(name for name in chain(derived, others) if taken.isdisjoint(takes(name)))
