"""Whatever happens to orders in whatever sequence breaks no promise; and proof of the test."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from redis import Redis
from structlog.testing import capture_logs

from bot.store.embedded import EmbeddedServer
from tests.support.machine.bugs import BUGS
from tests.support.machine.machine import machine_of
from tests.support.machine.parts import Parts

pytestmark = pytest.mark.timeout(180)  # usually seconds; a busy machine takes much longer
SOUND = settings(
    max_examples=80,
    stateful_step_count=40,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SPOILT = settings(SOUND, max_examples=400, report_multiple_bugs=False, print_blob=False)


@pytest.fixture
def redis_url(redis_server: EmbeddedServer) -> Iterator[str]:
    """The shared server, which does not wait for the disk meanwhile: no test here stops it."""
    with Redis.from_url(redis_server.url) as redis:
        redis.config_set("appendfsync", "no")
        yield redis_server.url
        redis.config_set("appendfsync", "always")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of steps are not written out."""
    with capture_logs():
        yield


def test_no_promise_is_broken(redis_url: str) -> None:
    """Crashes, lost and late answers, two bots, strangers and double clicks break no promise."""
    run_state_machine_as_test(machine_of(redis_url, Parts()), settings=SOUND)


@pytest.mark.parametrize("bug", BUGS)
def test_every_seeded_bug_is_found(redis_url: str, bug: str) -> None:
    """The same machine complains as soon as the bot has one of the bugs that it is there for."""
    spoilt, complaint = BUGS[bug].parts, BUGS[bug].complaint
    with pytest.raises(AssertionError, match=complaint):
        run_state_machine_as_test(machine_of(redis_url, spoilt), settings=SPOILT)
