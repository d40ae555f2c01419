"""Who is let in: requests proven to come from Slack, by people of the bot's own workspace."""

from handlers.door.bolt import Bolt
from handlers.door.endpoint import LARGEST, Door, watched
from handlers.door.proof import Proof
from handlers.door.workspace import Workspace, guard

__all__ = ["LARGEST", "Bolt", "Door", "Proof", "Workspace", "guard", "watched"]
