"""Block Kit: what Slack refuses in messages, modals and Home tabs, and what it fills in.

It needs nothing else of the sandbox. `message_problems(blocks)` and `view_problems(view)` give
every place that is wrong, as Slack words it and with a JSON pointer; `blocks_too_long(blocks)`
tells of the cap over a whole message; `completed(blocks)` adds what Slack makes up.
"""

from sandbox.blockkit.interactive import Button, buttons, completed, interactive, options_of, placed
from sandbox.blockkit.problems import Problem
from sandbox.blockkit.surfaces import (
    HOME,
    MESSAGE,
    MODAL,
    block_list_problems,
    blocks_too_long,
    message_problems,
    view_problems,
)

__all__ = [
    "HOME",
    "MESSAGE",
    "MODAL",
    "Button",
    "Problem",
    "block_list_problems",
    "blocks_too_long",
    "buttons",
    "completed",
    "interactive",
    "message_problems",
    "options_of",
    "placed",
    "view_problems",
]
