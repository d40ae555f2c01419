"""What one person reads who asked what there is: the help, packages, purchases."""
