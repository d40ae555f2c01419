"""The activation codes of many eSIMs as one ZIP file: a picture each, and a CSV file."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.domain.activation.hand_out import Columns, FoundCode, HandOut
from bot.slack.activation.message import last_digits
from bot.slack.activation.picture import png
from bot.slack.downloads.lines import csv_of
from bot.slack.downloads.rows import Row
from bot.slack.sims import plain_holder

LINES: Final = "esims.csv"
"""Name of the CSV file in the archive."""
_Cell = Callable[[FoundCode, HandOut], str]
_CELLS: Mapping[str, _Cell] = MappingProxyType(
    {
        "iccid": lambda found, _: found.iccid,
        "smdp_address": lambda found, _: found.code.host,
        "matching_id": lambda found, _: found.code.matching_id,
        "activation_code": lambda found, _: found.code.text,
        "confirmation_code": lambda found, _: found.code.confirmation,
        "assigned_to": lambda found, _: plain_holder(found.holder) if found.holder else "",
        "name": lambda found, _: found.line,
        "order": lambda _, hand_out: hand_out.order_id,
        "number": lambda found, _: str(found.number),
    }
)
"""By the name of a column what an eSIM has there; ICCIDs are plain digits."""
COLUMNS: Mapping[Columns, Sequence[str]] = MappingProxyType(
    {
        Columns.PLAIN: tuple(_CELLS),
        Columns.ANDROID: ("activation_code", "iccid", "confirmation_code", "assigned_to", "name"),
    }
)
"""Which columns the CSV file has. Android's device management takes the whole text."""


def archive(found: Sequence[FoundCode], hand_out: HandOut, columns: Columns) -> bytes:
    """The ZIP file. It takes some ten milliseconds for each code: call it in a thread."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        _add(packed, LINES, csv_of(COLUMNS[columns], _rows(found, hand_out, columns)), hand_out)
        for name, each in zip(picture_names(found), found, strict=True):
            if picture := png(each.code):
                _add(packed, name, picture, hand_out)
    return content.getvalue()


def picture_names(found: Sequence[FoundCode]) -> Iterator[str]:
    """`3-543003.png`: number and last digits of the ICCID; no name comes twice."""
    taken: set[str] = set()
    for each in found:
        stem = f"{each.number}-{last_digits(each.iccid)}"
        while stem in taken:
            stem += "-again"
        taken.add(stem)
        yield f"{stem}.png"


def _rows(found: Sequence[FoundCode], hand_out: HandOut, columns: Columns) -> Iterator[Row]:
    for each in found:
        yield [_CELLS[name](each, hand_out) for name in COLUMNS[columns]]


def _add(packed: zipfile.ZipFile, name: str, content: bytes, hand_out: HandOut) -> None:
    """Pictures are small already. The time is the hand-out's: the same codes, the same bytes."""
    entry = zipfile.ZipInfo(name, hand_out.at.timetuple()[:6])
    entry.external_attr = 0o600 << 16  # whoever unpacks it, and nobody else of the machine
    packed.writestr(entry, content)
