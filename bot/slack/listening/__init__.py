"""Whether the bot can hear Slack at all: what health tells, and what keeps it so."""

from bot.slack.listening.inbound import InboundFacts, InboundStatus, Refused
from bot.slack.listening.socket_mode import SocketMode
from bot.slack.listening.token import TokenWatch

__all__ = ["InboundFacts", "InboundStatus", "Refused", "SocketMode", "TokenWatch"]
