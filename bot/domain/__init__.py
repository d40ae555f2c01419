"""What an order is, and every step it can take. Pure: no clock, no network, no Slack."""
