"""How Slack reaches the bot: Bolt, and Socket Mode or the door for HTTP before it."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.bootstrap.parts import Resources
from bot.settings import Settings
from bot.slack.listening import InboundStatus, SocketMode
from handlers.door import Bolt, Door, Proof


def socket_mode_of(
    settings: Settings, resources: Resources, bolt: Bolt, inbound: InboundStatus
) -> SocketMode | None:
    """The connection of Socket Mode, when there is an app token."""
    token = settings.slack_app_token
    if token is None:
        return None
    secret = token.get_secret_value()
    return SocketMode(resources.slack, secret, bolt.over_socket_mode(), resources.clock, inbound)


def door_of(settings: Settings, bolt: Bolt, inbound: InboundStatus) -> Door | None:
    """The door for Slack's requests over HTTP, when there is a signing secret."""
    secret = settings.slack_signing_secret
    return Door(bolt, Proof(secret.get_secret_value()), inbound) if secret else None


def bolt_app(slack: AsyncWebClient, identity: AuthorizeResult) -> AsyncApp:
    """Bolt with the known identity, so that no user waits for its `auth.test`.

    Requests are proven before they reach it: at the door, or by Socket Mode's connection. The
    listener runs before the response: what is acknowledged is recorded, and nobody waits for Bolt
    to look whether it is.
    """

    async def authorize() -> AuthorizeResult:
        return identity

    return AsyncApp(
        name="esim-bot",
        client=slack,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
