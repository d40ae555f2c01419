"""How Slack says no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class Refusal(Exception):
    """Slack's answer with ok false: `error` is its name, `messages` say what is wrong where."""

    def __init__(self, error: str, messages: Sequence[str] = (), **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.messages = list(messages)
        self.more = more

    def answer(self) -> dict[str, Any]:
        """Return the JSON that Slack sends; real Slack sends it with HTTP status 200."""
        answer: dict[str, Any] = {"ok": False, "error": self.error, **self.more}
        if self.messages:
            answer["errors"] = [text.removeprefix("[ERROR] ") for text in self.messages]
            answer["response_metadata"] = {"messages": self.messages}
        return answer


def bad_argument(what: str, at: str | None = None) -> Refusal:
    """Return the refusal for an argument that is missing or wrong."""
    place = f" [json-pointer:/{at}]" if at else ""
    return Refusal("invalid_arguments", [f"[ERROR] {what}{place}"])
