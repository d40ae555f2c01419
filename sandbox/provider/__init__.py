"""What the providers' APIs on this machine have in common."""
