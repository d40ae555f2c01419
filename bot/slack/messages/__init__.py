"""Messages about orders, each a pure function of the order; `recipients` says who gets which."""
