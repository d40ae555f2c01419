"""Buys eSIMs from Slack, never twice: see docs/architecture.md."""
