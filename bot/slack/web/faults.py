"""Whose fault it is when Slack refuses a call: one rule for all calls of the bot.

Two closed lists name the faults of a message and those of its place. Every other error is taken
to pass: its cause is the workspace, the token or Slack.
"""

from typing import Any

from slack_sdk.errors import SlackApiError

from bot.errors import MessageFault, PlaceFault, SlackRefused, SlackUnavailable

MESSAGE = frozenset(
    {
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "markdown_text_conflict",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
        "too_many_contact_cards",
    }
)
"""Faults of the message's content."""
GONE = frozenset({"cant_update_message", "message_not_found"})
"""Errors of an edit: the message does not exist any more, or is not the bot's."""
PLACE = GONE | frozenset(
    {
        "cannot_dm_bot",
        "cannot_reply_to_message",
        "cant_delete_message",
        "channel_is_archived",
        "channel_not_found",
        "channel_type_not_supported",
        "file_not_found",
        "invalid_channel",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "not_in_channel",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "thread_locked",
        "thread_not_found",
        "user_deactivated",
        "user_disabled",
        "user_not_found",
        "user_not_in_channel",
        "user_not_visible",
        "users_not_found",
    }
)
"""Faults of the place: another place may take the message, and this one may later."""
_PERHAPS_DONE = frozenset({"fatal_error", "internal_error", "request_timeout"})
"""Slack's words after which a part of the call may have been carried out."""
_LIMITED = frozenset({"message_limit_exceeded", "rate_limited", "ratelimited"})
_LONGEST_WAIT = 3600.0
"""Seconds to wait at most, whatever an answer asks for."""
_OK, _TOO_MANY, _BROKEN = 200, 429, 500


def is_limit(failure: SlackUnavailable) -> bool:
    """Whether Slack only asks to go slower, and has said for how long."""
    return bool(failure.retry_after) and failure.error in _LIMITED


def verdict(failure: SlackApiError) -> SlackRefused | SlackUnavailable:
    """What an answer means; one without an error code of Slack comes from something in between."""
    answer: Any = failure.response
    error, status = _word_of(answer), int(getattr(answer, "status_code", _OK) or _OK)
    if status == _OK and error in MESSAGE:
        return MessageFault(error)
    if status == _OK and error in PLACE:
        return PlaceFault(error)
    wait = _seconds(getattr(answer, "headers", {}).get("Retry-After"))
    if status == _TOO_MANY:
        return SlackUnavailable(wait, "ratelimited", undone=True)
    undone = bool(error) and status < _BROKEN and error not in _PERHAPS_DONE
    return SlackUnavailable(wait, error, undone=undone)


def _word_of(answer: Any) -> str:
    data = getattr(answer, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def _seconds(text: str | None) -> float:
    try:
        return min(max(0.0, float(text or 0)), _LONGEST_WAIT)
    except ValueError:
        return 0.0
