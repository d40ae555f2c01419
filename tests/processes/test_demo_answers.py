"""`esim-bot demo --once` with a line whose answer follows its acknowledgement."""

from tests.processes.commands import ended


async def test_an_answer_that_follows_in_the_demo() -> None:
    """It is waited for: packages with prices, and the line that orders one."""
    code, said = await ended({}, "demo", "--once", "/esim packages France data=5GB")
    assert code == 0, said
    for part in ("I ask Celitech; the answer follows here.", "31 to 90 days", "to=France data=5GB"):
        assert part in said
