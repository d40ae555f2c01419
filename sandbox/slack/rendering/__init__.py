"""Messages as plain text: what a person reads in Slack, without the colours."""
