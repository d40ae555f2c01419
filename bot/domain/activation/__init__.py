"""Activation codes: what they say, who may get them, who has which eSIM."""
