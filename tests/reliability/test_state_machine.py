"""Whatever happens to orders in whatever sequence breaks no promise; and proof of the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from redis import Redis
from structlog.testing import capture_logs

from bot.store.embedded import EmbeddedServer
from tests.support.harness.thoroughness import THOROUGH, thorough
from tests.support.machine.bugs import BUGS
from tests.support.machine.focus import SOUND_FOCI
from tests.support.machine.machine import machine_of
from tests.support.machine.parts import Parts
from tests.support.orders import KEYS

pytestmark = pytest.mark.timeout(thorough(180, 3600))  # usually seconds; a busy machine is slower
SOUND = settings(
    max_examples=thorough(30, 1000),
    stateful_step_count=40,
    derandomize=not THOROUGH,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SPOILT = settings(
    SOUND, max_examples=400, stateful_step_count=30, report_multiple_bugs=False, print_blob=False
)


class OwnServer:
    """A server of these tests alone; it does not wait for the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begin()

    def restart(self) -> None:
        """Let it end and begin anew, with all that it had."""
        self.stop()
        self._begin()

    def rename(self) -> None:
        """Let it look to the bots as after `restart`, which takes longer: the ids are others."""
        with Redis.from_url(self.url, decode_responses=True) as redis:
            redis.hset(KEYS.server, mapping={"trusted": "before", "seen": "before"})
            for process in redis.hkeys(KEYS.compared):
                redis.hset(KEYS.compared, process, "before same")

    def stop(self) -> None:
        """End it."""
        self._server.stop()

    def _begin(self) -> None:
        self._server = EmbeddedServer.start(self._folder)
        self.url = self._server.url
        with Redis.from_url(self.url) as redis:
            redis.config_set("appendfsync", "no")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """Redis, for the machine to restart."""
    server = OwnServer(tmp_path_factory.mktemp("own"))
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of steps are not written out."""
    with capture_logs():
        yield


def test_no_promise_is_broken(server: OwnServer) -> None:
    """Crashes, lost and late answers, two bots, strangers and double clicks break no promise.

    Nor do bots that freeze, wishes to buy again, rests, lists that fail, and a Redis that restarts.
    """
    machine = machine_of(server.url, Parts(), server.restart)
    run_state_machine_as_test(machine, settings=SOUND)


@pytest.mark.parametrize("focus", SOUND_FOCI)
def test_no_promise_is_broken_with_two_providers(server: OwnServer, focus: str) -> None:
    """The same with a provider of firm prices beside it, and with changes of what was bought.

    Prices rise, fall and can't be asked, at any time; the same bytes are sent again where a person
    decides so, whether or not their key is kept.
    """
    machine = machine_of(server.url, Parts(), server.restart, SOUND_FOCI[focus])
    run_state_machine_as_test(machine, settings=SOUND)


@pytest.mark.parametrize("bug", BUGS)
def test_every_seeded_bug_is_found(server: OwnServer, bug: str) -> None:
    """The same machine complains as soon as the bot has one of the bugs that it is there for.

    Each is looked for where it shows: of all that may happen, only that happens.
    """
    seeded = BUGS[bug]
    machine = machine_of(server.url, seeded.parts, server.rename, seeded.focus)
    with pytest.raises(AssertionError, match=seeded.complaint):
        run_state_machine_as_test(machine, settings=SPOILT)
