"""A process that buys once, and stops itself (SIGSTOP) at a look at the fence.

    python -m tests.integration.providers.wire.buyer <address> <seconds of the fence> <look>

Look 1 is before anything else, 2 before the head, 3 before the body; 0: it does not stop. It
writes the outcome to its output, as JSON.
"""

import asyncio
import os
import signal
import sys

from bot.clock import Deadline, SystemClock
from bot.providers.telnyx import Telnyx
from tests.integration.providers.wire.calls import a_call


class Freezing(Deadline):
    """A fence before which the process is frozen once."""

    def __init__(self, seconds: float, look: int) -> None:
        super().__init__(SystemClock(), seconds)
        self._until = look

    @property
    def remaining(self) -> float:
        """Seconds left, once the process goes on."""
        self._until -= 1
        if self._until == 0:
            os.kill(os.getpid(), signal.SIGSTOP)
        return super().remaining


async def buy(url: str, seconds: float, look: int) -> str:
    """Buy one eSIM; the outcome as JSON."""
    telnyx = Telnyx("KEY0123", SystemClock(), base_url=url)
    return (await telnyx.purchase(a_call(1), Freezing(seconds, look))).model_dump_json()


if __name__ == "__main__":
    told = asyncio.run(buy(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
    sys.stdout.write(f"\n{told}\n")
