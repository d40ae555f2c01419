"""What the sandbox knows: the account, what is sold, the keys, and the ledger."""
