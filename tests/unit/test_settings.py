"""Settings from the environment: each wrong one is named, with how to get a right one."""

import textwrap
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from bot.domain.request import SimStatus
from bot.errors import SettingsError
from bot.settings import HOW_TO_GET, SLACK_API, TELNYX_API, Settings, load_settings, misspelt

NEEDED = {
    "SLACK_BOT_TOKEN": "xoxb-bot-secret",
    "SLACK_SIGNING_SECRET": "signing-secret",
    "TELNYX_API_KEY": "KEY-telnyx-secret",
}
SECRETS = [*NEEDED.values(), "xapp-app-secret", "redis-secret"]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Set what is needed, and nothing else."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def what_is_wrong() -> str:
    """What the operator reads when the bot does not start."""
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return str(caught.value)


def folded(told: str) -> str:
    """The message with its lines folded to fit into a test."""
    lines = (textwrap.wrap(line, 92, drop_whitespace=False) for line in told.splitlines())
    return "".join(f"{part.rstrip()}\n" for parts in lines for part in parts)


def test_little_is_needed() -> None:
    """Two secrets of Slack and one of the provider; everything else has a usual value."""
    settings = load_settings()
    assert settings.slack_bot_token.get_secret_value() == NEEDED["SLACK_BOT_TOKEN"]
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
The bot can't start; these settings need a look:
  • SLACK_BOT_TOKEN is missing
      Slack app page → OAuth & Permissions → Bot User OAuth Token; it begins with xoxb-
  • TELNYX_API_KEY is missing
      Telnyx portal → Account → API Keys; it begins with KEY
  • SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing: one of them is needed
      Socket Mode: Slack app page → Basic Information → App-Level Tokens, with the scope
connections:write; it begins with xapp-
      HTTP: Slack app page → Basic Information → App Credentials → Signing Secret
The README lists them all.
""")


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "TELNYX_API_KEY"])
def test_what_is_missing_has_a_source(environment: pytest.MonkeyPatch, name: str) -> None:
    """A missing secret comes with the page where it is found, and nothing else is blamed."""
    environment.delenv(name)
    told = what_is_wrong()
    assert f"• {name} is missing\n      {HOW_TO_GET[name.lower()]}" in told
    assert told.count("•") == 1


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


WRONG = {
    "SLACK_BOT_TOKEN": ["xoxp-of-a-person", " xoxb-1"],
    "SLACK_APP_TOKEN": ["xoxb-of-the-bot"],
    "SLACK_SIGNING_SECRET": [" "],
    "TELNYX_API_KEY": ["  "],
    "REDIS_URL": ["localhost:6379", "http://localhost", "redis://a b"],
    "PORT": ["http", "-1", "65536", "1.5"],
    "LOG_LEVEL": ["LOUD", "info"],
    "ESIM_APPROVERS": ["@ana", "U012AB3CD,ana", "C012AB3CD", "U"],
    "ESIM_NOTIFY_CHANNELS": ["#ops", "C012AB3CD U012AB3CD"],
    "ESIM_SELF_APPROVAL_LIMIT": ["-1", "few"],
    "ESIM_APPROVAL_EXPIRES": ["0", "-5", "inf", "nan", "4h"],
    "ESIM_LOOKUP_DELAYS": [",", "5,soon", "5,0", "5,nan"],
    "ESIM_SEND_DELAYS": [" , ", "2,2592001"],
    "ESIM_LOOKUPS_PER_MINUTE": ["0", "many", "1.5"],
    "ESIM_REMINDER_EVERY": ["0", "4h"],
    "ESIM_BATCH_SIZE": ["0"],
    "ESIM_MAX_AMOUNT": ["0", "1e3"],
    "ESIM_DEFAULT_STATUS": ["active", "Standby"],
    "ESIM_PRICE_CENTS": ["0.70", "-1"],
    "ESIM_ENABLED_MONTHLY_CENTS": ["-1"],
    "ESIM_IDLE_MONTHLY_CENTS": ["two"],
    "ESIM_CURRENCY": ["usd", "$", "DOLLAR"],
    "SLACK_API_URL": ["slack.com/api", "ftp://slack.com"],
    "TELNYX_API_URL": ["https://", "https://a b"],
}
UNCHECKED = {"esim_host", "esim_data_dir"}
"""Any text is an address or a folder; whether it can be used shows when it is used."""


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_wrong_value_is_named(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The variable, that it is wrong, and how to get a right value; nothing else is blamed."""
    environment.setenv(name, value)
    told = what_is_wrong()
    assert f"• {name} is wrong" in told
    assert told.count("•") == 1
    assert HOW_TO_GET.get(name.lower(), "") in told


def test_every_setting_is_checked() -> None:
    """No setting is without a wrong value among these tests."""
    assert {name.lower() for name in WRONG} == set(Settings.model_fields) - UNCHECKED


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "REDIS_URL"])
def test_a_wrong_value_is_not_repeated(environment: pytest.MonkeyPatch, name: str) -> None:
    """What was set by mistake may be a secret of another kind: the message leaves it out."""
    environment.setenv(name, "hunter2")
    assert "hunter2" not in what_is_wrong()


def test_wrong_values_are_told_at_once(environment: pytest.MonkeyPatch) -> None:
    """One start is enough to learn of every mistake, the place in a list included."""
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxp-of-a-person",
        "PORT": "http",
        "ESIM_APPROVERS": "U012AB3CD, @ana, @ben",
        "ESIM_LOOKUP_DELAYS": "5,-15",
        "ESIM_CURRENCY": "usd",
    }.items():
        environment.setenv(name, value)
    environment.delenv("TELNYX_API_KEY")
    assert folded(what_is_wrong()) == snapshot("""\
The bot can't start; these settings need a look:
  • SLACK_BOT_TOKEN is wrong: must begin with xoxb-
      Slack app page → OAuth & Permissions → Bot User OAuth Token; it begins with xoxb-
  • TELNYX_API_KEY is missing
      Telnyx portal → Account → API Keys; it begins with KEY
  • PORT is wrong: input should be a valid integer, unable to parse string as an integer
  • ESIM_APPROVERS is wrong (number 2 in the list)
      Slack user ids with commas between, for example U012AB3CD,U045EF6GH: a person's
profile → ⋮ → Copy member ID
  • ESIM_LOOKUP_DELAYS is wrong (number 2 in the list): input should be greater than 0
      seconds with commas between, for example 5,15,45,120,300
  • ESIM_CURRENCY is wrong
      three capital letters, for example USD
The README lists them all.
""")


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


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("U012AB3CD", ("U012AB3CD",)),
        ("U012AB3CD,W045EF6GH", ("U012AB3CD", "W045EF6GH")),
        (" U012AB3CD , U045EF6GH,, ", ("U012AB3CD", "U045EF6GH")),
        ("U012AB3CD U045EF6GH\nU089JK1LM", ("U012AB3CD", "U045EF6GH", "U089JK1LM")),
        (",", ()),
    ],
)
def test_a_list_as_people_write_it(
    environment: pytest.MonkeyPatch, written: str, read: tuple[str, ...]
) -> None:
    """Commas, spaces and line breaks may stand between the parts."""
    environment.setenv("ESIM_APPROVERS", written)
    assert load_settings().esim_approvers == read


def test_values_of_every_kind(environment: pytest.MonkeyPatch) -> None:
    """Numbers, lists of them, words and folders are read as what they are."""
    environment.setenv("ESIM_LOOKUP_DELAYS", "0.5, 1 2")
    environment.setenv("ESIM_NOTIFY_CHANNELS", "C012AB3CD,G045EF6GH")
    environment.setenv("ESIM_DEFAULT_STATUS", "enabled")
    environment.setenv("ESIM_DATA_DIR", "/var/lib/esim-bot")
    environment.setenv("PORT", "0")
    settings = load_settings()
    assert settings.esim_lookup_delays == (0.5, 1.0, 2.0)
    assert settings.esim_notify_channels == ("C012AB3CD", "G045EF6GH")
    assert settings.esim_default_status is SimStatus.ENABLED
    assert (settings.esim_data_dir, settings.port) == (Path("/var/lib/esim-bot"), 0)


@pytest.mark.parametrize("address", ["redis://r:6379/0", "rediss://u:p@r", "unix:///run/r.sock"])
def test_the_kinds_of_redis(environment: pytest.MonkeyPatch, address: str) -> None:
    """Plain, over TLS, and by a socket."""
    environment.setenv("REDIS_URL", address)
    assert load_settings().redis_url == address


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


def test_a_file_fills_what_the_environment_lacks(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The environment counts more than the file; a file that is not there does no harm."""
    environment.delenv("SLACK_SIGNING_SECRET")
    file = tmp_path / ".env"
    file.write_text('SLACK_SIGNING_SECRET="from the file"\nTELNYX_API_KEY=KEYfile\nPORT=8080\n')
    settings = load_settings(file)
    assert settings.slack_signing_secret is not None
    assert settings.slack_signing_secret.get_secret_value() == "from the file"
    assert settings.telnyx_api_key.get_secret_value() == NEEDED["TELNYX_API_KEY"]
    assert settings.port == 8080
    environment.setenv("SLACK_APP_TOKEN", "xapp-1")
    assert load_settings(tmp_path / "nowhere").port == 3000


def test_settings_do_not_change() -> None:
    """Nobody can change a setting behind the back of whoever has read it."""
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ESIM_APROVERS", "ESIM_APPROVERS"),
        ("ESIM_APPROVER", "ESIM_APPROVERS"),
        ("SLACK_BOT_TOKN", "SLACK_BOT_TOKEN"),
        ("TELNYX_APIKEY", "TELNYX_API_KEY"),
        ("ESIM_NOTIFY_CHANNEL", "ESIM_NOTIFY_CHANNELS"),
    ],
)
def test_a_misspelt_name_is_noticed(name: str, meant: str) -> None:
    """An approver list under a wrong name would silently mean that nobody may approve."""
    assert misspelt({name: "x"}) == {name: meant}


@pytest.mark.parametrize(
    "name", ["ESIM_APPROVERS", "SLACK_TEAM", "ESIM_BACKUP_TARGET", "PATH", "APPROVERS", "PROT"]
)
def test_other_names_are_left_alone(name: str) -> None:
    """Right names, names of other programs, and what resembles nothing raise no alarm."""
    assert misspelt({name: "x"}) == {}
