"""Drives orders: what people decide, and what is due."""
