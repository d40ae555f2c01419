"""What came from Slack is read whole: who, where, and where the answer belongs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.interaction import Interaction, Kind, Surface

USER = {"user": {"id": "U1"}, "team": {"id": "T1"}}
MODAL = {"view": {"id": "V1", "type": "modal"}, "container": {"view_id": "V1"}}
HOME = {"view": {"id": "V2", "type": "home"}}
SURFACES = [
    ({"user_id": "U1", "channel_id": "C1", "response_url": "https://x"}, Surface.CHANNEL),
    ({"type": "block_actions", **USER, "channel": {"id": "C1"}}, Surface.CHANNEL),
    ({"type": "block_actions", **USER, "container": {"channel_id": "C1"}}, Surface.CHANNEL),
    ({"type": "message_action", **USER, "response_url": "https://x"}, Surface.CHANNEL),
    ({"type": "block_actions", **USER, **MODAL}, Surface.MODAL),
    ({"type": "block_actions", **USER, **HOME}, Surface.DIRECT),
    ({"type": "shortcut", **USER}, Surface.DIRECT),
    ({"type": "view_submission", **USER, **MODAL}, Surface.FORM),
    ({"type": "view_submission", **USER, **MODAL, "response_url": "https://x"}, Surface.FORM),
    ({"type": "view_closed", **USER, **MODAL}, Surface.NONE),
    ({"type": "block_suggestion", **USER, "channel": {"id": "C1"}}, Surface.NONE),
    ({"type": "event_callback", "event": {"user": "U1", "channel": "C1"}}, Surface.NONE),
    ({"type": "new_kind_of_slacks", **USER}, Surface.NONE),
    ({"type": "block_actions", "channel": {"id": "C1"}}, Surface.NONE),
    ({}, Surface.NONE),
]


@pytest.mark.parametrize(("body", "surface"), SURFACES)
def test_where_the_answer_belongs(body: dict[str, Any], surface: Surface) -> None:
    """It follows from what was done and where; without a person nobody waits for one."""
    assert Interaction.of(body).surface is surface


def test_a_command() -> None:
    """A command has no type, and its fields are flat."""
    body = {
        "team_id": "T1",
        "user_id": "U1",
        "channel_id": "C1",
        "trigger_id": "1.2.3",
        "response_url": "https://x",
    }
    assert Interaction.of(body) == Interaction(
        Kind.COMMAND, "U1", "T1", "C1", trigger="1.2.3", response_url="https://x"
    )


def test_a_click_in_a_message() -> None:
    """The message is known, so that it can be edited or answered."""
    body = {
        "type": "block_actions",
        **USER,
        "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1"},
        "trigger_id": "1.2.3",
    }
    assert Interaction.of(body) == Interaction(
        Kind.CLICK, "U1", "T1", "C1", message="1.2", trigger="1.2.3"
    )


@pytest.mark.parametrize(("thread", "known"), [("1.1", "1.1"), ("1.2", ""), (None, "")])
def test_a_click_in_a_thread(thread: str | None, known: str) -> None:
    """The thread is known, so that the answer stands in it; a message is no thread of its own."""
    body = {
        "type": "block_actions",
        **USER,
        "container": {"message_ts": "1.2", "channel_id": "C1", "thread_ts": thread},
    }
    assert Interaction.of(body).thread == known


def test_a_form_that_was_sent() -> None:
    """The view is known; it stands in no channel."""
    body = {"type": "view_submission", **USER, **MODAL, "trigger_id": "1.2.3"}
    assert Interaction.of(body) == Interaction(
        Kind.SUBMISSION, "U1", "T1", view="V1", in_modal=True, trigger="1.2.3"
    )


def test_an_event() -> None:
    """Its id tells a second delivery from another event."""
    body = {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": "Ev1",
        "event": {"user": "U1", "channel": "C1"},
    }
    assert Interaction.of(body) == Interaction(Kind.EVENT, "U1", "T1", "C1", trigger="Ev1")


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
_NAMES = ["type", "user", "team", "team_id", "channel", "container", "view", "event", "message"]


@given(st.dictionaries(st.sampled_from(_NAMES), _ANYTHING))
def test_nothing_that_comes_breaks_it(body: dict[str, Any]) -> None:
    """Whatever a payload holds, reading it raises nothing: what is odd counts as missing."""
    asked = Interaction.of(body)
    assert all(isinstance(each, str) for each in (asked.user, asked.workspace, asked.channel))
    assert asked.surface in Surface
