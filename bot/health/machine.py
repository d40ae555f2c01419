"""The checks of the settings and of the machine."""

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryFile

from bot.check import Answer, Check, Mark, Occasion, well
from bot.settings import HOW_TO_GET

_RESTART = "It can be now; if this stays so for a minute, start the bot again."


def settings_check(warnings: Sequence[str]) -> Check:
    """Whether the settings say what their operator means; `warnings` stand in sentences."""

    async def ask() -> Sequence[Answer]:
        if warnings:
            return [Answer(Mark.WARN, warning) for warning in warnings]
        return well("everything that is needed is set.")

    return Check(
        name="settings",
        title="Settings",
        asks="Is every name a setting, and does each value look like what it should be?",
        means="",
        do="",
        ask=ask,
        on=Occasion.START | Occasion.DOCTOR,
    )


def approvers_check(approvers: Sequence[str]) -> Check:
    """Whether anybody may approve."""

    async def ask() -> Sequence[Answer]:
        if approvers:
            return well(f"{len(set(approvers))} may approve.")
        return [Answer(Mark.WARN, "nobody may approve.")]

    return Check(
        name="approvers",
        title="Approvers",
        asks="Does anybody have the right to approve an order?",
        means="Every order waits until it expires.",
        do=f"So set ESIM_APPROVERS ({HOW_TO_GET['esim_approvers']}).",
        ask=ask,
        on=Occasion.START | Occasion.DOCTOR,
    )


def requesters_check(requesters: Sequence[str]) -> Check:
    """Who may order: whether the list that was meant is the one that holds."""

    async def ask() -> Sequence[Answer]:
        if requesters:
            return well(f"{len(set(requesters))} may order.")
        return well(
            "ESIM_REQUESTERS is not set, so whoever is in a channel with the bot may order."
        )

    return Check(
        name="requesters",
        title="Requesters",
        asks="Who may place an order?",
        means="",
        do="",
        ask=ask,
        on=Occasion.DOCTOR,
    )


def _always() -> bool:
    return True


def folder_check(folder: Path, is_witness_on_disk: Callable[[], bool] = _always) -> Check:
    """Whether the bot can write its files: emergency files and witnesses.

    `is_witness_on_disk`: whether the last write of the witness worked.
    """

    async def ask() -> Sequence[Answer]:
        try:
            await asyncio.to_thread(_try, folder)
        except OSError as failure:
            why = failure.strerror or type(failure).__name__
            return [Answer(Mark.WARN, f"{folder} can't be written to ({why}).")]
        if not is_witness_on_disk():
            return [Answer(Mark.WARN, f"{folder} could not be written to earlier.", _RESTART)]
        return well(f"{folder} can be written to.")

    return Check(
        name="data_folder",
        title="Data folder",
        asks="Can a file be written to the data folder, and brought to the disk?",
        means=(
            "Nothing can be kept there for when Redis is away, nor what tells a Redis that has "
            "forgotten from one that has not: after a restart orders wait longer and may need a "
            "person."
        ),
        do="Let the bot's user write to it, or name another folder in ESIM_DATA_DIR.",
        ask=ask,
        believed=30,
        late=Mark.WARN,
    )


def _try(folder: Path) -> None:
    """Write a temporary file and bring it to the disk. Raises OSError.

    When the folder does not exist yet, the nearest existing parent is tried.
    """
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    with TemporaryFile(dir=there) as file:
        file.write(b"esim-bot")
        file.flush()
        os.fsync(file.fileno())
