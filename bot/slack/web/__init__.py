"""Slack's Web API: the calls, what their failures mean, and whether they can be made at all."""
