"""Small files that outlive a power cut."""

import os
from pathlib import Path
from tempfile import mkstemp


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
