"""The checks of Slack: tokens, scopes, methods, channels, and whether requests arrive."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.check import Answer, Check, Mark, Occasion, well
from bot.errors import SlackError
from bot.network.proxies import through
from bot.reasons import reason_of
from bot.settings import HOW_TO_GET
from bot.slack.listening import InboundFacts
from bot.slack.web.checkup import Checkup, Installation

BAD_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)
"""Slack's errors for a token that it does not accept."""
_PEOPLE = "users:read"
"""The scope without which nobody can be told from a guest or a stranger: orders go on."""
_DEAF_FOR = 15.0
"""Seconds without a connection that are normal: Slack moves connections at intervals."""


@dataclass(frozen=True)
class SlackProbe:
    """What the checks of Slack need to know."""

    checkup: Checkup
    address: str
    """The base address of the Web API."""
    app_token: str = ""
    """Empty where Slack sends over HTTP."""
    notify: Sequence[str] = ()
    """Channels that are told how orders end."""
    bearable: Mark = Mark.WARN
    """The mark of a missing scope or an unreachable Slack, with which a running bot goes on."""


def slack_checks(probe: SlackProbe) -> Iterator[Check]:
    """The checks of Slack."""
    yield _token(probe)
    if probe.app_token:
        yield _app_token(probe)
    yield _people(probe)
    yield _methods(probe)
    if probe.notify:
        yield _channels(probe)


def hearing_check(facts: Callable[[], InboundFacts]) -> Check:
    """Whether commands and clicks reach the bot, by HTTP or by Socket Mode."""

    async def ask() -> Sequence[Answer]:
        now = facts()
        if now.deaf_for > _DEAF_FOR:
            return [Answer(Mark.WRONG, f"not heard for {now.deaf_for:.0f} s: {now.problem}")]
        if now.problem and not now.deaf_for:
            return [Answer(Mark.WARN, now.problem)]
        return well("the bot hears Slack.")

    return Check(
        name="hearing",
        title="Slack",
        asks="Do commands and clicks reach the bot, and do they prove to come from Slack?",
        means="No command and no click reaches the bot; orders under way go on.",
        do="Mend what is said; an app token that was revoked is made anew: "
        f"{HOW_TO_GET['slack_app_token']}.",
        ask=ask,
        on=Occasion.READINESS,
    )


def refused_token(failure: SlackError) -> bool:
    """Whether Slack does not accept the token; False for a failure on the way to Slack."""
    return reason_of(failure).removeprefix("Slack says ") in BAD_TOKEN


def _token(probe: SlackProbe) -> Check:
    async def ask() -> Sequence[Answer]:
        try:
            return [_installed(await probe.checkup.installation(), probe)]
        except SlackError as failure:
            return [_failed(failure, "SLACK_BOT_TOKEN", probe)]

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


def _installed(known: Installation, probe: SlackProbe) -> Answer:
    if missing := known.missing - {_PEOPLE}:
        scopes = ", ".join(sorted(missing))
        do = "Install the app anew with the scopes of slack-manifest.yaml."
        return Answer(probe.bearable, f"the token lacks {scopes}.", do)
    return Answer(Mark.OK, f"the bot is @{known.bot} in {known.workspace}.")


def _failed(failure: SlackError, setting: str, probe: SlackProbe) -> Answer:
    """The answer for a failed call: the token is named only when Slack itself refuses it."""
    why = reason_of(failure)
    if refused_token(failure):
        do = f"Set it anew: {HOW_TO_GET[setting.lower()]}."
        return Answer(Mark.WRONG, f"{setting} is not accepted ({why}).", do)
    return Answer(probe.bearable, f"can't be reached{through(probe.address)} ({why}).")


def _app_token(probe: SlackProbe) -> Check:
    async def ask() -> Sequence[Answer]:
        try:
            await probe.checkup.app_token(probe.app_token)
        except SlackError as failure:
            return [_failed(failure, "SLACK_APP_TOKEN", probe)]
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


def _people(probe: SlackProbe) -> Check:
    async def ask() -> Sequence[Answer]:
        known = await probe.checkup.installation()
        if _PEOPLE in known.missing:
            return [Answer(Mark.WARN, f"the token lacks {_PEOPLE}.")]
        return well("people can be told from guests and strangers.")

    return Check(
        name="slack_people",
        title="Slack",
        asks="May the bot ask who somebody is, before they are given activation codes?",
        means="No activation code is given to anybody; orders go on.",
        do="Install the app anew with the scopes of slack-manifest.yaml.",
        ask=ask,
        on=Occasion.START,
        late=Mark.WARN,
    )


def _methods(probe: SlackProbe) -> Check:
    async def ask() -> Sequence[Answer]:
        troubles = [answer async for answer in _troubles(probe)]
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


async def _troubles(probe: SlackProbe) -> AsyncIterator[Answer]:
    """An answer for each method that does not work."""
    async for method, purpose, why, scope in probe.checkup.troubles():
        do = f"Install the app anew with the scope {scope}." if scope else ""
        mark = Mark.WARN if scope == _PEOPLE else Mark.WRONG
        yield Answer(mark, f"{method}, for {purpose}, can't be used ({why}).", do)


def _channels(probe: SlackProbe) -> Check:
    async def ask() -> Sequence[Answer]:
        return [await _channel(probe, channel) for channel in probe.notify]

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


async def _channel(probe: SlackProbe, channel: str) -> Answer:
    try:
        name = await probe.checkup.channel_name(channel)
    except SlackError as failure:
        return Answer(Mark.WARN, f"{channel} can't be seen ({reason_of(failure)}).")
    return Answer(Mark.OK, f"#{name} is told how orders end.")
