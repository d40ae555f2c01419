"""What Slack refuses in buttons, menus, inputs and the other elements inside of blocks."""
