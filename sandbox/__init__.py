"""A Slack workspace and the providers' APIs on this machine, to try and test the bot against."""
