"""Redis: every change of an order is one atomic commit; keys.py explains every key."""
