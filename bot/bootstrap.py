"""The one place that wires the parts together."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import aiohttp
from redis.asyncio import Redis
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot.clock import Clock
from bot.domain.grammar import Rules
from bot.domain.order import Order
from bot.domain.policy import Policy
from bot.domain.terms import Prices
from bot.engine.journal import Journal
from bot.engine.orders import Conditions, Orders
from bot.engine.outcomes import Outcomes
from bot.engine.steps import Engine
from bot.health.check import Check
from bot.health.machine import approvers_check, folder_check, settings_check
from bot.health.memory import Memory, memory_checks
from bot.health.readiness import Readiness
from bot.health.seller import provider_check
from bot.health.workspace import Ears, Workspace, hearing_check, workspace_checks
from bot.metrics import Metrics
from bot.providers.base import Provider
from bot.providers.telnyx import Telnyx
from bot.settings import Settings
from bot.slack.checkup import Checkup
from bot.slack.client import SlackClient
from bot.slack.delivery import Delivery
from bot.slack.replies import Replies
from bot.slack.upkeep import Tools, Upkeep
from bot.store.connection import reaching_redis
from bot.store.durability import durability_warnings
from bot.store.emergency import Emergency
from bot.store.keys import Keys
from bot.store.orders import OrderStore
from bot.store.posted import PostedStore
from bot.store.queues import Queue
from bot.worker import Worker
from handlers.hearing import Hearing
from handlers.services import Services


@dataclass(frozen=True)
class Bot:
    """The wired parts that somebody must run, ask or close."""

    app: AsyncApp
    hearing: Hearing
    agenda: Worker
    """Drives orders."""
    deliveries: Worker
    """Brings Slack up to date."""
    behind: Queue
    """The orders whose messages are behind."""
    outcomes: Outcomes
    """Knows what an earlier process could not write down."""

    health: Readiness
    """Knows whether the bot can work."""
    checks: Sequence[Check]
    """Everything that is asked of what the bot depends on."""
    metrics: Metrics

    async def readiness(self) -> Mapping[str, Any]:
        """Whether the bot can work, looked at just now."""
        return await self.health.look()


EarsOf = Callable[[], Ears | None]


def _no_connection() -> None:
    """Slack comes by HTTP."""


@dataclass(frozen=True)
class Surroundings:
    """What the bot lives among; opened and closed by whoever runs it."""

    redis: Redis
    session: aiohttp.ClientSession
    slack: AsyncWebClient
    identity: AuthorizeResult
    """What Slack says of the bot's token."""
    provider: Provider
    clock: Clock
    metrics: Metrics = field(default_factory=Metrics)
    """What is counted for a monitoring system."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the bot is told to stop: nothing more is begun."""
    warnings: Sequence[str] = ()
    """What is odd about the settings, in sentences."""
    ears: EarsOf = _no_connection
    """The connection to Slack, where there is one."""


def wire(settings: Settings, around: Surroundings) -> Bot:
    """Make the parts and join them."""
    redis, clock = around.redis, around.clock
    keys = Keys(around.identity.team_id or "")
    slack = SlackClient(around.slack)
    workers: list[Worker] = []

    def wake() -> None:
        for worker in workers:
            worker.wake()

    def upkeep(order: Order) -> Upkeep:
        return Upkeep(order, tools)

    store = OrderStore(redis, keys, changed=wake)
    tools = Tools(store, PostedStore(redis, keys), slack, clock, settings.esim_notify_channels)
    due, behind = Queue.agenda(redis, keys), Queue.deliveries(redis, keys)
    journal = Journal(store, clock)
    outcomes = Outcomes(journal, Emergency(settings.esim_data_dir / "emergency"), clock)
    agenda = Worker(
        "agenda", due, Engine(journal, outcomes, due, around.provider, clock).step, clock
    )
    deliveries = Worker("deliveries", behind, Delivery(store, behind, upkeep, clock).deliver, clock)
    workers += [agenda, deliveries]
    services = Services(
        Orders(store, _policy(settings), _conditions(settings), clock),
        slack,
        Hearing(Replies(around.session, slack)),
        Rules(settings.esim_max_amount, settings.esim_default_status),
        around.identity.bot_user_id or "",
    )
    app = _bolt_app(settings, around.slack, around.identity)
    handlers.register(app, services)
    checks = _checks(settings, around, keys)
    health = Readiness(checks, partial(_facts, behind, around.metrics), clock)
    return Bot(
        app, services.hearing, agenda, deliveries, behind, outcomes, health, checks, around.metrics
    )


def memory_of(redis: Redis, keys: Keys, clock: Clock) -> Memory:
    """What can be asked of this Redis."""

    async def seconds_apart() -> float:
        async with reaching_redis():
            seconds, microseconds = await redis.time()
        return clock.now().timestamp() - (seconds + microseconds / 1_000_000)

    async def missing_rights() -> Sequence[str]:
        return ()

    return Memory(
        write=Queue.deliveries(redis, keys).check,
        missing_rights=missing_rights,
        durability=lambda: durability_warnings(redis),
        seconds_apart=seconds_apart,
    )


def _checks(settings: Settings, around: Surroundings, keys: Keys) -> list[Check]:
    """Everything that this bot depends on."""
    workspace = Workspace(
        Checkup(around.slack), settings.slack_api_url, notify=settings.esim_notify_channels
    )
    return [
        settings_check(around.warnings),
        approvers_check(settings.esim_approvers),
        folder_check(settings.esim_data_dir),
        *memory_checks(memory_of(around.redis, keys, around.clock)),
        *workspace_checks(workspace),
        hearing_check(around.ears),
        provider_check(around.provider.find, settings.telnyx_api_url),
    ]


async def _facts(behind: Queue, metrics: Metrics) -> Mapping[str, object]:
    """What else readiness tells to an operator. Raises StoreUnavailable."""
    size = await behind.size()
    metrics.deliveries_behind.set(size)
    return {"deliveries_behind": size}


def provider_of(settings: Settings, clock: Clock) -> Provider:
    """The configured provider. Raises SettingsError for a key or address that can't be used."""
    return Telnyx(settings.telnyx_api_key, clock, base_url=settings.telnyx_api_url)


def _bolt_app(settings: Settings, slack: AsyncWebClient, identity: AuthorizeResult) -> AsyncApp:
    """Bolt with an identity that is known: no user waits for its `auth.test`."""

    async def authorize() -> AuthorizeResult:
        return identity

    secret = settings.slack_signing_secret
    return AsyncApp(
        name="esim-bot",
        client=slack,
        signing_secret=secret.get_secret_value() if secret else "",
        authorize=authorize,
    )


def _policy(settings: Settings) -> Policy:
    return Policy(
        approvers=settings.esim_approvers, self_approval_limit=settings.esim_self_approval_limit
    )


def _conditions(settings: Settings) -> Conditions:
    return Conditions(
        provider="telnyx",
        prices=Prices(
            esim_cents=settings.esim_price_cents,
            enabled_monthly_cents=settings.esim_enabled_monthly_cents,
            idle_monthly_cents=settings.esim_idle_monthly_cents,
            currency=settings.esim_currency,
        ),
        approval_expires=settings.esim_approval_expires,
        batch_size=settings.esim_batch_size,
        lookup_delays=settings.esim_lookup_delays,
        send_delays=settings.esim_send_delays,
        reminder=settings.esim_reminder_every,
    )
