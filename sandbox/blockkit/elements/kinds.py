"""Which elements there are, and which blocks take them. Source: docs.slack.dev, Block Kit."""

from __future__ import annotations

SELECTS = frozenset(
    {
        "channels_select",
        "conversations_select",
        "external_select",
        "multi_channels_select",
        "multi_conversations_select",
        "multi_external_select",
        "multi_static_select",
        "multi_users_select",
        "static_select",
        "users_select",
    }
)
CHOICES = SELECTS | {"checkboxes", "datepicker", "radio_buttons", "timepicker"}
TYPED = frozenset(
    {
        "email_text_input",
        "file_input",
        "number_input",
        "plain_text_input",
        "rich_text_input",
        "url_text_input",
    }
)
IN_SECTION = CHOICES | {"button", "overflow", "workflow_button"}
IN_ACTIONS = IN_SECTION | {"datetimepicker"}
IN_INPUT = CHOICES | TYPED | {"datetimepicker"}
