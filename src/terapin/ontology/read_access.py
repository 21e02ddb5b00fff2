"""Who may do what."""

from __future__ import annotations

from terapin.diagnostics.rules import wrong_value
from terapin.model import Operation, Place, Who
from terapin.vocabulary.namespaces import AUTH
from terapin.vocabulary.terms import CONDITION

from .ontology import Ontology
from .reader import Reader, terms_of
from .statements import ConditionStatement, PermissionStatement, RuleStatement, Stated
from .subject import Subject, text_of
from .terms import FIRST, NIL, is_literal

_auth = terms_of(AUTH)
_FIELD, _EQUALS, _IN = map(_auth, ("field", "equals", "in"))
_PREDICATES = {_auth(each): each for each in Operation}
_ROLE = "role:"
_WORDS = {each.value: each for each in (Who.PUBLIC, Who.AUTHENTICATED, Who.OWNER, Who.TENANT)}
_CHOICES = (*_WORDS, "role:NAME")


def rules(subject: Subject, predicate: str) -> tuple[Stated[str], ...] | None:
    """Who may, as one text or a list, of what has no rows; None where nothing is said."""
    values = subject.properties.get(predicate, [])
    if any(map(is_literal, values)):
        stated = subject.text(predicate)
        return (stated,) if stated else None
    return subject.texts(predicate, 'rules such as "authenticated"') if values else None


class AccessReader(Reader):
    def __init__(self, ontology: Ontology) -> None:
        super().__init__(ontology)
        self._conditions: dict[str, ConditionStatement | None] = {}

    def permissions(
        self, subject: Subject, *operations: Operation
    ) -> tuple[PermissionStatement, ...]:
        """Of these operations, or all."""
        if subject.properties.keys().isdisjoint(_PREDICATES):
            return ()
        wanted = operations or tuple(Operation)
        return tuple(
            self._permission(subject, predicate, operation)
            for predicate, operation in _PREDICATES.items()
            if predicate in subject.properties and operation in wanted
        )

    def _permission(
        self, subject: Subject, predicate: str, operation: Operation
    ) -> PermissionStatement:
        node = subject.single(predicate)
        place = subject.place(predicate, node)
        if node is None:
            found = []
        elif self._is_list(node):
            cells = subject.items(predicate, "rules")
            found = [
                self._rule(subject, predicate, Place(cell, FIRST, value), value)
                for cell, value in cells
            ]
        else:
            found = [self._rule(subject, predicate, place, node)]
        return PermissionStatement(
            operation=operation, place=place, rules=tuple(each for each in found if each)
        )

    def _is_list(self, node: str) -> bool:
        return node == NIL or bool(self.graph.values(node, FIRST))

    def _rule(
        self, subject: Subject, predicate: str, place: Place, value: str
    ) -> RuleStatement | None:
        if not is_literal(value):
            return self._conditional(subject, predicate, place, value)
        text = text_of(value)
        name = self.ontology.shorten(predicate)
        if text is None:
            shown = self.ontology.shorten(value)
            subject.report(wrong_value.diagnostic(place, name, shown, "who may, in a string"))
        elif text in _WORDS:
            return RuleStatement(place=place, who=_WORDS[text])
        elif text.startswith(_ROLE) and text != _ROLE:
            return RuleStatement(place=place, who=Who.ROLE, role=text.removeprefix(_ROLE))
        else:
            subject.report(wrong_value.choice(place, name, text, _CHOICES))
        return None

    def _conditional(
        self, subject: Subject, predicate: str, place: Place, node: str
    ) -> RuleStatement | None:
        if self.graph.properties(node).keys().isdisjoint((_FIELD, _EQUALS, _IN)):
            name, shown = map(self.ontology.shorten, (predicate, node))
            expected = "who may: a string, a condition [ auth:field … ] or a list of these"
            subject.report(wrong_value.diagnostic(place, name, shown, expected))
            return None
        if node not in self._conditions:
            self._conditions[node] = self._condition(node)
        condition = self._conditions[node]
        if condition is None:
            subject.doubtful = True
            return None
        return RuleStatement(place=place, who=Who.CONDITION, condition=condition)

    def _condition(self, node: str) -> ConditionStatement | None:
        subject = self.subject(node, CONDITION)
        field, equals = subject.text(_FIELD), subject.term(_EQUALS)
        values = [Stated(value, cell, FIRST, value) for cell, value in subject.items(_IN, "values")]
        if equals and _IN in subject.properties:
            subject.report(wrong_value.either(equals.place, "auth:equals", "auth:in"))
        if field is None:
            self.missing(subject, _FIELD, "a condition")
        elif equals is None and _IN not in subject.properties:
            self.missing(subject, _EQUALS, "a condition")
        if field is None or subject.doubtful:
            return None
        return ConditionStatement(field=field, values=(*([equals] if equals else ()), *values))
