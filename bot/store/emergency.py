"""Emergency files: outcomes of purchases that Redis could not take yet, one file each."""

from collections.abc import Iterator
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.domain.purchase.outcome import Outcome
from bot.domain.request import OrderKind
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
    kind: OrderKind = OrderKind.PURCHASE


class EmergencyFiles:
    """The folder of emergency files. Its methods block until the disk has answered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, unsaved: UnsavedOutcome) -> None:
        """Write it down so that it outlives a power cut. Raises OSError."""
        write_durably(self._path(unsaved), unsaved.model_dump_json())

    def delete(self, unsaved: UnsavedOutcome) -> None:
        """Delete its file: Redis has the outcome now. Raises OSError."""
        self._path(unsaved).unlink(missing_ok=True)
        sync_folder(self._folder)

    def set_aside(self, unsaved: UnsavedOutcome) -> None:
        """Rename its file: people were told; it stays, but is not read again. Raises OSError."""
        path = self._path(unsaved)
        path.replace(path.with_suffix(".told"))

    def all(self) -> list[UnsavedOutcome]:
        """Every outcome that Redis lacks; a file that can't be read is logged and left."""
        return list(self._readable())

    def _readable(self) -> Iterator[UnsavedOutcome]:
        for path in sorted(self._folder.glob("*.json")):
            try:
                yield UnsavedOutcome.model_validate_json(path.read_bytes())
            except (OSError, ValidationError):
                structlog.get_logger().exception("emergency_file_unreadable", file=str(path))

    def _path(self, unsaved: UnsavedOutcome) -> Path:
        return self._folder / f"{unsaved.order_id}-{unsaved.number}.json"
