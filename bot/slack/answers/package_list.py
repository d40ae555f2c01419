"""The packages of a destination, with prices, and the line that orders one."""

from collections.abc import Iterator

from bot.domain.catalogue.lists import Package, PackageList
from bot.domain.form import form_of
from bot.domain.grammar import FROM, Ask, Buy, InvalidCommand, Rules, parse, render, written
from bot.domain.request import PurchaseRequest
from bot.slack.ephemeral import Answer, plain
from bot.slack.message import Block, context, rendered, section, table
from bot.slack.mrkdwn import clip, code, code_block, escape, money

_TABLED = 60
"""Packages in the table."""
_LONGEST_CELL = 40
_LONGEST_LIST = 900
"""Characters of all countries together."""


def package_list(question: Ask, found: PackageList, rules: Rules) -> Answer:
    """A table of sizes, durations and prices, and a line that orders one of them."""
    title = question.form.title
    if not found.packages:
        return plain(
            f"{escape(title)} sells no such package for {clip(found.destination, 100)}. Nothing "
            f"was ordered. Without `data=` and `days=` I list all there are."
        )
    return Answer(
        f"Packages of {title} for {clip(found.destination, 100)}",
        rendered(
            section(f"*Packages of {escape(title)} for {clip(found.destination, 100)}*"),
            _table(found.packages[:_TABLED]),
            *_how_to_order(question, found, rules),
            *_countries(found),
            context(_bounds(question, found, rules)),
        ),
    )


def _table(packages: tuple[Package, ...]) -> Block:
    """The columns that tell the packages apart; a destination only where there are several."""
    several = len({package.destination for package in packages}) > 1
    rows = [_row(package, several=several) for package in packages]
    head = ["Destination"] if several else []
    return table([*head, "Data", "Days", "Price"], rows)


def _row(package: Package, *, several: bool) -> list[str]:
    price = money(package.price.cents, package.price.currency)
    where = [package.destination] if several else []
    return [cell[:_LONGEST_CELL] for cell in (*where, package.size, package.days, price)]


def _how_to_order(question: Ask, found: PackageList, rules: Rules) -> Iterator[Block]:
    """A line for the first package; the others differ from it in what the table shows."""
    shown = found.packages[:_TABLED]
    lines = [(package, _line(question, package, rules)) for package in shown]
    package, first = next((pair for pair in lines if pair[1]), (None, ""))
    if package is None:
        return
    price = escape(money(package.price.cents, package.price.currency))
    what = f"{clip(package.size, 40)}, {clip(package.days, 40)}, for {price}"
    others = dict.fromkeys(package.size for package, line in lines if not line)
    more = f" `{rules.command} help` shows how to order: {clip(', '.join(others), 200)}."
    yield section(
        f"To order one eSIM with {what}:\n{code_block(first)}\nFor another one write its size, "
        f"and the last of its days, instead.{more if others else ''}"
    )


def _line(question: Ask, package: Package, rules: Rules) -> str:
    """The line that orders this package; "" where no line does."""
    form = form_of(rules.forms, question.form.provider)
    names = [each.name for each in form.fields if each.name in package.options]
    seller = (FROM,) if form != rules.form else ()
    request = PurchaseRequest(
        provider=form.provider,
        amount=1,
        options=form.options(package.options),
        chosen=(*seller, *names),
    )
    line = render(request, rules.forms)
    try:
        return f"{rules.command} {line}" if isinstance(parse(line, rules), Buy) else ""
    except InvalidCommand:
        return ""


def _countries(found: PackageList) -> Iterator[Block]:
    if found.countries:
        many = len(found.countries)
        count = f"{many:,} countries" if many > 1 else "1 country"
        yield section(f"*Works in {count}:* {clip(', '.join(found.countries), _LONGEST_LIST)}")


def _bounds(question: Ask, found: PackageList, rules: Rules) -> str:
    told = "Prices are of one eSIM, as named just now; an order's card shows them again."
    shown = min(len(found.packages), _TABLED)
    if shown < len(found.packages) or not found.is_whole:
        line = code(f"{rules.command} {written(question, rules.forms)}")
        return f"{told} There are more than these {shown}: add `data=` or `days=` to {line}."
    return told
