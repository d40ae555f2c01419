"""Logs: one JSON object a line, for us and every library, without a secret in it."""

import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.logs import without_secrets
from bot.settings import Settings
from tests.support.log import Log, written

SECRETS = [
    "xoxb-1234567890-abcDEF",
    "xoxp-1-2-3",
    "xoxe.xoxb-1-abc",
    "xapp-1-A0ESIMBOT00-deadbeef",
    "Bearer abc.def-ghi",
    "KEY0123456789ABCDEF_x7yZ",
    "LPA:1$smdp.example.com$MATCHING-ID",
]
HARMLESS = [
    "89310410106543789301",
    "esim-7K2M9QXA-1",
    "U012AB3CD",
    "KEYBOARD",
    "redis://localhost:6379/0",
    "https://slack.com/api/chat.update",
    "1767268800.000100",
    "ana@example.com",
]
NAMES = ["token", "bot_token", "signing_secret", "api_key", "Authorization", "activation_code"]


def cleaned(**event: Any) -> dict[str, Any]:
    """An event as it goes into the log."""
    return dict(without_secrets(None, "info", event))


@pytest.fixture
def log() -> Iterator[Log]:
    """Configure logs for one test; afterwards all is as before."""
    with written() as log:
        yield log


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_hidden_wherever_it_stands(secret: str) -> None:
    """In a sentence, in a list, deep in an object, as a name, as whatever is not text."""
    event = cleaned(
        event=f"sent {secret} out",
        listed=["a", (secret,), {secret}],
        nested={"headers": {"x": [f"{secret}"], secret: 1}},
        failure=ValueError(f"refused {secret}"),
        raw=secret.encode(),
    )
    assert secret not in str(event)
    assert event["event"] == "sent (hidden) out"
    assert event["nested"]["headers"] == {"x": ["(hidden)"], "(hidden)": 1}
    assert event["failure"] == "ValueError('refused (hidden)')"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_called_a_secret_is_hidden(name: str) -> None:
    """By its name, at any depth, whatever it looks like."""
    event = cleaned(**{name: "hunter2"}, nested=[{name.upper(): {"value": "hunter2"}}])
    assert "hunter2" not in str(event)
    assert event[name] == "(hidden)"


@pytest.mark.parametrize("harmless", HARMLESS)
def test_what_is_no_secret_is_kept(harmless: str) -> None:
    """Ids, references and addresses are what logs are read for."""
    assert cleaned(event=harmless, listed=[harmless]) == {"event": harmless, "listed": [harmless]}


def test_the_secrets_of_the_settings_are_known() -> None:
    """A value of each secret setting is hidden when it is logged under the setting's name."""
    secret = [
        name for name in Settings.model_fields if "Secret" in str(Settings.model_fields[name])
    ]
    assert len(secret) == 6
    assert set(cleaned(**dict.fromkeys(secret, "hunter2")).values()) == {"(hidden)"}


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("redis://:hunter2@redis.example:6379/0", "redis://(hidden)@redis.example:6379/0"),
        ("at https://bot:hunter2@proxy.example/ now", "at https://(hidden)@proxy.example/ now"),
    ],
)
def test_a_password_in_an_address_is_hidden(address: str, shown: str) -> None:
    """The address itself is kept, as it tells what could not be reached."""
    assert cleaned(event=address) == {"event": shown}


def test_values_keep_their_kind() -> None:
    """Numbers and truth stay what they are, so that logs can be searched by them."""
    event = {"a": 1, "b": 1.5, "c": True, "d": None, "e": {"f": [2]}}
    assert cleaned(**event) == event


@given(st.text(max_size=30), st.sampled_from(SECRETS), st.text(max_size=30))
@settings(deadline=None)
def test_no_text_around_a_secret_saves_it(before: str, secret: str, after: str) -> None:
    """A secret that something stands around, with a space between, is hidden all the same."""
    assert secret not in str(cleaned(event=f"{before} {secret} {after}"))


def test_our_own_lines(log: Log) -> None:
    """Event, level, time in UTC, and what was bound to it."""
    structlog.get_logger().bind(order="7K2M9QXA").info("purchased", sims=3)
    (line,) = log.lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "purchased", "level": "info", "order": "7K2M9QXA", "sims": 3}


def test_exceptions(log: Log) -> None:
    """Of our own, the whole traceback is in the line, and no secret of its messages."""
    try:
        int("bad header: Bearer abc.def")
    except ValueError:
        structlog.get_logger().exception("fault", fault="0badcafe")
    (line,) = log.lines()
    assert "Traceback (most recent call last)" in line["exception"]
    assert "ValueError: invalid literal" in line["exception"]
    assert "bad header: (hidden)" in line["exception"]
    assert "abc.def" not in line["exception"]
    assert (line["event"], line["fault"]) == ("fault", "0badcafe")


def test_warnings_of_python_stay_out_of_the_way(log: Log) -> None:
    """Configuring logs takes no warnings over: they go where Python sends them."""
    with pytest.warns(UserWarning, match="look"):
        warnings.warn("look", stacklevel=1)
    assert log.lines() == []


def test_chatter_is_left_out(log: Log) -> None:
    """Each request of a client is no news; its warnings are."""
    for name in ("httpx", "httpcore", "slack_sdk", "slack_bolt", "aiohttp.access"):
        logging.getLogger(name).info("POST /api/chat.update")
        logging.getLogger(name).warning("slow")
    structlog.get_logger().debug("detail")
    assert log.events() == ["a library's line"] * 5


def test_other_levels(log: Log) -> None:
    """DEBUG shows our own details, and still not those of the clients; ERROR only errors."""
    log.configure("DEBUG")
    structlog.get_logger().debug("detail")
    logging.getLogger("httpx").info("POST /v2")
    assert [line["event"] for line in log.lines()] == ["detail"]
    log.configure("ERROR")
    structlog.get_logger().warning("slow")
    logging.getLogger("httpx").warning("slow")
    structlog.get_logger().error("broken")
    assert [line["event"] for line in log.lines()] == ["detail", "broken"]


def test_bolt_does_not_worry_people(log: Log) -> None:
    """Bolt warns of tokens that it leaves unused, which is as it should be; of nothing else."""
    bolt = logging.getLogger("slack_bolt.AsyncApp")
    bolt.warning("As you gave `client`, the bot token will be unused.")
    bolt.warning("The `token` argument will be ignored.")
    bolt.warning("Unhandled request")
    assert [line["event"] for line in log.lines()] == ["Unhandled request"]
