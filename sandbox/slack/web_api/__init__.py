"""Slack's Web API: what comes in over HTTP, what is refused, and the table of methods."""
