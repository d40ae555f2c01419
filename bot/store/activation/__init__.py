"""Activation codes and assignments in Redis: who was given which codes, who has which eSIM."""

from bot.store.activation.assignments import AssignmentStore
from bot.store.activation.hand_outs import GIVING, HandOutStore, StoredHandOut

__all__ = ["GIVING", "AssignmentStore", "HandOutStore", "StoredHandOut"]
