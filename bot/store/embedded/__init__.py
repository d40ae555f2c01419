"""The embedded Redis-compatible server, for a bot that has no REDIS_URL."""

from bot.store.embedded.folder import running_at
from bot.store.embedded.server import EmbeddedServer, server_binary

__all__ = ["EmbeddedServer", "running_at", "server_binary"]
