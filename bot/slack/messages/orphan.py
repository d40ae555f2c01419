"""What was bought for an order that Redis has lost: people must be told of it too."""

from bot.domain.purchase.outcome import Bought, Outcome, Unknown
from bot.domain.purchase.sim import Sim
from bot.slack.message import Message
from bot.slack.mrkdwn import clip, code, esims, in_parts, person
from bot.slack.sims import iccid_of
from bot.slack.words.kinds import KINDS
from bot.slack.words.looks import written_name
from bot.slack.words.states import reason_in_words
from bot.store.emergency import UnsavedOutcome


def orphan(unsaved: UnsavedOutcome) -> list[Message]:
    """Whose order it is, what to do, and every ICCID, for the channel or else the requester.

    Plain texts, as many as the ICCIDs need, each short enough for Slack: they can't be drawn again
    later.
    """
    provider = clip(written_name(unsaved.provider), 60) or "the provider"
    numbers = [f"• {code(iccid_of(sim), 120)}" for sim in _sims(unsaved.outcome)]
    is_purchase = KINDS[unsaved.kind].counts
    happened = _what(unsaved, provider) if is_purchase else _change(unsaved, provider)
    then = _next(unsaved, provider) if is_purchase else _look_at_change(unsaved, provider)
    texts = in_parts(f"{happened}\n{then}", numbers)
    return [Message(unsaved.channel, text, or_else=unsaved.requester) for text in texts]


def _what(unsaved: UnsavedOutcome, provider: str) -> str:
    sims = _sims(unsaved.outcome)
    bought = f"{provider} sold {esims(len(sims))}" if sims else f"{provider} may have sold eSIMs"
    asked = f" of {unsaved.quantity:,}" if unsaved.quantity else ""
    return f"{_forgotten(unsaved)} {bought}{asked} for it. {_why(unsaved)}".rstrip()


def _forgotten(unsaved: UnsavedOutcome) -> str:
    whose = f"{person(unsaved.requester)}, " if unsaved.requester else ""
    under_way = "bought" if KINDS[unsaved.kind].counts else "under way"
    return (
        f":rotating_light: {whose}my memory (Redis) was emptied or put back while order "
        f"{code(unsaved.order_id)} was {under_way}: I don't know this order any more."
    )


def _change(unsaved: UnsavedOutcome, provider: str) -> str:
    """What came of a call that sells no eSIM."""
    noun = KINDS[unsaved.kind].noun
    told = f"{provider} may have carried out the {noun} that was asked for."
    if _sims(unsaved.outcome):
        told = f"{provider} has carried out the {noun} that was asked for."
    return f"{_forgotten(unsaved)} {told} {_why(unsaved)}".rstrip()


def _look_at_change(unsaved: UnsavedOutcome, provider: str) -> str:
    if _sims(unsaved.outcome):
        return ":point_right: Don't order it again. It is about:"
    return (
        f":point_right: Look in {provider}'s portal whether it is done before you order it again."
    )


def _why(unsaved: UnsavedOutcome) -> str:
    outcome = unsaved.outcome
    if not isinstance(outcome, Unknown) or not outcome.why:
        return ""
    return f"What went wrong: {clip(reason_in_words(outcome.why, unsaved.kind), 300)}."


def _next(unsaved: UnsavedOutcome, provider: str) -> str:
    """What to do next; without an ICCID, the provider's list must be searched."""
    tag = code(unsaved.reference or f"esim-{unsaved.order_id}-{unsaved.number}")
    look = f"the SIM cards with the tag {tag} in {provider}'s portal before anybody orders again"
    if not _sims(unsaved.outcome):
        return (
            f":point_right: Money may have been spent. List {look}, and keep the numbers that "
            "are listed there: they are bought."
        )
    return f":point_right: The money is spent. Keep the numbers below, and list {look}."


def _sims(outcome: Outcome) -> tuple[Sim, ...]:
    return outcome.sims if isinstance(outcome, Bought | Unknown) else ()
