"""What comes of work, and how the acknowledgement tells it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from uuid import uuid4

import structlog
from slack_bolt.response import BoltResponse

from bot.domain.grammar import InvalidCommand
from bot.errors import DuplicateDelivery, EsimBotError, NotRecorded, StoreUnavailable
from bot.slack.ephemeral import Answer, mistaken, plain
from bot.slack.modals import field_errors, notice
from bot.slack.words.refusals import words_of
from handlers.interaction import Interaction, Kind

Follow = Callable[[], Awaitable[Answer | None]]
"""Finds out what is still to be said once the acknowledgement has left."""


@dataclass(frozen=True)
class Recorded:
    """What was asked for is in Redis; the card is answer enough, unless there is an answer."""

    order_id: str
    answer: Answer | None = None
    afterwards: Follow | None = None


@dataclass(frozen=True)
class Asked:
    """Something is done once the acknowledgement has left: a provider or Slack is asked."""

    find: Follow
    """Asks, and puts the answer into words; also that there is none, and why. None: no words."""
    answer: Answer | None = None
    """What is said at once."""
    meanwhile: Answer | None = None
    """What is said where the answer takes long, before it."""
    stopped: Answer | None = None
    """What is said when the bot ends before the answer; None: that nothing was done."""


class Unanswered(Enum):
    """What comes of work that has no answer of its own."""

    NOT_KNOWN = auto()
    """It may be recorded."""
    AGAIN = auto()
    """Slack delivered it again: it is carried out, and was answered."""


Work = Callable[[], Awaitable[Answer | Recorded | Asked]]
"""Does what was asked for."""
Outcome = Answer | Recorded | Asked | InvalidCommand | NotRecorded | Unanswered


def saying(answer: Answer) -> Work:
    """Work that only answers."""

    async def work() -> Answer:
        return answer

    return work


async def outcome_of(interaction: Interaction, work: Work) -> Outcome:
    """Do the work; whatever happens, something comes of it."""
    try:
        return await work()
    except DuplicateDelivery:
        return Unanswered.AGAIN
    except StoreUnavailable:
        return Unanswered.NOT_KNOWN
    except (InvalidCommand, NotRecorded) as failure:
        return failure
    except EsimBotError as failure:
        return plain(words_of(failure))
    except Exception as failure:  # noqa: BLE001 - whatever it was, the person must not wait in vain
        return unexplained(interaction, failure)


_DONE = "What I did is on the order's card or in `/esim orders`; look there before you try again."
NOTHING_DONE = "Nothing was ordered or changed."


def unexplained(interaction: Interaction, failure: Exception, done: str = _DONE) -> Answer:
    """The answer to an unexpected failure; the log has the reason. `done`: what was done anyway."""
    fault = uuid4().hex[:8]
    log = structlog.get_logger()
    log.error(
        "fault", fault=fault, user=interaction.user, channel=interaction.channel, exc_info=failure
    )
    return plain(
        f"I ran into a fault of my own (`{fault}`). {done} Whoever runs me finds the reason in the "
        f"logs under `{fault}`."
    )


def answer_of(outcome: Answer | Recorded | Asked | InvalidCommand | NotRecorded) -> Answer | None:
    """What is said of it at once."""
    match outcome:
        case Recorded(answer=answer) | Asked(answer=answer):
            return answer
        case InvalidCommand():
            return mistaken(outcome)
        case NotRecorded():
            return plain(words_of(outcome))
    return outcome


def spoken(
    kind: Kind, answer: Answer, wrong: InvalidCommand | None, blocks: Mapping[str, str]
) -> BoltResponse | None:
    """The acknowledgement that tells an answer; None where Slack takes none in it.

    The problems of a form are shown under its fields (`blocks`: field name to block id).
    """
    if kind is Kind.COMMAND:
        said = {"response_type": "ephemeral", "text": answer.text, "blocks": list(answer.blocks)}
        return BoltResponse(status=200, body=said)
    if kind is not Kind.SUBMISSION:
        return None
    if wrong is not None and blocks:
        errors = {"response_action": "errors", "errors": field_errors(wrong.problems, blocks)}
        return BoltResponse(status=200, body=errors)
    return BoltResponse(status=200, body=_as_modal(answer))


def _as_modal(answer: Answer) -> dict[str, Any]:
    """The acknowledgement that replaces the form by a notice."""
    return {"response_action": "update", "view": notice(answer)}
