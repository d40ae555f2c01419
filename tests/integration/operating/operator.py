"""An operator at the command line, and orders to ask for."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from typer.testing import CliRunner, Result

from bot.__main__ import cli
from bot.store.connection import connect
from bot.store.orders import OrderStore
from tests.support.orders import KEYS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from bot.domain.order import Order
    from bot.store.keys import Keys

SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-1-2-abcdefghijkl",
    "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
    "TELNYX_API_KEY": "KEY0123456789abcdef",
}
"""What a bot needs, and these commands do not use."""


class Operator:
    """Types commands; `url` is the bot's Redis, None: its embedded server."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self.file = folder / ".env"
        self.url = url
        self.data = folder / "data"
        more = {"ESIM_DATA_DIR": str(self.data), **({"REDIS_URL": url} if url else {})}
        self.file.write_text(
            "".join(f"{name}={each}\n" for name, each in (SETTINGS | more).items())
        )

    def types(self, *words: str) -> Result:
        """Type a command; its exit code, and what it wrote where."""
        return CliRunner().invoke(cli, [*words, "--env-file", str(self.file)])

    def reads(self, *words: str) -> list[dict[str, Any]]:
        """The objects that a command writes with `--json`."""
        result = self.types(*words, "--json")
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    def store(self, question: Callable[[OrderStore], Awaitable[Any]], keys: Keys = KEYS) -> Any:
        """Ask the store, or change something in it."""

        async def asked() -> Any:
            assert self.url is not None
            async with connect(self.url) as redis:
                return await question(OrderStore(redis, keys))

        return asyncio.run(asked())

    def has(self, steps: Sequence[Order], keys: Keys = KEYS) -> None:
        """Let Redis have an order, step by step."""

        async def commit(store: OrderStore) -> None:
            for previous, order in zip([None, *steps], steps, strict=False):
                await store.save(order, previous, order.history[-1].at)

        self.store(commit, keys)

    def knows(self, order_id: str) -> Order:
        """The order as it is now."""
        order: Order | None = self.store(lambda store: store.load(order_id))
        assert order is not None
        return order
