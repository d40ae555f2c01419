"""What surfaces show of an order from Telnyx, under the usual settings."""

from collections.abc import Sequence

from bot.domain.form import Forms
from bot.domain.order import Order
from bot.slack import ephemeral
from bot.slack.downloads import files
from bot.slack.downloads import lines as csv_lines
from bot.slack.downloads import workbook as book
from bot.slack.message import File, Message
from bot.slack.messages import notices, recipients, results
from bot.slack.messages.card import card as drawn_card
from tests.support.requests import FORM, FORMS


def card(order: Order, forms: Forms = FORMS) -> Message:
    """The card."""
    return drawn_card(order, forms)


def messages_of(order: Order, notify: Sequence[str], link: str) -> dict[str, Message]:
    """Everything that should stand on Slack."""
    return recipients.messages_of(order, FORMS, notify, link)


def result(order: Order) -> Message:
    """What was bought, for the thread."""
    return results.result(order, FORMS)


def requester_notice(order: Order, link: str) -> Message:
    """The direct message that the order has ended, or needs a person."""
    return notices.requester_notice(order, FORMS, link)


def channel_notice(order: Order, channel: str, link: str) -> Message:
    """The line for a channel that wants to know."""
    return notices.channel_notice(order, FORMS, channel, link)


def order_details(order: Order, forms: Forms = FORMS) -> ephemeral.Answer:
    """What somebody is shown who asks for the order."""
    return ephemeral.order_details(order, forms)


def files_of(order: Order) -> tuple[File, File]:
    """The workbook and the plain lines."""
    return files.files_of(order, FORMS)


def lines(order: Order) -> bytes:
    """The plain lines."""
    return csv_lines.lines(order, FORM.columns)


def workbook(order: Order) -> bytes:
    """The workbook."""
    return book.workbook(order, FORM.columns)
