"""Help, one order, lists of orders, and words that are no command."""

import pytest
from inline_snapshot import snapshot

from bot.domain.grammar import Command, Help, ListOrders, ShowOrder, parse
from bot.domain.grammar.parse import LONGEST
from tests.support.typed import RULES, explained, offered, refused


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
    """The pointer is where the id belongs, or under what is none; no id is made up."""
    lines = ["order", "order   xyz", "order 7K2M9QX", "order 7K2M9QXA more", "order 7K2M9QXU"]
    assert explained(*lines) == snapshot("""\
/esim order
           ^
- : which order? Write its id; /esim orders lists yours
> /esim orders

/esim order   xyz
              ^^^
- xyz: an order's id has 8 letters and digits, like 7K2M9QXA
> /esim orders

/esim order 7K2M9QX
            ^^^^^^^
- 7K2M9QX: an order's id has 8 letters and digits, like 7K2M9QXA
> /esim orders

/esim order 7K2M9QXA more
            ^^^^^^^^^^^^^
- 7K2M9QXA more: an order's id has 8 letters and digits, like 7K2M9QXA
> /esim order 7K2M9QXA

/esim order 7K2M9QXU
            ^^^^^^^^
- 7K2M9QXU: an order's id has 8 letters and digits, like 7K2M9QXA
> /esim orders
""")


def test_a_list_of_something_else_is_refused() -> None:
    """There are two lists, and both are named."""
    assert explained("orders everybody", "orders   all of them") == snapshot("""\
/esim orders everybody
             ^^^^^^^^^
- everybody: there is only `all`, for everybody's orders here, or nothing for yours
> /esim orders all

/esim orders   all of them
               ^^^^^^^^^^^
- all of them: there is only `all`, for everybody's orders here, or nothing for yours
> /esim orders all
""")


def test_a_misspelt_command_is_told_with_the_nearest_one() -> None:
    """The example is the same line with the command meant."""
    lines = ["byu 10 tags=a", "ordr 7K2M9QXA", "oders all", "hlep"]
    assert explained(*lines) == snapshot("""\
/esim byu 10 tags=a
      ^^^
- byu: there is no such command: did you mean buy?
> /esim buy 10 tags=a

/esim ordr 7K2M9QXA
      ^^^^
- ordr: there is no such command: did you mean order?
> /esim order 7K2M9QXA

/esim oders all
      ^^^^^
- oders: there is no such command: did you mean orders?
> /esim orders all

/esim hlep
      ^^^^
- hlep: there is no such command: did you mean help?
> /esim help
""")


def test_a_forgotten_command_is_told() -> None:
    """A line that begins with an amount and goes on as an order does was meant to buy."""
    assert explained("10 tags=a", "five esims", "10", "² tags=,") == snapshot("""\
/esim 10 tags=a
      ^^
- 10: there is no such command: did you mean buy?
> /esim buy 10 tags=a

/esim five esims
      ^^^^
- five: there is no such command: did you mean buy?
> /esim buy 5

/esim 10
      ^^
- 10: there is no such command: there are buy, order, orders, activate, handout, assign, unassign, assigned, help
> /esim help

/esim ² tags=,
      ^
- ²: there is no such command: there are buy, order, orders, activate, handout, assign, unassign, assigned, help
> /esim help
""")  # noqa: E501 - as it is told


def test_an_unknown_command_is_told_with_all_there_are() -> None:
    """What is like no command is answered with the list of them, and with what shows more."""
    assert explained("topup", "/esim buy 10", "!", "approve 7K2M9QXA") == snapshot("""\
/esim topup
      ^^^^^
- topup: there is no such command: there are buy, order, orders, activate, handout, assign, unassign, assigned, help
> /esim help

/esim /esim buy 10
      ^^^^^
- /esim: type the command only once
> /esim buy 10

/esim !
      ^
- !: there is no such command: there are buy, order, orders, activate, handout, assign, unassign, assigned, help
> /esim help

/esim approve 7K2M9QXA
      ^^^^^^^
- approve: orders are approved and cancelled where they are shown, not by a line
> /esim order 7K2M9QXA
""")  # noqa: E501 - as it is told


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        *[
            ("status 7K2M9QXA", "order 7K2M9QXA"),
            ("status K2M9QXA", "orders"),
            ("status", "orders"),
        ],
        *[("approve 7K2M9QXA", "order 7K2M9QXA"), ("cancel #7k2m9qxa", "order 7K2M9QXA")],
        *[("approve", "orders"), ("cancel all", "orders"), ("decline it", "orders")],
        *[("7K2M9QXA", "order 7K2M9QXA"), ("where is 7k2m9qxa?", "order 7K2M9QXA")],
        *[("list", "orders"), ("pending", "orders"), ("what did I order", "orders")],
        *[("where is my order?", "orders"), ("bestellungen", "orders"), ("pedidos", "orders")],
        *[("balance", "help"), ("thanks", "help"), ("hello", "help"), ("bonjour", "help")],
        *[("how do I buy 3 esims?", "help"), ("did we buy 5?", "help"), ("please buy 3", "help")],
        *[
            ("can you buy 3 esims", "help"),
            ("don't buy 5", "help"),
            ("bye", "help"),
            ("by", "help"),
        ],
        *[
            ("10", "help"),
            ("3 fleet", "help"),
            ("ok 5", "help"),
            ("/giphy 3", "help"),
            ("5?", "help"),
        ],
        *[("купить 3", "help"), ("買う 3", "help"), ("сколько стоит 5", "help"), ("👍", "help")],
        *[
            ("order 12", "orders"),
            ("order 5 tags=a", "orders"),
            ("order 7K2M-9QXA", "order 7K2M9QXA"),
        ],
        *[("orders please", "orders"), ("orders 7K2M9QXA", "order 7K2M9QXA")],
        *[("orders everybody", "orders all"), ("oders all", "orders all"), ("hlep", "help")],
        *[("buy", "help"), ("buy help", "help"), ("buy what?", "help"), ("buy all", "help")],
    ],
)
def test_a_question_is_answered_with_what_shows_something(line: str, shown: str) -> None:
    """Nobody who asks, greets or decides is handed a line that spends."""
    assert offered(line) == [f"/esim {shown}"]


@pytest.mark.parametrize(
    ("line", "bought"),
    [
        *[("byu 10 tags=a", "buy 10 tags=a"), ("bye 3 tags=fleet", "buy 3 tags=fleet")],
        *[("purchase 3", "buy 3"), ("kaufen drei", "buy 3"), ("comprar 3", "buy 3")],
        *[("buy10", "buy 10"), ("buy=10", "buy 10"), ("buy:10 tags=a", "buy 10 tags=a")],
        *[("10 tags=a", "buy 10 tags=a"), ("five esims", "buy 5"), ("/esim buy 10", "buy 10")],
    ],
)
def test_a_purchase_with_a_mistake_is_shown_as_it_was_meant(line: str, bought: str) -> None:
    """Exactly the amount and the options that were typed; sending it is up to the person."""
    assert offered(line) == [f"/esim {bought}"]


@pytest.mark.parametrize("line", ["?", "-h", "--help", "HELP", "—help", "？"])
def test_help_has_other_names(line: str) -> None:
    """What asks for help elsewhere does so here."""
    assert parse(line, RULES) == Help()


def test_a_line_that_is_too_long_is_not_read() -> None:
    """No line keeps everybody else waiting; the person learns what fits."""
    wrong = refused("buy 3 note=" + "x" * LONGEST)
    assert str(wrong) == "this line has 4,017 characters; at most 4,000 are read"
    assert wrong.suggestions == ("/esim help",)
