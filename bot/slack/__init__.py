"""What the bot says: messages as pure functions of an order, and their delivery."""
