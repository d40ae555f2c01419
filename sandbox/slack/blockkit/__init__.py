"""What the Web API answers to blocks and views; the checks are in `sandbox.blockkit`."""
