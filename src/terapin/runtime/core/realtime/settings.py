"""The settings of WebSockets."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveFloat, PositiveInt


class RealtimeSettings(BaseModel):
    """Times are in seconds. What a channel states of itself goes before what is here."""

    model_config = ConfigDict(extra="ignore")

    authenticate_within: PositiveFloat = Field(
        default=10.0, description="For the first message, of those who have to send a token"
    )
    ticket_seconds: PositiveInt = Field(default=30, description="A ticket is good for")
    max_message_bytes: PositiveInt = 64 * 1024
    rate_per_second: PositiveFloat = Field(default=50.0, description="Messages of one socket")
    max_connections: PositiveInt = Field(default=10_000, description="Of a process")
    max_connections_per_subject: PositiveInt = Field(default=50, description="In a process")
    max_rooms: PositiveInt = Field(default=10_000, description="Of a process, that somebody is in")
    queue_messages: PositiveInt = Field(default=2000, description="That wait for one socket")
    queue_bytes: PositiveInt = Field(default=1024 * 1024, description="That wait for one socket")
    stalled_after: PositiveFloat = Field(
        default=4.0, description="After which a socket is closed that takes nothing"
    )
    replay_messages: PositiveInt = Field(
        default=1000, description="Of a room, kept for those who come back"
    )
    replay_bytes: PositiveInt = Field(
        default=512 * 1024, description="Of a room, kept in the memory of a process"
    )
    kept: PositiveInt = Field(default=3600, description="What was said in a room nobody is in")
    handler_timeout: PositiveFloat = Field(default=10.0, description="One message in its handler")
    close_spread: NonNegativeFloat = Field(
        default=4.0, description="Over which sockets are closed when the process ends"
    )
    prefix: str = Field(default="", description="Of the keys in Redis, where services share one")
