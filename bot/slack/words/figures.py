"""What an order costs, how its price has changed, and what is sold in place of what is not."""

from collections.abc import Iterator

from bot.domain.catalogue.money import Quote
from bot.domain.catalogue.offer import Alternative
from bot.domain.events import Entry, Event, OrderState
from bot.domain.form import Forms
from bot.domain.grammar import render, with_options
from bot.domain.order import Order
from bot.domain.purchase.attempt import Attempt, AttemptOutcome
from bot.slack.mrkdwn import clip, code, cost, money
from bot.slack.words.kinds import words_of
from bot.slack.words.looks import looked_for_until, provider_name

_NOT_YET = frozenset({OrderState.CHECKING, OrderState.AWAITING_APPROVAL, OrderState.APPROVED})
_COMMAND = "/esim"
_NEAREST = 5
"""Lines that are offered in place of what is not sold."""
_LONGEST_LINE = 400
"""Characters of such a line; a longer one is shown without its note."""
_REASON = 300
"""Characters of a reason."""


def price(order: Order) -> tuple[str, str]:
    """Label and price: an estimate before the purchase, then the price of what was bought."""
    done = words_of(order).done
    if order.state.is_final and not (order.bought or ended_in_doubt(order)):
        return "Cost", f"nothing: nothing was {done}"
    if order.quote is None:
        return "Price", "is being asked"
    named = "Price" if order.quote.firm else "Estimated cost"
    known = price_in_words(order.quote.scaled(order.bought, order.amount))
    if order.state is OrderState.NEEDS_ATTENTION or ended_in_doubt(order):
        spent = known if order.bought else "nothing known"
        return "Cost so far", f"{spent}; more may have been spent" if is_paid(order) else known
    if order.state.is_final:
        return "Cost", known
    whole = _with_change(order, order.quote)
    if order.bought and order.state not in _NOT_YET:
        return named, f"{whole}; of that {known} for what is known to be {done}"
    return named, whole


def price_in_words(quote: Quote) -> str:
    """`$7.00 once, then $2.00 a month`; of a provider's own price what it has named: `$35.70`."""
    if not quote.firm or quote.monthly is not None:
        return cost(quote)
    return money(quote.once.cents, quote.once.currency) if quote.once.cents else "free of charge"


def is_paid(order: Order) -> bool:
    """Whether money is asked for it, as far as is known."""
    quote = order.quote
    return quote is None or bool(quote.once.cents or (quote.monthly and quote.monthly.cents))


def _with_change(order: Order, quote: Quote) -> str:
    """The price, and how it was before where that has changed since an approval."""
    told = price_in_words(quote)
    if order.earlier_quote is not None:
        return f"{told}, up from {price_in_words(order.earlier_quote)}"
    fell = any(entry.event is Event.PRICE_FELL for entry in order.history)
    return f"{told}; it fell since it was approved" if fell else told


# A price that rose


def rises(order: Order) -> list[Entry]:
    """Each rise before the first call, after which people decide anew."""
    up = OrderState.AWAITING_APPROVAL
    return [each for each in order.history if each.event is Event.PRICE_ROSE and each.state is up]


def rise(order: Order) -> str:
    """How the price rose the last time: `from $30.00 to $35.70`; "" where it did not."""
    if order.quote is None or order.earlier_quote is None:
        return ""
    return f"from {price_in_words(order.earlier_quote)} to {price_in_words(order.quote)}"


def rise_a_piece(order: Order) -> str:
    """How the price rose after the first call: `from $5.10 to $6.00 a piece`; "" if it did not."""
    if order.quote is None or order.risen_quote is None:
        return ""
    before, now = (
        price_in_words(quote.scaled(1, order.amount)) for quote in (order.quote, order.risen_quote)
    )
    return f"from {before} to {now} a piece"


# What is not sold


def end_without_offer(order: Order) -> Entry | None:
    """The entry of its end where the provider does not sell it, or can't be asked; else None."""
    return next((each for each in order.since_the_end if each.event is Event.NOT_OFFERED), None)


def why_stopped(order: Order) -> str:
    """Why nothing more is bought, where no call failed: a clause without its full stop.

    The price rose after the first call, or the provider does not sell it (any more), or could not
    be asked. "" otherwise.
    """
    if order.state.is_final and (risen := rise_a_piece(order)):
        return f"the price rose {risen}"
    end = end_without_offer(order)
    if end is None:
        return ""
    if order.unavailable is not None:
        return clip(order.unavailable.why, _REASON)
    reason = clip(end.detail, _REASON) or "no reason was given"
    return f"I could not ask {provider_name(order)} {words_of(order).asked} ({reason})"


def what_then(order: Order) -> str:
    """What to do about it, as a sentence."""
    if ended_in_doubt(order):
        until = looked_for_until(order)
        return f"A call may have gone through: I look for it until {until}, wait for that."
    if order.unavailable is not None and order.unavailable.nearest:
        return "Send one of these lines, or another one:"
    if order.bought:
        return "The button in its thread orders what is missing, as a new order."
    if order.risen_quote is not None:
        return "Send the command again to order it at the new price."
    if order.unavailable is None:
        return "Send the command again later; if it goes on, tell whoever runs me."
    return "If you meant something else, change the line and send it again."


def nearest(order: Order, forms: Forms) -> Iterator[str]:
    """The nearest that is sold: a line to copy, and its price."""
    if order.unavailable is None or not order.state.is_final:
        return
    for each in order.unavailable.nearest[:_NEAREST]:
        quote = each.quote.scaled(order.remaining, order.amount) if each.quote else None
        told = f" · {price_in_words(quote)}" if quote else ""
        yield f"• {code(_line(order, each, forms), _LONGEST_LINE)}{told}"


def _line(order: Order, instead: Alternative, forms: Forms) -> str:
    wanted = order.request.model_copy(update={"amount": order.remaining})
    request = with_options(wanted, instead.options)
    line = f"{_COMMAND} {render(request, forms)}"
    if len(line) < _LONGEST_LINE and "`" not in line:
        return line
    return f"{_COMMAND} {render(request.model_copy(update={'note': None}), forms)}"


# Whether more may have been spent


def ended_in_doubt(order: Order) -> bool:
    """Whether a call may have bought more than is known, and nobody has checked it."""
    if not order.state.is_final or any(each.event is Event.CLOSED for each in order.since_the_end):
        return False
    return any(map(_is_doubtful, order.attempts))


def _is_doubtful(attempt: Attempt) -> bool:
    """Whether it is in doubt, or was refused by the provider without a successful look since."""
    if attempt.outcome is AttemptOutcome.NOT_SENT:
        return attempt.turned_away and not attempt.looks_that_worked
    return attempt.outcome is AttemptOutcome.UNKNOWN and bool(attempt.shortage)


def spelled(status: str) -> str:
    """A provider's word without underscores."""
    return status.replace("_", " ")
