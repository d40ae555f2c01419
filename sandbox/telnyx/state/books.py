"""All that the sandbox remembers, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.provider.changes import Changes
    from sandbox.telnyx.state.account import Account
    from sandbox.telnyx.state.ledger import Ledger


@dataclass(frozen=True)
class Books:
    """The account, the ledger, and the signal that either has changed."""

    account: Account
    ledger: Ledger
    changes: Changes
