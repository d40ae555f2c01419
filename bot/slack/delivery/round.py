"""One round over an order's messages: compare what should stand on Slack with what does.

Each message is handled alone, and those of different places at the same time: the trouble of one
never delays another. What must be known before a post is written for all posts at once, and what
became of them with the end of the round.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import structlog

from bot.domain.order import Order
from bot.errors import SlackRefused, SlackUnavailable, StoreError, TooSoon
from bot.slack.delivery.record import Record
from bot.slack.delivery.retries import PLAIN_AFTER, NextRound, Tried, TroubleLog, is_given_up
from bot.slack.delivery.tidying import tidy
from bot.slack.delivery.writer import DeliveryServices, Writer
from bot.slack.message import CARD, Message
from bot.slack.messages.card import card
from bot.slack.messages.notices import reposted_notice
from bot.slack.messages.recipients import Draw, by_place, drawings_of, drawn, has_thread
from bot.slack.messages.stand_ins import bare, instead_of_file, stand_ins
from bot.store.posted import Fault, Trouble

_BARE_AFTER = PLAIN_AFTER + 2
"""Tries after which plain text is posted without the buttons of the message."""
_SLOW = 1.0
"""Seconds after which, again and again, what is done by then is saved while the rest goes on."""
_STOPGAP_AFTER = 2
"""Failed uploads after which the ICCIDs are posted as text."""


class Round:
    """Posts what is missing, edits what is old, and says when the next round is due."""

    def __init__(
        self, order: Order, services: DeliveryServices, started: datetime, *, is_new: bool = False
    ) -> None:
        """`started`: when this process started; what failed before that is tried at once.

        `is_new`: nothing can have been posted of this order yet.
        """
        self._order = order
        self._services = services
        self._started = started
        self._is_new = is_new
        self._next_round = NextRound()
        self._away: dict[str, float] = {}
        self._card_was_too_soon = False

    async def run(self) -> NextRound:
        """Make one round, and write its end. Raises StoreUnavailable, Conflict: make it again."""
        self._record = await self._read()
        self._writer = Writer(self._order, self._services, self._record)
        self._troubles = TroubleLog(self._order, self._services, self._record, self._next_round)
        self._next_round.had_trouble = self._record.has_trouble
        try:
            await self._bring_up_all()
            now = self._services.clock.now()
            await self._record.end(self._next_round.ended(self._order, now))
        except StoreError:
            await self._record.save_outcomes()
            raise
        except Exception:
            await self._record.save()
            raise
        finally:
            self._writer.end()
        return self._next_round

    async def _read(self) -> Record:
        """Read the record; should there be one of a new order all the same, a write finds out."""
        if self._is_new:
            return Record(self._order.id, self._services.posted, {})
        return await Record.read(self._order.id, self._services.posted)

    async def _bring_up_all(self) -> None:
        stood = self._record.card is not None
        if not stood and self._needs_card():
            await self._bring_up_card()
        wanted = self._wanted()
        lanes = [self._in_turn(lane) for lane in by_place(wanted)]
        if stood:
            lanes.append(self._edit_card())
        await _together(lanes, self._record.save, self._edit_card_meanwhile)
        await tidy(self._writer, wanted, self._next_round)

    async def _in_turn(self, messages: Mapping[str, Message]) -> None:
        """Bring up the messages of one place, one after the other."""
        for key, message in messages.items():
            await self._bring_up(key, message)

    async def _edit_card(self) -> None:
        """Edit the card once the intents of posts are saved: the posts leave before it."""
        await asyncio.sleep(0)
        await self._record.save()
        await self._bring_up_card()

    async def _edit_card_meanwhile(self) -> None:
        """While files are made, an edit that came too soon has its turn: it waits for none."""
        await self._record.save()
        if self._card_was_too_soon:
            self._card_was_too_soon = False
            await self._bring_up_card()

    # What is wanted

    def _needs_card(self) -> bool:
        """False for an order that ended because no place took its card, and that has no thread."""
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
        """Report a card that no place takes, in every round: an earlier report may be lost."""
        trouble = self._record.trouble(CARD, shown.digest)
        if self._record.card is None and trouble is not None and trouble.fault is Fault.PLACE:
            await self._record.save()
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
        except Exception as failure:  # a fault in one message must not stop the others
            plain = stand_ins(self._order, key, None)
            if not all(self._writer.is_up(each, message) for each, message in plain.items()):
                log = structlog.get_logger()
                error = type(failure).__name__
                log.exception("message_not_drawn", order=self._order.id, key=key, error=error)
            return plain

    def _link(self) -> str:
        """The card's address; "" while it is not posted."""
        place, workspace = self._record.card, self._services.workspace_url
        if place is None or not workspace:
            return ""
        stamp = place.ts.replace(".", "")
        return f"{workspace.rstrip('/')}/archives/{place.channel}/p{stamp}"

    def _about_deleted_card(self, link: str) -> dict[str, Message]:
        """The notice that the deleted card of an open order was posted again; sent once."""
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
        """A message of the thread waits for the card; without a card it goes elsewhere."""
        if self._record[CARD].is_placeless:
            await self._show_directly(key, message)

    def _variant(self, key: str, message: Message) -> dict[str, Message]:
        """The message, or plain text in its place once Slack has refused it often."""
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
        """Post or edit it when it is due; `digest` is that of the message that it stands for."""
        if self._writer.is_up(key, shown):
            return
        trouble = self._record.trouble(key, digest)
        if trouble is not None and is_given_up(trouble):
            return
        wait = self._wait_left(trouble) if trouble is not None else 0.0
        if trouble is not None and wait > 0:
            self._next_round.retry(trouble, wait)
        else:
            await self._try(key, shown, digest)

    def _wait_left(self, trouble: Trouble) -> float:
        """Seconds until the next try; what failed before this process started is tried now."""
        now = self._services.clock.now()
        return 0.0 if trouble.tried_at < self._started else trouble.wait_left(now)

    async def _try(self, key: str, shown: Message, digest: str) -> None:
        method = self._method_of(key, shown)
        if method in self._away:
            self._next_round.wait(self._away[method])
            return
        tried = Tried(key, digest, shown.in_thread, self._writer.to_edit(key, shown))
        try:
            await self._writer.put_up(key, shown, digest)
        except TooSoon as early:
            self._next_round.wait(early.seconds)
            self._card_was_too_soon |= key == CARD and self._record.card is not None
        except SlackRefused as refusal:
            await self._troubles.refused(tried, refusal)
        except SlackUnavailable as failure:
            wait = self._troubles.not_now(key, digest, failure)
            if not failure.error:
                self._away[method] = wait

    def _method_of(self, key: str, shown: Message) -> str:
        """The kind of call that brings it up: when one of a kind fails, the others may fail too."""
        if shown.files:
            return "upload"
        return "edit" if self._record.place(key) else "post"

    # What is done instead

    async def _show_elsewhere(self, key: str, message: Message, trouble: Trouble) -> None:
        """Show elsewhere what can't be posted where it belongs."""
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
        """Post it now, without the wait that its usual form has."""
        if not self._writer.is_up(key, shown):
            await self._try(key, shown, digest)

    async def _show_directly(self, key: str, message: Message) -> None:
        """Send it to the requester as a direct message, where the message names one."""
        if message.or_else:
            direct = replace(message, channel=message.or_else, in_thread=False, or_else="")
            await self._bring_up(f"{key}:direct", direct)


async def _together(
    parts: Iterable[Coroutine[object, object, None]],
    save: Callable[[], Awaitable[None]],
    meanwhile: Callable[[], Awaitable[None]],
) -> None:
    """Carry all of them out to their ends; while one takes long, `meanwhile` is done, too.

    It saves what is done by then; so does `save`, alone, when the process stops.
    Whatever fails is raised at the end, the worst of it. A part is never stopped: a post that may
    have left must be waited for. Only when this process stops they do, too.
    """
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        slow = set(tasks)
        while slow:
            _, slow = await asyncio.wait(slow, timeout=_SLOW)
            if slow:
                tasks.append(asyncio.ensure_future(meanwhile()))
        _raise_worst(await asyncio.gather(*tasks, return_exceptions=True))
    except asyncio.CancelledError:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(StoreError):
            await save()
        raise


def _raise_worst(ends: Iterable[object]) -> None:
    """Raise what ends the process, else what Redis did not do, else a fault of ours."""
    failures = [end for end in ends if isinstance(end, BaseException)]
    if failures:
        raise min(failures, key=lambda one: isinstance(one, Exception) + _is_ours(one))


def _is_ours(failure: BaseException) -> bool:
    return isinstance(failure, Exception) and not isinstance(failure, StoreError)
