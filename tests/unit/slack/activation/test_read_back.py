"""What a phone reads out of the pictures: a decoder that is not ours reads each of them."""

import io
import zipfile

import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.domain.activation.code import ActivationCode
from bot.domain.activation.hand_out import Columns, HandOutForm
from bot.slack.activation.archive import archive
from bot.slack.activation.picture import png
from tests.unit.slack.activation.given import found, hand_out

HOSTS = st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,20}(\.[a-z]{2,10}){1,3}", fullmatch=True)
IDS = st.from_regex(r"[a-zA-Z0-9-]{0,60}", fullmatch=True)


def read(picture: bytes) -> list[str]:
    """What the decoder finds in it."""
    return [each.text for each in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))]


@given(HOSTS, IDS)
def test_a_picture_says_the_code_to_the_letter(host: str, matching_id: str) -> None:
    """Small letters stay small, and an empty matching id stays empty."""
    code = ActivationCode.of(host, matching_id)
    assert read(png(code)) == [code.text]


def test_no_picture_says_the_confirmation_code() -> None:
    """It is given beside the picture; in it there is only that one is needed."""
    code = ActivationCode("LPA:1$rsp.example.com$K2-1$$1", "48151623")
    assert read(png(code)) == ["LPA:1$rsp.example.com$K2-1$$1"]


def test_each_picture_of_an_archive_is_that_of_its_name() -> None:
    """Number and last digits of the name belong to the eSIM whose code the picture has."""
    codes = [found(number) for number in range(1, 31)]
    made = archive(codes, hand_out(30, form=HandOutForm.ARCHIVE), Columns.PLAIN)
    with zipfile.ZipFile(io.BytesIO(made)) as files:
        pictures = {name: files.read(name) for name in files.namelist() if name.endswith(".png")}
    told = {f"{each.number}-{each.iccid[-6:]}.png": [each.code.text] for each in codes}
    assert {name.rpartition("/")[2]: read(each) for name, each in pictures.items()} == told
