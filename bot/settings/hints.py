"""Where the value of a setting comes from, for the message about a missing or wrong one."""

from bot.settings.durations import EXAMPLE
from bot.settings.model import CELITECH_API, CELITECH_AUTH, SLACK_API, TELNYX_API

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
    "celitech_client_id": "Celitech dashboard → Developers → API credentials",
    "celitech_client_secret": "Celitech dashboard → Developers → API credentials",
    "celitech_emails": "addresses or domains with commas between, for example acme.com,it@acme.de",
    "esim_provider": "the name of one that is set up, for example telnyx or celitech",
    "redis_url": (
        "for example redis://localhost:6379/0, or rediss://user:password@redis.example:6380/0; "
        "leave it out for the embedded server"
    ),
    "esim_approvers": "Slack user ids with commas between, for example U012AB3CD,U045EF6GH: "
    "a person's profile → ⋮ → Copy member ID",
    "esim_requesters": (
        "Slack user ids with commas between, for example U012AB3CD; leave it out for whoever is in "
        "a channel with the bot"
    ),
    "esim_notify_channels": "Slack channel ids with commas between, for example C012AB3CD: "
    "the channel's details, at the bottom",
    "esim_lookup_delays": "durations with commas between, for example 5s,15s,45s,2m,5m",
    "esim_send_delays": "durations with commas between, for example 2s,10s,30s,1m,2m",
    "esim_currency": "three letters, for example USD",
    "esim_approval_expires": f"a duration, {EXAMPLE}",
    "esim_reminder_every": f"a duration, {EXAMPLE}",
    "esim_admin_addr": "a host and a port, for example 127.0.0.1:3001, or off",
    "esim_host": "for example 127.0.0.1, or 0.0.0.0 for every address of this machine",
    "esim_data_dir": "a folder that the bot may write to, for example data",
    "port": "a whole number from 1 to 65535, for example 3000; 0 takes any free one",
    "log_level": "one of DEBUG, INFO, WARNING, ERROR",
    "esim_default_status": "one of standby, enabled, disabled",
    "esim_self_approval_limit": "a whole number, for example 5; 0 for none",
    "esim_batch_size": "a whole number from 1 to 1000, for example 100",
    "esim_max_amount": "a whole number from 1 to 10,000, for example 1000",
    "esim_price_cents": "whole cents, for example 70",
    "esim_enabled_monthly_cents": "whole cents, for example 200",
    "esim_idle_monthly_cents": "whole cents, for example 20",
    "slack_api_url": f"leave it out for {SLACK_API}",
    "telnyx_api_url": f"leave it out for {TELNYX_API}",
    "celitech_api_url": f"leave it out for {CELITECH_API}",
    "celitech_auth_url": f"leave it out for {CELITECH_AUTH}",
}
"""Where a value comes from, for the message about a missing or wrong one."""
NEITHER = (
    "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing: one of them is needed\n"
    f"      Socket Mode: {HOW_TO_GET['slack_app_token']}\n"
    f"      HTTP: {HOW_TO_GET['slack_signing_secret']}"
)
"""The mistake of settings without any way to receive from Slack."""
NO_PROVIDER = (
    "TELNYX_API_KEY is missing, and so are CELITECH_CLIENT_ID and CELITECH_CLIENT_SECRET: one "
    "provider is needed\n"
    f"      Telnyx: {HOW_TO_GET['telnyx_api_key']}\n"
    f"      Celitech: {HOW_TO_GET['celitech_client_id']}"
)
"""The mistake of settings without any provider."""
