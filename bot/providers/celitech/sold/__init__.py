"""What Celitech sells: destinations, their packages, and what an offer makes of them."""
