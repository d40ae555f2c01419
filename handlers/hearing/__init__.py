"""Runs the work that people ask for: in time, and with an answer whatever comes of it."""

from handlers.hearing.arrival import Arrival
from handlers.hearing.attending import Hearing
from handlers.hearing.clicks import Press, listen
from handlers.hearing.outcomes import Asked, Recorded, Work, saying

__all__ = ["Arrival", "Asked", "Hearing", "Press", "Recorded", "Work", "listen", "saying"]
