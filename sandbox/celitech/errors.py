"""Refusals in Celitech's form: `{"message": text}`, without a code."""

from __future__ import annotations

from sandbox.provider.answer import Answer

BAD_REQUEST, UNAUTHORIZED, CONFLICT, UNPROCESSABLE, UNAVAILABLE = 400, 401, 409, 422, 503


class Refusal(Exception):
    """The request is not done; `status` and the message are what the client is told."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def answer(self) -> Answer:
        """Return the answer that says it."""
        return failure(self.status, self.message)


def failure(status: int, message: str) -> Answer:
    """Return an answer that carries only a message."""
    return Answer(status, {"message": message})
