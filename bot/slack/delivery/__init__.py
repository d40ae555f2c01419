"""Brings the messages on Slack in line with the orders, however long that takes."""

from bot.slack.delivery.delivery import Delivery
from bot.slack.delivery.open_cards import OpenCards
from bot.slack.delivery.pacing import Pacer
from bot.slack.delivery.round import Round
from bot.slack.delivery.writer import DeliveryServices

__all__ = ["Delivery", "DeliveryServices", "OpenCards", "Pacer", "Round"]
