"""A stateful Telnyx API on this machine, with a ledger of what was asked for and sold."""

from sandbox.provider.gate import Gate
from sandbox.telnyx.faults import Faults
from sandbox.telnyx.server import TelnyxSandbox
from sandbox.telnyx.state.account import PRICE_CENTS, Account, Group
from sandbox.telnyx.state.ledger import Ledger, LedgerEntry, Outcome

__all__ = [
    "PRICE_CENTS",
    "Account",
    "Faults",
    "Gate",
    "Group",
    "Ledger",
    "LedgerEntry",
    "Outcome",
    "TelnyxSandbox",
]
