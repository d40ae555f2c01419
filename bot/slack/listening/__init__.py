"""Receives from Slack: Socket Mode, the watch over the token, and the state that health shows."""

from bot.slack.listening.inbound import InboundFacts, InboundStatus, Refused
from bot.slack.listening.socket_mode import SocketMode
from bot.slack.listening.token import TokenWatch

__all__ = ["InboundFacts", "InboundStatus", "Refused", "SocketMode", "TokenWatch"]
