"""Lines as people type them behind the slash command, and what is made of them."""

from bot.domain.grammar import Buy, InvalidCommand, Rules, over_limit, parse
from bot.domain.request import PurchaseRequest
from tests.support.requests import rules as usual_rules

RULES = usual_rules()
"""What lines are read under unless a test says otherwise: `/esim`, at most 1000, standby."""


def asked(line: str, rules: Rules = RULES) -> PurchaseRequest:
    """The request that this line makes; anything else than a purchase fails the test."""
    command = parse(line, rules)
    assert isinstance(command, Buy), f"read as {command}"
    return command.request


def refused(line: str, rules: Rules = RULES) -> InvalidCommand:
    """What the person is told about a line that can't be understood, or asks for too much.

    Too much is refused by the policy, and pointed at in the line as the command does it.
    """
    try:
        command = parse(line, rules)
    except InvalidCommand as wrong:
        return wrong
    assert isinstance(command, Buy), f"read as {command}"
    assert command.request.amount > rules.max_amount, f"read as {command}"
    return command.refused("amount", over_limit(rules.max_amount))


def messages(line: str, rules: Rules = RULES) -> list[str]:
    """What is wrong with a line, in the order of the places."""
    return [problem.message for problem in refused(line, rules).problems]


def explained(*lines: str, rules: Rules = RULES) -> str:
    """All that is told about wrong lines: each with its pointers, its problems, its meanings."""
    return "\n".join(_explained(refused(line, rules)) for line in lines)


def _explained(wrong: InvalidCommand) -> str:
    problems = [f"- {problem.word}: {problem.message}" for problem in wrong.problems]
    return "\n".join([wrong.pointed(), *problems, *(f"> {line}" for line in wrong.suggestions), ""])


def offered(line: str, rules: Rules = RULES) -> list[str]:
    """What a line that can't be taken may mean, or what it is answered with."""
    return list(refused(line, rules).suggestions)


def typed(suggestion: str, rules: Rules = RULES) -> str:
    """A suggestion without the slash command, as it reaches the parser."""
    command, _, line = suggestion.partition(" ")
    assert command == rules.command
    return line
