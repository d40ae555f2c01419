"""How people write who has an eSIM: somebody on Slack, an e-mail address, or a name."""

import re
from typing import Final

_MENTION: Final = re.compile(r"@[^@\s]+( [^@\s]+)*")
_ADDRESS: Final = re.compile(r"[^@\s<>,;|]+@[^@\s<>,;|]+\.[^@\s<>,;|.]+")


def is_mention(text: str) -> bool:
    """Whether it is somebody on Slack, by the name that Slack shows: `@dana`."""
    return _MENTION.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Whether it is an e-mail address."""
    return _ADDRESS.fullmatch(text) is not None
