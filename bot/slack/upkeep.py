"""One pass over an order's messages: compare what should stand on Slack with what does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import structlog

from bot.clock import Clock
from bot.domain.order import BOT, Order
from bot.domain.state import OrderState
from bot.errors import SlackRefused
from bot.slack.client import Place, SlackClient
from bot.slack.message import CARD, EVENT_TYPE, Message
from bot.slack.messages import messages_of, needs_link
from bot.slack.messages.card import card
from bot.slack.pacing import Pacer
from bot.store.orders import OrderStore
from bot.store.posted import Posted, PostedStore

_EARLIER = timedelta(minutes=5)
"""How far Slack's clock may be behind ours when a message is looked for."""
_INVITE = "Invite me to the channel and send the command again."
_HELP = {
    "not_in_channel": _INVITE,
    "channel_not_found": _INVITE,
    "is_archived": "Send the command again in a channel that is not archived.",
}
"""What the requester can do when the card can't be posted; otherwise only the operator can."""


@dataclass(frozen=True)
class Tools:
    """What a pass works with; `notify` are the channels that are told how orders end."""

    store: OrderStore
    posted: PostedStore
    client: SlackClient
    clock: Clock
    notify: Sequence[str] = ()
    pacer: Pacer = field(default_factory=Pacer)


@dataclass
class Upkeep:
    """Posts what is missing, edits what is old; the intent is written down before a post.

    So a post whose fate is not known is looked for on Slack before it is made again.
    """

    order: Order
    tools: Tools
    known: dict[str, Posted] = field(default_factory=dict)

    async def run(self) -> None:
        """Make one pass. Raises SlackUnavailable, TooSoon, StoreUnavailable, Conflict: again."""
        self.known = await self.tools.posted.load(self.order.id)
        await self._bring_up(CARD, card(self.order))
        messages = messages_of(self.order, self.tools.notify, await self._link())
        for key, message in messages.items():
            await self._bring_up(key, message)

    async def _link(self) -> str:
        """The address of the card, when a message needs it and the card stands."""
        place = self._standing(CARD)
        if place is None or not needs_link(self.order):
            return ""
        try:
            return await self.tools.client.permalink(place)
        except SlackRefused:
            return ""

    async def _bring_up(self, key: str, message: Message) -> None:
        known = self.known.get(key, Posted())
        if not known.refused and known.digest != message.digest:
            try:
                await self._mend(key, message, known)
            except SlackRefused as refusal:
                await self._give_up(key, refusal)
        if self.known[key].refused and message.or_else:
            direct = replace(message, channel=message.or_else, in_thread=False, or_else="")
            await self._bring_up(f"{key}:direct", direct)

    async def _mend(self, key: str, message: Message, known: Posted) -> None:
        if message.files and self._standing(key):  # a file can't be edited: a newer one follows
            known = self.known[key] = Posted()
            await self.tools.posted.forget(self.order.id, key)
        place = self._standing(key) or await self._find(key, message, known)
        if place is None:
            place = await self._post(key, message, known)
        elif not message.files:
            self.tools.pacer.edit(*place, self.tools.clock.now().timestamp())
            await self.tools.client.update(place, message, self._metadata(key))
        await self._keep(key, Posted(channel=place.channel, ts=place.ts, digest=message.digest))

    async def _post(self, key: str, message: Message, known: Posted) -> Place:
        thread, now = self._thread_of(message), self.tools.clock.now()
        self.tools.pacer.post(message.channel, now.timestamp())
        self.known[key] = await self.tools.posted.begin(self.order.id, key, known, now)
        if not message.files:
            return await self.tools.client.post(message, thread, self._metadata(key))
        await self.tools.client.upload(message, thread)
        return Place(message.channel, "uploaded")

    async def _find(self, key: str, message: Message, known: Posted) -> Place | None:
        """Look for a post that was begun and may have gone through."""
        if known.begun_at is None:
            return None
        since = known.begun_at - _EARLIER
        payload = self._metadata(key)["event_payload"]
        try:
            return await self.tools.client.find(message, self._thread_of(message), payload, since)
        except SlackRefused as refusal:  # where it may not read, it can only post
            log = structlog.get_logger()
            log.warning("could_not_look", order=self.order.id, key=key, error=refusal.error)
            return None

    async def _give_up(self, key: str, refusal: SlackRefused) -> None:
        """Slack will never take this message: it is not tried again."""
        structlog.get_logger().error(
            "message_refused", order=self.order.id, key=key, error=refusal.error
        )
        if key == CARD and self._standing(CARD) is None:
            await self._take_back(refusal)
        standing = self.known.get(key, Posted())
        await self._keep(key, standing.model_copy(update={"refused": refusal.error}))

    async def _take_back(self, refusal: SlackRefused) -> None:
        """Without a card nobody can decide: cancel, so that the requester is told."""
        if self.order.state is not OrderState.AWAITING_APPROVAL:
            return
        help_ = _HELP.get(refusal.error, "Tell whoever runs me.")
        why = f"I could not post its card: Slack says {refusal.error}. {help_}"
        now = self.tools.clock.now()
        await self.tools.store.save(self.order.cancel(BOT, now, why), self.order, now)

    async def _keep(self, key: str, posted: Posted) -> None:
        self.known[key] = posted
        await self.tools.posted.save(self.order.id, {key: posted})

    def _standing(self, key: str) -> Place | None:
        known = self.known.get(key)
        return Place(known.channel, known.ts) if known and known.ts else None

    def _thread_of(self, message: Message) -> str | None:
        """The card's ts. Raises SlackRefused when the card does not stand."""
        if not message.in_thread:
            return None
        card = self._standing(CARD)
        if card is None:
            raise SlackRefused("thread_not_found")
        return card.ts

    def _metadata(self, key: str) -> Mapping[str, Any]:
        payload = {"order_id": self.order.id, "key": key, "state": str(self.order.state)}
        return {"event_type": EVENT_TYPE, "event_payload": payload}
