"""A stateful Celitech API on this machine, with a ledger of what was asked for and bought."""

from sandbox.celitech.faults import Faults
from sandbox.celitech.server import CelitechSandbox
from sandbox.celitech.state.account import FIRST, TOP_UP, Account, Purchase
from sandbox.celitech.state.catalogue import DURATIONS, SIZES, UNLIMITED, Catalogue, Package
from sandbox.celitech.state.dialect import EVERY_PROPERTY, Dialect
from sandbox.celitech.state.esims import Esim
from sandbox.celitech.state.ledger import Ledger, LedgerEntry, Outcome
from sandbox.provider.gate import Gate

__all__ = [
    "DURATIONS",
    "EVERY_PROPERTY",
    "FIRST",
    "SIZES",
    "TOP_UP",
    "UNLIMITED",
    "Account",
    "Catalogue",
    "CelitechSandbox",
    "Dialect",
    "Esim",
    "Faults",
    "Gate",
    "Ledger",
    "LedgerEntry",
    "Outcome",
    "Package",
    "Purchase",
]
