"""What can be made to go wrong."""

from sandbox.telnyx.faults.faults import Faults

__all__ = ["Faults"]
