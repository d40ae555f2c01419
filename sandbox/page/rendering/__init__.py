"""Slack's texts and blocks as HTML; whatever a person wrote is escaped."""
