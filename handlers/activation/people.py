"""Who is meant by a name in a line: only somebody whom Slack has put into the line itself."""

from collections.abc import Mapping
from typing import Final

from bot.domain.activation.assignment import Holder
from bot.domain.activation.holders import is_address, is_mention
from bot.domain.grammar import Activate, Assign, Assigned, code_line
from bot.domain.grammar.codes.code_forms import NOBODY
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
            why = f"{_why(found)}: {_PICK}; a name without @ is kept as a name"
            raise command.refused("to", why, _instead(command, mentions))
        return Holder(person=found[0], name=command.name)
    if is_address(to):
        return Holder(email=to, name=command.name)
    return Holder(name=to or command.name)


def _instead(command: Assign, mentions: Mentions) -> str:
    """The line with the person whose name begins what was typed; else with it as a name."""
    words = command.to.split()
    for used in range(len(words) - 1, 0, -1):
        person, rest = " ".join(words[:used]), " ".join(words[used:])
        if len(mentions.get(name_key(person), ())) == 1:
            return code_line(Assign(command.iccid, person, command.name or rest.strip('"')))
    name = command.to.removeprefix("@")
    is_nobody = name.lower() in NOBODY
    return code_line(Assigned(command.iccid) if is_nobody else Assign(command.iccid, name))


def _why(found: tuple[str, ...]) -> str:
    return "several people are called this" if found else "I don't know who this is"
