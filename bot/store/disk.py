"""Small files that outlive a power cut."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkstemp
from zlib import crc32

_PLACE = 512
"""Bytes of a place: a disk writes so many at once, or none of them."""
_sync = getattr(os, "fdatasync", os.fsync)


def write_durably(path: Path, text: str) -> None:
    """Replace the file by this text, all of it or nothing, for this user alone. Raises OSError.

    It blocks until file and folder are on disk. A new folder is for this user alone, too.
    """
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(path.parent.parent)
    descriptor, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)  # made with mode 0600
    part = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring new, renamed and deleted names in the folder to the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class TwoPlaces:
    """A file with the last two texts, written in turn: a power cut spoils only the newer one.

    Each write goes to the place of the older text, so that neither a new file nor a new name
    has to reach the disk. A text has at most 490 characters of ASCII.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._turn = 0

    def write(self, text: str) -> None:
        """Bring the text to the disk. Blocks. Raises OSError."""
        if self._file is None or not os.fstat(self._file).st_nlink:  # somebody deleted it
            self.close()
            write_durably(self._path, _placed(text) + _placed(""))
            self._file, self._turn = os.open(self._path, os.O_RDWR), 1
            return
        os.pwrite(self._file, _placed(text).encode(), self._turn * _PLACE)
        _sync(self._file)
        self._turn = 1 - self._turn

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @staticmethod
    def texts(path: Path) -> Iterator[str]:
        """What is readable of it, in no order. Raises OSError."""
        whole = path.read_bytes()
        for start in (0, _PLACE):
            line = whole[start : start + _PLACE].decode(errors="replace").strip()
            sum_, _, text = line.partition(" ")
            if text and sum_ == _sum(text):
                yield text


def _placed(text: str) -> str:
    """The text as it fills its place."""
    line = f"{_sum(text)} {text}"
    if len(line) >= _PLACE:
        raise OSError(f"a text of {len(text)} characters has no room in its place")
    return f"{line:<{_PLACE - 1}}\n"


def _sum(text: str) -> str:
    return f"{crc32(text.encode()):08x}"
