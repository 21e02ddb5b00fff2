"""WebSocket channels: what is declared of each and of its messages, and handlers that are seeded."""

from .plan import plan

__all__ = ["plan"]
