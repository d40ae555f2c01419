"""Runs tests in a copy of the tree: quickly, as each process begins with the libraries loaded."""

import os
import sys
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

_LIBRARIES: tuple[str, ...] = (
    "hypothesis",
    "httpx",
    "pydantic_settings",
    "pytest",
    "redis.asyncio",
)
_LIBRARIES += ("slack_bolt.async_app", "slackblocks", "stamina", "structlog", "xdist")
_FORKING = get_context("forkserver")
_FORKING.set_forkserver_preload(list(_LIBRARIES))
_RAN, _BROKEN = 100, -1
"""Added to pytest's exit code: a process that breaks by itself ends with 1, as failed tests do."""
_OPTIONS = ("-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


def run_tests(tree: Path, arguments: Sequence[str], seconds: float) -> int | None:
    """Pytest's exit code; None when the tests did not end in so many seconds, -1: none was run."""
    process = _FORKING.Process(target=_in_the_copy, args=(tree, (*_OPTIONS, *arguments)))
    process.start()
    process.join(seconds)
    code = process.exitcode
    if code is None:
        process.kill()
        process.join()
        return None
    return code - _RAN if code >= _RAN else _BROKEN


def told(tree: Path) -> str:
    """What pytest has written about the last tests in this copy."""
    return _told_in(tree).read_text(errors="replace")


def _told_in(tree: Path) -> Path:
    return tree.with_suffix(".txt")


def _in_the_copy(tree: Path, arguments: Sequence[str]) -> None:
    """Be a Python that was started there; nothing of ours may be in its way."""
    with _told_in(tree).open("w") as file:
        for descriptor in (1, 2):
            os.dup2(file.fileno(), descriptor)
    os.chdir(tree)
    sys.path[:] = [str(tree), *(path for path in sys.path if path not in {"", os.fspath(_HERE)})]
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]
    import pytest  # noqa: PLC0415 - loaded by now, in the process from which this one was forked

    sys.exit(_RAN + pytest.main(list(arguments)))


_HERE = Path(__file__).parents[2]
