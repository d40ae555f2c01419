"""Whether the server still has everything that was written to it."""
