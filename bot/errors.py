"""Every error of the bot, as one tree.

The message is what the person reads in Slack: what happened, what it means for their
money, what to do next. It is mrkdwn written by us: people are mentioned by id, and text
from users never stands in it. Wrong commands, which do repeat the user's text, are shown
by `bot.slack.ephemeral` from their parts.
"""

from collections.abc import Sequence


class EsimBotError(Exception):
    """Anything that the bot can explain."""


# What a person did


class NotAllowed(EsimBotError):
    """This person may not do this; the message says who may."""


class AmountOverLimit(EsimBotError):
    """More is asked for than may be ordered at once."""

    field = "amount"
    """The part of the request that is too large."""

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"That is over the limit of {most} eSIMs in one order.")


class ProviderNotSetUp(EsimBotError):
    """The order is from a provider that is not set up here (any more)."""

    def __init__(self, provider: str) -> None:
        self.provider = provider
        super().__init__(
            f"Orders from {provider} can't be made: it is not set up here. Nothing was ordered."
        )


class TransitionError(EsimBotError):
    """The order is in a state from which this step is not possible; nothing was changed."""


class AlreadyDecided(TransitionError):
    """Somebody was quicker: the order has been approved, declined, cancelled or has expired."""


class NothingToDecide(TransitionError):
    """Somebody was quicker, or the SIM cards were found: the order needs no attention now."""


class StillChecking(TransitionError):
    """Its card is not up yet: something is asked first."""

    def __init__(self, order_id: str) -> None:
        self.order_id = order_id
        super().__init__(
            f"Order `{order_id}` is still being checked, so nothing was bought. Its card follows: "
            "decide there."
        )


class LookFirst(TransitionError):
    """No look has worked since the call was lost, so nothing speaks for buying again."""

    def __init__(self, order_id: str) -> None:
        self.order_id = order_id
        super().__init__(
            f"I have not been able to look for what order `{order_id}` bought since its call was "
            "lost, so I bought nothing: it may all be there. Press *Look again*; after a look "
            "that worked, *Buy again* can be pressed."
        )


class RestOrdered(TransitionError):
    """What an order fell short of was ordered before: once is enough."""

    def __init__(self, order_id: str, rest_id: str) -> None:
        """`rest_id`: the order that was opened for the rest of `order_id`."""
        self.order_id = order_id
        self.rest_id = rest_id
        super().__init__(
            f"What is missing of order `{order_id}` was already ordered, as `{rest_id}`: I "
            f"ordered nothing more. `/esim order {rest_id}` shows it."
        )


class ApprovalExpired(TransitionError):
    """The card was up for longer than an approval may take; nothing was bought."""


class UnknownOrder(EsimBotError):
    """No order has this id."""

    def __init__(self, order_id: str) -> None:
        super().__init__(
            f"I know no order `{order_id}`, so I changed and bought nothing. "
            "`/esim orders` lists yours, with their ids."
        )


class BotNotInChannel(EsimBotError):
    """The card can't be posted where the command was typed."""

    def __init__(self, bot_user: str) -> None:
        super().__init__(
            f"I am not in this channel, so nobody could approve here; nothing was ordered. "
            f"Type `/invite` and pick <@{bot_user}>, then send the command again. "
            "In a direct message between people I can't work: use a channel."
        )


class NoApproversHere(EsimBotError):
    """An order was typed in a direct message, where nobody else would see its card."""

    def __init__(self, bot_user: str, channels: Sequence[str]) -> None:
        """`channels` are ids of those that the bot is in, as far as is known."""
        known = ", ".join(f"<#{channel}>" for channel in channels)
        where = f"I am in {known}; in another one" if known else "In a channel that I am not in yet"
        super().__init__(
            "Orders need a channel where approvers see them; nothing was ordered. "
            f"{where} type `/invite` and pick <@{bot_user}> first. "
            "Help and your orders work here, too."
        )


# What the world did


class StoreError(EsimBotError):
    """Redis did not do what it was asked to."""


class Conflict(StoreError):
    """Somebody changed the order in between: load it and decide again."""

    def __init__(self) -> None:
        super().__init__(
            "This order is changing faster than I can follow, and I did nothing more to it. "
            "Look at its card, then try again."
        )


class NewerOrder(StoreError):
    """A newer version of the bot wrote this order: this one can't read it and leaves it alone."""

    def __init__(self, order_id: str) -> None:
        super().__init__(
            f"Order `{order_id}` was written by a newer version of me: I leave it alone, and "
            "changed and bought nothing. Whoever runs me must update every process."
        )


class UnreadableOrder(StoreError):
    """What Redis has of this order can't be read: it is left alone, and nothing else is."""

    def __init__(self, order_id: str) -> None:
        self.order_id = order_id
        super().__init__(
            f"I can't read what I wrote down about order `{order_id}`: I leave it alone, and "
            "changed and bought nothing. Whoever runs me must look at it in Redis."
        )


class StoreUnavailable(StoreError):
    """Redis can't be reached, refuses to write, or answers nonsense."""

    def __init__(self) -> None:
        super().__init__(
            "I can't reach my memory (Redis), so I can't tell whether I took this down. Look at "
            "the card, and try again in a minute if nothing has changed: nothing is bought twice. "
            "If it goes on, tell whoever runs me."
        )


class ServerUnproven(StoreError):
    """Redis is another server than before, and not every process has compared what it saw there.

    Nothing was written: an order that a forgotten call was sent for could be sent again.
    """

    def __init__(self, seconds: float) -> None:
        """`seconds`: how long to wait before the next try."""
        self.seconds = seconds
        super().__init__(
            "Redis was restarted or replaced, and I am making sure that it forgot nothing before "
            "I buy anything. Nothing was sent; it goes on by itself."
        )


class DuplicateDelivery(StoreError):
    """Slack sent a command or a click that was carried out before: there is nothing to add."""


class LookupFailed(EsimBotError):
    """The provider could not be asked what it lists: this says nothing about what was bought."""


class LookupPostponed(EsimBotError):
    """Too many calls or looks are under way, or were in this minute; nothing was asked."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: how long to wait before asking again."""
        self.seconds = seconds
        super().__init__(f"The provider is asked again in {seconds:.0f} seconds.")


class SlackError(EsimBotError):
    """Slack did not do what it was asked to."""


class SlackUnavailable(SlackError):
    """Slack can't be reached, asks to wait, or says what passes: to be tried again later."""

    def __init__(self, retry_after: float = 0, error: str = "", *, undone: bool = False) -> None:
        """`retry_after` in seconds: how long Slack asked to wait, 0 when it did not say.

        `error` is Slack's own word, "" without one. `undone`: it is certain that nothing was done.
        """
        self.retry_after = retry_after
        self.error = error
        self.undone = undone
        self.method = ""
        """Of the Web API; filled in by whoever called it."""
        super().__init__(
            "Slack can't be reached, or does not do what I ask it to. Look at the card, and try "
            "again in a minute: nothing is bought twice. If it goes on, tell whoever runs me."
        )


class TooSoon(SlackError):
    """We would write faster than Slack takes it; nothing was sent."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: how long to wait."""
        self.seconds = seconds
        super().__init__(f"Slack takes this in {seconds:.1f} seconds.")


class SlackRefused(SlackError):
    """Slack does not take this, here, as it is; `error` is its own word for why."""

    def __init__(self, error: str) -> None:
        self.error = error
        super().__init__(f"Slack refused: {error}")


class MessageFault(SlackRefused):
    """The message itself is wrong: no place takes it, however often it is tried."""


class PlaceFault(SlackRefused):
    """This place does not take it: another one may, and this one may come back."""


class Strayed(PlaceFault):
    """The thread is gone: what was meant for it stands in the channel, and must be deleted."""

    def __init__(self, channel: str, ts: str) -> None:
        self.channel = channel
        self.ts = ts
        super().__init__("thread_not_found")


# What the operator can mend


class SettingsError(EsimBotError):
    """One or more settings are missing or wrong; the message lists all of them."""


class EmbeddedServerError(EsimBotError):
    """The embedded Redis-compatible server can't be started on this folder."""
