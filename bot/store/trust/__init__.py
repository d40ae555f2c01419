"""Whether Redis still has everything that was written to it."""
