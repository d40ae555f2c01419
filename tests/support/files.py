"""Files to upload, in few words."""

import hashlib

from bot.slack.message import File


def text_file(name: str, title: str, text: str) -> File:
    """A file that holds this text."""
    content = text.encode()
    return File(name, title, hashlib.sha256(content).hexdigest()[:16], lambda: content)
