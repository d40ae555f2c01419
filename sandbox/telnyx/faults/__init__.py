"""What can be made to go wrong."""

from sandbox.telnyx.faults.faults import Faults
from sandbox.telnyx.faults.gate import Gate

__all__ = ["Faults", "Gate"]
