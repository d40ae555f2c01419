"""What the sandbox knows: the account, its SIM cards, and the ledger of purchases."""
