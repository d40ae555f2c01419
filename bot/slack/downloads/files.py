"""The two files that the thread of a large order gets, in one message."""

import hashlib
import json
from collections.abc import Mapping
from functools import partial

from bot.domain.activation.assignment import Assignment
from bot.domain.form import Forms, form_of
from bot.domain.order import Order
from bot.slack.downloads.lines import lines
from bot.slack.downloads.rows import about, holder_cells, with_holders
from bot.slack.downloads.workbook import workbook
from bot.slack.message import File
from bot.slack.mrkdwn import esims
from bot.slack.sims import NOBODY


def files_of(
    order: Order, forms: Forms, assignments: Mapping[str, Assignment] = NOBODY
) -> tuple[File, File]:
    """A workbook for people and a CSV file for programs; their bytes are made when they are sent.

    Their names are the same for the order's whole life: a newer pair takes the older one's place.
    `assignments`, by ICCID, say who has a SIM card: for who may see that, not for a channel.
    """
    columns = with_holders(form_of(forms, order.provider).columns, assignments)
    name, digest = f"order-{order.id}", _digest(order, assignments)
    title = f"Order {order.id}: {esims(order.bought)}"
    return (
        File(f"{name}.xlsx", title, digest, partial(workbook, order, columns)),
        File(f"{name}.csv", f"{title}, for programs", digest, partial(lines, order, columns)),
    )


def _digest(order: Order, assignments: Mapping[str, Assignment]) -> str:
    """A digest of what the files are made of, without making the files."""
    holders = [[each.iccid, *holder_cells(each)] for each in assignments.values()]
    made_of = json.dumps([about(order), order.tally.checksum, *holders])
    return hashlib.sha256(made_of.encode()).hexdigest()[:16]
