"""Activation codes for people, and who has which eSIM. The policy authorises every call."""

from bot.engine.activation.assignments import Assignments
from bot.engine.activation.hand_outs import HandOuts, Report
from bot.engine.activation.plans import Plan, Plans
from bot.engine.activation.removals import Removals

__all__ = ["Assignments", "HandOuts", "Plan", "Plans", "Removals", "Report"]
