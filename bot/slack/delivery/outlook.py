"""What a round over an order's messages leaves to be done."""

from dataclasses import dataclass, field

from bot.store.posted import Trouble


@dataclass
class Outlook:
    """When the order must be looked at again, and why."""

    again_in: float | None = None
    """Seconds; None when everything is up."""
    had_trouble: bool = False
    """Whether some message was not taken before, or is not now."""
    troubles: list[Trouble] = field(default_factory=list)
    """Why messages are not up, that are tried again."""

    def wait(self, seconds: float) -> None:
        """Something is to be done in so many seconds."""
        self.again_in = seconds if self.again_in is None else min(self.again_in, seconds)

    def rest(self, trouble: Trouble, seconds: float) -> None:
        """A message is tried again in so many seconds, as it was not taken."""
        self.had_trouble = True
        self.troubles.append(trouble)
        self.wait(seconds)

    @property
    def oldest(self) -> Trouble | None:
        """The trouble that goes on for longest."""
        return min(self.troubles, key=lambda one: one.since, default=None)
