"""How activation codes are given on Slack: to one person, directly; nothing keeps them."""
