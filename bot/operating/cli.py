"""The commands of whoever runs the bot: `orders`, `order`, `audit`, `requeue`."""

from pathlib import Path
from typing import Annotated

import typer

operator = typer.Typer()

EnvFile = Annotated[
    Path | None,
    typer.Option(
        help="File with settings, for those that the environment has not; else .env if it is there."
    ),
]
Workspace = Annotated[
    str | None,
    typer.Option(help="Slack team id, where Redis holds the orders of several workspaces."),
]
Since = Annotated[
    str | None,
    typer.Option(help="From then on: 2h, 7d, 2026-01-31, or 2026-01-31T09:30 (UTC)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="A JSON object a line, for programs.")]
OrderId = Annotated[str, typer.Argument(metavar="ID", help="As its card shows it.")]


# Each imports what it needs when it is called, so that `esim-bot run` and `demo` start sooner.
@operator.command()
def orders(  # noqa: PLR0913 - the options of the command
    state: Annotated[
        str | None, typer.Option(help="Only those in this state, for example needs_attention.")
    ] = None,
    since: Since = None,
    requester: Annotated[
        str | None, typer.Option(help="Only those for this person, by Slack user id.")
    ] = None,
    iccid: Annotated[
        str | None,
        typer.Option(help="Only the one that bought this SIM card; its last digits are enough."),
    ] = None,
    *,
    as_json: AsJson = False,
    workspace: Workspace = None,
    env_file: EnvFile = None,
) -> None:
    """List orders, newest first."""
    from bot.operating.asking import asking  # noqa: PLC0415
    from bot.operating.order_list import Wanted, digits_of, list_orders, state_of  # noqa: PLC0415
    from bot.operating.since import time_of  # noqa: PLC0415

    with asking(env_file, workspace) as ask:
        wanted = Wanted(state_of(state), time_of(since), requester, digits_of(iccid))
        ask(lambda access: list_orders(access, wanted, as_json=as_json))


@operator.command()
def order(
    order_id: OrderId,
    *,
    as_json: AsJson = False,
    workspace: Workspace = None,
    env_file: EnvFile = None,
) -> None:
    """Show all that is known of an order: its calls, its SIM cards, its history."""
    from bot.operating.asking import asking  # noqa: PLC0415
    from bot.operating.one_order import show_order  # noqa: PLC0415

    with asking(env_file, workspace) as ask:
        ask(lambda access: show_order(access, order_id.upper(), as_json=as_json))


@operator.command()
def audit(  # noqa: PLR0913 - the options of the command
    order_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Only the steps of this order.")
    ] = None,
    since: Since = None,
    *,
    follow: Annotated[bool, typer.Option(help="Go on with what happens from now on.")] = False,
    as_json: AsJson = False,
    workspace: Workspace = None,
    env_file: EnvFile = None,
) -> None:
    """Show every step of every order, oldest first: who did what, and when."""
    from bot.operating.asking import asking  # noqa: PLC0415
    from bot.operating.since import time_of  # noqa: PLC0415
    from bot.operating.trail import show_audit  # noqa: PLC0415

    with asking(env_file, workspace) as ask:
        wanted = order_id and order_id.upper(), time_of(since)
        ask(lambda access: show_audit(access, *wanted, follow=follow, as_json=as_json))


@operator.command()
def requeue(order_id: OrderId, *, workspace: Workspace = None, env_file: EnvFile = None) -> None:
    """Have the bot look at an order now. It is noted in the audit trail; nothing is sent here."""
    from bot.operating.asking import asking  # noqa: PLC0415
    from bot.operating.requeueing import requeue_order  # noqa: PLC0415

    with asking(env_file, workspace) as ask:
        ask(lambda access: requeue_order(access, order_id.upper()))
