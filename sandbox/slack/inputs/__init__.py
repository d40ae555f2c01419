"""What people enter: the state of input elements, from an initial value to a submission."""
