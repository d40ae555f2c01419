"""`make mutants`: spoils the bot in one place at a time, and names each spoilt bot that passes.

The mutants stand in `mistakes`. They are tried in copies of the tree, so
that the tree itself stays as it is; before, the tests must pass there on the bot as it is. The
exit code is 1 when a mutant survived or can't be tried, else 0. `ARGS="words"` tries those whose
name or file holds the words.
"""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from tests.mutants.copies import copy_tree, restore
from tests.mutants.mutant import Mutant, listed
from tests.mutants.trial import run_tests, told

_AT_ONCE = 2
"""Mutants that are tried side by side."""
_SECONDS = 900
"""After which a mutant counts as found: it made its tests hang. Single tests end much sooner."""
_FOUND, _SURVIVED, _STALE = "found", "SURVIVED", "STALE"
_VERDICTS = {0: _SURVIVED, 1: _FOUND, None: _FOUND}
"""By pytest's exit code, None for tests that hang; any other: they could not be run."""


def main(words: Sequence[str]) -> int:
    """Try them; the exit code."""
    chosen = [mutant for mutant in listed() if _is_meant(mutant, words)]
    with _copies() as copies:
        if not _pass_unspoilt(chosen, copies):
            return 1
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            verdicts = pool.map(lambda mutant: _tried(mutant, copies), chosen)
            return _told(zip(chosen, verdicts, strict=True))


def _is_meant(mutant: Mutant, words: Sequence[str]) -> bool:
    return all(word in f"{mutant.name} {mutant.file}" for word in words)


@contextmanager
def _copies() -> Iterator[SimpleQueue[Path]]:
    """As many copies of the tree as are used at once."""
    copies = SimpleQueue[Path]()
    with TemporaryDirectory(prefix="esim-mutants-") as folder:
        for number in range(_AT_ONCE):
            tree = Path(folder) / str(number)
            copy_tree(tree)
            copies.put(tree)
        yield copies


def _pass_unspoilt(mutants: Sequence[Mutant], copies: SimpleQueue[Path]) -> bool:
    """Whether the tests pass on the bot as it is: else they would "find" everything."""
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    tree = copies.get()
    passed = run_tests(tree, ("-n", str(_AT_ONCE), *tests), _SECONDS) == 0
    if not passed:
        sys.stdout.write(f"{told(tree)}\nThese tests fail without any mutant: mend them first.\n")
    copies.put(tree)
    return passed


def _tried(mutant: Mutant, copies: SimpleQueue[Path]) -> str:
    """Whether its tests found it; stale: the code has changed under it, or its tests are gone."""
    if not mutant.fits:
        return _STALE
    tree = copies.get()
    try:
        mutant.plant(tree)
        return _VERDICTS.get(run_tests(tree, ("-x", *mutant.tests), _SECONDS), _STALE)
    finally:
        restore(tree, mutant.file)
        copies.put(tree)


def _told(verdicts: Iterator[tuple[Mutant, str]]) -> int:
    """Print each as it comes, then those that were not found; the exit code."""
    missed, count = [], 0
    for mutant, verdict in verdicts:
        count += 1
        sys.stdout.write(f"{verdict:9} {mutant.name}\n")
        sys.stdout.flush()
        if verdict != _FOUND:
            missed.append(f"{verdict:9} {mutant.name}\n          {mutant.file}\n")
    sys.stdout.write(f"\n{count} mutants, {count - len(missed)} found, {len(missed)} not\n")
    sys.stdout.write("".join(missed))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
