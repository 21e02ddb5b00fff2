"""Background tasks."""

from __future__ import annotations

import re
from functools import partial

from terapin.model import Backoff, Place, Priority
from terapin.vocabulary.namespaces import AUTH, ORM, TASK
from terapin.vocabulary.terms import TASK_PARAMETER

from .read_access import rules
from .read_types import TypeReader
from .reader import terms_of
from .statements import Stated, TaskParameterStatement, TaskStatement
from .subject import Subject, Terms, text_of
from .terms import iri

_orm, _task = terms_of(ORM), terms_of(TASK)
_NAME, _TYPE, _PARAMETERS, _RETRY_ON = map(_task, ("name", "type", "parameters", "retryOn"))
SEND = terms_of(AUTH)("send")
_RATE = re.compile(r"[1-9][0-9]{0,8}/[smh]\Z")


def _rate(subject: Subject, predicate: str) -> Stated[str] | None:
    return subject.parsed(
        predicate, _rate_of, 'a number for each second, minute or hour, such as "10/m"'
    )


def _rate_of(term: str) -> str | None:
    text = text_of(term)
    return text if text and _RATE.match(text) else None


_TASK_TERMS: Terms = {
    _orm("formerly"): ("formerly", Subject.reference),
    _NAME: ("name", Subject.text),
    _task("description"): ("description", Subject.text),
    _task("queue"): ("queue", Subject.text),
    _task("routing"): ("pool", Subject.text),
    _task("priority"): ("priority", partial(Subject.choice, choices=Priority)),
    _task("maxRetries"): ("max_retries", Subject.count),
    _task("retryBackoff"): ("backoff", partial(Subject.choice, choices=Backoff)),
    _task("retryMaxDelay"): ("retry_max_delay", Subject.number),
    _task("timeout"): ("timeout", Subject.number),
    _task("softTimeout"): ("soft_timeout", Subject.number),
    _task("rateLimit"): ("rate_limit", _rate),
    _task("uniqueFor"): ("unique_for", Subject.number),
    _task("resultTtl"): ("result_ttl", Subject.number),
    _task("schedule"): ("schedule", Subject.text),
    _task("every"): ("every", Subject.number),
    _task("deadLetter"): ("dead_letter", Subject.flag),
    _task("expose"): ("expose", Subject.flag),
    _task("onCreate"): ("on_create", Subject.reference),
    _task("onUpdate"): ("on_update", Subject.reference),
    _task("onDelete"): ("on_delete", Subject.reference),
}
_PARAMETER_TERMS: Terms = {
    _task("required"): ("required", Subject.flag),
    _task("default"): ("default", Subject.term),
    _task("description"): ("description", Subject.text),
}


class TaskReader(TypeReader):
    def tasks(self) -> tuple[TaskStatement, ...]:
        return tuple(self.task(node) for node in self.instances(_task("AsyncTask"), "a task"))

    def task(self, node: str) -> TaskStatement:
        subject = self.subject(node, TASK + "AsyncTask")
        parameters = [
            self.task_parameter(value)
            for _, value in subject.nodes(_PARAMETERS, "parameters [ … ]")
        ]
        return TaskStatement(
            iri=iri(node),
            place=Place(node),
            **subject.stated(_TASK_TERMS),
            parameters=tuple(each for each in parameters if each),
            retry_on=subject.texts(_RETRY_ON, "names of exceptions"),
            send=rules(subject, SEND),
            doubtful=subject.doubtful or None in parameters,
        )

    def task_parameter(self, node: str) -> TaskParameterStatement | None:
        subject = self.subject(node, TASK_PARAMETER)
        name = subject.text(_NAME)
        entity, type_ = self.entity_or_type(subject, _TYPE)
        for predicate, stated in ((_NAME, name), (_TYPE, entity or type_)):
            if stated is None:
                self.missing(subject, predicate, "a parameter")
        if name is None:
            return None
        return TaskParameterStatement(
            name=name.value,
            place=name.place,
            type=type_,
            entity=entity,
            **subject.stated(_PARAMETER_TERMS),
        )
