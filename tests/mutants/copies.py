"""Copies of the tree, to be spoilt."""

import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path

from tests.mutants.mutant import ROOT


def copy_tree(tree: Path) -> None:
    """Copy what git tracks, and what is new and not ignored, as it stands now."""
    for name in _files():
        target = tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)


def restore(tree: Path, name: str) -> None:
    """Put a file back as it is in the original; what was compiled of it goes."""
    Path(cache_from_source(tree / name)).unlink(missing_ok=True)
    shutil.copy2(ROOT / name, tree / name)


def _files() -> Iterator[str]:
    git = shutil.which("git") or "git"
    command = [git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)  # noqa: S603 - git
    names = told.stdout.decode().split("\0")
    return (name for name in names if (ROOT / name).is_file())
