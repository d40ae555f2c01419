"""What was bought for an order that Redis has forgotten: people must hear of it all the same."""

from collections.abc import Sequence

from bot.domain.outcome import Bought, Outcome, Sim, Unknown
from bot.slack.message import Message, rendered, section
from bot.slack.mrkdwn import clip, code, esims, person
from bot.slack.words.looks import PROVIDERS
from bot.slack.words.oddities import iccid_of
from bot.store.emergency import Kept

_LINES = 50
"""ICCIDs in one section, so that its text is never too long for Slack."""
_SECTIONS = 40
"""Sections of ICCIDs in one message; a call has at most 1,000 SIM cards, and so 20."""


def orphan(kept: Kept) -> Message:
    """Every ICCID, whose it is, and what to do, for the channel or else the requester."""
    provider = PROVIDERS.get(kept.provider, kept.provider or "the provider")
    text = f"Order {kept.order_id}: {provider} answered, but I have no record of it any more."
    paragraphs = (_what(kept, provider), *_numbers(_sims(kept.outcome)), _next(kept, provider))
    blocks = rendered(*map(section, paragraphs))
    return Message(kept.channel, text, blocks, or_else=kept.requester)


def _what(kept: Kept, provider: str) -> str:
    sims = _sims(kept.outcome)
    bought = f"{provider} sold {esims(len(sims))}" if sims else f"{provider} may have sold eSIMs"
    return (
        f":rotating_light: {person(kept.requester)}, my memory (Redis) was emptied or put back "
        f"while order {code(kept.order_id)} was bought: I don't know this order any more. {bought} "
        f"of {kept.quantity:,} for it. {_why(kept.outcome)}".rstrip()
    )


def _why(outcome: Outcome) -> str:
    return f"What went wrong: {clip(outcome.why, 300)}." if isinstance(outcome, Unknown) else ""


def _numbers(sims: Sequence[Sim]) -> list[str]:
    lines = [f"• {code(iccid_of(sim), 120)}" for sim in sims]
    starts = range(0, len(lines), _LINES)
    return ["\n".join(lines[start : start + _LINES]) for start in starts][:_SECTIONS]


def _next(kept: Kept, provider: str) -> str:
    return (
        ":point_right: The money is spent. Keep these numbers, and list the SIM cards with the tag "
        f"{code(kept.reference)} in {provider}'s portal before anybody orders again."
    )


def _sims(outcome: Outcome) -> tuple[Sim, ...]:
    return outcome.sims if isinstance(outcome, Bought | Unknown) else ()
