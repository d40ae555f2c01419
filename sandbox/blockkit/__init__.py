"""Block Kit: what Slack refuses in messages, modals and Home tabs, and what it fills in.

It needs nothing else of the sandbox. `message_problems(blocks)` and `view_problems(view)` give
every place that is wrong, as Slack words it and with a JSON pointer; `blocks_too_long(blocks)`
tells of the cap over a whole message; `completed(blocks)` adds what Slack makes up.
"""

from sandbox.blockkit.buttons import Button, buttons, interactive
from sandbox.blockkit.completion import completed
from sandbox.blockkit.elements.menus import options_of
from sandbox.blockkit.message import block_list_problems, blocks_too_long, message_problems
from sandbox.blockkit.problem import Problem
from sandbox.blockkit.surfaces import HOME, MESSAGE, MODAL
from sandbox.blockkit.view import view_problems

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
    "view_problems",
]
