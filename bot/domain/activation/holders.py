"""How people write who has an eSIM: somebody on Slack, an e-mail address, or a name."""

import re
from typing import Final

_MENTION: Final = re.compile(r"@[^@\s]+( [^@\s]+)*")
_ADDRESS: Final = re.compile(r"[^@\s<>,;|]+@[^@\s<>,;|]+\.[^@\s<>,;|.]+")

_CODE: Final = re.compile(r"(?<!\w)(?i:lpa)\s*:|carddata=|(?<![\w$.])1\$[^\s$]+\$")
NO_NAME: Final = "this looks like an activation code, which is kept nowhere: leave it out"
"""What is said to somebody who writes a code where a name is kept."""


def has_code(text: str) -> bool:
    """Whether it looks like an activation code, or a link with one: no name is kept with it."""
    return _CODE.search(text) is not None


def is_mention(text: str) -> bool:
    """Whether it is somebody on Slack, by the name that Slack shows: `@dana`."""
    return _MENTION.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Whether it is an e-mail address."""
    return _ADDRESS.fullmatch(text) is not None
