"""The forms of what Slack sends. Source: docs.slack.dev, interactivity and Events API."""
