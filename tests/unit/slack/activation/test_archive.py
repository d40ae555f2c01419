"""The archive has a picture for each eSIM and a CSV file that programs and spreadsheets take."""

import csv
import io
import zipfile

import pytest

from bot.domain.activation.assignment import Holder
from bot.domain.activation.code import ActivationCode
from bot.domain.activation.hand_out import Columns, FoundCode
from bot.slack.activation.archive import archive
from bot.slack.activation.picture import png
from tests.support.orders import ORDER_ID
from tests.unit.slack.activation.given import HOST, MATCHING_ID, a_code, found, hand_out

SOME = [
    found(1, line="Truck 12", holder=Holder(email="dana@example.com", name="Truck 12")),
    found(2, code=a_code(2, confirmation="0837"), holder=Holder(person="U0EVE")),
    found(3),
]


def opened(some: list[FoundCode], columns: Columns = Columns.PLAIN) -> zipfile.ZipFile:
    """The archive of these."""
    return zipfile.ZipFile(io.BytesIO(archive(some, hand_out(len(some)), columns)))


def lines(some: list[FoundCode], columns: Columns = Columns.PLAIN) -> list[dict[str, str]]:
    """The lines of its CSV file, by column."""
    text = opened(some, columns).read("esims.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_picture_each_named_by_number_and_last_digits() -> None:
    """Whoever has the printed list finds the picture, and nobody reads a code from its name."""
    packed = opened(SOME)
    names = ["esims.csv", "1-000001.png", "2-000002.png", "3-000003.png"]
    assert packed.namelist() == names
    assert [packed.read(name) for name in names[1:]] == [png(each.code) for each in SOME]
    assert packed.testzip() is None


def test_the_plain_columns() -> None:
    """What the hand-out of vendors' portals has, ICCIDs as digits, zeros kept."""
    first, second, _ = lines(SOME)
    assert first == {
        "iccid": "89310410106543000001",
        "smdp_address": HOST,
        "matching_id": f"{MATCHING_ID}1",
        "activation_code": f"LPA:1${HOST}${MATCHING_ID}1",
        "confirmation_code": "",
        "assigned_to": "dana@example.com",
        "name": "Truck 12",
        "order": ORDER_ID,
        "number": "1",
    }
    assert (second["confirmation_code"], second["assigned_to"]) == ("0837", "U0EVE")


def test_the_columns_for_android() -> None:
    """Its device management takes the whole text, the code as it is and by its name."""
    first, *_ = lines(SOME, Columns.ANDROID)
    assert list(first)[:2] == ["activation_code", "iccid"]
    assert first["activation_code"] == f"LPA:1${HOST}${MATCHING_ID}1"
    assert "smdp_address" not in first


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "x\n=2"])
def test_no_name_is_run_as_a_formula(text: str) -> None:
    """Whoever names a line names it for people: a spreadsheet runs nothing of it."""
    (line,) = lines([found(1, line=text)])
    assert not line["name"].lstrip().startswith(("=", "+", "@"))
    assert "\n=" not in line["name"]


def test_names_never_come_twice() -> None:
    """Two eSIMs whose ICCIDs end alike, or that lack one, both have their picture."""
    alike = [found(1), found(1), found(1), found(2, iccid="../../etc/passwd"), found(3, iccid="")]
    names = opened(alike).namelist()
    assert len(set(names)) == len(names) == 6
    assert names[-2:] == ["2-passwd.png", "3-unknown.png"]


def test_a_code_too_long_for_a_picture_is_in_the_lines() -> None:
    """The others have their pictures."""
    some = [found(1, code=ActivationCode.of(HOST, "A" * 2400)), found(2)]
    assert opened(some).namelist() == ["esims.csv", "2-000002.png"]
    assert len(lines(some)) == 2


def test_the_same_codes_give_the_same_bytes() -> None:
    """Nothing of the machine, its clock or its user is in the file."""
    assert archive(SOME, hand_out(3), Columns.PLAIN) == archive(SOME, hand_out(3), Columns.PLAIN)
