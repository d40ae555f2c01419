"""What a request must be, before anything is done for it."""
