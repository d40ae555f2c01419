"""Opens the orders for a command, and turns each failure into a sentence."""

import asyncio
import getpass
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from bot.bootstrap import terms_of
from bot.clock import Clock, SharedClock, SystemClock
from bot.domain.order import Order
from bot.domain.policy import Action, Member, Policy
from bot.domain.terms import Terms
from bot.engine.orders import Orders
from bot.errors import (
    Conflict,
    EmbeddedServerError,
    NewerOrder,
    SettingsError,
    StoreUnavailable,
    UnknownOrder,
    UnreadableOrder,
)
from bot.logs import configure_logs
from bot.reasons import reason_of
from bot.settings import Settings, settings_of, written
from bot.store.connection import clock_difference, connect
from bot.store.embedded import EmbeddedServer, running_at
from bot.store.keys import Keys
from bot.store.orders import Audit, OrderStore
from bot.store.trust.restored import workspaces
from bot.store.trust.witness import workspaces_seen_in

NOT_FOUND = 1
"""Exit code when there is no such order, or it can't be read."""
WRONG = 2
"""Exit code for what the operator can mend: an argument, a setting, an unreachable Redis."""
_INTERRUPTED = 130


class NothingFound(Exception):
    """What was asked for does not exist; the message is a sentence."""


class OperatorAccess:
    """The orders and the audit trail of one workspace, for the operator."""

    def __init__(self, store: OrderStore, audit: Audit, clock: Clock, terms: Terms) -> None:
        """`clock`: by which the bot works, that of Redis."""
        self.store = store
        self.audit = audit
        self.operator = Member.operator(_user(), socket.gethostname())
        """The operator, as the audit trail names them."""
        self._policy = Policy()
        self.orders = Orders(store, self._policy, terms, {}, clock)
        """The use cases; no provider is reached from here."""

    def may(self, action: Action, order: Order | None = None) -> None:
        """Ask the policy, as every command in Slack does. Raises NotAllowed."""
        self._policy.may(self.operator, action, order)

    async def order(self, order_id: str, action: Action) -> Order:
        """The order, for this action. Raises UnknownOrder, NotAllowed, StoreError."""
        order = await self.store.load(order_id)
        if order is None:
            raise UnknownOrder(order_id)
        self.may(action, order)
        return order


def _user() -> str:
    """The name of whoever types; where the system has none, as in a container, the number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # by version and system
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


Ask = Callable[[Callable[[OperatorAccess], Awaitable[None]]], None]
"""Runs a command on the orders."""


@contextmanager
def asking(env_file: Path | None, workspace: str | None) -> Iterator[Ask]:
    """Run a command; after a failure, exit with a code and a sentence."""
    configure_logs("CRITICAL")
    try:
        yield lambda question: _run(settings_of(written(env_file)), workspace, question)
    except (SettingsError, EmbeddedServerError) as failure:
        _exit(str(failure), WRONG)
    except StoreUnavailable as failure:
        _exit(f"Redis can't be used: {reason_of(failure)}. Mend that, or REDIS_URL.", WRONG)
    except UnknownOrder as failure:
        sentence = "There is no order {!r}: esim-bot orders lists those there are."
        _exit(sentence.format(failure.order_id), NOT_FOUND)
    except NothingFound as failure:
        _exit(str(failure), NOT_FOUND)
    except NewerOrder:
        _exit("A newer version of the bot wrote this order: ask with that version.", NOT_FOUND)
    except UnreadableOrder as failure:
        _exit(f"What Redis has of order {failure.order_id} can't be read.", NOT_FOUND)
    except Conflict:
        _exit("The order changes faster than this can follow: try again.", NOT_FOUND)
    except KeyboardInterrupt:
        raise typer.Exit(_INTERRUPTED) from None
    except BrokenPipeError:  # the reader, such as `head`, has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


def _exit(sentence: str, code: int) -> None:
    sys.stderr.write(f"{sentence}\n")
    raise typer.Exit(code)


def _run(
    settings: Settings, workspace: str | None, question: Callable[[OperatorAccess], Awaitable[None]]
) -> None:
    with _address(settings) as url:
        asyncio.run(_ask(settings, url, workspace, question))


@contextmanager
def _address(settings: Settings) -> Iterator[str]:
    """The configured Redis, or the embedded server: the running bot's, else one of its own."""
    folder = settings.esim_data_dir / "redis"
    url = settings.redis_url or running_at(folder)
    if url:
        yield url
        return
    server = EmbeddedServer.start(folder)
    try:
        yield server.url
    finally:
        server.stop()


async def _ask(
    settings: Settings,
    url: str,
    workspace: str | None,
    question: Callable[[OperatorAccess], Awaitable[None]],
) -> None:
    async with connect(url) as redis:
        seen = workspaces_seen_in(settings.esim_data_dir)
        found = seen if workspace or len(seen) == 1 else await workspaces(redis)
        keys = Keys(workspace or _only(found))
        clock = SharedClock(SystemClock())
        clock.ahead = await clock_difference(redis)
        await question(
            OperatorAccess(OrderStore(redis, keys), Audit(redis, keys), clock, terms_of(settings))
        )


def _only(found: list[str]) -> str:
    if not found:
        raise NothingFound("This Redis holds no orders yet.")
    if len(found) > 1:
        raise SettingsError(
            f"This Redis holds the orders of several workspaces: {', '.join(found)}. Say which "
            f"one, for example --workspace {found[0]}."
        )
    return found[0]
