"""What the bot hears: commands and clicks. Thin: parse, call a service, answer."""
