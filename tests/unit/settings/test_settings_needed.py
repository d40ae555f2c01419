"""What is needed to start, and where each part of it comes from."""

import pytest
from inline_snapshot import snapshot

from bot.settings import HOW_TO_GET, SLACK_API, TELNYX_API, load_settings
from tests.support.written import NEEDED, folded, what_is_wrong


def test_little_is_needed() -> None:
    """Two secrets of Slack and one of the provider; everything else has a usual value."""
    settings = load_settings()
    assert settings.slack_bot_token.get_secret_value() == NEEDED["SLACK_BOT_TOKEN"]
    assert settings.telnyx_api_key is not None
    assert settings.telnyx_api_key.get_secret_value() == NEEDED["TELNYX_API_KEY"]
    assert (settings.slack_app_token, settings.redis_url) == (None, None)
    assert (settings.esim_approvers, settings.esim_notify_channels) == ((), ())
    assert (settings.esim_self_approval_limit, settings.esim_default_status) == (0, "standby")
    assert (settings.slack_api_url, settings.telnyx_api_url) == (SLACK_API, TELNYX_API)


def test_everything_that_is_missing_is_told_at_once(environment: pytest.MonkeyPatch) -> None:
    """Whoever starts with nothing learns of all that is needed, and where it comes from."""
    for name in NEEDED:
        environment.delenv(name)
    assert folded(what_is_wrong()) == snapshot("""\
These settings need a look:
  • SLACK_BOT_TOKEN is missing
      Slack app page → OAuth & Permissions → Bot User OAuth Token; it begins with xoxb-
  • TELNYX_API_KEY is missing, and so are CELITECH_CLIENT_ID and CELITECH_CLIENT_SECRET: one
 provider is needed
      Telnyx: Telnyx portal → Account → API Keys; it begins with KEY
      Celitech: Celitech dashboard → Developers → API credentials
  • SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing: one of them is needed
      Socket Mode: Slack app page → Basic Information → App-Level Tokens, with the scope
connections:write; it begins with xapp-
      HTTP: Slack app page → Basic Information → App Credentials → Signing Secret
The README lists them all.
""")


def test_one_provider_is_enough(environment: pytest.MonkeyPatch) -> None:
    """Whichever it is; of one that needs two settings a half is told, whatever else is set."""
    environment.setenv("CELITECH_CLIENT_SECRET", "s")
    told = what_is_wrong()
    assert "CELITECH_CLIENT_ID is missing: the other half of it is set" in told
    assert told.count("•") == 1
    environment.setenv("CELITECH_CLIENT_ID", "id")
    assert load_settings().telnyx_api_key is not None
    environment.delenv("TELNYX_API_KEY")
    assert load_settings().telnyx_api_key is None


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN"])
def test_what_is_missing_has_a_source(environment: pytest.MonkeyPatch, name: str) -> None:
    """A missing secret comes with the page where it is found, and nothing else is blamed."""
    environment.delenv(name)
    told = what_is_wrong()
    assert f"• {name} is missing\n      {HOW_TO_GET[name.lower()]}" in told
    assert told.count("•") == 1


@pytest.mark.parametrize(
    ("name", "typed"),
    [("SLACK_BOT_TOKEN", "SLACK_BOT_TOKN"), ("SLACK_SIGNING_SECRET", "SLACK_SIGNIN_SECRET")],
)
def test_what_is_missing_may_be_misspelt(
    environment: pytest.MonkeyPatch, name: str, typed: str
) -> None:
    """Whoever set it under another name is told of that name, too."""
    environment.delenv(name)
    environment.setenv(typed, "xoxb-1-2-abcdefghijkl")
    told = what_is_wrong()
    assert f"{name}" in told
    assert f"• {typed} is no setting and is ignored; did you mean {name}?" in told


def test_one_way_to_hear_slack_is_enough(environment: pytest.MonkeyPatch) -> None:
    """An app token takes the place of the signing secret; both may be there."""
    environment.setenv("SLACK_APP_TOKEN", "xapp-app-secret")
    assert load_settings().slack_signing_secret is not None
    environment.delenv("SLACK_SIGNING_SECRET")
    assert load_settings().slack_signing_secret is None


def test_without_any_way_to_hear_slack(environment: pytest.MonkeyPatch) -> None:
    """Both ways are told when there is neither, beside everything else."""
    environment.delenv("SLACK_SIGNING_SECRET")
    told = what_is_wrong()
    assert "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing" in told
    assert HOW_TO_GET["slack_app_token"] in told
    assert HOW_TO_GET["slack_signing_secret"] in told
    environment.delenv("TELNYX_API_KEY")
    assert "TELNYX_API_KEY is missing" in what_is_wrong()
    assert "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing" in what_is_wrong()


@pytest.mark.parametrize("name", ["REDIS_URL", "ESIM_APPROVERS", "PORT", "SLACK_APP_TOKEN"])
def test_an_empty_variable_counts_as_unset(environment: pytest.MonkeyPatch, name: str) -> None:
    """A line `NAME=` of a file or of a compose file means that nothing is set."""
    expected = load_settings()
    environment.setenv(name, "")
    assert load_settings() == expected


@pytest.mark.parametrize("name", NEEDED)
def test_an_empty_secret_is_missing(environment: pytest.MonkeyPatch, name: str) -> None:
    """It is not taken for a secret that happens to be empty."""
    environment.setenv(name, "")
    assert f"{name} is missing" in what_is_wrong()


def test_settings_do_not_change() -> None:
    """Nobody can change a setting behind the back of whoever has read it."""
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1  # type: ignore[misc]
