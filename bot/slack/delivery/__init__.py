"""Brings what stands on Slack in line with the orders, for as long as that takes."""

from bot.slack.delivery.deliveries import Delivery
from bot.slack.delivery.open_cards import OpenCards
from bot.slack.delivery.pacing import Pacer
from bot.slack.delivery.round import Round
from bot.slack.delivery.writing import Collaborators

__all__ = ["Collaborators", "Delivery", "OpenCards", "Pacer", "Round"]
