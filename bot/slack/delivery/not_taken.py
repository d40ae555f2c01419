"""What is made of a message that Slack did not take: whose fault it is, and what follows."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.events import OrderState
from bot.domain.order import BOT, Order
from bot.errors import PlaceFault, SlackError, SlackRefused, SlackUnavailable, Strayed
from bot.reasons import reason_of
from bot.slack.delivery.record import Record
from bot.slack.delivery.retries import PLAIN_AFTER, Outlook, gone_again, is_given_up, next_trouble
from bot.slack.delivery.writing import Collaborators
from bot.slack.message import CARD, Message
from bot.slack.web.refusals import GONE, is_limit
from bot.store.posted import Fault, Posted, Trouble

_INVITE = "Invite me to the channel and send the command again."
_HELP = {
    "not_in_channel": _INVITE,
    "channel_not_found": _INVITE,
    "is_archived": "Send the command again in a channel that is not archived.",
}
"""What the requester can do when the card can't be posted; otherwise only the operator can."""


@dataclass(frozen=True)
class Troubles:
    """Writes down what went wrong with one order's messages, and tells the operator."""

    order: Order
    tools: Collaborators
    record: Record
    outlook: Outlook

    async def not_now(self, key: str, digest: str, failure: SlackUnavailable) -> float:
        """It passes: seconds until this message is tried again."""
        if failure.retry_after:
            self.tools.pacer.hold(failure.method, failure.retry_after)
        begun = None if failure.undone else self.record[key].begun_at
        if not is_limit(failure):
            return (await self._note(key, digest, failure, begun)).wait
        if begun != self.record[key].begun_at:
            await self.record.change(key, begun_at=begun)
        self.outlook.wait(failure.retry_after)
        return failure.retry_after

    async def refused(self, key: str, shown: Message, digest: str, refusal: SlackRefused) -> None:
        """The message's own fault, or its place's; or it is not there any more."""
        if isinstance(refusal, Strayed):
            strays = (*self.record[CARD].strays, (refusal.channel, refusal.ts))
            await self.record.change(CARD, strays=strays)
        if refusal.error in GONE and self.record.place(key):
            await self._gone(key, digest)
        elif refusal.error == "thread_not_found" and shown.in_thread:
            await self.record.change(key, begun_at=None)
            await self._gone(CARD, self.record[CARD].digest)
        else:
            if key == CARD and isinstance(refusal, PlaceFault) and self.record.card is None:
                await self._take_back(refusal)
            await self._note(key, digest, refusal, None)

    async def _gone(self, key: str, digest: str) -> None:
        """Somebody deleted it: it is posted again, at growing intervals when that goes on."""
        known = self.record[key]
        again, now = known.again + 1, self.tools.clock.now()
        self._log("warning", "message_gone", key=key, times=again)
        trouble = gone_again(again, digest, now, self.order.id)
        gone = Posted(
            change=known.change,
            again=again,
            former=(*known.former, *known.files),
            strays=known.strays,
            trouble=trouble,
        )
        await self.record.replace(key, gone)
        self.outlook.wait(trouble.wait if trouble else 0)

    async def _note(
        self, key: str, digest: str, failure: SlackError, begun: datetime | None
    ) -> Trouble:
        before, now = self.record[key].trouble, self.tools.clock.now()
        trouble = next_trouble(before, failure, digest, now, self.order.id)
        await self.record.change(key, trouble=trouble, begun_at=begun)
        self._tell_operator(key, trouble, failure)
        if not is_given_up(trouble) and not _is_shown_plainly_now(trouble):
            self.outlook.rest(trouble, trouble.wait)
        return trouble

    def _tell_operator(self, key: str, trouble: Trouble, failure: SlackError) -> None:
        facts = {"key": key, "error": trouble.error, "tries": trouble.tries}
        is_new = isinstance(failure, SlackRefused) and trouble.tries == 1
        if is_given_up(trouble):
            self._log("error", "message_given_up", **facts)
        elif is_new and trouble.fault is Fault.PLACE and _is_personal(key):
            self.tools.metrics.messages_without_place.inc()
            self._log("error", "message_without_place", **facts)
        elif is_new:
            self._log("error", "message_refused", **facts)
        else:
            why = reason_of(failure)  # an answer may be a page, with headers and cookies
            self._log("warning", "message_waits", **facts, retry_in=trouble.wait, reason=why)

    def _log(self, level: str, event: str, **facts: object) -> None:
        getattr(structlog.get_logger(), level)(event, order=self.order.id, **facts)

    async def _take_back(self, refusal: SlackRefused) -> None:
        """Without a card nobody can decide: cancel, so that the requester is told."""
        if self.order.state is not OrderState.AWAITING_APPROVAL:
            return
        help_ = _HELP.get(refusal.error, "Tell whoever runs me.")
        why = f"I could not post its card: Slack says {refusal.error}. {help_}"
        now = self.tools.clock.now()
        await self.tools.store.save(self.order.cancel(BOT, now, why), self.order, now)


def _is_personal(key: str) -> bool:
    """Whether it goes to the requester: there is nobody else who could get it."""
    return key.startswith("dm:") or key.endswith(":direct")


def _is_shown_plainly_now(trouble: Trouble) -> bool:
    """Whether plain text takes its place in this very round."""
    return trouble.fault is Fault.MESSAGE and trouble.tries == PLAIN_AFTER
