"""What an order is and what may become of it: pure, no clock, no network, no Slack."""
