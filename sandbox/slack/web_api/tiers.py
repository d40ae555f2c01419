"""How often each method of the Web API may be called in a minute, in one workspace.

The tier of a method stands on its page at docs.slack.dev/reference/methods, and what it allows at
docs.slack.dev/apis/web-api/rate-limits: 1+, 20+, 50+ or 100+ a minute. Slack does not tell how
large the bursts are that it welcomes: here a minute's calls may come at once. Methods with rules of
their own have what their page says; for posts that is "several hundred messages per minute".
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST, SECOND, THIRD, FOURTH = 1, 20, 50, 100
HUNDREDS = 600

TIERS: Mapping[str, int] = MappingProxyType(
    {
        "api.test": FOURTH,
        "apps.connections.open": FIRST,
        "auth.test": HUNDREDS,
        "bookmarks.add": SECOND,
        "bookmarks.edit": SECOND,
        "bookmarks.list": THIRD,
        "bookmarks.remove": SECOND,
        "bots.info": THIRD,
        "chat.delete": THIRD,
        "chat.deleteScheduledMessage": THIRD,
        "chat.getPermalink": HUNDREDS,
        "chat.postEphemeral": FOURTH,
        "chat.postMessage": HUNDREDS,
        "chat.scheduleMessage": THIRD,
        "chat.scheduledMessages.list": THIRD,
        "chat.update": THIRD,
        "conversations.archive": SECOND,
        "conversations.create": SECOND,
        "conversations.history": THIRD,
        "conversations.info": THIRD,
        "conversations.invite": THIRD,
        "conversations.join": THIRD,
        "conversations.kick": THIRD,
        "conversations.leave": THIRD,
        "conversations.list": SECOND,
        "conversations.members": FOURTH,
        "conversations.open": THIRD,
        "conversations.rename": SECOND,
        "conversations.replies": THIRD,
        "conversations.setPurpose": SECOND,
        "conversations.setTopic": SECOND,
        "conversations.unarchive": SECOND,
        "emoji.list": SECOND,
        "files.completeUploadExternal": FOURTH,
        "files.delete": THIRD,
        "files.getUploadURLExternal": FOURTH,
        "files.info": FOURTH,
        "oauth.v2.access": FOURTH,
        "pins.add": SECOND,
        "pins.list": SECOND,
        "pins.remove": SECOND,
        "reactions.add": THIRD,
        "reactions.get": THIRD,
        "reactions.list": SECOND,
        "reactions.remove": SECOND,
        "team.info": THIRD,
        "usergroups.list": SECOND,
        "usergroups.users.list": SECOND,
        "users.conversations": SECOND,
        "users.info": FOURTH,
        "users.list": SECOND,
        "users.lookupByEmail": THIRD,
        "users.profile.get": FOURTH,
        "views.open": FOURTH,
        "views.publish": FOURTH,
        "views.push": FOURTH,
        "views.update": FOURTH,
    }
)
"""By method. `blocks.validate` has a rule that its page does not tell; here it has no limit.
An app opens several connections when it starts, so tier 1 has a burst of its own."""
BURST_OF_THE_FIRST = 20
