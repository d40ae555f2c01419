"""What Slack refuses in each kind of block."""
