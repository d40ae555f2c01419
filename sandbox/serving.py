"""One aiohttp application, served on a loopback port of this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from typing import Self

HOST = "127.0.0.1"
SHUTDOWN_SECONDS = 0.1


@dataclass(frozen=True)
class Serving:
    """A served application: `url` is where it answers until `stop()`."""

    runner: web.AppRunner
    port: int

    @classmethod
    async def start(cls, app: web.Application, port: int = 0) -> Self:
        """Serve `app` on `port` (0: any free port). Raises OSError when the port is taken."""
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, port).start()
        except OSError:
            await runner.cleanup()
            raise
        return cls(runner, int(runner.addresses[0][1]))

    @property
    def url(self) -> str:
        """The base address, without a slash at its end."""
        return f"http://{HOST}:{self.port}"

    async def stop(self) -> None:
        """Stop listening and close what is open. A second call does nothing."""
        await self.runner.cleanup()
