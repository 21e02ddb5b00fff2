from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ...model import Broadcast, Channel, Message, SourceKind
from ...model.channels import AUTHENTICATED, BARE_PATH, PUBLIC, ROLE
from ...project.plan import Project
from ..parameters import parameter
from ..python import Imports, export_order, literal


@dataclass(frozen=True, slots=True)
class PackageView:
    """`names` are exported, in that order; `realtime` are the arguments of core's."""

    imports: str
    realtime: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelView:
    """`subscribe` and `publish` are expressions of Python, `arguments` those of core's `Channel`.

    There is no `publish` where nobody says anything.
    """

    imports: str
    module: str
    policy: str
    subscribe: str
    publish: str | None
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageView:
    """`fields` are those of what it carries, `arguments` those of core's `Message`."""

    imports: str
    module: str
    class_name: str
    fields: tuple[str, ...]
    arguments: tuple[str, ...]


_CORE = "..core.realtime"


def package_view(project: Project) -> PackageView:
    model, imports = project.model, Imports()
    imports.name("__future__", "annotations")
    imports.name(f"{_CORE}.channels", "Realtime")
    modules = sorted(channel.module for channel in model.channels)
    for module in modules:
        imports.name(f".{module}", module)
    together = f"({modules[0]},)" if len(modules) == 1 else f"({', '.join(modules)})"
    realtime = [together]
    redis = next((each for each in model.data_sources if each.kind is SourceKind.REDIS), None)
    if redis is not None:
        imports.name("functools", "partial")
        imports.name(f"{_CORE}.streams", "Streams")
        imports.name("..", "sources")
        realtime.append(f"partial(Streams, sources.{redis.name})")
    names = sorted((*modules, "realtime"), key=export_order)
    return PackageView(imports.render(), tuple(realtime), tuple(names))


def channel_view(project: Project, channel: Channel) -> ChannelView:
    imports = Imports()
    imports.name("__future__", "annotations")
    imports.name(f"{_CORE}.declared", "Channel")
    imports.name(f"{_CORE}.subjects", "Admission", "Subject")
    modules = {each.iri: each.module for each in project.model.messages}
    names = [modules[iri] for iri in channel.messages]
    if channel.streams is not None:
        entity = project.model.entities[channel.streams]
        imports.name(f"..endpoints.{entity.module}", entity.variable)
    for name in names:
        imports.name(f"..messages.{name}", name)
    return ChannelView(
        imports=imports.render(),
        module=channel.module,
        policy=channel.policy_class,
        subscribe=_rule(channel.subscribe),
        publish=None if channel.streams else _rule(channel.publish),
        arguments=tuple(_channel(project, channel, names)),
    )


def _channel(project: Project, channel: Channel, messages: Sequence[str]) -> Iterator[str]:
    yield literal(channel.module.strip("_"))
    yield f"{channel.policy_class}()"
    if channel.path != BARE_PATH:
        yield f"path={literal(channel.path)}"
    if channel.streams is not None:
        yield f"streams={project.model.entities[channel.streams].variable}"
    if channel.by is not None:
        yield f"by={literal(channel.by)}"
    if messages:
        yield f"messages=({', '.join(messages)},)"
    if channel.history is not None:
        yield f"history={channel.history}"
    if channel.presence:
        yield "presence=True"
    if channel.max_message_bytes is not None:
        yield f"max_message_bytes={channel.max_message_bytes}"
    if channel.rate_per_second is not None:
        yield f"rate_per_second={_number(channel.rate_per_second)}"


def _rule(rules: Sequence[str]) -> str:
    """Any of them is enough."""
    if PUBLIC in rules:
        return "True"
    if AUTHENTICATED in rules:
        return "not subject.is_anonymous"
    if not rules:
        return "False"
    roles = sorted(each.removeprefix(ROLE) for each in rules)
    if len(roles) == 1:
        return f"{literal(roles[0])} in subject.roles"
    return f"not subject.roles.isdisjoint({{{', '.join(map(literal, roles))}}})"


def message_view(project: Project, message: Message) -> MessageView:
    imports = Imports()
    imports.name("__future__", "annotations")
    imports.name(f"{_CORE}.declared", "Message", "Payload")
    handler = f"{project.package}.handlers.{message.module}:{message.module}"
    arguments = [literal(message.type), message.payload_class, literal(handler)]
    if message.broadcast is not Broadcast.ROOM:
        arguments.append(literal(message.broadcast.value))
    fields = tuple(parameter(each, imports) for each in message.payload)
    return MessageView(
        imports=imports.render(),
        module=message.module,
        class_name=message.payload_class,
        fields=fields,
        arguments=tuple(arguments),
    )


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
