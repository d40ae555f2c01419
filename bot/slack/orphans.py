"""Posts what was bought for orders that Redis has lost: such an order has no thread and no key."""

from dataclasses import replace

import structlog

from bot.errors import SlackError, SlackRefused
from bot.slack.messages.orphan import orphan
from bot.slack.web.client import SlackClient
from bot.store.emergency import UnsavedOutcome


class Orphans:
    """Posts to the order's channel, or else to the requester."""

    def __init__(self, slack: SlackClient) -> None:
        self._slack = slack
        self._posted: dict[tuple[str, int, str], int] = {}
        """Number of messages already posted, for each order of which some are still missing."""
        self._log = structlog.get_logger()

    async def tell(self, unsaved: UnsavedOutcome) -> bool:
        """Post all of it; False when some must be tried again later."""
        for channel in filter(None, (unsaved.channel, unsaved.requester)):
            try:
                await self._post(unsaved, channel)
            except SlackRefused as refused:
                self._log.warning("orphan_refused", order=unsaved.order_id, error=refused.error)
            except SlackError:
                return False
            else:
                return True
        return False

    async def _post(self, unsaved: UnsavedOutcome, channel: str) -> None:
        """Post every message that is still missing there. Raises SlackError."""
        place, messages = (unsaved.order_id, unsaved.number, channel), orphan(unsaved)
        for number in range(self._posted.get(place, 0), len(messages)):
            await self._slack.post(replace(messages[number], channel=channel), None, _METADATA)
            self._posted[place] = number + 1
        self._posted.pop(place, None)


_METADATA = {"event_type": "esim_orphan", "event_payload": {}}
