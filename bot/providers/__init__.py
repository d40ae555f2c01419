"""The providers: who sells eSIMs, and how they are asked."""
