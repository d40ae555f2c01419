"""A wrong value is named, shown unless it may be secret, and comes with a right one."""

import pytest
from inline_snapshot import snapshot

from bot.settings import HOW_TO_GET, Settings
from tests.support.written import folded, what_is_wrong

WRONG = {
    "SLACK_BOT_TOKEN": ["xoxp-of-a-person", "xoxb-", "xoxb-1 2", "xoxb-…"],
    "SLACK_APP_TOKEN": ["xoxb-of-the-bot"],
    "SLACK_SIGNING_SECRET": ["ab cd", "xoxb-1", "“abc”"],
    "TELNYX_API_KEY": ["KEY with space", "KEY\n1", "KEY…"],
    "REDIS_URL": ["localhost:6379", "http://localhost", "redis://a b"],
    "PORT": ["http", "-1", "65536", "1.5", "1,000", "1_00", "0x10"],
    "LOG_LEVEL": ["LOUD"],
    "ESIM_APPROVERS": ["@ana", "U012AB3CD,ana", "C012AB3CD", "U"],
    "ESIM_REQUESTERS": ["@ana", "C012AB3CD", "U012AB3CD U"],
    "ESIM_NOTIFY_CHANNELS": ["#ops", "C012AB3CD U012AB3CD"],
    "ESIM_SELF_APPROVAL_LIMIT": ["-1", "few"],
    "ESIM_APPROVAL_EXPIRES": ["0", "-5", "inf", "nan", "4x", "1h30", "1:30", "31d", "P1D"],
    "ESIM_LOOKUP_DELAYS": [",", "5,soon", "5,0", "5,nan", "1h 30m"],
    "ESIM_LOOKUPS_PER_MINUTE": ["0", "many", "1.5"],
    "ESIM_SEND_DELAYS": [" , ", "2,2592001"],
    "ESIM_REMINDER_EVERY": ["0", "0,5h"],
    "ESIM_BATCH_SIZE": ["0", "1001"],
    "ESIM_MAX_AMOUNT": ["0", "1e3", "10001"],
    "ESIM_DEFAULT_STATUS": ["active"],
    "ESIM_PRICE_CENTS": ["0.70", "-1"],
    "ESIM_ENABLED_MONTHLY_CENTS": ["-1"],
    "ESIM_IDLE_MONTHLY_CENTS": ["two"],
    "ESIM_ADMIN_ADDR": ["3001", ":3001", "h:99999", "::1:300"],
    "ESIM_HOST": ["a b", "ho..st"],
    "ESIM_DATA_DIR": ["/dev/null", "/dev/null/x"],
    "ESIM_CURRENCY": ["$", "DOLLAR"],
    "SLACK_API_URL": ["slack.com/api", "ftp://slack.com", "https://h:x", "https://h/?a"],
    "TELNYX_API_URL": ["https://", "https://a b"],
    "CELITECH_CLIENT_ID": ["a b"],
    "CELITECH_CLIENT_SECRET": ["a\nb", "…"],
    "CELITECH_API_URL": ["celitech"],
    "CELITECH_AUTH_URL": ["ftp://auth"],
    "ESIM_CODE_SENDERS": ["@ana"],
    "ESIM_CODE_KEEPERS": ["C012AB3CD"],
    "ESIM_CODE_RECIPIENTS": ["ana, ben"],
    "ESIM_CODES_SHOWN_FOR": ["a day", "0", "-24h"],
    "CELITECH_EMAILS": ["@", "acme", "a@b@c.de", "acme.com, it@"],
    "ESIM_PROVIDER": ["Tel nyx", "-", "telnyx,celitech"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_wrong_value_is_named(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The variable, that it is wrong, and how to get a right value; nothing else is blamed."""
    environment.setenv("CELITECH_CLIENT_ID", "id")
    environment.setenv("CELITECH_CLIENT_SECRET", "secret")
    environment.setenv(name, value)
    told = what_is_wrong()
    assert f"• {name} is wrong" in told
    assert told.count("•") == 1
    assert HOW_TO_GET.get(name.lower(), "") in told


def test_every_setting_is_checked() -> None:
    """No setting is without a wrong value among these tests."""
    assert {name.lower() for name in WRONG} == set(Settings.model_fields)


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
        "ESIM_CURRENCY": "dollars",
        "ESIM_APPROVAL_EXPIRES": "four hours",
    }.items():
        environment.setenv(name, value)
    environment.delenv("TELNYX_API_KEY")
    assert folded(what_is_wrong()) == snapshot("""\
These settings need a look:
  • SLACK_BOT_TOKEN is wrong: must begin with xoxb-
      Slack app page → OAuth & Permissions → Bot User OAuth Token; it begins with xoxb-
  • PORT is wrong: "http" is no whole number
      a whole number from 1 to 65535, for example 3000; 0 takes any free one
  • ESIM_APPROVERS is wrong (number 2 in the list): "@ana"
      Slack user ids with commas between, for example U012AB3CD,U045EF6GH: a person's
profile → ⋮ → Copy member ID
  • ESIM_APPROVAL_EXPIRES is wrong: "four hours" is no duration
      a duration, for example 4h, 90s, 1h30m, 2 days, or 14400 for seconds
  • ESIM_LOOKUP_DELAYS is wrong (number 2 in the list): "-15" is no duration
      durations with commas between, for example 5s,15s,45s,2m,5m
  • ESIM_CURRENCY is wrong: "DOLLARS"
      three letters, for example USD
  • TELNYX_API_KEY is missing, and so are CELITECH_CLIENT_ID and CELITECH_CLIENT_SECRET: one
 provider is needed
      Telnyx: Telnyx portal → Account → API Keys; it begins with KEY
      Celitech: Celitech dashboard → Developers → API credentials
The README lists them all.
""")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ESIM_APPROVAL_EXPIRES", "four hours", '"four hours" is no duration'),
        ("ESIM_REMINDER_EVERY", "40 days", '"40 days" is more than 30 days'),
        ("ESIM_LOOKUP_DELAYS", "5s, soon", '(number 2 in the list): "soon" is no duration'),
        ("PORT", "70000", '"70000" is more than 65535'),
        ("ESIM_APPROVERS", "@ana", '"@ana"'),
        ("SLACK_API_URL", "slack.com", '"slack.com" does not begin with https://'),
    ],
)
def test_a_wrong_value_is_shown(
    environment: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    """Whoever mends it sees at once which of their words it is, and an example of a right one."""
    environment.setenv(name, value)
    said = what_is_wrong()
    assert told in said
    assert HOW_TO_GET[name.lower()] in said


@pytest.mark.parametrize("name", ["PORT", "ESIM_APPROVERS", "ESIM_APPROVAL_EXPIRES", "ESIM_HOST"])
@pytest.mark.parametrize(
    "secret", ["xoxb-1-secret a", "xapp-secret a", "KEY0123456789AB a", f"{'0f' * 16} a"]
)
def test_a_secret_in_the_wrong_place_is_not_shown(
    environment: pytest.MonkeyPatch, name: str, secret: str
) -> None:
    """What was pasted into another setting by mistake stays out of the message."""
    environment.setenv(name, secret)
    assert secret.split(maxsplit=1)[0] not in what_is_wrong()


def test_what_is_missing_beside_what_is_wrong(environment: pytest.MonkeyPatch) -> None:
    """No way to hear Slack, a proxy and a certificate that can't be used: all in one start."""
    environment.delenv("SLACK_SIGNING_SECRET")
    environment.setenv("PORT", "many")
    environment.setenv("HTTPS_PROXY", "socks5://user:hunter2@proxy.example")
    environment.setenv("SSL_CERT_FILE", "/nowhere.pem")
    said = what_is_wrong()
    for part in ("SLACK_APP_TOKEN or SLACK_SIGNING_SECRET", "PORT", "HTTPS_PROXY", "SSL_CERT_FILE"):
        assert part in said
    assert "hunter2" not in said
