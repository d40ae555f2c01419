"""One aiohttp application, served on a loopback port of this machine."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from typing import Self

HOST = "127.0.0.1"
EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - names of it, nothing listens there
SHUTDOWN_SECONDS = 0.1


@dataclass(frozen=True)
class Serving:
    """A served application: `url` is where it answers until `stop()`, but for `refuse()`."""

    runner: web.AppRunner
    port: int
    host: str = HOST
    _kept: list[socket.socket] = field(default_factory=list)

    @classmethod
    async def start(cls, app: web.Application, port: int = 0, host: str = HOST) -> Self:
        """Serve `app` on `port` (0: any free port) of an address of this machine.

        Raises OSError when the port is taken, or the address is not this machine's.
        """
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError:
            await runner.cleanup()
            raise
        return cls(runner, int(runner.addresses[0][1]), host)

    @property
    def url(self) -> str:
        """The base address, without a slash at its end."""
        host = HOST if self.host in EVERYWHERE else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    async def refuse(self) -> None:
        """Let nobody connect, and cut those who are, until `listen()`: as if the machine was off.

        The port stays ours meanwhile. A second call does nothing.
        """
        if self._kept:
            return
        for site in list(self.runner.sites):
            await site.stop()
        for connection in list(self.runner.server.connections if self.runner.server else ()):
            if connection.transport is not None:
                connection.transport.abort()
        self._kept.append(_held(self.host, self.port))

    async def listen(self) -> None:
        """End what `refuse()` began. Without that it does nothing."""
        if self._kept:
            self._kept.pop().close()
            await web.TCPSite(self.runner, self.host, self.port).start()

    async def stop(self) -> None:
        """Stop listening and close what is open. A second call does nothing."""
        while self._kept:
            self._kept.pop().close()
        await self.runner.cleanup()


def _held(host: str, port: int) -> socket.socket:
    """A socket that holds the port and does not listen: who connects is refused."""
    held = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((host, port))
    return held
