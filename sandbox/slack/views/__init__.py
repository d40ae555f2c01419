"""Modals and Home tabs, each of one person, and the triggers that open them."""
