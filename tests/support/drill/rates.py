"""How often what goes wrong, at the provider and at Slack."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rates:
    """How many of a hundred orders meet each mishap: one at the provider, one at Slack."""

    lost: float = 3
    """SIM cards are sold, and the connection breaks before the answer."""
    failed: float = 3
    """HTTP 500; every other time SIM cards were sold all the same."""
    refused: float = 2
    short: float = 2
    """Fewer SIM cards than asked for, with an error that says why."""
    busy: float = 2
    """HTTP 429."""
    lagging: float = 1
    """As `lost`, and the next look-up fails with HTTP 500."""
    incomplete: float = 1
    """As `lost`, and for some seconds the list counts one more SIM card than it gives."""
    unnamed: float = 1
    """SIM cards are sold, and the answer names no ICCID."""
    sold_busy: float = 1
    """SIM cards are sold, and the answer is HTTP 429."""
    old_sim: float = 1
    """One fewer is sold, and the answer names a SIM card of another order in its place."""
    lower_tags: float = 0.5
    """For some seconds tags are told in small letters."""
    slack_dropped: float = 2
    """A post or an edit is stored, and the connection breaks before the answer."""
    slack_busy: float = 1
    """HTTP 429 with Retry-After."""
    slack_failed: float = 1
    """Slack's internal_error, nothing is stored."""
    slack_full: float = 0.5
    """For some seconds every post is refused: message_limit_exceeded."""
    slack_scope: float = 0.5
    """For some seconds every post is refused: missing_scope."""
    slack_new_word: float = 0.5
    """For some seconds every call is refused with a word that Slack's pages do not have."""
    slack_no_edits: float = 0.5
    """For some seconds every edit is refused: update_failed."""
    slack_no_files: float = 0.5
    """For some seconds no bytes of a file are taken: HTTP 404."""
    card_deleted: float = 1
    """Somebody deletes the newest card of an order that has not ended."""

    def told(self) -> str:
        """One line."""
        return ", ".join(f"{name} {rate:g} %" for name, rate in vars(self).items())
