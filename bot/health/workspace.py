"""What is asked of Slack: whether the bot may say, hear and see what its work needs."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.errors import SlackError
from bot.health.check import Answer, Check, Mark, Occasion, well
from bot.network.proxies import through
from bot.reasons import reason_of
from bot.settings import HOW_TO_GET
from bot.slack.checkup import Checkup, Installation

BAD_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)
"""Slack's words for a token that will not become better by waiting."""
_DEAF_FOR = 20.0
"""Seconds without a connection after which the bot counts as deaf: Slack moves it now and then."""


class Ears(Protocol):
    """Whether the bot hears Slack."""

    @property
    def deaf_for(self) -> float:
        """Seconds since the connection to Slack was lost; 0 while it stands."""
        ...

    @property
    def problem(self) -> str:
        """Why it can't be opened, in a few words; empty when that is not known."""
        ...


@dataclass(frozen=True)
class Workspace:
    """What the checks of Slack need to know."""

    checkup: Checkup
    address: str
    """The base address of the Web API."""
    app_token: str = ""
    """Empty where Slack comes by HTTP."""
    notify: Sequence[str] = ()
    """Channels that are told how orders end."""
    bearable: Mark = Mark.WARN
    """How bad is what a running bot can live with: a scope too few, a Slack that is away."""


def workspace_checks(workspace: Workspace) -> Iterator[Check]:
    """Each question about the workspace."""
    yield _token(workspace)
    if workspace.app_token:
        yield _app_token(workspace)
    yield _methods(workspace)
    if workspace.notify:
        yield _channels(workspace)


def hearing_check(ears: Callable[[], Ears | None]) -> Check:
    """Whether the connection by which Slack's commands come stands; None: they come by HTTP."""

    async def ask() -> Sequence[Answer]:
        heard = ears()
        if heard is None or heard.deaf_for <= _DEAF_FOR:
            return well("the bot hears Slack.")
        why = f" ({heard.problem})" if heard.problem else ""
        says = f"no connection (Socket Mode) for {heard.deaf_for:.0f} s{why}."
        return [Answer(Mark.WRONG, says)]

    return Check(
        name="hearing",
        title="Slack",
        asks="Does the connection stand by which Slack brings commands and clicks?",
        means="No command and no click reaches the bot; orders under way go on.",
        do="Mend what stands in brackets; an app token that was revoked is made anew: "
        f"{HOW_TO_GET['slack_app_token']}.",
        ask=ask,
        on=Occasion.READINESS,
    )


def refused_token(failure: SlackError) -> bool:
    """Whether it is the token that Slack does not accept, and not the way to Slack."""
    return reason_of(failure).removeprefix("Slack says ") in BAD_TOKEN


def _token(workspace: Workspace) -> Check:
    async def ask() -> Sequence[Answer]:
        try:
            return [_installed(await workspace.checkup.installation(), workspace)]
        except SlackError as failure:
            return [_failed(failure, "SLACK_BOT_TOKEN", workspace)]

    return Check(
        name="slack",
        title="Slack",
        asks="Does Slack know the bot's token, and has it every scope?",
        means="Nothing can be posted; what there is to say waits, and comes when this is mended.",
        do="Mend what stands in brackets, or SLACK_API_URL; the bot goes on by itself.",
        ask=ask,
        believed=30,
        late=Mark.WARN,
    )


def _installed(known: Installation, workspace: Workspace) -> Answer:
    if known.missing:
        scopes = ", ".join(sorted(known.missing))
        do = "Install the app anew with the scopes of slack-manifest.yaml."
        return Answer(workspace.bearable, f"the token lacks {scopes}.", do)
    return Answer(Mark.OK, f"the bot is @{known.bot} in {known.workspace}.")


def _failed(failure: SlackError, setting: str, workspace: Workspace) -> Answer:
    """A token is blamed only where Slack itself says so."""
    why = reason_of(failure)
    if refused_token(failure):
        do = f"Set it anew: {HOW_TO_GET[setting.lower()]}."
        return Answer(Mark.WRONG, f"{setting} is not accepted ({why}).", do)
    return Answer(workspace.bearable, f"can't be reached{through(workspace.address)} ({why}).")


def _app_token(workspace: Workspace) -> Check:
    async def ask() -> Sequence[Answer]:
        try:
            await workspace.checkup.app_token(workspace.app_token)
        except SlackError as failure:
            return [_failed(failure, "SLACK_APP_TOKEN", workspace)]
        return well("Socket Mode can be opened.")

    return Check(
        name="app_token",
        title="Slack",
        asks="Can a connection for Socket Mode be opened with the app token?",
        means="No command and no click reaches the bot.",
        do="Mend what stands in brackets.",
        ask=ask,
        on=Occasion.DOCTOR,
    )


def _methods(workspace: Workspace) -> Check:
    async def ask() -> Sequence[Answer]:
        troubles = [answer async for answer in _troubles(workspace)]
        return troubles or well("every method that the work needs can be called.")

    return Check(
        name="slack_methods",
        title="Slack",
        asks="Does each method that the work needs answer for a channel that there is none of?",
        means="What needs it does not work.",
        do="Look at what is between the bot and Slack, or at SLACK_API_URL.",
        ask=ask,
        on=Occasion.DOCTOR,
        needs="slack",
    )


async def _troubles(workspace: Workspace) -> AsyncIterator[Answer]:
    """One for each method that does not work."""
    async for method, why, scope in workspace.checkup.troubles():
        do = f"Install the app anew with the scope {scope}." if scope else ""
        yield Answer(Mark.WRONG, f"{method} can't be used ({why}).", do)


def _channels(workspace: Workspace) -> Check:
    async def ask() -> Sequence[Answer]:
        return [await _channel(workspace, channel) for channel in workspace.notify]

    return Check(
        name="notify_channels",
        title="Slack",
        asks="Can the bot see each channel of ESIM_NOTIFY_CHANNELS?",
        means="It is not told how orders end.",
        do="Invite the bot to it if it is private, or take it out of ESIM_NOTIFY_CHANNELS.",
        ask=ask,
        on=Occasion.START | Occasion.DOCTOR,
        needs="slack",
    )


async def _channel(workspace: Workspace, channel: str) -> Answer:
    try:
        name = await workspace.checkup.channel_name(channel)
    except SlackError as failure:
        return Answer(Mark.WARN, f"{channel} can't be seen ({reason_of(failure)}).")
    return Answer(Mark.OK, f"#{name} is told how orders end.")
