"""Celery's application for the tasks of a service: its processes, its queues, its limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any

from celery import Celery, signals
from kombu.entity import Exchange, Queue

from ..logs import configure_logging
from ..settings import MissingUrlError, ServiceSettings
from .declared import Task, Tasks
from .executing import Execution
from .requests import request_class
from .schedule import beat_schedule, scheduler_class
from .settings import TaskSettings

Settings = Callable[[], ServiceSettings]

# Redeliveries of a message by RabbitMQ, and milliseconds until it takes a consumer for hung. What counts attempts and
# finds lost runs is the table of runs; a queue cannot be declared otherwise later.
_QUORUM = {
    "x-queue-type": "quorum",
    "x-delivery-limit": 100,
    "x-consumer-timeout": 7 * 24 * 3600 * 1000,
}
_TASKS_PER_CHILD = 10_000
# Seconds until a process that is gone is given up; it may be about to say how it ended.
_LOST_WAIT = 0.5


def celery_app(tasks: Tasks, settings: Settings | None = None) -> Celery:
    """What `celery -A` finds. Settings are read, by default from the environment, when they are needed."""
    read = lru_cache(maxsize=1)(settings or _environment(tasks))
    app = Celery(tasks.package, set_as_current=False)
    app.add_defaults(lambda: configuration(tasks, read()))
    execution = Execution(tasks, app, read)
    for task in tasks:
        _register(app, task, execution)
    _connect(execution, read)
    return app


def celery_for(tasks: Tasks, settings: ServiceSettings) -> Celery:
    """For what only sends and asks, with the settings of an application."""
    app = Celery(tasks.package, set_as_current=False)
    app.conf.update(configuration(tasks, settings))
    return app


def _environment(tasks: Tasks) -> Settings:
    def read() -> ServiceSettings:
        settings: ServiceSettings = import_module(f"{tasks.package}.settings").Settings()
        return settings

    return read


def _register(app: Celery, task: Task[Any], execution: Execution) -> None:
    def run(self: Any, **parameters: Any) -> Any:
        return execution.run(task, self, parameters)

    run.__module__, run.__doc__ = task.handler.partition(":")[0], task.description
    app.task(
        run,
        name=task.name,
        bind=True,
        shared=False,
        typing=False,
        time_limit=task.timeout,
        soft_time_limit=task.soft_timeout,
        max_retries=None,
        Request=request_class(task, execution),
    )


def _connect(execution: Execution, read: Settings) -> None:
    """Signals are of the process, in which a worker has one application."""

    def log(**_: Any) -> None:
        configure_logging(read())

    def begin(**_: Any) -> None:
        if execution.is_current():
            execution.process.begin()

    def end(**_: Any) -> None:
        execution.process.stop()

    def check(instance: Any, **_: Any) -> None:
        if instance.app is execution.app:
            execution.check()

    def expire(sender: Any, task_id: str, **_: Any) -> None:
        if sender.app is execution.app:
            execution.expire(sender.name, task_id)

    signals.setup_logging.connect(log, weak=False)
    signals.worker_process_init.connect(begin, weak=False)
    signals.worker_process_shutdown.connect(end, weak=False)
    signals.celeryd_init.connect(check, weak=False)
    signals.task_postrun.connect(expire, weak=False)


def task_settings(settings: ServiceSettings) -> TaskSettings:
    """Raises MissingUrlError."""
    of_service: Any = settings
    own: TaskSettings = of_service.tasks
    if missing := own.missing():
        raise MissingUrlError(*(settings.variable("tasks", name) for name in missing))
    return own


def configuration(tasks: Tasks, settings: ServiceSettings) -> dict[str, Any]:
    own = task_settings(settings)
    return {
        "broker_url": own.broker,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_connection_timeout": own.publish_timeout,
        "broker_heartbeat": 30,
        "broker_transport_options": _transport(own),
        "result_backend": own.results,
        "result_expires": int(max((task.result_ttl for task in tasks), default=86400)),
        "result_backend_transport_options": {
            "global_keyprefix": own.prefix,
            # A result that cannot be kept is no reason to hold up a worker: what is needed is in PostgreSQL.
            "retry_policy": {"max_retries": 3, "interval_start": 0, "interval_step": 0.2},
        },
        "redis_socket_timeout": own.publish_timeout,
        "redis_socket_connect_timeout": own.publish_timeout,
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "enable_utc": True,
        "timezone": "UTC",
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_track_started": True,
        "task_queues": [*_queues(tasks, own)],
        "task_routes": {task.name: {"queue": task.route} for task in tasks},
        "task_default_queue": "default",
        "task_default_queue_type": "quorum" if own.uses_rabbitmq else "classic",
        "task_create_missing_queue_type": "quorum" if own.uses_rabbitmq else "classic",
        "worker_consumer": f"{__package__}.consumer:Reconnecting",
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": _TASKS_PER_CHILD,
        "worker_lost_wait": _LOST_WAIT,
        "worker_proc_alive_timeout": 30.0,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_hijack_root_logger": False,
        "worker_send_task_events": True,
        "beat_schedule": dict(beat_schedule(tasks)),
        "beat_scheduler": scheduler_class(tasks, lambda: settings),
    }


def _transport(own: TaskSettings) -> dict[str, Any]:
    if own.uses_rabbitmq:
        return {"confirm_publish": True}
    return {
        "global_keyprefix": own.prefix,
        "visibility_timeout": own.visible_after,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "socket_timeout": own.publish_timeout,
        "socket_connect_timeout": own.publish_timeout,
        "socket_keepalive": True,
        # Queues in the order in which a worker names them.
        "queue_order_strategy": "priority",
        "health_check_interval": 10,
    }


def _queues(tasks: Tasks, own: TaskSettings) -> Iterator[Any]:
    exchange: Any = Exchange
    queue: Any = Queue
    for name in tasks.queues():
        yield queue(
            name,
            exchange(name, type="direct"),
            routing_key=name,
            queue_arguments=_QUORUM if own.uses_rabbitmq else None,
        )
