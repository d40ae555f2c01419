"""The bot's own parts, any of which a test may replace. `bot.bootstrap` joins them, as always."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from bot import bootstrap
from bot.bootstrap import Bot, Resources
from bot.domain.policy import Policy
from bot.engine.orders import Orders
from bot.engine.outcomes import Outcomes
from bot.engine.purchases import Purchases
from bot.engine.steps import Engine
from bot.providers.base import Provider
from bot.settings import Settings
from bot.slack.delivery import DeliveryServices
from bot.store.orders import OrderStore
from bot.store.trust.presence import Presence


@dataclass(frozen=True)
class Parts:
    """What makes each part. Each is called as the wiring calls the part that it stands for."""

    store: Callable[..., OrderStore] = OrderStore
    presence: Callable[..., Presence] = Presence
    policy: Callable[..., Policy] = Policy
    outcomes: Callable[..., Outcomes] = Outcomes
    purchases: Callable[..., Purchases] = Purchases
    engine: Callable[..., Engine] = Engine
    provider: Callable[[Provider], Provider] = lambda provider: provider


@dataclass(frozen=True)
class Wired:
    """A bot, and those of its parts that a bot shows to nobody."""

    bot: Bot
    store: OrderStore
    orders: Orders
    engine: Engine
    services: DeliveryServices
    """What delivery works with."""


def wired(settings: Settings, resources: Resources, parts: Parts) -> Wired:
    """Wire a bot of these parts."""
    made: dict[str, Any] = {}
    makers: dict[str, Callable[..., Any]] = {
        "OrderStore": parts.store,
        "Presence": parts.presence,
        "Policy": parts.policy,
        "Outcomes": parts.outcomes,
        "Purchases": parts.purchases,
        "Engine": parts.engine,
        "Orders": Orders,
        "DeliveryServices": DeliveryServices,
    }
    with ExitStack() as replaced:
        for name, maker in makers.items():
            replaced.enter_context(patch.object(bootstrap, name, _noting(made, name, maker)))
        bot = bootstrap.wire(settings, resources)
    return Wired(bot, made["OrderStore"], made["Orders"], made["Engine"], made["DeliveryServices"])


def _noting(made: dict[str, Any], name: str, maker: Callable[..., Any]) -> Callable[..., Any]:
    """The same, which also remembers what it made last."""

    def make(*arguments: Any, **named: Any) -> Any:
        made[name] = maker(*arguments, **named)
        return made[name]

    return make
