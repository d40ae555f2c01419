"""What was bought for an order that Redis has forgotten: people must hear of it all the same."""

from bot.domain.outcome import Bought, Outcome, Unknown
from bot.domain.sim import Sim
from bot.slack.message import Message
from bot.slack.mrkdwn import clip, code, esims, person
from bot.slack.words.looks import written_name
from bot.slack.words.oddities import iccid_of
from bot.slack.words.parts import in_parts
from bot.store.emergency import Kept


def orphan(kept: Kept) -> list[Message]:
    """Whose it is, what to do, and every ICCID, for the channel or else the requester.

    Plain texts, as many as the ICCIDs need: nothing in them can be too long for Slack, and
    nobody could draw this once more.
    """
    sims = _sims(kept.outcome)
    provider = clip(written_name(kept.provider), 60) or "the provider"
    numbers = [f"• {code(iccid_of(sim), 120)}" for sim in sims]
    texts = in_parts(f"{_what(kept, provider)}\n{_next(kept, provider)}", numbers)
    return [Message(kept.channel, text, or_else=kept.requester) for text in texts]


def _what(kept: Kept, provider: str) -> str:
    sims, whose = _sims(kept.outcome), f"{person(kept.requester)}, " if kept.requester else ""
    bought = f"{provider} sold {esims(len(sims))}" if sims else f"{provider} may have sold eSIMs"
    asked = f" of {kept.quantity:,}" if kept.quantity else ""
    return (
        f":rotating_light: {whose}my memory (Redis) was emptied or put back while order "
        f"{code(kept.order_id)} was bought: I don't know this order any more. "
        f"{bought}{asked} for it. {_why(kept.outcome)}".rstrip()
    )


def _why(outcome: Outcome) -> str:
    if not isinstance(outcome, Unknown) or not outcome.why:
        return ""
    return f"What went wrong: {clip(outcome.why, 300)}."


def _next(kept: Kept, provider: str) -> str:
    """Without a number there is nothing to keep yet: the provider's list tells what there is."""
    tag = code(kept.reference or f"esim-{kept.order_id}-{kept.number}")
    look = f"the SIM cards with the tag {tag} in {provider}'s portal before anybody orders again"
    if not _sims(kept.outcome):
        return (
            f":point_right: Money may have been spent. List {look}, and keep the numbers that "
            "are listed there: they are bought."
        )
    return f":point_right: The money is spent. Keep the numbers below, and list {look}."


def _sims(outcome: Outcome) -> tuple[Sim, ...]:
    return outcome.sims if isinstance(outcome, Bought | Unknown) else ()
