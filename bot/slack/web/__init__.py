"""Slack's Web API: the calls, what their failures mean, and whether they work."""
