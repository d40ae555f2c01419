"""The settings, from environment variables; each is named as its variable, in small letters."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.domain.request import SimStatus
from bot.errors import SettingsError

SLACK_API = "https://slack.com/api/"
TELNYX_API = "https://api.telnyx.com/v2"
HOW_TO_GET = {
    "slack_bot_token": (
        "Slack app page → OAuth & Permissions → Bot User OAuth Token; it begins with xoxb-"
    ),
    "slack_signing_secret": "Slack app page → Basic Information → App Credentials → Signing Secret",
    "slack_app_token": (
        "Slack app page → Basic Information → App-Level Tokens, with the scope connections:write; "
        "it begins with xapp-"
    ),
    "telnyx_api_key": "Telnyx portal → Account → API Keys; it begins with KEY",
    "redis_url": "for example redis://localhost:6379/0; leave it out for the embedded server",
    "esim_approvers": "Slack user ids with commas between, for example U012AB3CD,U045EF6GH: "
    "a person's profile → ⋮ → Copy member ID",
    "esim_notify_channels": "Slack channel ids with commas between, for example C012AB3CD: "
    "the channel's details, at the bottom",
    "esim_lookup_delays": "seconds with commas between, for example 5,15,45,120,300",
    "esim_send_delays": "seconds with commas between, for example 2,10,30,60,120",
    "esim_currency": "three capital letters, for example USD",
    "slack_api_url": f"leave it out for {SLACK_API}",
    "telnyx_api_url": f"leave it out for {TELNYX_API}",
}
"""Where a value comes from, for the message about a missing or wrong one."""
_NEITHER = (
    "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing: one of them is needed\n"
    f"      Socket Mode: {HOW_TO_GET['slack_app_token']}\n"
    f"      HTTP: {HOW_TO_GET['slack_signing_secret']}"
)


def _parts(value: Any) -> Any:
    """A list as people write it in one variable: with commas, spaces or both between."""
    if not isinstance(value, str):
        return value
    return [part for part in re.split(r"[,\s]+", value) if part]


def _must_begin(*beginnings: str) -> Any:
    """A check that a secret is of the right kind; the message never repeats the secret."""

    def check(secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not secret.get_secret_value().startswith(beginnings):
            raise ValueError(f"must begin with {' or '.join(beginnings)}")
        return secret

    return AfterValidator(check)


def _some(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().strip():
        raise ValueError("is empty")
    return secret


_UserId = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,}$")]
_ChannelId = Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{2,}$")]
_Seconds = Annotated[float, Field(gt=0, le=86_400 * 30)]
_Delays = Annotated[tuple[_Seconds, ...], Field(min_length=1), NoDecode, BeforeValidator(_parts)]
_Cents = Annotated[int, Field(ge=0)]
_Address = Annotated[str, Field(pattern=r"^https?://\S+$")]


class Settings(BaseSettings):
    """Everything that can be set. Empty variables count as unset."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    slack_bot_token: Annotated[SecretStr, _must_begin("xoxb-")]
    """The bot's token."""
    slack_signing_secret: Annotated[SecretStr, AfterValidator(_some)] | None = None
    """Proves that requests over HTTP come from Slack; needed without an app token."""
    slack_app_token: Annotated[SecretStr, _must_begin("xapp-")] | None = None
    """Opens Socket Mode, which needs no public address; used whenever it is set."""
    telnyx_api_key: Annotated[SecretStr, AfterValidator(_some)]
    """The provider's API v2 key."""
    redis_url: Annotated[
        Annotated[str, Field(pattern=r"^(rediss?|unix)://\S+$")] | None,
        Field(repr=False),  # it may hold a password
    ] = None
    """The Redis that holds the state; without one the bot starts a server of its own."""
    esim_host: str = "0.0.0.0"  # noqa: S104 - Slack, or a proxy before the bot, must reach it
    """Address to listen on."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 3000
    """Port to listen on, for Slack (HTTP) and for health checks; 0 takes any free one."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Least important lines in the log."""

    esim_approvers: Annotated[tuple[_UserId, ...], NoDecode, BeforeValidator(_parts)] = ()
    """Who may approve and decline: Slack user ids; nobody when empty."""
    esim_self_approval_limit: Annotated[int, Field(ge=0)] = 0
    """eSIMs up to which an approver may approve their own order."""
    esim_notify_channels: Annotated[tuple[_ChannelId, ...], NoDecode, BeforeValidator(_parts)] = ()
    """Channels that get a line when an approved order has ended or needs a person."""
    esim_data_dir: Path = Path("data")
    """Folder of the embedded server."""
    esim_approval_expires: _Seconds = 14_400
    """Seconds that a card waits for a decision."""
    esim_lookup_delays: _Delays = (5, 15, 45, 120, 300)
    """Seconds before each look for an order in doubt; after the last one a person must look."""
    esim_lookups_per_minute: Annotated[int, Field(ge=1)] = 30
    """Calls for the provider's list a minute, above which looks that can wait are postponed."""
    esim_send_delays: _Delays = (2, 10, 30, 60, 120)
    """Seconds before each new call after one that never reached the provider."""
    esim_reminder_every: _Seconds = 14_400
    """Seconds between reminders, and looks, while an order needs a person's decision."""
    esim_batch_size: Annotated[int, Field(ge=1)] = 100
    """eSIMs in one purchase call."""
    esim_max_amount: Annotated[int, Field(ge=1)] = 1000
    """eSIMs in one order."""
    esim_default_status: SimStatus = SimStatus.STANDBY
    """Status of an order that names none."""
    esim_price_cents: _Cents = 70
    """Price of one eSIM, for the estimate."""
    esim_enabled_monthly_cents: _Cents = 200
    """Monthly price of one enabled eSIM, for the estimate."""
    esim_idle_monthly_cents: _Cents = 20
    """Monthly price of one eSIM in standby or disabled, for the estimate."""
    esim_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    """Currency of the three prices."""

    slack_api_url: _Address = SLACK_API
    """Base address of Slack's Web API; another one for tests, gateways and sandboxes."""
    telnyx_api_url: _Address = TELNYX_API
    """Base address of the provider's API; another one for tests, gateways and sandboxes."""


class _Ears(BaseSettings):
    """The two ways to hear Slack; one must be there."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None


def load_settings(env_file: Path | None = None) -> Settings:
    """Read the environment, and the file for what it does not set.

    Raises SettingsError that names everything missing or wrong, with how to get it.
    """
    ears = _Ears(_env_file=env_file)
    deaf = ears.slack_signing_secret is None and ears.slack_app_token is None
    problems = [_NEITHER] if deaf else []
    try:
        settings = Settings(_env_file=env_file)
    except ValidationError as failure:
        raise SettingsError(_told([*_problems(failure), *problems])) from None
    if problems:
        raise SettingsError(_told(problems))
    return settings


def misspelt(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that look like a misspelt setting, and the setting that they look like."""
    known = [name.upper() for name in Settings.model_fields]
    close = {
        name: get_close_matches(name, known, 1, cutoff=0.85)
        for name in environment
        if name.startswith(("ESIM_", "SLACK_", "TELNYX_")) and name not in known
    }
    return {name: matches[0] for name, matches in close.items() if matches}


def _problems(failure: ValidationError) -> Iterator[str]:
    """One for each setting that is missing or wrong."""
    seen: set[str] = set()
    for error in failure.errors():
        name = str(error["loc"][0])
        if name not in seen:
            seen.add(name)
            yield f"{name.upper()} {_what(error)}{_how(name)}"


def _what(error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "is missing"
    wrong = f"is wrong{_where(error['loc'])}"
    if error["type"] == "string_pattern_mismatch":
        return wrong  # how to get a right one says more than a pattern
    message = error["msg"].removeprefix("Value error, ")
    return f"{wrong}: {message[:1].lower()}{message[1:]}"


def _where(place: tuple[int | str, ...]) -> str:
    """Which one in a list it is."""
    numbers = [part for part in place if isinstance(part, int)]
    return f" (number {numbers[0] + 1} in the list)" if numbers else ""


def _how(name: str) -> str:
    return f"\n      {HOW_TO_GET[name]}" if name in HOW_TO_GET else ""


def _told(problems: list[str]) -> str:
    lines = "\n".join(f"  • {problem}" for problem in problems)
    return f"The bot can't start; these settings need a look:\n{lines}\nThe README lists them all."
