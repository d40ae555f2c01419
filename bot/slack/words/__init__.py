"""What is known of an order, in words that more than one message uses."""
