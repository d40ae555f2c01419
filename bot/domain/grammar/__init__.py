"""Reads a line such as `buy 10 tags=a,b` as a command; errors point at their place in it."""

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
