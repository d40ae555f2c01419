"""Block Kit as Slack takes it: what it refuses, what it fills in, and where the buttons are."""
