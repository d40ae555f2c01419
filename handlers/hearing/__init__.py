"""Runs the work that people ask for: in time, and with an answer whatever comes of it."""

from handlers.hearing.arrival import Arrival
from handlers.hearing.attending import Hearing
from handlers.hearing.outcomes import Recorded, Work, saying

__all__ = ["Arrival", "Hearing", "Recorded", "Work", "saying"]
