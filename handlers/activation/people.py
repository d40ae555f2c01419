"""Who is meant by a name in a line: only somebody whom Slack has put into the line itself."""

from collections.abc import Mapping
from typing import Final

from bot.domain.activation.assignment import Holder
from bot.domain.activation.holders import is_address, is_mention
from bot.domain.grammar import Activate, Assign, code_line
from bot.slack.mrkdwn import name_key

Mentions = Mapping[str, tuple[str, ...]]
"""Slack user ids by the key of the name that stands in the line."""
_PICK: Final = "type @, and pick the name from the list that Slack offers"


def recipient_of(command: Activate, mentions: Mentions, own: str) -> str:
    """Slack user id of whoever gets the codes. Raises InvalidCommand, which points at the name."""
    if not command.to:
        return own
    found = mentions.get(name_key(command.to), ())
    if len(found) == 1:
        return found[0]
    instead = code_line(
        Activate(
            command.subject,
            form=command.form,
            columns=command.columns,
            provider=command.provider,
        )
    )
    menu = "or send the line without to=, and pick the person in the answer"
    raise command.refused("to", f"{_why(found)}: {_PICK}; {menu}", instead)


def holder_of(command: Assign, mentions: Mentions, own: str) -> Holder:
    """Who has the eSIM. Raises InvalidCommand, which points at the name."""
    to = command.to
    if to == "me":
        return Holder(person=own, name=command.name)
    if is_mention(to):
        found = mentions.get(name_key(to), ())
        if len(found) != 1:
            named = Assign(command.iccid, to.removeprefix("@"))
            why = f"{_why(found)}: {_PICK}; a name without @ is kept as a name"
            raise command.refused("to", why, code_line(named))
        return Holder(person=found[0], name=command.name)
    if is_address(to):
        return Holder(email=to, name=command.name)
    return Holder(name=to or command.name)


def _why(found: tuple[str, ...]) -> str:
    return "several people are called this" if found else "I don't know who this is"
