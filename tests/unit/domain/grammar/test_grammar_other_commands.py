"""Help, one order, lists of orders, and words that are no command."""

import pytest
from inline_snapshot import snapshot

from bot.domain.grammar import Command, Help, ListOrders, ShowOrder, parse
from tests.support.typed import RULES, explained, refused


@pytest.mark.parametrize("line", ["", "   ", "\u200b", "\n", "help", "HELP", "help me", " help "])
def test_help_is_never_far(line: str) -> None:
    """An empty line asks for help, and so does whatever follows the word."""
    assert parse(line, RULES) == Help()


@pytest.mark.parametrize(
    "line",
    [
        "order 7K2M9QXA",
        "order 7k2m9qxa",
        "ORDER   7K2M9QXA  ",
        "order #7K2M9QXA",
        "order `7K2M9QXA`",
        "order\u00a07K2M9QXA",
    ],
)
def test_an_order_is_shown_by_its_id(line: str) -> None:
    """An id is read however it was copied."""
    assert parse(line, RULES) == ShowOrder("7K2M9QXA")


def test_letters_that_look_like_digits_are_digits() -> None:
    """An id that was written down by hand still finds its order."""
    assert parse("order oil2m9qx", RULES) == ShowOrder("0112M9QX")


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("orders", ListOrders()),
        ("orders mine", ListOrders()),
        ("Orders  Mine", ListOrders()),
        ("orders all", ListOrders(everybody=True)),
        ("orders ALL", ListOrders(everybody=True)),
    ],
)
def test_orders_are_mine_or_everybodys(line: str, command: Command) -> None:
    """Without a word the list is one's own."""
    assert parse(line, RULES) == command


def test_an_order_that_is_not_named_is_asked_for() -> None:
    """The pointer is where the id belongs, or under what is none."""
    lines = ["order", "order   xyz", "order 7K2M9QX", "order 7K2M9QXA more", "order 7K2M9QXU"]
    assert explained(*lines) == snapshot("""\
/esim order
           ^
- which order? Write its id; /esim orders lists yours
> /esim order 7K2M9QXA

/esim order   xyz
              ^^^
- an order's id has 8 letters and digits, like 7K2M9QXA
> /esim order 7K2M9QXA

/esim order 7K2M9QX
            ^^^^^^^
- an order's id has 8 letters and digits, like 7K2M9QXA
> /esim order 7K2M9QXA

/esim order 7K2M9QXA more
            ^^^^^^^^^^^^^
- an order's id has 8 letters and digits, like 7K2M9QXA
> /esim order 7K2M9QXA

/esim order 7K2M9QXU
            ^^^^^^^^
- an order's id has 8 letters and digits, like 7K2M9QXA
> /esim order 7K2M9QXA
""")


def test_a_list_of_something_else_is_refused() -> None:
    """There are two lists, and both are named."""
    assert explained("orders everybody", "orders   all of them") == snapshot("""\
/esim orders everybody
             ^^^^^^^^^
- there is only `all`, for everybody's orders in this channel, or nothing for yours
> /esim orders all

/esim orders   all of them
               ^^^^^^^^^^^
- there is only `all`, for everybody's orders in this channel, or nothing for yours
> /esim orders all
""")


def test_a_misspelt_command_is_told_with_the_nearest_one() -> None:
    """The example is the same line with the command meant."""
    lines = ["byu 10 tags=a", "ordr 7K2M9QXA", "oders all", "hlep"]
    assert explained(*lines) == snapshot("""\
/esim byu 10 tags=a
      ^^^
- there is no such command: did you mean buy?
> /esim buy 10 tags=a

/esim ordr 7K2M9QXA
      ^^^^
- there is no such command: did you mean order?
> /esim order 7K2M9QXA

/esim oders all
      ^^^^^
- there is no such command: did you mean orders?
> /esim orders all

/esim hlep
      ^^^^
- there is no such command: did you mean help?
> /esim help
""")


def test_a_forgotten_command_is_told() -> None:
    """A line that begins with an amount was meant to buy."""
    assert explained("10 tags=a", "1x", "² tags=,") == snapshot("""\
/esim 10 tags=a
      ^^
- there is no such command: did you mean buy?
> /esim buy 10 tags=a

/esim 1x
      ^^
- there is no such command: did you mean buy?
> /esim buy 10

/esim ² tags=,
      ^
- there is no such command: did you mean buy?
> /esim buy 10
""")


def test_an_unknown_command_is_told_with_all_there_are() -> None:
    """What is like no command is answered with the list of them."""
    assert explained("topup", "/esim buy 10", "!") == snapshot("""\
/esim topup
      ^^^^^
- there is no such command: there are buy, order, orders, help
> /esim buy 10

/esim /esim buy 10
      ^^^^^
- there is no such command: there are buy, order, orders, help
> /esim buy 10

/esim !
      ^
- there is no such command: there are buy, order, orders, help
> /esim buy 10
""")


def test_the_example_mends_what_follows_the_command_too() -> None:
    """An example is never a line that is refused in its turn."""
    assert refused("byu 0 tags=,").example == "/esim buy 1"


def test_a_command_is_not_a_part_of_a_longer_word() -> None:
    """Only a space ends the command."""
    assert refused("buy10").example == "/esim buy 10"
    assert refused("buy=10").example == "/esim buy 10"
