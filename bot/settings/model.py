"""The settings, from environment variables; each is named as its variable, in small letters."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.settings.addresses import AdminAddress
from bot.settings.kinds import (
    Admin,
    Amount,
    AppToken,
    BatchSize,
    BotToken,
    ChannelIds,
    Currency,
    Delays,
    Emails,
    Folder,
    Host,
    Port,
    Positive,
    Provider,
    RedisUrl,
    Seconds,
    Secret,
    SigningSecret,
    UserIds,
    WebUrl,
    Whole,
    level,
    small,
)

SLACK_API = "https://slack.com/api/"
TELNYX_API = "https://api.telnyx.com/v2"
CELITECH_API = "https://api.celitech.net/v1"
CELITECH_AUTH = "https://auth.celitech.net"
NOT_SHOWN = frozenset(
    {
        "slack_bot_token",
        "slack_signing_secret",
        "slack_app_token",
        "telnyx_api_key",
        "celitech_client_id",
        "celitech_client_secret",
        "redis_url",
    }
)
"""Settings that hold a secret: the message about a wrong one leaves its value out."""


class Settings(BaseSettings):
    """Everything that can be set. Empty variables count as unset."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    slack_bot_token: BotToken
    """The bot's token."""
    slack_signing_secret: SigningSecret | None = None
    """Proves that requests over HTTP come from Slack; needed without an app token."""
    slack_app_token: AppToken | None = None
    """Opens Socket Mode, which needs no public address; used whenever it is set."""
    telnyx_api_key: Secret | None = None
    """Telnyx's API v2 key; Telnyx is off without it."""
    celitech_client_id: Secret | None = None
    """The client id of Celitech's API; Celitech is off without both."""
    celitech_client_secret: Secret | None = None
    """The client secret that belongs to it."""
    esim_provider: Provider | None = None
    """The provider that is bought from when nobody says which; when unset, the first that is on."""
    redis_url: Annotated[RedisUrl | None, Field(repr=False)] = None  # it may hold a password
    """The Redis that holds the state; without one the bot starts a server of its own."""
    esim_host: Host = "0.0.0.0"  # noqa: S104 - Slack, or a proxy before the bot, must reach it
    """Address to listen on."""
    port: Port = 3000
    """Port to listen on, for Slack (HTTP) and for health checks; 0 takes any free one."""
    esim_admin_addr: Admin = AdminAddress("127.0.0.1", 3001)
    """Address of the operator's pages, verbose health and metrics; empty or `off`: none."""
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], level] = "INFO"
    """The least important level that is logged."""

    esim_approvers: UserIds = ()
    """Who may approve and decline: Slack user ids; nobody when empty."""
    esim_requesters: UserIds = ()
    """Who may order: Slack user ids; when empty, whoever is in a channel with the bot.

    Approvers that are not named here may not order.
    """
    esim_self_approval_limit: Whole = 0
    """eSIMs up to which an approver may approve their own order."""
    esim_notify_channels: ChannelIds = ()
    """Channels that get a line when an approved order has ended or needs a person."""
    esim_data_dir: Folder = Path("data")
    """Folder of the embedded server, the emergency files and the witnesses."""
    esim_approval_expires: Seconds = 14_400
    """Seconds that a card waits for a decision."""
    esim_lookup_delays: Delays = (5, 15, 45, 120, 300)
    """Seconds before each look for an order in doubt; after the last one a person must look."""
    esim_lookups_per_minute: Positive = 30
    """Calls for the provider's list a minute, above which looks that can wait are postponed."""
    esim_send_delays: Delays = (2, 10, 30, 60, 120)
    """Seconds before each new call after one that never reached the provider."""
    esim_reminder_every: Seconds = 14_400
    """Seconds between reminders, and looks, while an order needs a person's decision."""
    esim_code_senders: UserIds = ()
    """Who may have activation codes given to others; when empty, the requester and approvers."""
    esim_code_keepers: UserIds = ()
    """Who may have the codes of eSIMs that no order bought: Slack user ids; nobody when empty."""
    esim_code_recipients: UserIds = ()
    """Guests, people of other workspaces and the like who may be given codes all the same."""
    esim_codes_shown_for: Seconds = 86_400
    """Seconds after which messages with activation codes are deleted."""
    celitech_emails: Emails = ()
    """Addresses and domains to which Celitech may mail activation codes itself; none when empty."""
    esim_batch_size: BatchSize = 100
    """eSIMs in one purchase call, at most 1000."""
    esim_max_amount: Amount = 1000
    """eSIMs in one order, at most 10,000."""
    esim_default_status: Annotated[Literal["standby", "enabled", "disabled"], small] = "standby"
    """Status of an order that names none."""
    esim_price_cents: Whole = 70
    """Price of one eSIM, for the estimate."""
    esim_enabled_monthly_cents: Whole = 200
    """Monthly price of one enabled eSIM, for the estimate."""
    esim_idle_monthly_cents: Whole = 20
    """Monthly price of one eSIM in standby or disabled, for the estimate."""
    esim_currency: Currency = "USD"
    """Currency of the three prices."""

    slack_api_url: WebUrl = SLACK_API
    """Base address of Slack's Web API; another one for tests, gateways and sandboxes."""
    telnyx_api_url: WebUrl = TELNYX_API
    """Base address of Telnyx's API; another one for tests, gateways and sandboxes."""
    celitech_api_url: WebUrl = CELITECH_API
    """Base address of Celitech's API, the same way."""
    celitech_auth_url: WebUrl = CELITECH_AUTH
    """Base address of Celitech's tokens, the same way."""
