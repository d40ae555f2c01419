"""Emergency files: on disk before anything else happens, whole or not at all, for nobody else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.domain.purchase.outcome import Bought
from bot.store.emergency import EmergencyFiles, UnsavedOutcome
from tests.support.orders import ORDER_ID, some_sims

UNSAVED = UnsavedOutcome(order_id=ORDER_ID, number=2, outcome=Bought(sims=some_sims(2)))


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was forced to disk, and what names were given, in their order."""
    events: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        events.append(f"{kind} on disk")
        fsync(descriptor)

    def renamed(self: Path, target: Path) -> Path:
        events.append("named")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(Path, "replace", renamed)
    return events


def test_it_outlives_a_power_cut(tmp_path: Path, synced: list[str]) -> None:
    """The file is on disk before it gets its name, and its name is before anybody goes on."""
    emergency = EmergencyFiles(tmp_path / "emergency")
    emergency.write(UNSAVED)
    assert synced == ["folder on disk", "file on disk", "named", "folder on disk"]
    emergency.delete(UNSAVED)
    assert synced[4:] == ["folder on disk"]
    assert emergency.all() == []


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    """File and folder are for this user alone, whatever the umask."""
    old = os.umask(0)
    try:
        EmergencyFiles(tmp_path / "emergency").write(UNSAVED)
    finally:
        os.umask(old)
    (path,) = (tmp_path / "emergency").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "emergency").stat().st_mode) == 0o700


def test_one_that_is_kept_again_replaces_the_first(tmp_path: Path) -> None:
    """An attempt has one file, with the last answer to it."""
    emergency = EmergencyFiles(tmp_path)
    emergency.write(UNSAVED)
    more = UNSAVED.model_copy(update={"outcome": Bought(sims=some_sims(3))})
    emergency.write(more)
    assert emergency.all() == [more]


def test_a_disk_that_fails_leaves_what_there_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is never half written, and no part of one stays."""
    emergency = EmergencyFiles(tmp_path)
    emergency.write(UNSAVED)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        emergency.write(UNSAVED.model_copy(update={"outcome": Bought(sims=some_sims(3))}))
    assert emergency.all() == [UNSAVED]
    assert len(list(tmp_path.iterdir())) == 1


def test_one_that_cannot_be_read_keeps_no_other_out(tmp_path: Path) -> None:
    """It is left for a person, and told."""
    emergency = EmergencyFiles(tmp_path)
    (tmp_path / "00000000-1.json").write_text("half a fi")
    emergency.write(UNSAVED)
    with capture_logs() as lines:
        assert emergency.all() == [UNSAVED]
    assert [line["event"] for line in lines] == ["emergency_file_unreadable"]
    assert len(list(tmp_path.iterdir())) == 2
