"""Signed requests, as Slack sends them. Source: docs.slack.dev, verifying requests."""

from __future__ import annotations

import hashlib
import hmac
import time

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


def signed_headers(body: bytes, signing_secret: str, kind: str = FORM) -> dict[str, str]:
    """Return the headers for `body`, signed now: receivers compare with their own clock."""
    at = str(int(time.time()))
    signed = b":".join([b"v0", at.encode(), body])
    digest = hmac.new(signing_secret.encode(), signed, hashlib.sha256).hexdigest()
    return {
        "Content-Type": kind,
        "User-Agent": AGENT,
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={digest}",
    }
