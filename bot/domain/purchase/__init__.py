"""What is sent to a provider, and what came of it: attempts, outcomes, SIM cards, looks."""
