"""Joins what gives activation codes, takes them away, and knows who has which eSIM."""

from dataclasses import dataclass

from bot.bootstrap.parts import Resources
from bot.clock import Clock
from bot.domain.policy import Policy
from bot.engine.activation import Assignments, HandOuts, Plans, Removals
from bot.settings import Settings
from bot.slack.activation.giving import CodeMessages
from bot.slack.web.client import SlackClient
from bot.slack.web.people import People
from bot.store.activation import AssignmentStore, HandOutStore
from bot.store.keys import Keys
from bot.store.orders import OrderStore
from bot.store.queues import Queue


@dataclass(frozen=True)
class Activation:
    """What listeners and the agenda need of it."""

    hand_outs: HandOuts
    removals: Removals
    assignments: Assignments


def activation_of(  # noqa: PLR0913, PLR0917 - what the rest of the bot shares with it
    settings: Settings,
    resources: Resources,
    slack: SlackClient,
    orders: OrderStore,
    policy: Policy,
    clock: Clock,
    keys: Keys,
) -> Activation:
    """Make the parts and join them."""
    redis, shown_for = resources.redis, settings.esim_codes_shown_for
    hand_outs, assigned = HandOutStore(redis, keys), AssignmentStore(redis, keys)
    people = People(resources.slack, keys.workspace, resources.identity.enterprise_id or "")
    plans = Plans(orders, policy, resources.providers, people)
    giver = CodeMessages(slack, clock)
    return Activation(
        HandOuts(hand_outs, assigned, plans, resources.providers, giver, clock, shown_for),
        Removals(hand_outs, giver, Queue.agenda(redis, keys), clock),
        Assignments(assigned, orders, plans, policy, clock),
    )
