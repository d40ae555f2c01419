"""What can be made to go wrong."""

from sandbox.celitech.faults.faults import Faults

__all__ = ["Faults"]
