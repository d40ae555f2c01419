"""The one place that wires the parts together."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from redis.asyncio import Redis
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot.check import Check
from bot.clock import Clock, SharedClock
from bot.domain.grammar import Rules
from bot.domain.policy import Policy
from bot.domain.terms import Terms
from bot.domain.thing import ThingKind
from bot.engine.lookups import LOOKS
from bot.engine.offers import Offers
from bot.engine.orders import Orders
from bot.engine.outcomes import Outcomes
from bot.engine.purchases import Purchases
from bot.engine.questions import Questions
from bot.engine.refused_cards import RefusedCards
from bot.engine.steps import Engine
from bot.handover import Handover
from bot.health.machine import approvers_check, folder_check, settings_check
from bot.health.providers import provider_checks
from bot.health.readiness import Readiness
from bot.health.redis import RedisProbe, redis_checks
from bot.health.slack import SlackProbe, hearing_check, slack_checks
from bot.metrics import Metrics
from bot.providers.base import Providers
from bot.settings import Settings
from bot.slack.answer_delivery import AnswerDelivery
from bot.slack.delivery import Delivery, DeliveryServices, OpenCards, Pacer
from bot.slack.listening import InboundStatus, SocketMode, TokenWatch
from bot.slack.orphans import Orphans
from bot.slack.web.channels import Channels
from bot.slack.web.checkup import Checkup
from bot.slack.web.client import SlackClient
from bot.store.connection import clock_difference
from bot.store.delayed_deliveries import DelayedDeliveries
from bot.store.emergency import EmergencyFiles
from bot.store.keys import Keys
from bot.store.orders import OrderStore
from bot.store.posted import PostedStore
from bot.store.queues import Queue
from bot.store.sweep import Sweep
from bot.store.trust.durability import durability_warnings
from bot.store.trust.presence import SETTLE, Presence
from bot.store.trust.rights import missing_rights
from bot.store.trust.witness import Witness
from bot.store.unsent_answers import UnsentAnswerStore
from bot.worker import Dispatch, Worker
from handlers.door import Bolt, Door, Proof, Workspace
from handlers.hearing import Hearing
from handlers.reply import Reply
from handlers.services import Services


@dataclass(frozen=True)
class Bot:
    """The wired parts that must be run, asked or closed."""

    hearing: Hearing
    agenda: Worker
    """Makes the steps of orders."""
    deliveries: Worker
    """Brings Slack up to date."""
    behind: Queue
    """The orders whose messages are behind."""
    outcomes: Outcomes
    """Saves outcomes, also those that an earlier process could not save."""
    presence: Presence
    """Registers this process, and finds out with the others whether Redis has lost data."""
    sweep: Sweep
    """Finds orders that are missing from a queue."""
    answers: AnswerDelivery
    """Delivers answers that could not be shown at once."""
    channels: Channels
    """Knows in which public channels the bot is."""
    inbound: InboundStatus
    """Whether requests from Slack reach the bot."""
    token_watch: TokenWatch
    door: Door | None
    """Receives Slack's requests over HTTP; None in Socket Mode."""
    socket_mode: SocketMode | None
    health: Readiness
    """Whether the bot can work."""
    checks: Sequence[Check]
    """The checks of everything that the bot depends on."""
    delivery: Delivery
    """Posts messages, and knows why some are delayed."""
    cards: OpenCards
    """Checks the cards that await a decision."""
    metrics: Metrics

    async def readiness(self) -> Mapping[str, Any]:
        """Whether the bot can work, looked at just now."""
        return await self.health.look()


@dataclass(frozen=True)
class Resources:
    """What the bot works with; whoever runs it opens and closes it."""

    redis: Redis
    slack: AsyncWebClient
    identity: AuthorizeResult
    """What Slack says of the bot's token."""
    providers: Providers
    clock: Clock
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the bot is told to stop: no purchase begins after that."""
    metrics: Metrics = field(default_factory=Metrics)
    """What is counted for a monitoring system."""
    warnings: Sequence[str] = ()
    """Warnings about the settings, as sentences."""


def wire(settings: Settings, resources: Resources) -> Bot:
    """Make the parts and join them."""
    redis = resources.redis
    clock = resources.clock if resources.clock.dictates else SharedClock(resources.clock)
    keys = Keys(resources.identity.team_id or "")
    pacer, handover = Pacer(clock), Handover()
    slack = SlackClient(resources.slack, metrics=resources.metrics, limits=pacer)
    witness = Witness.of(settings.esim_data_dir, keys.workspace)
    presence = Presence(redis, keys, clock, witness, settle=SETTLE if settings.redis_url else 0)
    store = OrderStore(redis, keys, handover, presence)
    forms = {name: provider.form for name, provider in resources.providers.items()}
    delivering = DeliveryServices(
        store,
        PostedStore(redis, keys, handover.again),
        slack,
        clock,
        pacer,
        resources.metrics,
        forms,
        RefusedCards(store, clock).refused,
        settings.esim_notify_channels,
        resources.identity.url or "",
    )
    delayed = DelayedDeliveries(redis, keys)
    due, behind = Queue.agenda(redis, keys), Queue.deliveries(redis, keys, pacer.holds)
    emergency = EmergencyFiles(settings.esim_data_dir / "emergency")
    outcomes = Outcomes(store, emergency, clock, Orphans(slack).tell)
    policy, terms = _policy(settings), terms_of(settings)
    offers = Offers(resources.providers, policy, clock)
    purchases = Purchases(
        store, outcomes, resources.providers, clock, resources.stopping, handover, offers
    )
    engine = Engine(store, purchases, due, resources.providers, clock, offers)
    agenda = Worker(
        "agenda", due, Dispatch({ThingKind.ORDER: engine.step}).step, clock, concurrency=2 * LOOKS
    )
    delivery = Delivery(behind, delayed, delivering)
    deliveries = Worker(
        "deliveries",
        behind,
        Dispatch({ThingKind.ORDER: handover.deliver_claimed}).step,
        clock,
        heard=pacer.heard,
    )
    inbound = InboundStatus(clock, resources.metrics)
    answers = AnswerDelivery(UnsentAnswerStore(redis, keys), slack, clock)
    orders = Orders(
        store, policy, terms, resources.providers, clock, keys.workspace, purchases=purchases
    )
    channels = Channels(resources.slack, clock, resources.metrics)
    services = Services(
        orders=orders,
        questions=Questions(policy, resources.providers, clock),
        channels=channels,
        hearing=Hearing(Reply(slack, answers), clock, store.carried_out),
        rules=Rules(forms, settings.esim_max_amount),
        bot_user=resources.identity.bot_user_id or "",
        is_card_settled=delivery.is_card_settled,
        card_wait=pacer.expected_wait,
        hand=slack.hand,
    )
    handover.join(agenda, deliveries, delivery.deliver, services.hearing.quiet)
    app = _bolt_app(resources.slack, resources.identity)
    own = Workspace(resources.identity.team_id or "", resources.identity.enterprise_id)
    handlers.register(app, services, own)
    bolt = Bolt(app, services.hearing)
    socket_mode = _socket_mode(settings, resources, bolt, inbound)
    checks = _checks(settings, resources, keys, inbound, lambda: presence.witness.on_disk)
    return Bot(
        hearing=services.hearing,
        agenda=agenda,
        deliveries=deliveries,
        behind=behind,
        outcomes=outcomes,
        presence=presence,
        sweep=Sweep(store, redis, keys, clock),
        answers=answers,
        channels=channels,
        inbound=inbound,
        token_watch=TokenWatch(resources.slack, clock, inbound, resources.metrics),
        door=None if socket_mode else _door(settings, bolt, inbound),
        socket_mode=socket_mode,
        delivery=delivery,
        cards=OpenCards(delayed, delivering),
        health=Readiness(
            checks, partial(_facts, behind, delivery, inbound, resources.metrics), clock
        ),
        checks=checks,
        metrics=resources.metrics,
    )


def _socket_mode(
    settings: Settings, resources: Resources, bolt: Bolt, inbound: InboundStatus
) -> SocketMode | None:
    """The connection of Socket Mode, when there is an app token."""
    token = settings.slack_app_token
    if token is None:
        return None
    secret = token.get_secret_value()
    return SocketMode(resources.slack, secret, bolt.over_socket_mode(), resources.clock, inbound)


def _door(settings: Settings, bolt: Bolt, inbound: InboundStatus) -> Door | None:
    secret = settings.slack_signing_secret
    return Door(bolt, Proof(secret.get_secret_value()), inbound) if secret else None


def redis_probe(redis: Redis, keys: Keys) -> RedisProbe:
    """The questions of the health checks to this Redis."""
    return RedisProbe(
        write=Queue.deliveries(redis, keys).check,
        missing_rights=partial(missing_rights, redis, keys),
        durability=partial(durability_warnings, redis),
        seconds_apart=partial(clock_difference, redis),
    )


def _checks(
    settings: Settings,
    resources: Resources,
    keys: Keys,
    inbound: InboundStatus,
    is_witness_on_disk: Callable[[], bool],
) -> list[Check]:
    """Everything that this bot depends on."""
    probe = SlackProbe(
        Checkup(resources.slack), settings.slack_api_url, notify=settings.esim_notify_channels
    )
    return [
        settings_check(resources.warnings),
        approvers_check(settings.esim_approvers),
        folder_check(settings.esim_data_dir, is_witness_on_disk),
        *redis_checks(redis_probe(resources.redis, keys)),
        *slack_checks(probe),
        hearing_check(inbound.facts),
        *provider_checks(resources.providers),
    ]


async def _facts(
    behind: Queue, delivery: Delivery, inbound: InboundStatus, metrics: Metrics
) -> Mapping[str, object]:
    """Further facts that readiness shows to the operator. Raises StoreUnavailable."""
    size, waiting = await behind.size(), dict(await delivery.waiting_reasons())
    metrics.behind(size, waiting)
    return {
        "deliveries_behind": size,
        "deliveries_waiting": waiting,
        "last_heard": inbound.facts().last_heard,
    }


def _bolt_app(slack: AsyncWebClient, identity: AuthorizeResult) -> AsyncApp:
    """Bolt with the known identity, so that no user waits for its `auth.test`.

    Requests are proven before they reach it: at the door, or by Socket Mode's connection. The
    listener runs before the response: what is acknowledged is recorded, and nobody waits for Bolt
    to look whether it is.
    """

    async def authorize() -> AuthorizeResult:
        return identity

    return AsyncApp(
        name="esim-bot",
        client=slack,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )


def _policy(settings: Settings) -> Policy:
    return Policy(
        approvers=settings.esim_approvers,
        self_approval_limit=settings.esim_self_approval_limit,
        largest_amount=settings.esim_max_amount,
        requesters=settings.esim_requesters,
        code_senders=settings.esim_code_senders,
        code_keepers=settings.esim_code_keepers,
        code_recipients=settings.esim_code_recipients,
    )


def terms_of(settings: Settings) -> Terms:
    """What holds for new orders, but for what their provider caps."""
    return Terms(
        approval_expires=settings.esim_approval_expires,
        batch_size=settings.esim_batch_size,
        lookup_delays=settings.esim_lookup_delays,
        send_delays=settings.esim_send_delays,
        reminder=settings.esim_reminder_every,
    )
