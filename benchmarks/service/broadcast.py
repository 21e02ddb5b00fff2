"""Rooms as one writes them by hand: the guide's, with what it has of FastAPI and nothing else."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, WebSocket, WebSocketDisconnect


class Connections:
    def __init__(self) -> None:
        self.active: dict[str, list[WebSocket]] = {}

    async def connect(self, room: str, socket: WebSocket) -> None:
        await socket.accept()
        self.active.setdefault(room, []).append(socket)

    def disconnect(self, room: str, socket: WebSocket) -> None:
        self.active[room].remove(socket)

    async def broadcast(self, room: str, message: dict[str, Any]) -> None:
        for socket in list(self.active[room]):
            try:
                await socket.send_json(message)
            except (RuntimeError, WebSocketDisconnect):
                self.disconnect(room, socket)


def create_app() -> FastAPI:
    app, connections = FastAPI(), Connections()

    @app.websocket("/ws/{room_id}")
    async def endpoint(socket: WebSocket, room_id: str) -> None:
        await connections.connect(room_id, socket)
        try:
            while True:
                data = await socket.receive_json()
                message = {"type": "message", "data": data, "room": room_id}
                await connections.broadcast(room_id, message)
        except WebSocketDisconnect:
            connections.disconnect(room_id, socket)

    return app
