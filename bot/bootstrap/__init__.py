"""The one place that wires the parts together."""

from functools import partial

import handlers
from bot.bootstrap.activation import activation_of
from bot.bootstrap.checks import checks_of, facts, redis_probe
from bot.bootstrap.doors import bolt_app, door_of, socket_mode_of
from bot.bootstrap.parts import Bot, Resources
from bot.clock import SharedClock
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
from bot.health.readiness import Readiness
from bot.settings import Settings
from bot.slack.answer_delivery import AnswerDelivery
from bot.slack.delivery import Delivery, DeliveryServices, OpenCards, Pacer
from bot.slack.listening import InboundStatus, TokenWatch
from bot.slack.orphans import Orphans
from bot.slack.web.channels import Channels
from bot.slack.web.client import SlackClient
from bot.store.delayed_deliveries import DelayedDeliveries
from bot.store.emergency import EmergencyFiles
from bot.store.keys import Keys
from bot.store.orders import OrderStore
from bot.store.posted import PostedStore
from bot.store.queues import Queue
from bot.store.sweep import Sweep
from bot.store.trust.presence import SETTLE, Presence
from bot.store.trust.witness import Witness
from bot.store.unsent_answers import UnsentAnswerStore
from bot.worker import Dispatch, Worker
from handlers.door import Bolt, Workspace
from handlers.hearing import Hearing
from handlers.reply import Reply
from handlers.services import Services

__all__ = ["Bot", "Resources", "redis_probe", "terms_of", "wire"]


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
    activation = activation_of(settings, resources, slack, store, policy, clock, keys)
    steps = {ThingKind.ORDER: engine.step, ThingKind.HAND_OUT: activation.removals.step}
    agenda = Worker("agenda", due, Dispatch(steps).step, clock, concurrency=2 * LOOKS)
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
        hand_outs=activation.hand_outs,
        removals=activation.removals,
        assignments=activation.assignments,
        channels=channels,
        hearing=Hearing(Reply(slack, answers), clock, store.carried_out),
        rules=Rules(forms, settings.esim_max_amount),
        bot_user=resources.identity.bot_user_id or "",
        is_card_settled=delivery.is_card_settled,
        card_wait=pacer.expected_wait,
        hand=slack.hand,
        open_form=slack.open,
        clock=clock,
    )
    handover.join(agenda, deliveries, delivery.deliver, services.hearing.quiet)
    app = bolt_app(resources.slack, resources.identity)
    own = Workspace(resources.identity.team_id or "", resources.identity.enterprise_id)
    handlers.register(app, services, own)
    bolt = Bolt(app, services.hearing)
    socket_mode = socket_mode_of(settings, resources, bolt, inbound)
    checks = checks_of(settings, resources, keys, inbound, lambda: presence.witness.on_disk)
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
        door=None if socket_mode else door_of(settings, bolt, inbound),
        socket_mode=socket_mode,
        delivery=delivery,
        cards=OpenCards(delayed, delivering),
        health=Readiness(
            checks, partial(facts, behind, delivery, inbound, resources.metrics), clock
        ),
        checks=checks,
        metrics=resources.metrics,
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
