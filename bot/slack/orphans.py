"""Tells what was bought for orders that Redis has forgotten: no order, so no thread and no key."""

from dataclasses import replace

import structlog

from bot.errors import SlackError, SlackRefused
from bot.slack.messages.orphan import orphan
from bot.slack.web.client import SlackClient
from bot.store.emergency import Kept


class Orphans:
    """Posts to the order's channel, or else to the requester."""

    def __init__(self, slack: SlackClient) -> None:
        self._slack = slack
        self._log = structlog.get_logger()

    async def tell(self, kept: Kept) -> bool:
        """Whether somebody has got it; False: it must be tried again later."""
        message = orphan(kept)
        for channel in filter(None, (kept.channel, kept.requester)):
            try:
                await self._slack.post(replace(message, channel=channel), None, _METADATA)
            except SlackRefused as refused:
                self._log.warning("orphan_refused", order=kept.order_id, error=refused.error)
            except SlackError:
                return False
            else:
                return True
        return False


_METADATA = {"event_type": "esim_orphan", "event_payload": {}}
