"""The state of a workspace: people, channels, messages, files, and the news of each change."""
