"""One round over an order's messages: compare what should stand on Slack with what does.

Each message is handled for itself: the trouble of one never holds up another.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from bot.domain.order import Order
from bot.errors import SlackRefused, SlackUnavailable, TooSoon
from bot.slack.delivery.retries import PLAIN_AFTER, NextRound, TroubleLog, is_given_up
from bot.slack.delivery.writer import DeliveryServices, Record, Writer
from bot.slack.message import CARD, Message
from bot.slack.messages.card import card
from bot.slack.messages.notices import reposted_notice
from bot.slack.messages.recipients import Draw, drawings_of, drawn, has_thread
from bot.slack.messages.stand_ins import bare, instead_of_file, stand_ins
from bot.slack.web.client import Place
from bot.store.posted import Fault, Trouble

_BARE_AFTER = PLAIN_AFTER + 2
"""Times after which plain text goes without the buttons of the message that it stands for."""
_DELETE_AGAIN = 60.0
"""Seconds until something is tried to be deleted again."""
_STOPGAP_AFTER = 2
"""Failed uploads after which the ICCIDs come as text."""


class Round:
    """Posts what is missing, edits what is old, and says when it must be looked at again."""

    def __init__(self, order: Order, services: DeliveryServices, started: datetime) -> None:
        """`started`: when this process did; what failed before is tried at once."""
        self._order = order
        self._services = services
        self._started = started
        self._next_round = NextRound()
        self._away: dict[str, float] = {}

    async def run(self) -> NextRound:
        """Make one round. Raises StoreUnavailable and Conflict: to be made again."""
        self._record = await Record.read(self._order.id, self._services.posted)
        self._writer = Writer(self._order, self._services, self._record)
        self._troubles = TroubleLog(self._order, self._services, self._record, self._next_round)
        self._next_round.had_trouble = self._record.has_trouble
        stood = self._record.card is not None
        if not stood and self._needs_card():
            await self._bring_up_card()
        wanted = self._wanted()
        for key, message in sorted(wanted.items(), key=lambda one: bool(one[1].files)):
            await self._bring_up(key, message)
        if stood:
            await self._bring_up_card()
        await _tidy(self._writer, wanted, self._next_round)
        return self._next_round

    # What is wanted

    def _needs_card(self) -> bool:
        """Not once it has ended without a card, as no place took it, and nothing hangs under it."""
        placeless = self._record[CARD].is_placeless
        return not (placeless and self._order.state.is_final) or has_thread(self._order)

    async def _bring_up_card(self) -> None:
        for key, message in self._drawn(
            CARD, lambda: card(self._order, self._services.forms)
        ).items():
            await self._bring_up(key, message)
            if key == CARD:
                await self._report_refused(message)

    async def _report_refused(self, shown: Message) -> None:
        """Report a card that has no place, in every round: a report may have got lost."""
        trouble = self._record.trouble(CARD, shown.digest)
        if self._record.card is None and trouble is not None and trouble.fault is Fault.PLACE:
            await self._services.card_refused(self._order.id, trouble.error)

    def _wanted(self) -> dict[str, Message]:
        """Everything but the card, by message key, the most important first."""
        link = self._link()
        wanted: dict[str, Message] = {}
        for key, draw in self._drawings(link).items():
            wanted |= self._drawn(key, draw)
        return wanted | self._about_deleted_card(link)

    def _drawings(self, link: str) -> Mapping[str, Draw]:
        return drawings_of(self._order, self._services.forms, self._services.notify, link)

    def _drawn(self, key: str, draw: Draw) -> Mapping[str, Message]:
        try:
            return drawn(key, draw)
        except Exception as failure:  # whatever is wrong with one, the rest is shown
            plain = stand_ins(self._order, key, None)
            if not all(self._writer.is_up(each, message) for each, message in plain.items()):
                log = structlog.get_logger()
                error = type(failure).__name__
                log.exception("message_not_drawn", order=self._order.id, key=key, error=error)
            return plain

    def _link(self) -> str:
        """The card's address; "" while it does not stand."""
        place, workspace = self._record.card, self._services.workspace_url
        if place is None or not workspace:
            return ""
        stamp = place.ts.replace(".", "")
        return f"{workspace.rstrip('/')}/archives/{place.channel}/p{stamp}"

    def _about_deleted_card(self, link: str) -> dict[str, Message]:
        """That an open order's card is up again after somebody deleted it; told once."""
        again = self._record[CARD].again
        key = f"dm:{self._order.requester}:card:{again}"
        if not again or not link or self._order.state.is_final or self._record.place(key):
            return {}
        return {key: reposted_notice(self._order, link)}

    # One message

    async def _bring_up(self, key: str, message: Message) -> None:
        if message.in_thread and self._record.card is None:
            await self._without_card(key, message)
            return
        for each, shown in self._variant(key, message).items():
            digest = message.digest if each == key else shown.digest
            await self._show(each, shown, digest)
        trouble = self._record.trouble(key, message.digest)
        if trouble is not None:
            await self._show_elsewhere(key, message, trouble)

    async def _without_card(self, key: str, message: Message) -> None:
        """The thread waits for its card; where that has no place, somebody else gets it."""
        if self._record[CARD].is_placeless:
            await self._show_directly(key, message)

    def _variant(self, key: str, message: Message) -> dict[str, Message]:
        """The message, or plain text in its place once Slack has found fault with it often."""
        trouble = self._record.trouble(key, message.digest)
        if trouble is None or trouble.fault is not Fault.MESSAGE or trouble.tries < PLAIN_AFTER:
            return {key: message}
        if message.files:
            return {key: message}
        plain = stand_ins(self._order, key, message)
        if trouble.tries >= _BARE_AFTER:
            return {each: bare(shown) for each, shown in plain.items()}
        return plain

    async def _show(self, key: str, shown: Message, digest: str) -> None:
        """Put it up when it is due; `digest` is the content that it stands for."""
        if self._writer.is_up(key, shown):
            return
        trouble = self._record.trouble(key, digest)
        if trouble is not None and is_given_up(trouble):
            return
        rest = self._wait_left(trouble) if trouble is not None else 0.0
        if trouble is not None and rest > 0:
            self._next_round.rest(trouble, rest)
        else:
            await self._try(key, shown, digest)

    def _wait_left(self, trouble: Trouble) -> float:
        """Seconds until it is tried again; what failed before this process began is tried now."""
        now = self._services.clock.now()
        return 0.0 if trouble.tried_at < self._started else trouble.rests(now)

    async def _try(self, key: str, shown: Message, digest: str) -> None:
        method = self._method_of(key, shown)
        if method in self._away:
            self._next_round.wait(self._away[method])
            return
        try:
            await self._writer.put_up(key, shown, digest)
        except TooSoon as early:
            self._next_round.wait(early.seconds)
        except SlackRefused as refusal:
            await self._troubles.refused(key, shown, digest, refusal)
        except SlackUnavailable as failure:
            wait = await self._troubles.not_now(key, digest, failure)
            if not failure.error:
                self._away[method] = wait

    def _method_of(self, key: str, shown: Message) -> str:
        """What kind of call brings it up, for as far as one that fails speaks for the others."""
        if shown.files:
            return "upload"
        return "edit" if self._record.place(key) else "post"

    # What is done instead

    async def _show_elsewhere(self, key: str, message: Message, trouble: Trouble) -> None:
        """Another way for what can't be put up where it belongs."""
        if trouble.fault is Fault.PLACE:
            await self._show_directly(key, message)
        elif message.files and trouble.tries >= _STOPGAP_AFTER:
            error = "" if trouble.fault is Fault.AWAY else trouble.error
            for each, text in instead_of_file(self._order, key, message, error).items():
                await self._show(each, text, text.digest)
        elif trouble.fault is Fault.MESSAGE and trouble.tries == PLAIN_AFTER:
            for each, plain in self._variant(key, message).items():
                digest = message.digest if each == key else plain.digest
                await self._show_now(each, plain, digest)

    async def _show_now(self, key: str, shown: Message, digest: str) -> None:
        """Put it up without the wait that the usual form of it has earned."""
        if not self._writer.is_up(key, shown):
            await self._try(key, shown, digest)

    async def _show_directly(self, key: str, message: Message) -> None:
        """To the requester, where a message has somebody to go to."""
        if message.or_else:
            direct = replace(message, channel=message.or_else, in_thread=False, or_else="")
            await self._bring_up(f"{key}:direct", direct)


async def _tidy(writer: Writer, wanted: Mapping[str, Message], next_round: NextRound) -> None:
    """At most one upload stands in a thread, and nothing outside of it."""
    await _delete_strays(writer, next_round)
    uploads = [key for key, message in wanted.items() if message.files]
    if uploads and all(writer.is_up(key, wanted[key]) for key in uploads):
        for key in writer.record:
            await _delete_old_files(writer, key, next_round, is_wanted=key in wanted)


async def _delete_strays(writer: Writer, next_round: NextRound) -> None:
    left = writer.record[CARD].strays
    for channel, ts in left:
        try:
            await writer.services.client.delete(Place(channel, ts))
        except SlackUnavailable:
            next_round.wait(_DELETE_AGAIN)
            return
        except SlackRefused:
            pass  # it is gone, or nobody can do anything about it
        left = left[1:]
        await writer.record.change(CARD, strays=left)


async def _delete_old_files(
    writer: Writer, key: str, next_round: NextRound, *, is_wanted: bool
) -> None:
    known = writer.record[key]
    stale = known.former if is_wanted or ":direct" in key else (*known.former, *known.files)
    for file in stale:
        try:
            await writer.services.client.delete_file(file)
        except SlackUnavailable:
            next_round.wait(_DELETE_AGAIN)
            return
        except SlackRefused:
            pass
    if stale:
        kept = known.files if is_wanted or ":direct" in key else ()
        await writer.record.change(key, former=(), files=kept)
