"""Whether what a person did was recorded: what they are told, and what it means for their money."""

from typing import Final

NOT_RECORDED: Final = (
    "I can't reach my memory (Redis) in time, so nothing was recorded: nothing was ordered, "
    "decided or bought. Send it again in a minute. If it goes on, tell whoever runs me."
)
"""It is certain that nothing was written, and never will be."""
NOT_KNOWN_YET: Final = (
    "I can't tell yet whether this was recorded: my memory (Redis) does not answer in time. Don't "
    "send it again: I'll tell you as soon as I know, and nothing is bought twice."
)
"""It may have been written."""
NEVER_KNOWN: Final = (
    "I still can't tell whether what you did was recorded: my memory (Redis) does not answer, and "
    "I can't go on asking. Look at the order's card, or at `/esim orders`, before you send it "
    "again. Nothing is bought twice for one order."
)
"""The bot ends, or has nothing by which to ask."""
NOT_RECORDED_AFTER_ALL: Final = (
    "Now I know: what you did was not recorded, so nothing was ordered, decided or bought. Send it "
    "again if it is still wanted."
)
"""The answer that was promised, after a look."""
NOT_ANSWERED: Final = (
    "I was stopped before the provider answered. Nothing was ordered or changed: ask again in a "
    "minute."
)
"""The bot ends, and a question to a provider is still open."""
NOT_SHOWN: Final = (
    "I can't reach my memory (Redis), so I can't show this now. Nothing was changed. Try again in "
    "a minute; if it goes on, tell whoever runs me."
)
"""Nothing was to be recorded: somebody only wanted to see something."""


def recorded_after_all(order_id: str) -> str:
    """The answer that was promised, after a look; `order_id` is "" where it is about no order."""
    if not order_id:
        return (
            "Now I know: what you did was recorded, once. `/esim assigned` shows who has which "
            "eSIM. Don't send it again."
        )
    return (
        f"Now I know: what you did was recorded, once, for order `{order_id}`. Its card shows "
        f"where it stands, and so does `/esim order {order_id}`. Don't send it again."
    )


def noted(order_id: str) -> str:
    """A new order whose card has to wait."""
    return f"Noted as order `{order_id}`: its card follows."
