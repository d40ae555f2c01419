"""All that the sandbox remembers, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.celitech.state.dialect import Dialect
from sandbox.celitech.state.ledger import Ledger

if TYPE_CHECKING:
    from sandbox.celitech.state.account import Account
    from sandbox.celitech.state.catalogue import Catalogue
    from sandbox.celitech.state.keys import KeyStore
    from sandbox.provider.changes import Changes


@dataclass(frozen=True)
class Books:
    """The account and what it can buy, keys, ledger, dialect; and the signal of their changes."""

    account: Account
    catalogue: Catalogue
    keys: KeyStore
    changes: Changes
    ledger: Ledger = field(default_factory=Ledger)
    dialect: Dialect = field(default_factory=Dialect)
