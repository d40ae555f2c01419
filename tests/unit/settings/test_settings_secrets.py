"""No secret is shown: not by settings that are printed, nor by the message about a wrong one."""

import pytest

from bot.errors import SettingsError
from bot.settings import load_settings
from tests.support.written import NEEDED, what_is_wrong

SECRETS = [*NEEDED.values(), "xapp-app-secret", "redis-secret"]
NAMES = ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "TELNYX_API_KEY"]


def test_no_secret_is_shown(environment: pytest.MonkeyPatch) -> None:
    """Settings can be printed, and logged by accident, without giving a secret away."""
    environment.setenv("SLACK_APP_TOKEN", "xapp-app-secret")
    environment.setenv("REDIS_URL", "rediss://:redis-secret@redis.example:6379/0")
    settings = load_settings()
    assert settings.redis_url == "rediss://:redis-secret@redis.example:6379/0"
    for shown in (repr(settings), str(settings)):
        assert not any(secret in shown for secret in SECRETS)


def test_no_secret_is_in_the_chain_of_an_error(environment: pytest.MonkeyPatch) -> None:
    """Nothing that a traceback of the failure shows holds what was set."""
    environment.setenv("SLACK_BOT_TOKEN", "xoxp-secret")
    environment.setenv("REDIS_URL", "http://:redis-secret@redis.example")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert caught.value.__cause__ is None
    for failure in (caught.value, caught.value.__context__):
        assert "secret" not in str(failure).replace("SLACK_SIGNING_SECRET", "")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "around", [" {}", "{}\n", "\t{}\r\n", "\ufeff{}", "{}\u200b", '"{}"', "'{}'"]
)
def test_what_is_copied_along_with_a_secret_is_taken_away(
    environment: pytest.MonkeyPatch, name: str, around: str
) -> None:
    """A line break behind a signing secret would refuse every command without a word."""
    environment.setenv(name, around.format(NEEDED[name]))
    secret = getattr(load_settings(), name.lower())
    assert secret.get_secret_value() == NEEDED[name]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("spoiled", ["{} {}", "{}\n{}", "{}é{}", "{}\u200b{}", "“{}{}”"])
def test_a_spoiled_secret_is_refused_and_not_shown(
    environment: pytest.MonkeyPatch, name: str, spoiled: str
) -> None:
    """No secret has a space, a line break or such a letter inside: Slack would only refuse it."""
    whole = NEEDED[name]
    environment.setenv(name, spoiled.format(whole[:7], whole[7:]))
    said = what_is_wrong()
    assert f"{name} is wrong" in said
    assert whole[7:] not in said


@pytest.mark.parametrize("name", ["SLACK_API_URL", "TELNYX_API_URL", "ESIM_ADMIN_ADDR"])
@pytest.mark.parametrize(
    "value",
    ["https://x/v2?key=s3cret", "x/v2?key=s3cret", "u:s3cret@x/api", "ftp://u:p/s3cret@x/v2"],
)
def test_a_secret_in_an_address_is_not_shown(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Neither name and password nor what stands behind a question mark."""
    environment.setenv(name, value)
    said = what_is_wrong()
    assert f"{name} is wrong" in said
    assert "s3cret" not in said
