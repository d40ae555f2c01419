"""Answers that only one person sees: shown at once, or kept until they can be delivered."""

from bot.slack.replies.interaction import Interaction
from bot.slack.replies.keeping import KeptAnswers
from bot.slack.replies.sending import Replies

__all__ = ["Interaction", "KeptAnswers", "Replies"]
