"""The kept list of mutants: mistakes on the money path, each with the tests that must find it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LISTS = Path(__file__).parent / "mistakes"


@dataclass(frozen=True)
class Mutant:
    """One mistake: where it is made, and which tests must complain."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether what it spoils stands in the file exactly once."""
        return (ROOT / self.file).read_text().count(self.old) == 1

    def plant(self, tree: Path) -> None:
        """Spoil this copy of the bot."""
        file = tree / self.file
        file.write_text(file.read_text().replace(self.old, self.new))


def listed() -> list[Mutant]:
    """Every mutant of every list, in the order in which they stand there."""
    lists = [tomllib.loads(path.read_text()) for path in sorted(_LISTS.glob("*.toml"))]
    entries = [entry for each in lists for entry in each["mutant"]]
    return [Mutant(**{**entry, "tests": tuple(entry["tests"])}) for entry in entries]
