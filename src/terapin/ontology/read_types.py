"""What is stated in the place of a type."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from terapin.diagnostics.rules import unknown_type
from terapin.model import FieldType, Kind, Place
from terapin.vocabulary.namespaces import REL

from .reader import Reader, terms_of
from .statements import Stated
from .subject import Subject, text_of
from .terms import iri, is_iri
from .xsd import IMPLIED_MAXIMUM, IMPLIED_MINIMUM, datatypes

_rel = terms_of(REL)
KINDS = {_rel(kind.value): kind for kind in Kind}
_SCALARS = {type_.value: type_ for type_ in FieldType}


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    scalar: Stated[FieldType] | None = None
    kind: Stated[Kind] | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None


NO_TYPE = Type()


class TypeReader(Reader):
    def type(self, subject: Subject, predicate: str, *, kinds: bool = False) -> Type:
        """A type of the vocabulary by its name, an XSD datatype by its IRI or, for a field, a kind of relationship."""
        value = subject.single(predicate)
        if value is None:
            return NO_TYPE
        triple = (subject.node, predicate, value)
        name = text_of(value)
        if name is not None and name in _SCALARS:
            return Type(scalar=Stated(_SCALARS[name], *triple))
        if kinds and value in KINDS:
            return Type(kind=Stated(KINDS[value], *triple))
        if is_iri(value) and iri(value) in datatypes():
            full = iri(value)
            return Type(
                scalar=Stated(datatypes()[full], *triple),
                minimum=IMPLIED_MINIMUM.get(full),
                maximum=IMPLIED_MAXIMUM.get(full),
            )
        subject.report(unknown_type.diagnostic(Place(*triple), name, self.ontology.shorten(value)))
        return NO_TYPE

    def entity_or_type(
        self, subject: Subject, predicate: str
    ) -> tuple[Stated[str] | None, Stated[FieldType] | None]:
        """The IRI of an entity, or else a type."""
        value = subject.properties.get(predicate, [""])[0]
        if is_iri(value) and iri(value) not in datatypes() and value not in KINDS:
            return subject.reference(predicate), None
        return None, self.type(subject, predicate).scalar
