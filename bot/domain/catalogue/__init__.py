"""What providers sell, and for how much."""
