"""Checks that the cards which await a decision still stand: nobody can press a deleted one."""

import structlog

from bot.errors import Conflict, SlackRefused, SlackUnavailable, StoreError
from bot.slack.delivery.writer import DeliveryServices
from bot.slack.message import CARD
from bot.slack.web.client import Place
from bot.store.delayed_deliveries import DelayedDeliveries
from bot.store.posted import Posted

EVERY = 900.0
"""Seconds between two checks of all open cards, by one of the processes."""
_PAUSE = 2.0
"""Seconds between two cards: Slack answers about fifty such calls a minute."""


class OpenCards:
    """Makes delivery post a deleted card again."""

    def __init__(self, delayed: DelayedDeliveries, services: DeliveryServices) -> None:
        self._delayed = delayed
        self._services = services
        self._log = structlog.get_logger()

    async def watch(self) -> None:
        """Check every quarter of an hour, until cancelled."""
        while True:
            await self._services.clock.sleep(EVERY)
            try:
                await self.look()
            except StoreError:
                self._log.warning("open_cards_not_checked")
            except Exception:  # noqa: BLE001 - a fault of ours must not end the watch
                self._log.exception("open_cards_not_checked")

    async def look(self) -> None:
        """Check all of them, unless another process does. Raises StoreError."""
        if not await self._delayed.take_turn(EVERY / 2):
            return
        for number, order_id in enumerate(await self._delayed.open_orders()):
            if number:
                await self._services.clock.sleep(_PAUSE)
            if not await self._check_safely(order_id):
                return

    async def _check_safely(self, order_id: str) -> bool:
        """Check one card; a fault of ours in one does not stop the others."""
        try:
            return await self._check(order_id)
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the next one is looked at
            self._log.exception("card_not_checked", order=order_id)
            return True

    async def _check(self, order_id: str) -> bool:
        """Check one card; False when Slack can't say now."""
        posted = self._services.posted
        known = (await posted.load(order_id)).get(CARD, Posted())
        if not known.ts:
            return True
        try:
            if not await self._services.client.stands(Place(known.channel, known.ts)):
                await self._post_again(order_id, known)
        except SlackRefused:
            return True  # Slack does not let the bot look there
        except SlackUnavailable:
            return False
        return True

    async def _post_again(self, order_id: str, known: Posted) -> None:
        self._log.warning("card_gone", order=order_id)
        gone = Posted(again=known.again + 1, strays=known.strays)
        try:
            await self._services.posted.change(order_id, CARD, known, gone)
        except Conflict:
            return  # another process has just written it
        await self._delayed.queue(order_id, self._services.clock.now())
