"""The witness on disk: it outlives its process, belongs to one at a time, and is never wrong."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.store.disk import TwoPlaces
from bot.store.orders import OrderStore
from bot.store.trust.presence import Presence
from bot.store.trust.witness import Seen, Witness
from tests.integration.store.samples import life
from tests.support.orders import KEYS

if TYPE_CHECKING:
    from pathlib import Path

    from redis.asyncio import Redis

    from tests.support.clock import ManualClock

SEEN = Seen(7, "a1b2", "e1")


def test_it_comes_back_with_its_process(tmp_path: Path) -> None:
    """The next process takes over identity and evidence; other users can't read them."""
    first = Witness.of(tmp_path / "data", "T0")
    assert first.disk_is_empty
    first.saw(SEEN)
    first.write()
    first.close()
    second = Witness.of(tmp_path / "data", "T0")
    assert (second.process, second.seen, second.disk_is_empty) == (first.process, SEEN, False)
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "data").glob("*.json")} == {0}
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_two_at_once_are_two_processes(tmp_path: Path) -> None:
    """Who shares a data folder with a living process is another one."""
    first = Witness.of(tmp_path, "T0")
    first.saw(SEEN)
    first.write()
    second = Witness.of(tmp_path, "T0")
    assert second.process != first.process
    assert second.seen == Seen()


def test_the_newest_one_is_taken(tmp_path: Path) -> None:
    """Of several that were left, the one that was written last saw the most."""
    left = [Witness.of(tmp_path, "T0") for _ in range(3)]
    for number, witness in enumerate(left, 1):
        witness.saw(SEEN._replace(number=number))
        witness.write()
        path = tmp_path / f"witness-T0-{witness.process}.json"
        os.utime(path, (number, number))
    for witness in left:
        witness.close()
    assert Witness.of(tmp_path, "T0").seen.number == 3


def test_each_workspace_has_its_own(tmp_path: Path) -> None:
    """What was seen in one workspace says nothing about another one."""
    witness = Witness.of(tmp_path, "T0")
    witness.saw(SEEN)
    witness.write()
    witness.close()
    assert Witness.of(tmp_path, "T1").seen == Seen()


def test_only_later_commits_count(tmp_path: Path) -> None:
    """Answers may come in any order; a new epoch counts whatever its number."""
    witness = Witness("p")
    for number in (5, 9, 7):
        witness.saw(SEEN._replace(number=number))
    assert witness.seen.number == 9
    witness.saw(Seen(3, "c3", "e2"))
    assert witness.seen == Seen(3, "c3", "e2")
    witness.write()
    assert list(tmp_path.iterdir()) == []
    assert not witness.disk_is_empty


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"process": "p", "bad": 1}', '00000000 {"a": 1}']
)
def test_one_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    """It is told and left; the process begins a new one."""
    path = tmp_path / "witness-T0-p.json"
    path.write_text(text)
    with capture_logs() as lines:
        witness = Witness.of(tmp_path, "T0")
    assert [line["event"] for line in lines] == ["witness_unreadable"]
    assert (witness.seen, path.read_text()) == (Seen(), text)


def test_a_disk_that_cannot_hold_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told once, and once more after it had been well; buying goes on meanwhile."""
    witness = Witness.of(tmp_path, "T0")
    real = TwoPlaces.write

    def full(self: TwoPlaces, text: str) -> None:
        del self, text
        raise OSError(28, "No space left on device")

    with capture_logs() as lines:
        for number, write in enumerate((full, full, real, full), 1):
            monkeypatch.setattr(TwoPlaces, "write", write)
            witness.saw(SEEN._replace(number=number))
            witness.write()
            assert witness.on_disk == (write is real)
    assert [line["event"] for line in lines] == ["witness_not_on_disk"] * 2
    (path,) = tmp_path.glob("*.json")
    assert [json.loads(text)["number"] for text in TwoPlaces.texts(path)] == [3]


@pytest.mark.parametrize("spoilt", [0, 512])
def test_a_power_cut_while_it_is_written(tmp_path: Path, spoilt: int) -> None:
    """Whichever place was being written, the other one still says what was seen before."""
    witness = Witness.of(tmp_path, "T0")
    for number in (5, 6):
        witness.saw(SEEN._replace(number=number))
        witness.write()
    witness.close()
    (path,) = tmp_path.glob("*.json")
    whole = bytearray(path.read_bytes())
    whole[spoilt + 20 : spoilt + 40] = bytes(20)
    path.write_bytes(whole)
    left = Witness.of(tmp_path, "T0")
    assert (left.process, left.seen.number) == (witness.process, 6 if spoilt == 0 else 5)
    left.saw(SEEN._replace(number=7))
    left.write()
    left.close()
    assert Witness.of(tmp_path, "T0").seen.number == 7


def test_somebody_deletes_the_file(tmp_path: Path) -> None:
    """It is made anew with the next write: no witness goes into a file that nobody finds."""
    witness = Witness.of(tmp_path, "T0")
    for number in (5, 6, 7):
        witness.saw(SEEN._replace(number=number))
        witness.write()
        (path,) = tmp_path.glob("*.json")
        path.unlink()
    witness.saw(SEEN._replace(number=8))
    witness.write()
    witness.close()
    assert Witness.of(tmp_path, "T0").seen.number == 8


def test_a_text_without_room(tmp_path: Path) -> None:
    """What does not fit is refused as a whole: it never spoils the place beside it."""
    file = TwoPlaces(tmp_path / "file")
    file.write("first")
    with pytest.raises(OSError, match="no room"):
        file.write("x" * 600)
    file.close()
    assert list(TwoPlaces.texts(tmp_path / "file")) == ["first"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """The witness is in memory then, and the operator is told."""
    (tmp_path / "file").write_text("in the way")
    with capture_logs() as lines:
        witness = Witness.of(tmp_path / "file" / "data", "T0")
    assert [line["event"] for line in lines] == ["witness_not_on_disk"]
    assert not witness.on_disk
    witness.write()
    witness.close()


def test_nothing_new_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is asked only for what it does not hold."""
    witness = Witness.of(tmp_path, "T0")
    witness.saw(SEEN)
    witness.write()
    monkeypatch.setattr(TwoPlaces, "write", None)
    witness.write()
    assert witness.on_disk


async def test_it_is_on_disk_before_a_call_is_sent(
    tmp_path: Path, redis: Redis, clock: ManualClock
) -> None:
    """Whoever may send has written down that it was recorded: a server that forgets is caught."""
    witness = Witness.of(tmp_path, "T0")
    store = OrderStore(redis, KEYS, presence=Presence(redis, KEYS, clock, witness, settle=0))
    placed, approved, started, *_ = life()
    for order, previous in ((placed, None), (approved, placed), (started, approved)):
        await store.save(order, previous, clock.now())
    witness.close()  # nothing is written by it
    left = Witness.of(tmp_path, "T0")
    assert (left.process, left.seen.number) == (witness.process, 3)
    left.close()
