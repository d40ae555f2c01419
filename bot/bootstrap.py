"""The one place that wires the parts together."""

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from redis.asyncio import Redis
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot.clock import Clock
from bot.domain.grammar import Rules
from bot.domain.policy import Policy
from bot.domain.terms import Prices
from bot.engine.journal import Journal
from bot.engine.orders import Conditions, Orders
from bot.engine.outcomes import Outcomes
from bot.engine.steps import Engine
from bot.errors import StoreUnavailable
from bot.metrics import Metrics
from bot.providers.base import Provider
from bot.providers.telnyx import Telnyx
from bot.settings import Settings
from bot.slack.client import SlackClient
from bot.slack.delivery import Collaborators, Delivery, OpenCards, Pacer
from bot.slack.replies import Replies
from bot.store.emergency import Emergency
from bot.store.keys import Keys
from bot.store.orders import OrderStore
from bot.store.posted import PostedStore
from bot.store.queues import Queue
from bot.store.waiting import Waiting
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
    delivery: Delivery
    """Knows why messages wait for Slack."""
    cards: OpenCards
    """Looks after the cards that wait for a decision."""
    metrics: Metrics

    async def readiness(self) -> Mapping[str, object]:
        """Whether the bot can work, and how many orders' messages are behind."""
        try:
            await self.behind.check()
            return {"ready": True, "redis": True, "deliveries_behind": await self.behind.size()}
        except StoreUnavailable:
            return {"ready": False, "redis": False}


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


def wire(settings: Settings, around: Surroundings) -> Bot:
    """Make the parts and join them."""
    redis, clock = around.redis, around.clock
    keys = Keys(around.identity.team_id or "")
    metrics = Metrics()
    slack = SlackClient(around.slack, clock=clock, metrics=metrics)
    workers: list[Worker] = []

    def wake() -> None:
        for worker in workers:
            worker.wake()

    store = OrderStore(redis, keys, changed=wake)
    tools = Collaborators(
        store,
        PostedStore(redis, keys),
        slack,
        clock,
        Pacer(clock),
        settings.esim_notify_channels,
        around.identity.url or "",
        metrics,
    )
    waiting = Waiting(redis, keys)
    due, behind = Queue.agenda(redis, keys), Queue.deliveries(redis, keys)
    journal = Journal(store, clock)
    outcomes = Outcomes(journal, Emergency(settings.esim_data_dir / "emergency"), clock)
    agenda = Worker(
        "agenda", due, Engine(journal, outcomes, due, around.provider, clock).step, clock
    )
    delivery = Delivery(behind, waiting, tools)
    deliveries = Worker("deliveries", behind, delivery.deliver, clock)
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
    cards = OpenCards(waiting, tools)
    return Bot(
        app, services.hearing, agenda, deliveries, behind, outcomes, delivery, cards, metrics
    )


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
