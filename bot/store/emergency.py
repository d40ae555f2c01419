"""Outcomes of purchases that Redis could not take yet: kept on disk, one file each."""

from collections.abc import Iterator
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.domain.purchase.outcome import Outcome
from bot.store.disk import sync_folder, write_durably


class UnsavedOutcome(BaseModel):
    """What a provider answered to an attempt, for whoever reads it after a crash."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    number: int
    """Of the attempt, from 1."""
    outcome: Outcome
    # What is needed to tell people when Redis has forgotten the order; files of earlier
    # versions lack it.
    channel: str = ""
    """Slack channel id where the card is."""
    requester: str = ""
    """Slack user id."""
    provider: str = ""
    reference: str = ""
    """The tag under which the provider lists what this call bought."""
    quantity: int = 0
    """eSIMs asked for in this call."""


class EmergencyFiles:
    """A folder of such files. Its methods block for as long as the disk needs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, unsaved: UnsavedOutcome) -> None:
        """Write it down so that it outlives a power cut. Raises OSError."""
        write_durably(self._path(unsaved), unsaved.model_dump_json())

    def delete(self, unsaved: UnsavedOutcome) -> None:
        """Redis has it now. Raises OSError."""
        self._path(unsaved).unlink(missing_ok=True)
        sync_folder(self._folder)

    def set_aside(self, unsaved: UnsavedOutcome) -> None:
        """People know what Redis has forgotten: it is not told again, and stays. Raises OSError."""
        path = self._path(unsaved)
        path.replace(path.with_suffix(".told"))

    def all(self) -> list[UnsavedOutcome]:
        """Everything that is still to be told to Redis; a file that can't be read is left."""
        return list(self._readable())

    def _readable(self) -> Iterator[UnsavedOutcome]:
        for path in sorted(self._folder.glob("*.json")):
            try:
                yield UnsavedOutcome.model_validate_json(path.read_bytes())
            except (OSError, ValidationError):
                structlog.get_logger().exception("emergency_file_unreadable", file=str(path))

    def _path(self, unsaved: UnsavedOutcome) -> Path:
        return self._folder / f"{unsaved.order_id}-{unsaved.number}.json"
