"""Reads `buy 10 tags=a,b` into a command; an error points at its place in the line."""

from bot.domain.grammar.commands import (
    Buy,
    Command,
    Help,
    ListOrders,
    Rules,
    ShowOrder,
    a,
    render,
    written_option,
)
from bot.domain.grammar.parse import parse
from bot.domain.grammar.problems import InvalidCommand, Problem, over_limit

__all__ = [
    "Buy",
    "Command",
    "Help",
    "InvalidCommand",
    "ListOrders",
    "Problem",
    "Rules",
    "ShowOrder",
    "a",
    "over_limit",
    "parse",
    "render",
    "written_option",
]
