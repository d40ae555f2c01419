"""The last commit that a process saw, in memory and on disk: it shows when Redis has lost data."""

import json
import os
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import Any, NamedTuple

import structlog

from bot.store.disk import TwoPlaces

if os.name == "posix":  # pragma: no branch - elsewhere each process is a new one
    import fcntl


class Seen(NamedTuple):
    """An acknowledged commit. Its number comes again only on a server that has lost it."""

    number: int = 0
    """0: nothing was seen yet."""
    op: str = ""
    epoch: str = ""
    """Of the server at that time."""


class Witness:
    """The last commit that one process saw; after a restart it is taken over with its identity."""

    def __init__(self, process: str, path: Path | None = None, lock: int | None = None) -> None:
        """`path`: where it is kept; without one it is in memory only, and so is the identity."""
        self.process = process
        self.seen = Seen()
        self.on_disk = path is not None
        """Whether the last write to the disk worked."""
        self._file = TwoPlaces(path) if path else None
        self._path = path
        self._lock = lock
        self._writes = 0
        self._written = Seen()
        self._writing = Lock()

    @classmethod
    def of(cls, folder: Path, workspace: str) -> "Witness":
        """Take over a witness left in this folder, or make one; hold it until `close`.

        A folder that can't be written to is logged.
        """
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return cls._newest_free(folder, workspace) or cls._new_in(folder, workspace)
        except OSError as failure:
            witness = cls(token_hex(8))
            witness._warn(folder, failure)
            return witness

    def saw(self, seen: Seen) -> None:
        """Remember a commit that has a number; within an epoch only a later one counts."""
        if not seen.number:
            return
        if seen.epoch != self.seen.epoch or seen.number > self.seen.number:
            self.seen = seen

    @property
    def disk_is_empty(self) -> bool:
        """Whether it has a file that is still empty."""
        return self._path is not None and self._written == Seen()

    def write(self) -> None:
        """Write what is new to the disk. Blocks. A failure is logged once."""
        if self._path is None or self._file is None:
            return
        with self._writing:
            if (seen := self.seen) == self._written:
                return
            self._writes += 1
            facts = {"process": self.process, "writes": self._writes, **seen._asdict()}
            try:
                self._file.write(json.dumps(facts))
            except OSError as failure:
                self._warn(self._path.parent, failure)
            else:
                self._written, self.on_disk = seen, True

    def close(self) -> None:
        """Release it for the next process."""
        if self._file is not None:
            self._file.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _warn(self, folder: Path, failure: OSError) -> None:
        if self.on_disk or self._path is None:
            structlog.get_logger().warning(
                "witness_not_on_disk",
                folder=str(folder),
                reason=str(failure),
                meaning="after a restart, orders are looked up before anything is sent for them",
            )
        self.on_disk = False

    @classmethod
    def _newest_free(cls, folder: Path, workspace: str) -> "Witness | None":
        """The newest witness that no living process holds."""
        paths = folder.glob(f"witness-{workspace}-*.json")
        for path in sorted(paths, key=lambda each: each.stat().st_mtime, reverse=True):
            lock = _locked(path)
            if lock is None:
                continue
            try:
                facts = max(map(json.loads, TwoPlaces.texts(path)), key=_writes_of)
                witness = cls(facts.pop("process"), path, lock)
                witness._writes = facts.pop("writes")
                witness.seen = witness._written = Seen(**facts)
            except (ValueError, TypeError, KeyError, AttributeError):
                os.close(lock)
                structlog.get_logger().exception("witness_unreadable", file=str(path))
            else:
                return witness
        return None

    @classmethod
    def _new_in(cls, folder: Path, workspace: str) -> "Witness":
        process = token_hex(8)
        path = folder / f"witness-{workspace}-{process}.json"
        return cls(process, path, _locked(path))


def _writes_of(facts: dict[str, Any]) -> int:
    return int(facts["writes"])


def workspaces_seen_in(folder: Path) -> list[str]:
    """The workspaces of the processes that have lived in this folder."""
    names = (path.name.split("-") for path in folder.glob("witness-*-*.json"))
    return sorted({"-".join(parts[1:-1]) for parts in names})


def _locked(path: Path) -> int | None:
    """Take the lock beside a witness; None when another process has it. Raises OSError."""
    descriptor = os.open(path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        if os.name == "posix":  # pragma: no branch
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
