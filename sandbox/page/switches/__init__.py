"""The faults that a visitor can switch on, and which of them are on."""

from sandbox.page.switches.at_telnyx import REFUSALS
from sandbox.page.switches.switches import Switches

__all__ = ["REFUSALS", "Switches"]
