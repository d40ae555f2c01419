"""The sheet as a browser shows and prints it: every label can be scanned, and none torn."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from bot.domain.activation.assignment import Holder
from bot.domain.activation.hand_out import HandOutForm
from bot.slack.activation.sheet import sheet
from tests.unit.slack.activation.given import found, hand_out

if TYPE_CHECKING:
    from playwright.sync_api import Browser

COUNT = 40
NAMES = ("Truck 12", "Грузовик с очень длинным названием, тридцать шесть", "شاحنة التوصيل ١٢", "")
CODES = [
    found(number, line=NAMES[number % 4], holder=Holder(name=NAMES[number % 4]))
    for number in range(1, COUNT + 1)
]
SHEET = sheet(CODES, hand_out(COUNT, form=HandOutForm.SHEET), "Telnyx").decode()
PAPERS = {"a4": (794, 1123), "letter": (816, 1056), "phone": (390, 780)}
"""Sizes in the browser's pixels, 96 to the inch."""


@pytest.mark.parametrize("paper", PAPERS)
def test_every_label_can_be_scanned(chromium: Browser, paper: str) -> None:
    """Each code once, at the size at which it is printed, or seen on a phone."""
    width, height = PAPERS[paper]
    page = chromium.new_page(viewport={"width": width, "height": height}, device_scale_factor=2)
    page.set_content(SHEET)
    page.emulate_media(media="screen" if paper == "phone" else "print")
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    read = sorted(each.text for each in zxingcpp.read_barcodes(shot))
    assert read == sorted(each.code.text for each in CODES)
    wide: bool = page.evaluate("document.scrollingElement.scrollWidth > innerWidth")
    assert not wide
    page.close()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_eight_labels_a_page(chromium: Browser, paper: str) -> None:
    """Forty of them are five pages: no page is begun for a part of one."""
    page = chromium.new_page()
    page.set_content(SHEET)
    printed = page.pdf(format=paper, prefer_css_page_size=False)
    assert printed.count(b"/Type /Page\n") == 5
    page.close()
