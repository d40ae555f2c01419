"""Who sells eSIMs."""
