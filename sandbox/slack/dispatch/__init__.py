"""What Slack sends to the bot: commands and clicks, over HTTP or Socket Mode, and the answers."""
