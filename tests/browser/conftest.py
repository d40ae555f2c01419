"""A browser, the demo as a process of its own, and a visitor who may meet no error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from sandbox.browser.chromium import ARGUMENTS, LEFT_OUT, MISSING, find, is_demanded
from sandbox.browser.running import running_demo
from sandbox.browser.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    Opener = Callable[..., Visitor]

PATIENCE_MS = 10_000


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Find a browser; without one the tests are left out, but in CI they fail."""
    path = find()
    if path is None and is_demanded():
        pytest.fail(MISSING)
    return path or pytest.skip(f"{MISSING} {LEFT_OUT}")


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """Start a browser for the tests of a module."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo() -> Iterator[str]:
    """Run `esim-bot demo`; its address. It must end well when told to stop."""
    with running_demo() as url:
        yield url


@pytest.fixture
def open_page(chromium: Browser, demo: str) -> Iterator[Opener]:
    """Open tabs of their own, with options of the browser; none may have met an error."""
    visitors: list[Visitor] = []

    def opened(**options: object) -> Visitor:
        page = chromium.new_page(**{"viewport": {"width": 1360, "height": 820}, **options})  # type: ignore[arg-type]
        page.set_default_timeout(PATIENCE_MS)
        visitors.append(Visitor(page, demo))
        return visitors[-1]

    yield opened
    for visitor in visitors:
        visitor.page.close()
        assert visitor.troubles == []


@pytest.fixture
def visitor(open_page: Opener) -> Visitor:
    """Open one tab as it is on a usual screen."""
    return open_page()
