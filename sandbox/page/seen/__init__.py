"""What one person sees in one place, piece by piece."""
