"""What an ontology says of background tasks, and what they are called."""

from __future__ import annotations

from decimal import Decimal

import pytest

from terapin.model import CORE_TABLES, TASK_TABLE, FieldType, Priority, Task, reserved
from terapin.runtime.core.tasks.settings import TaskSettings
from tests.ontologies import KEY, codes, compiled, model_of

USER = f"ex:User a orm:Entity ; orm:fields ( {KEY} ) .\n"


def task(text: str) -> Task:
    (found,) = model_of(text).tasks
    return found


def test_what_is_not_said_is_open() -> None:
    found = task("ex:SendEmailTask a task:AsyncTask .")
    assert (found.name, found.module) == ("send_email", "send_email")
    stated = (found.queue, found.pool, found.priority, found.timeout, found.max_retries)
    assert stated == (None,) * 5
    assert not found.exposed


def test_what_is_said_is_kept() -> None:
    found = task(
        'ex:A a task:AsyncTask ; task:name "send-email" ; task:queue "emails" ; task:priority "low" ; '
        'task:timeout 2.5 ; task:maxRetries 3 ; task:retryOn ( "OSError" "OSError" ) ; task:schedule " 0  4 * * * " .'
    )
    assert (found.name, found.module, found.queue) == ("send-email", "send_email", "emails")
    assert (found.priority, found.timeout) == (Priority.LOW, Decimal("2.5"))
    assert (found.retry_on, found.schedule) == (("OSError",), "0 4 * * *")


def test_a_pool_has_a_queue_of_its_own_name() -> None:
    found = model_of('ex:A a task:AsyncTask . ex:B a task:AsyncTask ; task:routing "slow" .').tasks
    assert [(each.queue, each.pool) for each in found] == [(None, None), ("slow", "slow")]


def test_an_entity_among_the_parameters_is_its_key() -> None:
    found = task(
        USER
        + "ex:T a task:AsyncTask ; task:onCreate ex:User ; "
        + 'task:parameters ( [ task:name "theUser" ; task:type ex:User ] ) .'
    )
    (parameter,) = found.parameters
    assert (parameter.name, parameter.attribute) == ("theUser", "the_user")
    assert (parameter.type, parameter.required) == (FieldType.UUID, True)
    assert found.triggers[0].parameter == "the_user"


@pytest.mark.parametrize(
    ("iri", "module"),
    [
        ("SendEmailTask", "send_email"),
        ("send_task", "send"),
        ("Task", "task"),
        ("FailedTask", "failed_"),
        ("TasksTask", "tasks_"),
        ("AppTask", "app_"),
        ("ClassTask", "class_"),
        ("LoggerTask", "logger_"),
    ],
)
def test_names_are_made_of_iris(iri: str, module: str) -> None:
    assert task(f"ex:{iri} a task:AsyncTask .").module == module


def test_an_endpoint_and_a_task_have_no_handler_in_common() -> None:
    model = model_of(
        'ex:sendEmail a api:Endpoint ; api:method "POST" ; api:path "/send" .\n'
        "ex:SendEmailTask a task:AsyncTask ."
    )
    assert model.endpoints[0].operation == "send_email"
    assert model.tasks[0].module == "shop_send_email"


def test_two_of_one_local_name_differ_and_stay() -> None:
    first = compiled("ex:SendTask a task:AsyncTask .")
    both = compiled(
        "ex:SendTask a task:AsyncTask .\n<http://a.example/law#SendTask> a task:AsyncTask .",
        pinned=first.names,
    )
    assert both.model
    assert {each.iri[-20:]: each.module for each in both.model.tasks} == {
        "ple.org/shop#SendTask"[-20:]: "send",
        "example/law#SendTask": "law_send",
    }


def test_a_renamed_task_keeps_its_name() -> None:
    first = compiled("ex:SendTask a task:AsyncTask .")
    renamed = compiled(
        "ex:MailTask a task:AsyncTask ; orm:formerly ex:SendTask .", pinned=first.names
    )
    assert renamed.model
    assert renamed.model.tasks[0].name == "send"
    again = compiled("ex:MailTask a task:AsyncTask .", pinned=renamed.names)
    assert again.model
    assert again.model.tasks[0].name == "send"


def test_tasks_are_kept_in_a_database() -> None:
    model = model_of("ex:T a task:AsyncTask .")
    assert [source.name for source in model.data_sources] == ["database"]
    assert model.core_tables == (*CORE_TABLES[:1], TASK_TABLE)
    assert TASK_TABLE not in model_of(USER).core_tables


def test_which_database_has_to_be_clear() -> None:
    two = 'ex:A a db:DataSource ; db:type "postgresql" .\nex:B a db:DataSource ; db:type "postgresql" .\n'
    assert codes(compiled(f"{two}ex:T a task:AsyncTask .")) == ["which-database"]


def test_routes_and_operations_of_exposed_ones_are_taken() -> None:
    exposed = 'ex:T a task:AsyncTask ; task:name "sweep" ; task:expose true .\n'
    route = 'ex:E a api:Endpoint ; api:method "POST" ; api:path "/tasks/sweep" .'
    operation = (
        'ex:E a api:Endpoint ; api:method "GET" ; api:path "/x" ; api:operationId "get_task" .'
    )
    assert codes(compiled(exposed + route)) == ["endpoint-path"]
    assert codes(compiled(exposed + operation)) == ["taken-operation"]


def test_settings_of_tasks_are_reserved() -> None:
    assert {*TaskSettings.model_fields} == {*reserved.TASK_SETTINGS}
    named = model_of(
        'ex:tasks a db:DataSource ; db:type "redis" .\nex:tasks_broker a db:DataSource ; db:type "redis" .\n'
        "ex:T a task:AsyncTask ."
    )
    assert {each.name for each in named.data_sources} == {
        "database",
        "tasks_source",
        "tasks_broker_source",
    }
