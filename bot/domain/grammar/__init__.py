"""Reads a line such as `buy 10 tags=a,b` as a command; errors point at their place in it."""

from bot.domain.grammar.commands import (
    FROM,
    Ask,
    Buy,
    Change,
    Command,
    Help,
    ListOrders,
    Rules,
    ShowOrder,
    a,
    forms_with,
    render,
    with_options,
    written,
    written_option,
)
from bot.domain.grammar.parse import parse
from bot.domain.line.problems import InvalidCommand, Problem, over_limit

__all__ = [
    "FROM",
    "Ask",
    "Buy",
    "Change",
    "Command",
    "Help",
    "InvalidCommand",
    "ListOrders",
    "Problem",
    "Rules",
    "ShowOrder",
    "a",
    "forms_with",
    "over_limit",
    "parse",
    "render",
    "with_options",
    "written",
    "written_option",
]
