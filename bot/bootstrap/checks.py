"""Everything that the bot depends on, and what readiness shows besides."""

from collections.abc import Callable, Mapping
from functools import partial

from redis.asyncio import Redis

from bot.bootstrap.parts import Resources
from bot.check import Check
from bot.health.machine import approvers_check, folder_check, settings_check
from bot.health.providers import provider_checks
from bot.health.redis import RedisProbe, redis_checks
from bot.health.slack import SlackProbe, hearing_check, slack_checks
from bot.metrics import Metrics
from bot.settings import Settings
from bot.slack.delivery import Delivery
from bot.slack.listening import InboundStatus
from bot.slack.web.checkup import Checkup
from bot.store.connection import clock_difference
from bot.store.keys import Keys
from bot.store.queues import Queue
from bot.store.trust.durability import durability_warnings
from bot.store.trust.rights import missing_rights


def redis_probe(redis: Redis, keys: Keys) -> RedisProbe:
    """The questions of the health checks to this Redis."""
    return RedisProbe(
        write=Queue.deliveries(redis, keys).check,
        missing_rights=partial(missing_rights, redis, keys),
        durability=partial(durability_warnings, redis),
        seconds_apart=partial(clock_difference, redis),
    )


def checks_of(
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


async def facts(
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
