"""Looks whether the cards that wait for a decision still stand: nobody can press a deleted one."""

import structlog

from bot.errors import Conflict, SlackRefused, SlackUnavailable, StoreError
from bot.slack.delivery.writer import DeliveryServices
from bot.slack.message import CARD
from bot.slack.web.client import Place
from bot.store.posted import Posted
from bot.store.waiting import Waiting

EVERY = 900.0
"""Seconds between two looks at all open cards, by one of the processes."""
_PAUSE = 2.0
"""Seconds between two cards: Slack takes about fifty such questions a minute."""


class OpenCards:
    """Has a deleted card posted again."""

    def __init__(self, waiting: Waiting, services: DeliveryServices) -> None:
        self._waiting = waiting
        self._services = services
        self._log = structlog.get_logger()

    async def watch(self) -> None:
        """Look every quarter of an hour, for as long as the bot runs."""
        while True:
            await self._services.clock.sleep(EVERY)
            try:
                await self.look()
            except StoreError:
                self._log.warning("open_cards_not_looked_at")
            except Exception:  # noqa: BLE001 - a fault of ours must not end the watch
                self._log.exception("open_cards_not_looked_at")

    async def look(self) -> None:
        """Look at all of them, unless another process does. Raises StoreError."""
        if not await self._waiting.take_turn(EVERY / 2):
            return
        for number, order_id in enumerate(await self._waiting.open_orders()):
            if number:
                await self._services.clock.sleep(_PAUSE)
            if not await self._looked_at(order_id):
                return

    async def _looked_at(self, order_id: str) -> bool:
        """The same, but a card that can't be looked at keeps no other from it."""
        try:
            return await self._look_at(order_id)
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the next one is looked at
            self._log.exception("card_not_looked_at", order=order_id)
            return True

    async def _look_at(self, order_id: str) -> bool:
        """Look at one card; False when Slack does not tell now."""
        posted = self._services.posted
        known = (await posted.load(order_id)).get(CARD, Posted())
        if not known.ts:
            return True
        try:
            if not await self._services.client.stands(Place(known.channel, known.ts)):
                await self._post_again(order_id, known)
        except SlackRefused:
            return True  # where it may not look it can't tell
        except SlackUnavailable:
            return False
        return True

    async def _post_again(self, order_id: str, known: Posted) -> None:
        self._log.warning("card_gone", order=order_id)
        gone = Posted(again=known.again + 1, strays=known.strays)
        try:
            await self._services.posted.change(order_id, CARD, known, gone)
        except Conflict:
            return  # somebody has just written it anew
        await self._waiting.queue(order_id, self._services.clock.now())
